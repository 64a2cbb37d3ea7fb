//! Finds the tests of a PHP file: methods whose name, attribute or comment says so, in classes that extend another.

use tree_sitter::Node;

use super::imports::Imports;
use super::said::Said;
use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, Source, TestItem};
use crate::id::TestId;

pub(super) fn discover(source: &Source<'_>, file: &TestId, root: Node<'_>) -> Vec<TestItem> {
    let mut walk = Walk {
        found: Classes::new(source, file.clone()),
        namespace: String::new(),
        imports: Imports::of(source, root),
    };
    walk.below(root);
    walk.found.into_items()
}

struct Walk<'w, 's> {
    found: Classes<'w, 's>,
    namespace: String,
    imports: Imports,
}

impl Walk<'_, '_> {
    fn below(&mut self, node: Node<'_>) {
        for child in named_children(node) {
            match child.kind() {
                "namespace_definition" => {
                    let name = child.child_by_field_name("name");
                    let name = name.map(|name| self.found.source.slice(name)).unwrap_or_default();
                    name.clone_into(&mut self.namespace);
                    // Without a body it holds for all that follows.
                    if let Some(body) = child.child_by_field_name("body") {
                        self.imports = Imports::of(self.found.source, body);
                        self.below(body);
                    }
                }
                "class_declaration" => self.class(child),
                _ => {}
            }
        }
    }

    fn class(&mut self, class: Node<'_>) {
        let (Some(name), Some(body)) =
            (class.child_by_field_name("name"), class.child_by_field_name("body"))
        else {
            return;
        };
        let parts = named_children(class);
        let has = |kind| parts.iter().any(|part| part.kind() == kind);
        if has("abstract_modifier") || !has("base_clause") {
            return;
        }
        let own = self.found.source.slice(name);
        let full = match self.namespace.as_str() {
            "" => own.to_owned(),
            namespace => format!("{namespace}\\{own}"),
        };
        let inside = Around::default().within(full, self.said(class).groups());
        let opened = self.found.open();
        for member in named_children(body) {
            if member.kind() == "method_declaration" {
                self.method(member, &inside);
            }
        }
        self.found.close(opened, class, name, inside);
    }

    fn method(&mut self, method: Node<'_>, class: &Around) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let source = self.found.source;
        let mut words = named_children(method).into_iter().map(|part| source.slice(part));
        if words.any(|word| matches!(word, "private" | "protected" | "static" | "abstract")) {
            return;
        }
        let own = source.slice(name);
        let said = self.said(method);
        if !own.starts_with("test") && !said.is_test() {
            return;
        }
        let kind = if said.is_table() { ItemKind::Parametrised } else { ItemKind::Test };
        self.found.method(kind, method, name, class.within(own.to_owned(), said.groups()));
    }

    fn said(&self, node: Node<'_>) -> Said {
        Said::of(self.found.source, node, &self.imports, &self.namespace)
    }
}
