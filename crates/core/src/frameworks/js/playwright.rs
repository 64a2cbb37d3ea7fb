//! What is Playwright's own: its configuration, and how its tests are chosen.
//!
//! Its patterns are of whole titles, in which the project, the file and the tags stand too. So several files share a
//! command.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use camino::Utf8Path;
use regex::Regex;
use serde_json::Value;

use super::detect::is_foreign;
use super::invocation::{below, levels};
use super::names::Names;
use super::{Tool, settings};
use crate::frameworks::chosen;
use crate::frameworks::known::JOINT;
use crate::frameworks::words::portions;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Job, Site};
use crate::resolve::Contents;

/// Longer patterns are divided among several commands.
const LONGEST_PATTERN: usize = 32 * 1024;

const MAY_BE_EMPTY: &str = "--pass-with-no-tests";

/// The directories of a configuration that have tests.
pub(super) fn detect(contents: Contents<'_>) -> Vec<RelPath> {
    let roots = configurations(contents).map(RelPath::parent).collect::<BTreeSet<_>>();
    let has_tests = |root: &RelPath| {
        let (inner, homes) = at(root, contents);
        let is_below =
            |path: &RelPath, dirs: &[RelPath]| dirs.iter().any(|dir| path.strip(dir).is_some());
        let names = Names::of(Tool::Playwright, root, contents);
        contents.files.iter().any(|path| {
            is_below(path, &homes)
                && !is_below(path, &inner)
                && names.take(Tool::Playwright, root, path)
        })
    };
    roots.into_iter().filter(has_tests).collect()
}

/// What is below `root` and of another configuration, and where the tests of its own are.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> (Vec<RelPath>, Vec<RelPath>) {
    let dirs = configurations(contents).map(RelPath::parent);
    let inner = dirs.filter(|dir| dir != root && dir.strip(root).is_some()).collect();
    let own = configurations(contents).filter(|path| path.parent() == *root);
    // Where the configuration has none, or works it out, projects without one have theirs anywhere.
    let homes = own.flat_map(|path| {
        let (own, of_projects) = homes_of(path, contents);
        of_projects.into_iter().chain([own.unwrap_or_else(|| root.clone())])
    });
    let homes: Vec<RelPath> = homes.collect();
    let anywhere = homes.is_empty().then(|| root.clone());
    (inner, homes.into_iter().chain(anywhere).collect())
}

/// Where tests are that are Playwright's alone.
pub(super) fn homes(contents: Contents<'_>) -> Vec<RelPath> {
    let homes = configurations(contents).map(|path| homes_of(path, contents));
    homes.flat_map(|(own, of_projects)| own.into_iter().chain(of_projects)).collect()
}

fn configurations<'c>(contents: Contents<'c>) -> impl Iterator<Item = &'c RelPath> {
    contents.files.iter().filter(|path| {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        let end = name.strip_prefix("playwright.config.");
        end.is_some_and(|end| matches!(end, "ts" | "js" | "mts" | "mjs" | "cts" | "cjs"))
            && !path.as_str().split('/').any(is_foreign)
    })
}

/// The directories of tests that a configuration names: its own, and those of its projects.
fn homes_of(configuration: &RelPath, contents: Contents<'_>) -> (Option<RelPath>, Vec<RelPath>) {
    let config = settings::of(configuration, contents);
    let dir = configuration.parent();
    let home = |of: &Value| of["testDir"].as_str().and_then(|home| dir.resolve(home));
    let projects = config["projects"].as_array();
    (home(&config), projects.into_iter().flatten().filter_map(home).collect())
}

/// Whether a file gets its `test`, or a `userTest`, from another file of the project.
pub(super) fn imports_test(text: &str) -> bool {
    static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
        let one = r"\b(?:test|setup|\w+(?:Test|_test))\b";
        let several = format!(r"\{{[^}}]*{one}[^}}]*\}}");
        let imported = format!(r"(?:\w+\s*,\s*)?{several}|{one}(?:\s*,\s*\{{[^}}]*\}})?");
        let pattern = format!(
            r#"(?:import\s+(?:{imported})\s*from|(?:{several}|{one})\s*=\s*require\()\s*['"][.@~#/]"#
        );
        Regex::new(&pattern).expect("a pattern")
    });
    IMPORT.is_match(text)
}

/// What one command runs.
#[derive(Debug, Default)]
struct Step {
    folders: Vec<RelPath>,
    files: Vec<RelPath>,
    names: Vec<String>,
    out: Vec<String>,
}

pub(super) fn steps(job: &Job, site: &Site) -> Vec<Vec<String>> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let mut whole = Step { folders: chosen::folders(job), ..Step::default() };
    let mut some: Vec<Step> = Vec::new();
    let mut alone: Vec<Step> = Vec::new();
    let mut files = chosen::files(job);
    files.retain(|file, _| !whole.folders.iter().any(|dir| file.strip(dir).is_some()));
    for (file, chosen) in files {
        let out = job.exclude.iter().filter(|out| out.file == file && !out.names.is_empty());
        let out: Vec<String> = out.map(|out| pattern(job, out)).collect();
        let names = chosen.map(|ids| ids.into_iter().map(|id| pattern(job, id)));
        let names: Option<Vec<String>> = names.map(Iterator::collect);
        // In a title the file stands without its folders, as far as anyone knows.
        let same = |step: &Step| step.files.iter().any(|it| name(it) == name(&file));
        match (names, some.iter_mut().find(|step| !same(step))) {
            (names, _) if !out.is_empty() => {
                let names = names.unwrap_or_default();
                alone.push(Step { files: vec![file], names, out, ..Step::default() });
            }
            (None, _) => whole.files.push(file),
            (Some(names), Some(step)) => {
                step.names.extend(names);
                step.files.push(file);
            }
            (Some(names), None) => {
                some.push(Step { files: vec![file], names, ..Step::default() });
            }
        }
    }
    let is_any = !whole.files.is_empty() || !whole.folders.is_empty();
    let whole = is_any.then_some(whole);
    let steps = whole.into_iter().chain(some).chain(alone);
    let steps: Vec<Vec<String>> = steps.flat_map(|step| step.words(site)).collect();
    match steps.is_empty() {
        true => vec![vec![MAY_BE_EMPTY.to_owned(), "(?!)".to_owned()]],
        false => steps,
    }
}

impl Step {
    /// The commands of it: several where its patterns are long.
    fn words(self, site: &Site) -> Vec<Vec<String>> {
        let path = |path: &RelPath| regex::escape(&site.workspace(path));
        let files = self.files.iter().map(|file| format!("^{}$", path(file)));
        let folders = self.folders.iter().map(|dir| format!("^{}/", path(dir)));
        let may_be_empty = (!self.folders.is_empty()).then(|| MAY_BE_EMPTY.to_owned());
        let out = (!self.out.is_empty()).then(|| grep("--grep-invert", &self.out));
        let rest = may_be_empty.into_iter().chain(out).chain(folders).chain(files);
        let rest: Vec<String> = rest.collect();
        if self.names.is_empty() {
            return vec![rest];
        }
        let names = portions(self.names, LONGEST_PATTERN).into_iter();
        names.map(|names| [vec![grep("--grep", &names)], rest.clone()].concat()).collect()
    }
}

/// Between slashes a pattern is not one of letters of any case.
fn grep(flag: &str, patterns: &[String]) -> String {
    format!("{flag}=/{}/", patterns.join("|"))
}

fn name(file: &RelPath) -> &str {
    Utf8Path::new(file.as_str()).file_name().unwrap_or_default()
}

/// The whole title of a test: of its project, its file, all names and its tags.
fn pattern(job: &Job, id: &TestId) -> String {
    let (project, id) = of_project(job, id);
    let project =
        project.map_or_else(|| "(?:.* )?".to_owned(), |name| format!("{} ", regex::escape(&name)));
    let below = below(job, &id);
    let names = levels(job, &id).join(" ");
    let file = regex::escape(name(&id.file));
    format!(r"^{project}(?:\S.*\/)?{file} {names}{below}(?: @\S+)*$")
}

/// The project that a case is of, and the test without it. Of a test whose name has gaps it stands behind what fills them.
fn of_project(job: &Job, id: &TestId) -> (Option<String>, TestId) {
    let whole = TestId { case: None, ..id.clone() };
    let (names, depth) = (job.known.names(id), id.names.len());
    match &id.case {
        Some(case) if names == id.names => (Some(case.clone()), whole),
        Some(case) => match names.last().and_then(|last| last.rsplit_once(JOINT)) {
            Some((_, project)) if names.len() == depth => {
                let case = case.strip_suffix(project).and_then(|case| case.strip_suffix(JOINT));
                (Some(project.to_owned()), TestId { case: case.map(str::to_owned), ..whole })
            }
            _ => (None, id.clone()),
        },
        None => (None, whole),
    }
}

#[cfg(test)]
mod tests;
