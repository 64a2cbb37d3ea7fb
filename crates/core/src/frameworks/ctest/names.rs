//! Which test of the project's files a tool means by a name.
//!
//! GoogleTest says `Suite.Name`, and of one with parameters or types `Instance/Suite.Name/0`, `Suite/0.Name`: what is
//! more than suite and name is the case, `Instance/0`.

use std::collections::HashMap;

use super::program::Program;
use camino::Utf8Path;

use crate::frameworks::{ItemKind, Known, NamePattern, TestItem};
use crate::id::TestId;
use crate::model::Place;

/// What a name has in front while its test is turned off.
pub(super) const DISABLED: &str = "DISABLED_";

/// The tests of a suite by what their tools call them.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Those of GoogleTest and Catch2.
    sources: HashMap<String, Vec<TestId>>,
    /// Programs that the project's lists name.
    programs: HashMap<String, Vec<TestId>>,
    patterns: Vec<(NamePattern, TestId)>,
}

impl Names {
    pub(super) fn new(known: &Known) -> Self {
        let mut names = Self::default();
        let is_one = |item: &&TestItem| item.kind != ItemKind::Group || is_listed(&item.id);
        for item in known.items().filter(is_one) {
            if let Some(pattern) = &item.pattern {
                names.patterns.push((pattern.clone(), item.id.clone()));
            }
            let name = spoken(item);
            let table = if is_listed(&item.id) { &mut names.programs } else { &mut names.sources };
            let enabled = name.replace(DISABLED, "");
            if enabled != name {
                table.entry(enabled).or_default().push(item.id.clone());
            }
            table.entry(name).or_default().push(item.id.clone());
        }
        // Of two patterns that match, the one that says more is meant.
        names.patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.weight()));
        names
    }

    /// The test that CTest runs under a name.
    pub(super) fn of(&self, test: &Program) -> Option<TestId> {
        if let Some(filter) = &test.filter {
            return self.of_googletest(filter, &test.program);
        }
        let find = |table: &HashMap<String, Vec<TestId>>, name: &str| {
            Some(nearest(table.get(name)?, &test.program).clone())
        };
        if test.is_bare() {
            return find(&self.programs, &test.name).or_else(|| self.of_pattern(&test.name));
        }
        let first = test.first.as_deref().and_then(|first| find(&self.sources, first));
        first
            .or_else(|| find(&self.programs, &test.name))
            .or_else(|| find(&self.sources, &test.name))
            .or_else(|| self.of_pattern(test.first.as_deref().unwrap_or_default()))
            .or_else(|| self.of_pattern(&test.name))
            // One that is turned off is not started, and so no filter is told.
            .or_else(|| self.of_googletest(&test.name, &test.program))
    }

    /// The test that GoogleTest calls so.
    pub(super) fn of_googletest(&self, name: &str, program: &str) -> Option<TestId> {
        readings(name).find_map(|(key, case)| {
            let id = nearest(self.sources.get(&key)?, program).clone();
            Some(TestId { case: (!case.is_empty()).then_some(case), ..id })
        })
    }

    /// The test that Catch2 or doctest calls so, at the place that it tells.
    pub(super) fn of_case(
        &self,
        name: &str,
        place: Option<&Place>,
        root: &Utf8Path,
        program: &str,
    ) -> Option<TestId> {
        let is_there = |id: &TestId| place.is_some_and(|it| it.path == id.file.on(root));
        if let Some(candidates) = self.sources.get(name) {
            let there = candidates.iter().rev().find(|id| is_there(id));
            return there.or_else(|| Some(nearest(candidates, program))).cloned();
        }
        let matching = || self.patterns.iter().filter(|(pattern, _)| pattern.matches(name));
        let there = matching().find(|(_, id)| is_there(id)).or_else(|| matching().next());
        there.map(|(_, id)| TestId { case: Some(name.to_owned()), ..id.clone() })
    }

    fn of_pattern(&self, name: &str) -> Option<TestId> {
        let (_, id) = self.patterns.iter().find(|(pattern, _)| pattern.matches(name))?;
        Some(TestId { case: Some(name.to_owned()), ..id.clone() })
    }
}

/// What `Instance/Suite/0.Name/0` may mean: suite and name, and the rest.
pub(super) fn readings(name: &str) -> impl Iterator<Item = (String, String)> {
    let (suite, name) = name.split_once('.').unwrap_or((name, ""));
    let suites: Vec<&str> = suite.split('/').collect();
    let names: Vec<&str> = name.split('/').collect();
    (0..suites.len()).rev().map(move |at| {
        let others = suites.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, it)| *it);
        let case: Vec<&str> = others.chain(names[1..].iter().copied()).collect();
        (format!("{}.{}", suites[at], names[0]), case.join("/"))
    })
}

/// A test as its tool calls it.
pub(super) fn spoken(item: &TestItem) -> String {
    item.id.names.join(".").trim().to_owned()
}

/// Whether a test is a program that a list names.
pub(super) fn is_listed(id: &TestId) -> bool {
    id.file.as_str().rsplit('/').next() == Some(super::LISTS)
}

/// Of several tests of one name, the one whose file is called like the program.
fn nearest<'k>(candidates: &'k [TestId], program: &str) -> &'k TestId {
    let likeness = |id: &&TestId| {
        let name = id.file.as_str().rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        match stem {
            stem if stem == program => 2,
            stem if stem.contains(program) || program.contains(stem) => 1,
            _ => 0,
        }
    };
    candidates.iter().rev().max_by_key(likeness).expect("a name has a test")
}
