//! What JUnit's annotations say, in whatever language they stand.

use std::sync::Arc;

use crate::frameworks::{ItemKind, Source, Suite, TestItem};

/// The tests of a file of Java or Kotlin.
pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    match source.path.as_str().ends_with(".kt") {
        true => super::kotlin::discover(suite, source),
        false => super::java::discover(suite, source),
    }
}

/// What surrounds a class.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    pub(super) names: Vec<String>,
    pub(super) tags: Vec<Arc<str>>,
    /// Whether classes within are tests though nothing says so.
    pub(super) is_enclosing: bool,
}

/// What the annotations of a class or a method say.
#[derive(Debug, Default)]
pub(super) struct Annotations<'s> {
    pub(super) names: Vec<&'s str>,
    pub(super) tags: Vec<Arc<str>>,
    /// The class of `@RunWith`.
    runner: &'s str,
}

impl<'s> Annotations<'s> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// What kind of test a method is, if any.
    pub(super) fn kind(&self) -> Option<ItemKind> {
        let is_one_of = |names: &[&str]| names.iter().any(|name| self.has(name));
        let makes = ["ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"];
        if is_one_of(&makes) {
            return Some(ItemKind::Parametrised);
        }
        self.has("Test").then_some(ItemKind::Test)
    }

    /// Whether all tests of the class have cases.
    pub(super) fn makes_cases(&self) -> bool {
        self.runner.contains("Param") || self.runner.contains("Theories")
    }

    /// Whether the classes within are tests though nothing says so.
    pub(super) fn encloses(&self) -> bool {
        self.runner.contains("Enclosed")
    }

    /// Takes an annotation by its name and what stands in its parentheses.
    pub(super) fn note(&mut self, name: &'s str, arguments: &'s str) {
        let name = name.rsplit('.').next().unwrap_or(name);
        self.names.push(name);
        match name {
            "RunWith" => self.runner = arguments,
            "Tag" | "Tags" | "Category" => {
                let tags = arguments.split('"').skip(1).step_by(2);
                self.tags.extend(tags.map(Arc::from));
            }
            _ => {}
        }
    }
}
