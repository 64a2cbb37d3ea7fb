//! What a class has from others: from the one that it extends, and from traits. Where these are in other files, they are
//! looked for where their names lead from the namespace and the folder of this one.

use std::sync::Arc;

use tree_sitter::{Node, Tree};

use super::GRAMMAR;
use super::imports::Imports;
use super::said::Said;
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, Read, Source};
use crate::paths::RelPath;

/// Classes extend each other, but not for ever.
const DEPTH: usize = 8;

/// A method that is a test.
pub(super) struct Method<'t> {
    pub(super) node: Node<'t>,
    pub(super) name: Node<'t>,
    pub(super) kind: ItemKind,
    pub(super) groups: Vec<Arc<str>>,
}

/// One that a class has from elsewhere.
pub(super) struct Inherited {
    pub(super) name: String,
    pub(super) kind: ItemKind,
    pub(super) groups: Vec<Arc<str>>,
    pub(super) hash: u64,
}

/// A part of a file in which names stand for the same.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) root: Node<'s>,
    pub(super) imports: &'s Imports,
    pub(super) namespace: &'s str,
}

impl<'s> Scope<'s> {
    /// The tests that a class, or a trait, has of its own.
    pub(super) fn methods(self, class: Node<'s>) -> Vec<Method<'s>> {
        let body = class.child_by_field_name("body");
        let members = body.map(named_children).unwrap_or_default().into_iter();
        members
            .filter(|it| it.kind() == "method_declaration")
            .filter_map(|it| self.method(it))
            .collect()
    }

    fn method(self, node: Node<'s>) -> Option<Method<'s>> {
        let name = node.child_by_field_name("name")?;
        let mut words = named_children(node).into_iter().map(|part| self.source.slice(part));
        if words.any(|word| matches!(word, "private" | "protected" | "abstract")) {
            return None;
        }
        let said = Said::of(self.source, node, self.imports, self.namespace);
        let is_test = self.source.slice(name).starts_with("test") || said.is_test();
        let kind = if said.is_table() { ItemKind::Parametrised } else { ItemKind::Test };
        is_test.then(|| Method { node, name, kind, groups: said.groups() })
    }

    /// The tests that a class has from elsewhere, the nearest first.
    pub(super) fn inherited(self, class: Node<'_>, read: Read<'_>) -> Vec<Inherited> {
        let mut found = Vec::new();
        self.inherit(class, read, DEPTH, &mut found);
        found
    }

    fn inherit(self, class: Node<'_>, read: Read<'_>, depth: usize, found: &mut Vec<Inherited>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for name in self.origins(class) {
            let whole = self.imports.resolve(&name, self.namespace);
            self.with_class(&whole, read, |there, class| {
                found.extend(there.methods(class).into_iter().map(|it| there.taken(&it)));
                there.inherit(class, read, depth, found);
            });
        }
    }

    fn taken(self, method: &Method<'_>) -> Inherited {
        Inherited {
            name: self.source.slice(method.name).to_owned(),
            kind: method.kind,
            groups: method.groups.clone(),
            hash: self.source.hash(method.node),
        }
    }

    /// What a class has methods from: its traits, then what it extends.
    fn origins(self, class: Node<'_>) -> Vec<String> {
        let body = class.child_by_field_name("body");
        let members = body.map(named_children).unwrap_or_default().into_iter();
        let traits = members.filter(|member| member.kind() == "use_declaration");
        let parents = named_children(class).into_iter().filter(|it| it.kind() == "base_clause");
        let names = traits.chain(parents).flat_map(named_children);
        let names = names.filter(|it| matches!(it.kind(), "name" | "qualified_name"));
        names.map(|it| self.source.slice(it).to_owned()).collect()
    }

    /// Looks at a class by its whole name, in this file or in the one where it should be.
    fn with_class(
        self,
        whole: &str,
        read: Read<'_>,
        look: impl for<'x> FnOnce(Scope<'x>, Node<'x>),
    ) {
        let (namespace, name) = whole.rsplit_once('\\').unwrap_or(("", whole));
        if namespace.eq_ignore_ascii_case(self.namespace)
            && let Some(class) = class_in(self.source, self.root, name)
        {
            return look(self, class);
        }
        let path = place(self.source.path, self.namespace, whole);
        let Some((path, text)) = path.and_then(|path| read(&path).map(|text| (path, text))) else {
            return;
        };
        let mut source = Source::new(&path, &text);
        let Some(tree) = source.tree(&GRAMMAR) else {
            return;
        };
        let root = root_of(&source, &tree, namespace);
        let Some(class) = class_in(&source, root, name) else {
            return;
        };
        let imports = Imports::of(&source, root);
        look(Scope { source: &source, root, imports: &imports, namespace }, class);
    }
}

/// The part of a file that is of a namespace: the body of its definition, where it has one.
fn root_of<'t>(source: &Source<'_>, tree: &'t Tree, namespace: &str) -> Node<'t> {
    let root = tree.root_node();
    let is_it = |it: &Node<'t>| {
        it.child_by_field_name("name").is_some_and(|name| source.slice(name) == namespace)
    };
    let parts = named_children(root).into_iter().filter(|it| it.kind() == "namespace_definition");
    parts.filter(is_it).find_map(|it| it.child_by_field_name("body")).unwrap_or(root)
}

fn class_in<'t>(source: &Source<'_>, root: Node<'t>, wanted: &str) -> Option<Node<'t>> {
    let is_kind = |it: &Node<'t>| matches!(it.kind(), "class_declaration" | "trait_declaration");
    let is_it = |it: &Node<'t>| {
        let name = it.child_by_field_name("name").map(|name| source.slice(name));
        name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
    };
    named_children(root).into_iter().filter(is_kind).find(is_it)
}

/// The file of a class, as a loader finds it: folders are called as namespaces are, as far as both go together.
fn place(file: &RelPath, namespace: &str, whole: &str) -> Option<RelPath> {
    let parts = |name: &str| -> Vec<String> {
        name.split('\\').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (here, there) = (parts(namespace), parts(whole));
    let (_, spaces) = there.split_last()?;
    let common = here.iter().zip(spaces).take_while(|(a, b)| a == b).count();
    if common == 0 && !(here.is_empty() && spaces.is_empty()) {
        return None;
    }
    let mut folders: Vec<&str> = file.as_str().split('/').collect();
    folders.pop();
    for _ in common..here.len() {
        folders.pop()?;
    }
    folders.extend(there[common..].iter().map(String::as_str));
    Some(RelPath::new(format!("{}.php", folders.join("/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_namespaces() {
        let place = |file: &str, namespace: &str, whole: &str| {
            let place = place(&RelPath::new(file), namespace, whole);
            place.map_or_else(String::new, |place| place.to_string())
        };
        assert_eq!(
            place("tests/Unit/ATest.php", r"App\Tests\Unit", r"App\Tests\Base"),
            "tests/Base.php"
        );
        assert_eq!(
            place("tests/ATest.php", r"App\Tests", r"App\Tests\Deep\Base"),
            "tests/Deep/Base.php"
        );
        assert_eq!(place("tests/ATest.php", "", "Base"), "tests/Base.php");
        assert_eq!(place("tests/ATest.php", r"App\Tests", r"PHPUnit\Framework\TestCase"), "");
        assert_eq!(place("ATest.php", r"A\B", r"A\Base"), "");
    }
}
