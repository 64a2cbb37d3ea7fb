//! Finds the tests of a C# file: methods with an attribute of xUnit, NUnit or MSTest, in classes and nested ones.

use std::sync::Arc;

use tree_sitter::Node;

use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{Grammar, ItemKind, Source, Suite, TestItem};

static CSHARP: Grammar =
    Grammar { name: "c-sharp", language: || tree_sitter_c_sharp::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&CSHARP) else {
        return Vec::new();
    };
    let mut walk = Walk { found: Classes::new(source, suite.of_file(source.path.clone())) };
    walk.below(tree.root_node(), "");
    walk.found.into_items()
}

struct Walk<'w, 's> {
    found: Classes<'w, 's>,
}

impl<'s> Walk<'_, 's> {
    fn below(&mut self, node: Node<'_>, namespace: &str) {
        let mut namespace = namespace.to_owned();
        for child in named_children(node) {
            match child.kind() {
                // It holds for all that follows.
                "file_scoped_namespace_declaration" => {
                    namespace = self.field(child, "name").to_owned();
                    // Older texts of the grammar have what follows inside.
                    self.below(child, &namespace);
                }
                "namespace_declaration" => {
                    let own = self.field(child, "name");
                    let whole = match namespace.is_empty() {
                        true => own.to_owned(),
                        false => format!("{namespace}.{own}"),
                    };
                    if let Some(body) = child.child_by_field_name("body") {
                        self.below(body, &whole);
                    }
                }
                "preproc_if" | "preproc_else" | "preproc_elif" => self.below(child, &namespace),
                _ => self.class(child, &namespace, &Around::default()),
            }
        }
    }

    fn class(&mut self, class: Node<'_>, namespace: &str, around: &Around) {
        if !matches!(
            class.kind(),
            "class_declaration" | "record_declaration" | "struct_declaration"
        ) {
            return;
        }
        let (Some(name), Some(body)) =
            (class.child_by_field_name("name"), class.child_by_field_name("body"))
        else {
            return;
        };
        let parts = named_children(class);
        let has = |word| {
            parts.iter().any(|it| it.kind() == "modifier" && self.found.source.slice(*it) == word)
        };
        // Its tests are those of the classes that extend it; of a generic one a number is part of the name.
        let is_open = parts.iter().any(|it| it.kind() == "type_parameter_list");
        if has("abstract") || is_open {
            return;
        }
        let own = self.found.source.slice(name);
        let name_here = match (namespace, around.names.is_empty()) {
            ("", _) | (_, false) => own.to_owned(),
            (namespace, true) => format!("{namespace}.{own}"),
        };
        let inside = around.within(name_here, self.attributes(class).tags);
        let opened = self.found.open();
        for member in named_children(body) {
            match member.kind() {
                "method_declaration" => self.method(member, &inside),
                _ => self.class(member, namespace, &inside),
            }
        }
        self.found.close(opened, class, name, inside);
    }

    fn method(&mut self, method: Node<'_>, inside: &Around) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let said = self.attributes(method);
        if let Some(kind) = said.kind {
            let word = self.found.source.slice(name).to_owned();
            self.found.method(kind, method, name, inside.within(word, said.tags));
        }
    }

    fn attributes(&self, node: Node<'_>) -> Said {
        let mut said = Said::default();
        let lists = named_children(node).into_iter().filter(|it| it.kind() == "attribute_list");
        let all = lists.flat_map(named_children).filter(|it| it.kind() == "attribute");
        for attribute in all {
            let name = self.field(attribute, "name");
            let name = name.rsplit(['.', ':']).next().unwrap_or(name);
            let name = name.strip_suffix("Attribute").unwrap_or(name);
            let kind = match name {
                "Fact" | "Test" | "TestMethod" | "SkippableFact" => Some(ItemKind::Test),
                "Theory" | "TestCase" | "TestCaseSource" | "DataTestMethod" | "DataRow"
                | "DynamicData" | "Combinatorial" | "SkippableTheory" | "Repeat" => {
                    Some(ItemKind::Parametrised)
                }
                _ => None,
            };
            if said.kind != Some(ItemKind::Parametrised) {
                said.kind = kind.or(said.kind);
            }
            if matches!(name, "Trait" | "Category" | "TestCategory") {
                let written = self.found.source.slice(attribute);
                said.tags.extend(written.split('"').skip(1).step_by(2).last().map(Arc::from));
            }
        }
        said
    }

    fn field(&self, node: Node<'_>, name: &str) -> &'s str {
        node.child_by_field_name(name).map(|it| self.found.source.slice(it)).unwrap_or_default()
    }
}

/// What the attributes of a class or a method say.
#[derive(Debug, Default)]
struct Said {
    kind: Option<ItemKind>,
    tags: Vec<Arc<str>>,
}
