//! The patterns of Pest's filter, which knows tests by the class of their file and their description, and no sets of data.

use super::names;
use crate::frameworks::ItemKind;
use crate::frameworks::known::JOINT;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::Job;

/// All tests of a file.
pub(in super::super) fn file(
    job: &Job,
    file: &RelPath,
    escaped: impl Fn(&str) -> String,
) -> String {
    format!("{}::.*", escaped(&class(job, file)))
}

/// A test or a block of tests.
pub(in super::super) fn test(job: &Job, id: &TestId, escaped: impl Fn(&str) -> String) -> String {
    let item = job.known.item(&TestId { case: None, ..id.clone() });
    let mut levels = levels(job, id, &escaped);
    let own = levels.pop().unwrap_or_default();
    let blocks: String = levels.iter().map(|name| format!("`{name}` → ")).collect();
    let start = format!("{}::{blocks}", escaped(&class(job, &id.file)));
    match item.map(|item| item.kind) {
        Some(ItemKind::Group) => format!("{start}`{own}` → .*"),
        Some(_) => format!("{start}{own}"),
        // Nothing of that name stands there: it may be either.
        None => format!("{start}(?:{own}|`{own}` → .*)"),
    }
}

fn levels(job: &Job, id: &TestId, escaped: impl Fn(&str) -> String) -> Vec<String> {
    let whole = TestId { case: None, ..id.clone() };
    let names = job.known.names(id);
    if names == id.names {
        return job.known.levels(&whole, escaped);
    }
    // What filled the gaps of a name; a set of data may follow.
    let is_table = job.known.item(&whole).is_some_and(|it| it.kind == ItemKind::Parametrised);
    let bare = |name: &String| match is_table {
        true => name.split(JOINT).next().unwrap_or(name).to_owned(),
        false => name.clone(),
    };
    names.iter().map(bare).map(|name| escaped(&name)).collect()
}

fn class(job: &Job, file: &RelPath) -> String {
    names::class(file.strip(&job.suite.root).unwrap_or(file.as_str()))
}
