//! What is found of a fixture without running it.

use std::collections::BTreeSet;
use std::fs;

use crate::support::expected::{Expected, fixture};
use crate::support::look::{Found, discover};
use crate::support::project::Project;

/// It runs nothing, and so needs no engine.
pub(crate) fn check(name: &str) {
    let project = Project::empty().with_the_fixture(name);
    let found = discover(&project);
    let lines = found.iter().map(|Found { kind, line, id }| format!("{kind} {line} {id}\n"));
    let text: String = lines.collect();
    let path = fixture(name).join("discovered.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{path} says\n{expected}but found was\n{text}");
    assert!(project.containers().is_empty());

    // Each test that runs is known before, or a part of one that is, unless it is made as its file is loaded.
    let known: BTreeSet<&str> = found.iter().map(|it| it.id.as_str()).collect();
    let is_known = |id: &str| {
        let is_part = |known: &&str| {
            let rest = id.strip_prefix(*known);
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with("::") || rest.starts_with('[')
            })
        };
        known.iter().any(is_part) || known.iter().any(|known| known.starts_with(id))
    };
    let expected = Expected::of(name);
    for (id, test) in &expected.tests {
        assert_eq!(is_known(id), !test.made, "{id}");
    }
}
