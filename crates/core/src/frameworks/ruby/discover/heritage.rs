//! Minitest's classes, and the tests that they have from others: from the one that they extend, and from modules that they
//! include. These may be in files that are required.

use crate::frameworks::{ItemKind, NamePattern, TestItem};
use crate::paths::RelPath;

/// Classes extend each other, and files require each other, but not for ever.
const DEPTH: usize = 8;

/// The classes and modules of a file, and what it requires.
#[derive(Debug, Default)]
pub(super) struct Heritage {
    pub(super) classes: Vec<Class>,
    pub(super) required: Vec<Required>,
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) names: Vec<String>,
    /// What it includes and extends, as it is written, the nearest last.
    pub(super) origins: Vec<String>,
    pub(super) methods: Vec<Method>,
    /// Whether its methods are tests: it extends another.
    pub(super) is_test: bool,
    /// How it stands in its file.
    pub(super) item: TestItem,
}

/// A method that is a test in a class that has it.
#[derive(Debug, Clone)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) kind: ItemKind,
    pub(super) pattern: Option<NamePattern>,
    pub(super) hash: u64,
}

/// A file that another one requires.
#[derive(Debug)]
pub(super) struct Required {
    pub(super) name: String,
    /// Whether it is looked for from the file itself.
    pub(super) is_relative: bool,
}

impl Required {
    /// Where it may be.
    pub(super) fn places(&self, root: &RelPath, file: &RelPath) -> Vec<RelPath> {
        let name = format!("{}.rb", self.name.trim_end_matches(".rb"));
        if self.is_relative {
            let folder = file.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
            return normal(&format!("{folder}/{name}")).into_iter().collect();
        }
        ["test", "lib", ""].iter().map(|folder| root.join(folder).join(&name)).collect()
    }
}

/// A path without steps back; `None` where it leaves the workspace.
fn normal(path: &str) -> Option<RelPath> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(RelPath::new(parts.join("/")))
}

impl Heritage {
    /// Whether an earlier piece of a class says that its methods are tests.
    pub(super) fn is_test(&self, names: &[String]) -> bool {
        self.classes.iter().any(|class| class.is_test && class.names == names)
    }

    /// Whether all is known here that its tests come from.
    pub(super) fn is_whole(&self) -> bool {
        let tests = || self.classes.iter().filter(|class| class.is_test);
        tests().all(|class| {
            let mut origins = class.origins.iter();
            origins.all(|origin| {
                is_library(origin) || self.pieces(&class.names, origin).next().is_some()
            })
        })
    }

    /// All pieces of a class that is called so from within another.
    fn pieces<'h>(&'h self, within: &[String], name: &str) -> impl Iterator<Item = &'h Class> {
        let own: Vec<&str> = name.trim_start_matches("::").split("::").collect();
        let is_it = |class: &Class, depth: usize| {
            let wanted = within[..depth].iter().map(String::as_str).chain(own.iter().copied());
            class.names.iter().map(String::as_str).eq(wanted)
        };
        let depth = (0..=within.len()).rev();
        let depth = { depth }.find(|depth| self.classes.iter().any(|class| is_it(class, *depth)));
        let found =
            self.classes.iter().filter(|class| depth.is_some_and(|depth| is_it(class, depth)));
        found.collect::<Vec<_>>().into_iter()
    }
}

/// The tests that a class has from elsewhere, the nearest first; `files` are its own and what that requires.
pub(super) fn inherited(class: &Class, files: &[&Heritage]) -> Vec<Method> {
    let mut found = Vec::new();
    inherit(class, files, DEPTH, &mut found);
    found
}

fn inherit(class: &Class, files: &[&Heritage], depth: usize, found: &mut Vec<Method>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for origin in class.origins.iter().rev().filter(|origin| !is_library(origin)) {
        let pieces = files.iter().map(|file| file.pieces(&class.names, origin).collect::<Vec<_>>());
        for piece in { pieces }.find(|pieces| !pieces.is_empty()).into_iter().flatten() {
            found.extend(piece.methods.iter().cloned());
            inherit(piece, files, depth, found);
        }
    }
}

/// What comes of a library, and has no tests.
fn is_library(name: &str) -> bool {
    let space = name.trim_start_matches("::").split("::").next();
    matches!(
        space,
        Some(
            "Minitest"
                | "MiniTest"
                | "Test"
                | "ActiveSupport"
                | "ActionDispatch"
                | "ActionController"
                | "Rails"
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_for_as_ruby_does() {
        let places = |name: &str, is_relative: bool| {
            let required = Required { name: name.to_owned(), is_relative };
            let places =
                required.places(&RelPath::new("shop"), &RelPath::new("shop/test/unit/a_test.rb"));
            places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(places("../base", true), "shop/test/base.rb");
        assert_eq!(places("base.rb", true), "shop/test/unit/base.rb");
        assert_eq!(places("../../../../base", true), "");
        assert_eq!(
            places("test_helper", false),
            "shop/test/test_helper.rb shop/lib/test_helper.rb shop/test_helper.rb"
        );
    }
}
