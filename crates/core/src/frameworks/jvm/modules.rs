//! Which module and class a file belongs to.

use crate::paths::RelPath;

/// What is built as one: a directory with a `pom.xml`, or one of Gradle's projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) dir: RelPath,
    /// Where its tests' packages begin.
    pub(super) tests: RelPath,
    /// Whether names of classes do not tell which are tests.
    pub(super) has_includes: bool,
}

impl Module {
    /// Where packages begin: Java's, and Kotlin's.
    pub(super) fn sources(&self) -> [RelPath; 2] {
        [self.tests.clone(), self.dir.join("src/test/kotlin")]
    }

    /// The path of a file of tests from there.
    fn inner<'p>(&self, path: &'p RelPath) -> Option<&'p str> {
        self.sources().iter().find_map(|sources| path.strip(sources))
    }
}

/// The modules that are built together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Modules {
    /// The file that describes one.
    pub(super) described_by: &'static str,
    pub(super) own: Vec<Module>,
    /// Directories of modules that are not among them.
    pub(super) others: Vec<RelPath>,
}

impl Modules {
    /// The module that a file belongs to, if it is one of these: the nearest above it.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&Module> {
        let depth = |dir: &RelPath| path.strip(dir).map(|_| dir.as_str().len());
        let own = self.own.iter().filter(|module| depth(&module.dir).is_some());
        let own = own.max_by_key(|module| depth(&module.dir))?;
        let nearer = self.others.iter().any(|dir| depth(dir) > depth(&own.dir));
        (!nearer).then_some(own)
    }

    /// Whether the tool takes the class of a file for one of tests.
    pub(super) fn tests(&self, path: &RelPath) -> bool {
        let Some(module) = self.of_file(path) else {
            return false;
        };
        let stem = module.inner(path).and_then(|inner| {
            let name = inner.rsplit('/').next().unwrap_or(inner);
            name.strip_suffix(".java").or_else(|| name.strip_suffix(".kt"))
        });
        stem.is_some_and(|stem| module.has_includes || is_named_test(stem))
    }

    /// The class that a file of tests is named after.
    pub(super) fn class(&self, file: &RelPath) -> Option<String> {
        let inner = self.of_file(file)?.inner(file)?;
        let stem = inner.strip_suffix(".java").or_else(|| inner.strip_suffix(".kt"))?;
        Some(stem.replace('/', "."))
    }
}

fn is_named_test(stem: &str) -> bool {
    let ends = ["Test", "Tests", "TestCase"];
    stem.starts_with("Test") || ends.iter().any(|end| stem.ends_with(end))
}
