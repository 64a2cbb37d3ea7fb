//! The files that name what runs.

use std::collections::BTreeSet;

use super::{filters, names};
use crate::frameworks::{ItemKind, TestItem};
use crate::id::TestId;
use crate::plan::{HelperFile, Job, Site};

/// By what a test is known to its tools.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) name: String,
    /// Whether its name only begins so.
    pub(super) is_start: bool,
    pub(super) kind: Kind,
}

/// What a test is in its program.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The whole of it.
    Program,
    /// One of GoogleTest: the class that it is, and what the library's own filter says for it.
    Google { class: String, filter: String },
    /// One of Catch2 or doctest.
    Case {
        /// A text that its program contains.
        title: String,
        /// Whether it runs only where it is named itself.
        is_hidden: bool,
    },
}

/// What a test that Catch2 hides is tagged with, by Catch2 as well.
pub(super) const HIDDEN: &str = ".";

/// None where all runs.
pub(super) fn files(job: &Job, site: &Site) -> Vec<HelperFile> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let mut wanted = if is_all { BTreeSet::new() } else { keys(job, &job.selection) };
    let mut unwanted = keys(job, &job.exclude);
    // What another test is called too runs, and nothing is told of the one that is left out.
    let is_out = |id: &TestId| job.exclude.iter().any(|out| out.holds(id));
    let others = job.known.items().filter(|item| !is_out(&item.id)).map(names::spoken);
    let others: BTreeSet<String> = others.collect();
    unwanted.retain(|key| !others.contains(&key.name));
    wanted.retain(|key| !unwanted.contains(key));
    let line = |sign: char, key: &Key| format!("{sign}{}\n", key.name.replace('\n', " "));
    let only = (!is_all).then(|| "=\n".to_owned());
    let wanted_lines = wanted.iter().map(|key| line(if key.is_start { '^' } else { '+' }, key));
    let selection: String = only
        .into_iter()
        .chain(wanted_lines)
        .chain(unwanted.iter().map(|key| line('-', key)))
        .collect();
    let mut texts = vec![("selection", selection), ("classes", classes(&wanted))];
    texts.push(("filter", filters::of_googletest(&wanted, &unwanted)));
    texts.extend(filters::of_cases(&wanted, &unwanted, &site.scratch));
    let file =
        |(name, text): (&str, String)| HelperFile { name: name.into(), content: text.into() };
    texts.into_iter().map(file).collect()
}

fn classes(keys: &BTreeSet<Key>) -> String {
    let classes = keys.iter().filter_map(|key| match &key.kind {
        Kind::Google { class, .. } => Some(format!("{class}\n")),
        Kind::Program | Kind::Case { .. } => None,
    });
    classes.collect()
}

fn keys(job: &Job, ids: &[TestId]) -> BTreeSet<Key> {
    ids.iter().flat_map(|id| of(job, id)).collect()
}

/// A test, all tests of a group, or all below a file or folder.
fn of(job: &Job, id: &TestId) -> Vec<Key> {
    let item = job.known.item(id);
    let is_test = item.is_some_and(|item| item.kind != ItemKind::Group);
    if id.case.is_none() && !is_test {
        let below = job.known.items().filter(|it| *it.id.names != *id.names && id.holds(&it.id));
        let is_one = |it: &&TestItem| it.kind != ItemKind::Group || names::is_listed(&it.id);
        let is_hidden = |it: &TestItem| it.tags.iter().any(|tag| &**tag == HIDDEN);
        let below = below.filter(is_one).map(|item| key(item, None, is_hidden(item)));
        let below: Vec<Key> = below.collect();
        if !below.is_empty() || id.names.is_empty() {
            return below;
        }
    }
    match job.known.definition(id) {
        Some(item) => vec![key(item, id.case.as_deref(), false)],
        // It stands nowhere, since a macro makes it: a program, or a case in one.
        None => {
            let name = id.names.join(".");
            let case = Kind::Case { title: name.clone(), is_hidden: false };
            let program = names::is_listed(id).then_some(Kind::Program);
            let keys = program.into_iter().chain([case]);
            keys.map(|kind| Key { name: name.clone(), is_start: false, kind }).collect()
        }
    }
}

fn key(item: &TestItem, case: Option<&str>, is_hidden: bool) -> Key {
    let name = names::spoken(item);
    let kind = if names::is_listed(&item.id) {
        Kind::Program
    } else {
        Kind::Case { title: name.clone(), is_hidden }
    };
    let key = |name: String| Key { name, is_start: false, kind };
    match (&item.pattern, case) {
        (Some(_), Some(case)) => key(case.to_owned()),
        (Some(pattern), None) => Key { is_start: true, ..key(pattern.start().to_owned()) },
        (None, case) => {
            let key = key(case.map_or_else(|| name.clone(), |case| format!("{name}[{case}]")));
            let [suite, test] = item.id.names.as_slice() else {
                return key;
            };
            let filter = match item.kind {
                ItemKind::Parametrised => {
                    format!("{name}/*:*/{name}/*:{suite}/*.{test}:*/{suite}/*.{test}")
                }
                _ => name,
            };
            Key { kind: Kind::Google { class: format!("{suite}_{test}_Test"), filter }, ..key }
        }
    }
}
