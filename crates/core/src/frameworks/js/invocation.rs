//! The commands that run a selection.
//!
//! A pattern of names means the same in every file of a command. So each file of which some tests are chosen has
//! a command of its own; those that run as a whole share one. A folder is told as a folder.

use std::collections::BTreeSet;

use super::{Tool, playwright};
use crate::frameworks::words::portions;
use crate::frameworks::{ItemKind, chosen};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

/// A longer pattern is divided among several commands.
const LONGEST_PATTERN: usize = 32 * 1024;

const CORE: &str = include_str!("helper/testdock_core.cjs");

/// The reporter of a tool.
fn reporter(tool: Tool) -> (&'static str, &'static str) {
    match tool {
        Tool::Vitest => ("testdock_vitest.mjs", include_str!("helper/testdock_vitest.mjs")),
        Tool::Jest => ("testdock_jest.cjs", include_str!("helper/testdock_jest.cjs")),
        Tool::Mocha => ("testdock_mocha.cjs", include_str!("helper/testdock_mocha.cjs")),
        Tool::Node => ("testdock_node.mjs", include_str!("helper/testdock_node.mjs")),
        Tool::Playwright => {
            ("testdock_playwright.cjs", include_str!("helper/testdock_playwright.cjs"))
        }
    }
}

pub(super) fn invocation(tool: Tool, script: &[String], job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let (name, content) = reporter(tool);
    let reporter = format!("{}/{name}", site.helpers);
    let limit = suite.test_timeout.map(|limit| limit.as_millis());
    let limited = |flag: &str| limit.map(|limit| format!("{flag}={limit}"));
    let mut args: Vec<String> = match tool {
        Tool::Vitest => {
            vec!["run".into(), "--reporter=default".into(), format!("--reporter={reporter}")]
        }
        Tool::Jest => vec![
            "--reporters=default".into(),
            format!("--reporters={reporter}"),
            "--passWithNoTests".into(),
        ],
        Tool::Mocha => vec!["--reporter".into(), reporter],
        Tool::Node => vec![
            "--test".into(),
            "--test-reporter=spec".into(),
            "--test-reporter-destination=stdout".into(),
            format!("--test-reporter={reporter}"),
            "--test-reporter-destination=stderr".into(),
        ],
        Tool::Playwright => vec!["test".into(), format!("--reporter=list,{reporter}")],
    };
    args.extend(match tool {
        Tool::Vitest | Tool::Jest => limited("--testTimeout"),
        Tool::Mocha | Tool::Playwright => limited("--timeout"),
        Tool::Node => limited("--test-timeout"),
    });
    let is_as_found = suite.args.is_empty() && suite.command.is_none();
    let of_suite = if is_as_found { script } else { &suite.args };
    args.extend(of_suite.iter().chain(&job.args).cloned());
    let helper =
        |name: &str, content: &str| HelperFile { name: name.into(), content: content.into() };
    Invocation {
        candidates: candidates(tool, job, site),
        args,
        steps: steps(tool, job, site),
        env: suite.env.clone(),
        cwd: site.workspace(&suite.root),
        helpers: vec![helper("testdock_core.cjs", CORE), helper(name, content)],
        reports: Reports::None,
        live: Live::Events,
        remedy: remedy(tool),
        ..Invocation::default()
    }
}

fn remedy(tool: Tool) -> String {
    match tool {
        Tool::Node => "install Node where the tests run (such as `FROM node:22` in a Dockerfile), or set the suite's \
                       `command`"
            .to_owned(),
        tool => format!(
            "install the package's dependencies in the image (such as `RUN npm ci` in a Dockerfile), {} among them, \
             or set the suite's `command`",
            if tool == Tool::Playwright { "@playwright/test" } else { tool.name() }
        ),
    }
}

/// The tool as it was installed for the package, or for one around it.
fn candidates(tool: Tool, job: &Job, site: &Site) -> Vec<Candidate> {
    let candidate = |command: String| Candidate { argv: vec![command], check: Vec::new() };
    if let Some(command) = &job.suite.command {
        return vec![Candidate { argv: command.clone(), check: Vec::new() }];
    }
    if tool == Tool::Node {
        return vec![candidate("node".to_owned())];
    }
    let above = std::iter::successors(Some(job.suite.root.clone()), |dir| {
        (!dir.is_root()).then(|| dir.parent())
    });
    let installed = above.map(|dir| {
        candidate(format!("{}/node_modules/.bin/{}", site.workspace(&dir), tool.name()))
    });
    installed.chain([candidate(tool.name().to_owned())]).collect()
}

fn steps(tool: Tool, job: &Job, site: &Site) -> Vec<Vec<String>> {
    if tool == Tool::Playwright {
        return playwright::steps(job, site);
    }
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let folders = folders(tool, job);
    let mut whole = Vec::new();
    let mut some = Vec::new();
    for (file, chosen) in chosen::files(job) {
        let path = site.workspace(&file);
        let out: Vec<&TestId> =
            job.exclude.iter().filter(|out| out.file == file && !out.names.is_empty()).collect();
        if chosen.is_none() && out.is_empty() {
            whole.push((file, path));
            continue;
        }
        let patterns = |id: &TestId| match tool {
            Tool::Node => patterns_of_parts(job, id),
            _ => vec![pattern(job, id)],
        };
        let named: Vec<&TestId> = chosen.iter().flatten().copied().collect();
        let mistaken = mistaken(tool, job, &named);
        let out: Vec<String> = out.into_iter().chain(mistaken).flat_map(patterns).collect();
        let names = chosen.map(|chosen| chosen.into_iter().flat_map(patterns));
        let names = names.map_or_else(
            || vec![None],
            |names| portions(names, LONGEST_PATTERN).into_iter().map(Some).collect(),
        );
        some.extend(names.into_iter().map(|names| {
            let names = expression(names.as_deref(), &out);
            [by_name(tool, &names), of_files(tool, vec![path.clone()])].concat()
        }));
    }
    let mut steps = of_folders(tool, (job, site), &folders, whole);
    steps.append(&mut some);
    match steps.is_empty() {
        true => vec![nothing(tool, site)],
        false => steps,
    }
}

/// The folders that a tool is told as such, so that its own configuration says what is a test there.
fn folders(tool: Tool, job: &Job) -> Vec<RelPath> {
    match tool {
        Tool::Node => Vec::new(),
        _ => chosen::folders(job),
    }
}

/// The commands that run folders and files as a whole.
fn of_folders(
    tool: Tool,
    (job, site): (&Job, &Site),
    folders: &[RelPath],
    files: Vec<(RelPath, String)>,
) -> Vec<Vec<String>> {
    let is_inside = |file: &RelPath| folders.iter().any(|dir| file.strip(dir).is_some());
    let (inside, outside): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(file, _)| is_inside(file));
    let paths = |files: Vec<(RelPath, String)>| files.into_iter().map(|(_, path)| path);
    let mut files: Vec<String> = paths(outside).collect();
    let dirs = folders.iter().map(|dir| site.workspace(dir));
    match tool {
        // An absolute pattern is taken as it stands in every version; the look behind it keeps it at the path's beginning.
        Tool::Jest => {
            let dirs = dirs.map(|dir| match dir.strip_prefix('/') {
                Some(rest) => format!("/(?<=^/){}/", regex::escape(rest)),
                None => regex::escape(&dir),
            });
            let steps = [dirs.collect(), of_files(tool, files)];
            steps.into_iter().filter(|words| !words.is_empty()).collect()
        }
        Tool::Mocha if !folders.is_empty() => {
            let has_files = |dir: &RelPath| job.known.files().any(|it| it.strip(dir).is_some());
            let there = folders.iter().filter(|dir| has_files(dir)).map(|dir| site.workspace(dir));
            let chosen = dirs.chain(files.iter().cloned()).map(|path| chosen_by_helper(&path));
            let chosen: Vec<String> = chosen.collect();
            let mut looked: Vec<String> = there.chain(paths(inside)).chain(files).collect();
            if looked.is_empty() {
                looked.push(empty_file(site));
            }
            vec![[chosen, looked].concat()]
        }
        _ => {
            files.extend(dirs.map(|dir| format!("{dir}/")));
            if files.is_empty() { Vec::new() } else { vec![of_files(tool, files)] }
        }
    }
}

/// The arguments that name files.
fn of_files(tool: Tool, files: Vec<String>) -> Vec<String> {
    let before = match tool {
        Tool::Jest if !files.is_empty() => vec!["--runTestsByPath".to_owned()],
        Tool::Mocha => files.iter().map(|path| chosen_by_helper(path)).collect(),
        _ => Vec::new(),
    };
    [before, files].concat()
}

/// What no test is of.
fn nothing(tool: Tool, site: &Site) -> Vec<String> {
    match tool {
        Tool::Jest => vec!["/(?!)".to_owned()],
        _ => of_files(tool, vec![empty_file(site)]),
    }
}

/// A file in which no framework finds a test.
fn empty_file(site: &Site) -> String {
    format!("{}/testdock_core.cjs", site.helpers)
}

/// Mocha adds what a command names to the `spec` of its configuration; the helper leaves out all but this.
fn chosen_by_helper(path: &str) -> String {
    format!("--testdock-chosen={path}")
}

fn by_name(tool: Tool, names: &str) -> Vec<String> {
    match tool {
        // A group without tests beside those that are chosen is no error then.
        Tool::Vitest => {
            vec![format!("--testNamePattern={names}"), "--passWithNoTests".to_owned()]
        }
        Tool::Jest => vec![format!("--testNamePattern={names}")],
        Tool::Mocha => vec![format!("--grep={names}")],
        Tool::Node | Tool::Playwright => vec![format!("--test-name-pattern={names}")],
    }
}

/// What a pattern of these tests' names would run as well, by a name that is known. Older versions of Node look at a test's own
/// name alone, which others may have.
fn mistaken<'j>(tool: Tool, job: &'j Job, chosen: &[&'j TestId]) -> Vec<&'j TestId> {
    if tool == Tool::Node {
        return Vec::new();
    }
    let is_meant = |id: &TestId| chosen.iter().any(|it| id.holds(it) || it.holds(id));
    let whole = chosen.iter().filter(|id| id.case.is_none());
    let levels = whole.flat_map(|id| std::iter::successors(Some((*id).clone()), TestId::parent));
    let beside = levels.flat_map(|id| job.known.beside(&id)).map(|item| &item.id);
    beside.filter(|id| !is_meant(id)).collect()
}

/// The names of a test, or of all in a group, as a regular expression.
fn pattern(job: &Job, id: &TestId) -> String {
    format!("{}{}", levels(job, id).join(" "), below(job, id))
}

/// The expression of each name. A point is no end of a line, which a name may have all the same.
pub(super) fn levels(job: &Job, id: &TestId) -> Vec<String> {
    let escaped = |name: &str| regex::escape(name).replace('\n', r"\n").replace('\r', r"\r");
    job.known.levels(id, escaped).iter().map(|level| level.replace(".*", "[^]*")).collect()
}

/// What follows the names of a group. Of a file that discovery does not read nobody knows which names are those of groups.
pub(super) fn below(job: &Job, id: &TestId) -> &'static str {
    match job.known.item(id) {
        Some(item) if item.kind == ItemKind::Group => " [^]*",
        None if job.known.in_file(&id.file).is_empty() => "(?: [^]*)?",
        _ => "",
    }
}

/// The same for Node, whose versions disagree: older ones mean the test's own name, newer ones all names from the
/// outermost on, and the older ones run a test with all of its parts.
fn patterns_of_parts(job: &Job, id: &TestId) -> Vec<String> {
    let items = job.known.in_file(&id.file);
    let is_group =
        |id: &TestId| job.known.item(id).is_some_and(|item| item.kind == ItemKind::Group);
    let depth = |id: &TestId| {
        let group = |depth: &usize| {
            is_group(&TestId { names: id.names[..*depth].to_vec(), case: None, ..id.clone() })
        };
        (1..id.names.len()).take_while(group).count() + 1
    };
    let ids: BTreeSet<TestId> = if is_group(id) {
        let below = items.iter().filter(|item| id.holds(&item.id) && item.kind != ItemKind::Group);
        below.map(|item| item.id.clone()).collect()
    } else {
        BTreeSet::from([id.clone()])
    };
    let whole = |id: TestId| match depth(&id) {
        depth if depth < id.names.len() => {
            TestId { names: id.names[..depth].to_vec(), case: None, ..id }
        }
        _ => id,
    };
    let ids: BTreeSet<TestId> = ids.into_iter().map(whole).collect();
    let patterns = ids.into_iter().map(|id| {
        let mut levels = levels(job, &id);
        let own = levels.pop().unwrap_or_default();
        let above =
            if levels.is_empty() { String::new() } else { format!("(?:{} )?", levels.join(" ")) };
        format!("{above}{own}")
    });
    patterns.collect()
}

/// One of these names, and none of those.
fn expression(names: Option<&[String]>, out: &[String]) -> String {
    let out = if out.is_empty() { String::new() } else { format!("(?!(?:{})$)", out.join("|")) };
    match names {
        Some([only]) => format!("^{out}{only}$"),
        Some(names) => format!("^{out}(?:{})$", names.join("|")),
        None => format!("^{out}"),
    }
}
