//! The commands that run a selection: `-Dtest=` with classes and methods, of all modules that are meant.

use std::collections::{BTreeMap, BTreeSet};

use super::super::launch::{candidates, classes, helper};
use super::super::modules::Modules;
use crate::frameworks::ItemKind;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Live, Reports, Site};

/// Where reports are written.
const REPORTS: &str = "*-reports/TEST-*.xml";

/// Longer lists are divided among several commands.
const LONGEST_LIST: usize = 32 * 1024;

pub(in super::super) fn invocation(modules: &Modules, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let words = [
        "--batch-mode",
        "-Dstyle.color=never",
        // Each module is tested, whatever became of the others.
        "--fail-at-end",
        "-Dmaven.test.failure.ignore=true",
        // A selection means one module, and those that it needs are without any.
        "-DfailIfNoTests=false",
        "-Dsurefire.failIfNoSpecifiedTests=false",
        "-DtrimStackTrace=false",
    ];
    let given = suite.args.iter().chain(&job.args).cloned();
    let is_goal = |word: &str| {
        !word.starts_with('-') && matches!(word, "test" | "verify" | "install" | "package")
    };
    let goal = (!given.clone().any(|word| is_goal(&word))).then(|| "test".to_owned());
    Invocation {
        // Maven, else the project's own script that fetches it.
        candidates: candidates(job, site, REPORTS, ["mvn", "./mvnw"]),
        args: words.iter().map(|&word| word.to_owned()).chain(given).chain(goal).collect(),
        steps: steps(modules, job),
        env: suite.env.clone(),
        cwd: site.workspace(&suite.root),
        helpers: vec![helper()],
        reports: Reports::None,
        live: Live::Events,
        remedy: "install Maven where the tests run (such as `FROM maven:3.9-eclipse-temurin-21` in a Dockerfile), or \
                 set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

/// What is to run of one class: methods, or all.
type Methods = Option<BTreeSet<String>>;

/// What is to run, and what not, module by module: patterns for `-Dtest`.
#[derive(Debug, Default)]
struct Wanted {
    classes: BTreeMap<String, Methods>,
    out: BTreeSet<String>,
}

fn steps(modules: &Modules, job: &Job) -> Vec<Vec<String>> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let mut wanted: BTreeMap<RelPath, Wanted> = BTreeMap::new();
    let root = [job.suite.of_file(job.suite.root.clone())];
    let selection = if job.selection.is_empty() { &root } else { job.selection.as_slice() };
    for id in selection {
        for id in classes(job, id) {
            add(modules, job, &id, &mut wanted);
        }
    }
    let mut steps: Vec<(BTreeSet<String>, String)> = Vec::new();
    for (dir, wanted) in &wanted {
        let module = match dir.strip(&job.suite.root) {
            None | Some("") => ".".to_owned(),
            Some(inner) => inner.to_owned(),
        };
        for list in wanted.lists() {
            match steps.last_mut() {
                Some((modules, all)) if all.len() + list.len() < LONGEST_LIST => {
                    modules.insert(module.clone());
                    *all = format!("{all},{list}");
                }
                _ => steps.push((BTreeSet::from([module.clone()]), list)),
            }
        }
    }
    if steps.is_empty() {
        steps.push((BTreeSet::from([".".to_owned()]), NOTHING.to_owned()));
    }
    let words = steps.into_iter().map(|(modules, list)| {
        let only: Vec<String> = modules.into_iter().collect();
        let only = ["-pl".to_owned(), only.join(","), "-am".to_owned()];
        only.into_iter().chain([format!("-Dtest={list}")]).collect()
    });
    words.collect()
}

/// A pattern that no class matches.
const NOTHING: &str = "testdock.None";

fn add(modules: &Modules, job: &Job, id: &TestId, wanted: &mut BTreeMap<RelPath, Wanted>) {
    let (Some(module), Some(named)) = (modules.of_file(&id.file), modules.class(&id.file)) else {
        return;
    };
    if job.exclude.iter().any(|out| out.holds(id)) {
        return;
    }
    let package = named.rsplit_once('.').map(|(package, _)| package);
    let words = |id: &TestId| {
        let is_test = id.case.is_some()
            || id.names.len() > 1
                && job.known.item(id).is_none_or(|item| item.kind != ItemKind::Group);
        let depth = id.names.len() - usize::from(is_test);
        let class = id.names[..depth].join("$");
        let class = package.map(|package| format!("{package}.{class}")).unwrap_or(class);
        let class = any_locale(&class);
        (class, is_test.then(|| methods(job, id)))
    };
    let wanted = wanted.entry(module.dir.clone()).or_default();
    let (class, of_class) = words(id);
    let known = wanted.classes.entry(class).or_insert_with(|| Some(BTreeSet::new()));
    match of_class {
        None => *known = None,
        Some(methods) => known.iter_mut().for_each(|known| known.extend(methods.clone())),
    }
    for out in job.exclude.iter().filter(|out| id.holds(out)) {
        match words(out) {
            (class, None) => wanted.out.extend([format!("!{class}"), format!("!{class}$*")]),
            (class, Some(methods)) => {
                wanted.out.extend(methods.into_iter().map(|method| format!("!{class}#{method}")))
            }
        }
    }
}

/// The patterns of a method. JUnit 4 calls a case by the method's name and `[case]`, JUnit 5 all by the method's name.
fn methods(job: &Job, id: &TestId) -> Vec<String> {
    let method = escaped(id.names.last().map(String::as_str).unwrap_or_default());
    let is_table = job.known.item(&TestId { case: None, ..id.clone() });
    let is_table = is_table.is_some_and(|item| item.kind == ItemKind::Parametrised);
    match &id.case {
        Some(case) => vec![format!("{method}[{}]", escaped(case)), method],
        None if is_table => vec![format!("{method}[*]"), method],
        None => vec![method],
    }
}

/// What means something in a list of tests is any character there; so is a space, as Kotlin's names have them.
fn escaped(name: &str) -> String {
    any_locale(name).chars().map(|c| if ",+#*?!% ".contains(c) { '?' } else { c }).collect()
}

/// Java reads its arguments as the container's locale has them, and where that is none, as ASCII: any character stands
/// for each other one.
fn any_locale(name: &str) -> String {
    let shown = |c: char| if c.is_ascii() { c.to_string() } else { "?".repeat(c.len_utf16()) };
    name.chars().map(shown).collect()
}

impl Wanted {
    /// Lists as `-Dtest` takes them, each short enough. The methods of a class stay together: its report is one.
    fn lists(&self) -> Vec<String> {
        let class = |(class, methods): (&String, &Methods)| match methods {
            None => format!("{class},{class}$*"),
            Some(methods) => {
                let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
                format!("{class}#{}", methods.join("+"))
            }
        };
        let out: String = self.out.iter().map(|out| format!(",{out}")).collect();
        let mut lists: Vec<String> = Vec::new();
        for class in self.classes.iter().map(class) {
            match lists.last_mut() {
                Some(list) if list.len() + class.len() < LONGEST_LIST => {
                    list.push(',');
                    list.push_str(&class);
                }
                _ => lists.push(class),
            }
        }
        lists.into_iter().map(|list| list + &out).collect()
    }
}
