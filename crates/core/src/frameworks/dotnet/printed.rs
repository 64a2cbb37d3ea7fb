//! What is printed for people when a test has ended: `  Passed Shop.Tests.CartTests.Adds [3 ms]`.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use anstream::adapter::strip_str;
use regex::Regex;

use super::names;
use crate::frameworks::{ItemKind, Known};
use crate::id::TestId;
use crate::model::{Outcome, TestResult};

/// The tests that such a line may mean.
#[derive(Debug, Default)]
pub(super) struct Printed {
    /// By their whole names, and by those of their methods, where one alone is called so.
    tests: HashMap<String, Option<(TestId, ItemKind)>>,
}

impl Printed {
    pub(super) fn new(known: &Known) -> Self {
        let mut printed = Self::default();
        for item in known.items().filter(|item| item.kind != ItemKind::Group) {
            let Some((method, classes)) = item.id.names.split_last() else {
                continue;
            };
            let whole = format!("{}.{method}", names::class(classes));
            for name in [whole, method.clone()] {
                let entry = printed.tests.entry(name);
                let own = Some((item.id.clone(), item.kind));
                entry.and_modify(|other| *other = None).or_insert(own);
            }
        }
        printed
    }

    /// A first word of how a test ended; the report decides.
    pub(super) fn line(&self, line: &str) -> Option<TestResult> {
        static ENDED: LazyLock<Regex> = LazyLock::new(|| {
            let text = r"^ {1,3}(Passed|Failed|Skipped|√|X|!) (.+?)(?: \[(?:< )?(?:(\d+) ?m ?)?(?:(\d+) ?s ?)?(?:(\d+) ?ms)?\])?$";
            Regex::new(text).expect("a pattern")
        });
        let line = strip_str(line.trim_end()).to_string();
        let found = ENDED.captures(&line)?;
        let shown = &found[2];
        let end = shown.find(['(', ' ']).unwrap_or(shown.len());
        let (id, kind) = self.tests.get(&shown[..end])?.as_ref()?;
        let class = names::class(&id.names[..id.names.len() - 1]);
        let method = id.names.last()?;
        let (_, case) = names::test(&class, method, shown, *kind == ItemKind::Parametrised);
        let outcome = match &found[1] {
            "Passed" | "√" => Outcome::Passed,
            "Skipped" | "!" => Outcome::Skipped,
            _ => Outcome::Failed,
        };
        let part = |at| found.get(at).and_then(|it| it.as_str().parse::<u64>().ok());
        let taken = [part(3).map(|it| it * 60_000), part(4).map(|it| it * 1000), part(5)];
        let is_told = taken.iter().any(Option::is_some);
        let mut result = TestResult::new(TestId { case, ..id.clone() }, outcome);
        let taken = Duration::from_millis(taken.into_iter().flatten().sum());
        result.duration = is_told.then_some(taken);
        Some(result)
    }
}
