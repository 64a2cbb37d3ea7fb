//! Finds the tests of a PHP file: methods whose name, attribute or comment says so, in the class that is called as the
//! file is and extends another.

use tree_sitter::Node;

use super::heritage::Scope;
use super::imports::Imports;
use super::said::Said;
use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{Source, TestItem};
use crate::id::TestId;

pub(super) fn discover(source: &Source<'_>, file: &TestId, root: Node<'_>) -> Vec<TestItem> {
    let mut walk = Walk {
        found: Classes::new(source, file.clone()),
        stem: stem(file.file.as_str()),
        namespace: String::new(),
        imports: Imports::of(source, root),
        is_found: false,
    };
    walk.below(root, root);
    walk.found.into_items()
}

struct Walk<'w, 's> {
    found: Classes<'w, 's>,
    /// What the class is called that PHPUnit looks for in the file, or how its name ends.
    stem: String,
    namespace: String,
    imports: Imports,
    is_found: bool,
}

impl Walk<'_, '_> {
    /// Looks for the class in a part of a file; names stand for what they do in `root`.
    fn below(&mut self, node: Node<'_>, root: Node<'_>) {
        for child in named_children(node) {
            match child.kind() {
                "namespace_definition" => {
                    let name = child.child_by_field_name("name");
                    let name = name.map(|name| self.found.source.slice(name)).unwrap_or_default();
                    name.clone_into(&mut self.namespace);
                    // Without a body it holds for all that follows.
                    if let Some(body) = child.child_by_field_name("body") {
                        self.imports = Imports::of(self.found.source, body);
                        self.below(body, body);
                    }
                }
                "class_declaration" => self.class(child, root),
                // A class may be there under a condition.
                "if_statement" | "else_clause" | "compound_statement" => self.below(child, root),
                _ => {}
            }
        }
    }

    fn class(&mut self, class: Node<'_>, root: Node<'_>) {
        let Some(name) = class.child_by_field_name("name") else {
            return;
        };
        let parts = named_children(class);
        let has = |kind| parts.iter().any(|part| part.kind() == kind);
        let source = self.found.source;
        let own = source.slice(name);
        let is_meant = own.to_lowercase().ends_with(&self.stem) && !self.is_found;
        if !is_meant || has("abstract_modifier") || !has("base_clause") {
            return;
        }
        self.is_found = true;
        let full = match self.namespace.as_str() {
            "" => own.to_owned(),
            namespace => format!("{namespace}\\{own}"),
        };
        let said = Said::of(source, class, &self.imports, &self.namespace);
        let inside = Around::default().within(full, said.groups());
        let scope = Scope { source, root, imports: &self.imports, namespace: &self.namespace };
        let opened = self.found.open();
        for method in scope.methods(class) {
            let of = inside.within(source.slice(method.name).to_owned(), method.groups);
            self.found.method(method.kind, method.node, method.name, of);
        }
        for method in scope.inherited(class, &|path| source.other(path)) {
            let of = inside.within(method.name, method.groups);
            self.found.inherited(method.kind, (class, name), method.hash, of);
        }
        self.found.close(opened, class, name, inside);
    }
}

/// A file's name up to its first dot, in small letters, as PHP does not tell them apart.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_lowercase()
}
