//! Classes that other files define, for those that derive from them.
//!
//! An import is followed as far as the workspace goes: from the file's own folder and the folders above
//! it, which is where pytest, a `src` layout or a `pythonpath` make Python look.

use crate::frameworks::Read;
use crate::frameworks::lines::Lines;
use crate::paths::RelPath;

use super::NameRules;
use super::collect::{Class, Collector};

/// A class may be imported from a file that imports it itself; not for ever.
const DEPTH: usize = 6;

/// The way to other files.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere<'e> {
    pub(super) rules: &'e NameRules,
    pub(super) read: Read<'e>,
    depth: usize,
}

/// A file from which names are looked up.
#[derive(Clone, Copy)]
pub(super) struct File<'f> {
    pub(super) path: &'f RelPath,
    pub(super) text: &'f str,
}

impl<'e> Elsewhere<'e> {
    pub(super) fn new(rules: &'e NameRules, read: Read<'e>) -> Self {
        Self { rules, read, depth: DEPTH }
    }

    /// The class that `file` calls by this dotted name and does not define.
    pub(super) fn class(self, file: File<'_>, dotted: &str) -> Option<Class> {
        let deeper = Self { depth: self.depth.checked_sub(1)?, ..self };
        let imports = imports(file.text);
        let meant = imports.iter().rev().filter_map(|import| import.meaning(dotted));
        let mut found = meant.filter_map(|(module, class)| deeper.class_in(file, &module, class));
        found.next()
    }

    fn class_in(self, file: File<'_>, module: &str, class: &str) -> Option<Class> {
        let paths = places(file.path, module);
        let (path, text) = paths.iter().find_map(|path| Some((path, (self.read)(path)?)))?;
        let there = File { path, text: &text };
        let body = super::outline(&text);
        let mut collector = Collector::new(self.rules, Some((self, there)));
        collector.module(&body);
        let found = collector.take(class).or_else(|| self.class(there, class))?;
        let lines = Lines::of(&text);
        Some(found.taken_elsewhere(&|range| lines.hash(range)))
    }
}

/// A name and what it stands for.
#[derive(Debug, PartialEq, Eq)]
struct Import<'t> {
    /// As the file calls it; `*` for all that the module has.
    name: &'t str,
    /// With leading dots where it is relative.
    module: &'t str,
    /// What of the module it is, where it is not all of it.
    attribute: Option<&'t str>,
}

impl Import<'_> {
    /// The module and class that a dotted name means, if it comes of this import.
    fn meaning<'d>(&self, dotted: &'d str) -> Option<(String, &'d str)>
    where
        Self: 'd,
    {
        let rest = dotted.strip_prefix(self.name);
        let inner = rest.and_then(|rest| rest.strip_prefix('.')).filter(|rest| !rest.contains('.'));
        match (self.attribute, inner) {
            (Some("*"), _) => (!dotted.contains('.')).then(|| (self.module.to_owned(), dotted)),
            (Some(attribute), Some(class)) => Some((below(self.module, attribute), class)),
            (Some(attribute), None) if rest == Some("") => {
                Some((self.module.to_owned(), attribute))
            }
            (None, Some(class)) => Some((self.module.to_owned(), class)),
            _ => None,
        }
    }
}

fn below(module: &str, name: &str) -> String {
    let dot = if module.ends_with('.') { "" } else { "." };
    format!("{module}{dot}{name}")
}

/// The imports of a file, in their order.
fn imports(text: &str) -> Vec<Import<'_>> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = code(line);
        if let Some(names) = line.strip_prefix("import ") {
            found.extend(named(names).map(|(module, name)| Import {
                name,
                module,
                attribute: None,
            }));
        } else if let Some((module, names)) =
            line.strip_prefix("from ").and_then(|rest| rest.split_once(" import"))
        {
            let module = module.trim();
            let mut push = |names| {
                found.extend(named(names).map(|(attribute, name)| Import {
                    name,
                    module,
                    attribute: Some(attribute),
                }));
            };
            let (mut rest, is_open) = (names, names.contains('('));
            push(rest);
            while (is_open && !rest.contains(')')) || rest.ends_with('\\') {
                let Some(next) = lines.next() else { break };
                rest = code(next);
                push(rest);
            }
        }
    }
    found
}

/// A line without indentation and comment.
fn code(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

/// The names of a list, and what the file calls them.
fn named(list: &str) -> impl Iterator<Item = (&str, &str)> {
    let names = list.split(',').map(|name| name.trim_matches(['(', ')', '\\', ' ', '\t', ';']));
    names.filter(|name| !name.is_empty()).map(|name| match name.split_once(" as ") {
        Some((name, alias)) => (name.trim(), alias.trim()),
        None => (name, name),
    })
}

/// Where a module may lie that a file imports.
fn places(file: &RelPath, module: &str) -> Vec<RelPath> {
    let name = module.trim_start_matches('.');
    let dots = module.len() - name.len();
    let name = name.replace('.', "/");
    let folders = std::iter::successors(folder(file.as_str()), |dir| folder(dir));
    let in_folder = |dir: &str| {
        let dir = RelPath::new(dir);
        let package = dir.join(&name).join("__init__.py");
        if name.is_empty() { vec![package] } else { vec![dir.join(&format!("{name}.py")), package] }
    };
    match dots {
        0 => folders
            .flat_map(|dir| [in_folder(dir), in_folder(&format!("{dir}/src"))])
            .flatten()
            .collect(),
        _ => folders.skip(dots - 1).take(1).flat_map(in_folder).collect(),
    }
}

/// The folder that holds a path; `None` for the workspace's own.
fn folder(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((dir, _)) => Some(dir),
        None => (!path.is_empty()).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_as_python_reads_them() {
        let text = "import a, b.c as d # e\n  from .f import (g,  # no, h\n    i as j,\n)\n\
                    from k import l, \\\n  m\nfrom . import n\nfrom o import *\nimportant = 1\n";
        let told: Vec<String> = imports(text)
            .iter()
            .map(|it| {
                format!("{} is {:?} of {}", it.name, it.attribute.unwrap_or("all"), it.module)
            })
            .collect();
        assert_eq!(
            told,
            [
                "a is \"all\" of a",
                "d is \"all\" of b.c",
                "g is \"g\" of .f",
                "j is \"i\" of .f",
                "l is \"l\" of k",
                "m is \"m\" of k",
                "n is \"n\" of .",
                "* is \"*\" of o",
            ]
        );
    }

    #[test]
    fn a_dotted_name_means_a_class_of_a_module() {
        let import = |name, module, attribute| Import { name, module, attribute };
        let means = |import: Import<'_>, dotted: &str| {
            let meant = import.meaning(dotted).map(|(module, class)| format!("{module}:{class}"));
            meant.unwrap_or_default()
        };
        assert_eq!(means(import("B", "m", Some("A")), "B"), "m:A");
        assert_eq!(means(import("n", ".", Some("n")), "n.C"), ".n:C");
        assert_eq!(means(import("n", "m", Some("o")), "n.C"), "m.o:C");
        assert_eq!(means(import("a.b", "a.b", None), "a.b.C"), "a.b:C");
        assert_eq!(means(import("*", "m", Some("*")), "C"), "m:C");
        assert_eq!(means(import("a", "a", None), "ab.C"), "");
        assert_eq!(means(import("B", "m", Some("A")), "C"), "");
    }

    #[test]
    fn modules_are_looked_for_where_python_finds_them() {
        let places = |file: &str, module: &str| {
            let places = places(&RelPath::new(file), module);
            places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(places("t/u/test_a.py", ".b"), "t/u/b.py t/u/b/__init__.py");
        assert_eq!(places("t/u/test_a.py", "..b.c"), "t/b/c.py t/b/c/__init__.py");
        assert_eq!(places("t/test_a.py", "..."), "");
        assert_eq!(places("t/test_a.py", "."), "t/__init__.py");
        assert_eq!(
            places("t/test_a.py", "b"),
            "t/b.py t/b/__init__.py t/src/b.py t/src/b/__init__.py b.py b/__init__.py src/b.py \
             src/b/__init__.py"
        );
    }
}
