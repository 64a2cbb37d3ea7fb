//! The tests that a class has from those that it extends and implements: in its file, or in the one where packages and
//! imports lead.

use std::collections::HashSet;
use std::sync::Arc;

use tree_sitter::Node;

use super::discover::{Annotations, Syntax, word};
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, Read, Source};
use crate::paths::RelPath;

/// Classes extend each other, but not for ever.
const DEPTH: usize = 8;

/// A test that stands in another class.
pub(super) struct Inherited {
    pub(super) name: String,
    pub(super) kind: ItemKind,
    pub(super) tags: Vec<Arc<str>>,
    pub(super) hash: u64,
}

/// The tests that a class of a file has from others, the nearest first. A method that it has itself counts as it stands there.
pub(super) fn inherited<S: Syntax>(
    source: &Source<'_>,
    (root, class): (Node<'_>, Node<'_>),
    read: Read<'_>,
) -> Vec<Inherited> {
    if S::origins(source, class).is_empty() {
        return Vec::new();
    }
    let mut names = HashSet::new();
    let mut found = Vec::new();
    take::<S>(source, class, &mut names, None);
    follow::<S>(source, (root, class), read, DEPTH, &mut names, &mut found);
    found
}

fn follow<S: Syntax>(
    source: &Source<'_>,
    (root, class): (Node<'_>, Node<'_>),
    read: Read<'_>,
    depth: usize,
    names: &mut HashSet<String>,
    found: &mut Vec<Inherited>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for origin in S::origins(source, class) {
        if let Some(class) = class_in::<S>(source, root, &origin) {
            take::<S>(source, class, names, Some(&mut *found));
            follow::<S>(source, (root, class), read, depth, names, found);
            continue;
        }
        let places = places(source.path, source.text, &origin);
        let Some((path, text)) = places.into_iter().find_map(|it| read(&it).map(|text| (it, text)))
        else {
            continue;
        };
        let mut there = Source::new(&path, &text);
        let Some(tree) = S::tree(&mut there) else {
            continue;
        };
        let root = tree.root_node();
        let own = origin.rsplit('.').next().unwrap_or(&origin);
        if let Some(class) = class_in::<S>(&there, root, own) {
            take::<S>(&there, class, names, Some(&mut *found));
            follow::<S>(&there, (root, class), read, depth, names, found);
        }
    }
}

/// Notes the methods of a class, and takes those that are tests and that no nearer class has.
fn take<S: Syntax>(
    source: &Source<'_>,
    class: Node<'_>,
    names: &mut HashSet<String>,
    mut found: Option<&mut Vec<Inherited>>,
) {
    let members = S::body(class).map(named_children).unwrap_or_default();
    for method in members.into_iter().filter(|member| member.kind() == S::METHOD) {
        let Some(name) = method.child_by_field_name("name").map(|name| word(source, name)) else {
            continue;
        };
        if !names.insert(name.clone()) {
            continue;
        }
        let said = Annotations::of::<S>(source, method);
        let kind = said.kind().filter(|kind| S::can_run(source, method, *kind));
        if let (Some(kind), Some(found)) = (kind, found.as_deref_mut()) {
            found.push(Inherited { name, kind, tags: said.tags, hash: source.hash(method) });
        }
    }
}

fn class_in<'t, S: Syntax>(source: &Source<'_>, root: Node<'t>, wanted: &str) -> Option<Node<'t>> {
    let is_kind =
        |it: &Node<'t>| S::CLASSES.contains(&it.kind()) || it.kind() == "interface_declaration";
    let is_it = |it: &Node<'t>| {
        it.child_by_field_name("name").is_some_and(|name| word(source, name) == wanted)
    };
    named_children(root).into_iter().filter(is_kind).find(is_it)
}

/// Where a class may be that a file calls so: folders are called as packages are.
fn places(file: &RelPath, text: &str, name: &str) -> Vec<RelPath> {
    let lines = || text.split(['\n', ';']).map(str::trim);
    let package = lines().find_map(|line| line.strip_prefix("package ")).unwrap_or_default().trim();
    let Some((folder, extension)) = folder_and_extension(file) else {
        return Vec::new();
    };
    let Some(top) = folder.strip_suffix(&package.replace('.', "/")) else {
        return Vec::new();
    };
    let imports = || lines().filter_map(|line| line.strip_prefix("import ")).map(str::trim);
    let named = imports().filter(|it| it.rsplit('.').next() == Some(name)).map(str::to_owned);
    let beside = [format!("{package}.{name}")];
    let all = imports().filter_map(|it| it.strip_suffix(".*")).map(|it| format!("{it}.{name}"));
    let whole = name.contains('.').then(|| name.to_owned());
    let classes = whole.into_iter().chain(named).chain(beside).chain(all);
    classes.map(|it| RelPath::new(format!("{top}{}.{extension}", it.replace('.', "/")))).collect()
}

fn folder_and_extension(file: &RelPath) -> Option<(&str, &str)> {
    let (folder, name) = file.as_str().rsplit_once('/')?;
    Some((folder, name.rsplit_once('.')?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_looked_for_where_packages_and_imports_lead() {
        let file = RelPath::new("a/src/test/java/shop/till/TillTest.java");
        let text = "package shop.till; import shop.Base;\nimport static x.Y.z;\nimport other.*;\n";
        let places = |name: &str| {
            let places = places(&file, text, name);
            places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let top = "a/src/test/java";
        assert_eq!(
            places("Base"),
            format!("{top}/shop/Base.java {top}/shop/till/Base.java {top}/other/Base.java")
        );
        assert_eq!(places("Near"), format!("{top}/shop/till/Near.java {top}/other/Near.java"));
        assert!(places("shop.Whole").starts_with(&format!("{top}/shop/Whole.java ")));
    }
}
