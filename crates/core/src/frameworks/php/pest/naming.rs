//! Which test Pest means by a class and a method that it made.

use std::collections::HashMap;

use testdock_junit as junit;

use super::names;
use crate::plan::Job;

/// A test: its file, from the suite's root, and its names.
pub(in super::super) type Told = (String, Vec<String>);

/// What stands in the files of a suite, as Pest calls it.
#[derive(Debug, Default)]
pub(in super::super) struct Naming {
    files: HashMap<String, String>,
    tests: HashMap<(String, String), Vec<String>>,
}

impl Naming {
    pub(in super::super) fn new(job: &Job) -> Self {
        let mut naming = Self::default();
        for file in job.known.files() {
            let path = file.strip(&job.suite.root).unwrap_or(file.as_str());
            let class = names::class(path);
            for item in job.known.in_file(file).iter().filter(|item| item.pattern.is_none()) {
                let description = names::description(item.id.names.iter().map(String::as_str));
                let key = (class.clone(), names::method(&description));
                naming.tests.insert(key, item.id.names.clone());
            }
            naming.files.insert(class, path.to_owned());
        }
        naming
    }

    /// The file of a class.
    pub(in super::super) fn file(&self, class: &str) -> String {
        self.files.get(class).cloned().unwrap_or_else(|| names::path(class))
    }

    /// The test of a class and a method; `None` where only the report can tell.
    pub(in super::super) fn test(&self, class: &str, method: &str) -> Option<Told> {
        if method.is_empty() {
            return Some((self.file(class), Vec::new()));
        }
        let names = self.tests.get(&(class.to_owned(), method.to_owned()))?;
        Some((self.file(class), names.clone()))
    }

    /// The same as far as the method's name tells.
    pub(in super::super) fn guess(&self, class: &str, method: &str) -> Told {
        (self.file(class), names::names(&names::guess(method)))
    }

    /// The same as a report tells it.
    pub(in super::super) fn reported(&self, class: &str, case: &junit::Case<'_>) -> Told {
        let name = case.name.as_deref().unwrap_or_default();
        (self.file(class), names::names(split(name).0))
    }
}

/// The name of a test, and of its set of data.
pub(in super::super) fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once(" with data set ") {
        Some((name, case)) => (name, Some(case)),
        None => (name, None),
    }
}

/// The set of data as Pest prints it for people, which it puts into quotes for PHPUnit.
pub(in super::super) fn bare(case: &str) -> &str {
    case.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(case)
}
