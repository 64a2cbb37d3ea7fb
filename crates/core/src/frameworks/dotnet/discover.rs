//! Finds the tests of a C# file: methods with an attribute of xUnit, NUnit or MSTest, in classes and nested ones.

use std::sync::Arc;

use tree_sitter::Node;

use crate::frameworks::source::named_children;
use crate::frameworks::{Grammar, ItemKind, Source, Suite, TestItem};
use crate::id::TestId;

static CSHARP: Grammar =
    Grammar { name: "c-sharp", language: || tree_sitter_c_sharp::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&CSHARP) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, items: Vec::new() };
    walk.below(tree.root_node(), "");
    walk.items
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    items: Vec<TestItem>,
}

/// The classes around a member.
#[derive(Debug, Clone, Default)]
struct Around {
    names: Vec<String>,
    tags: Vec<Arc<str>>,
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
        let has =
            |word| parts.iter().any(|it| it.kind() == "modifier" && self.source.slice(*it) == word);
        // Its tests are those of the classes that extend it; of a generic one a number is part of the name.
        let is_open = parts.iter().any(|it| it.kind() == "type_parameter_list");
        if has("abstract") || is_open {
            return;
        }
        let own = self.source.slice(name);
        let mut inside = around.clone();
        inside.names.push(match (namespace, around.names.is_empty()) {
            ("", _) | (_, false) => own.to_owned(),
            (namespace, true) => format!("{namespace}.{own}"),
        });
        inside.tags.extend(self.attributes(class).tags);
        let at = self.items.len();
        for member in named_children(body) {
            match member.kind() {
                "method_declaration" => self.method(member, &inside),
                _ => self.class(member, namespace, &inside),
            }
        }
        if self.items.len() > at {
            let item = self.item(class, name, inside.names, ItemKind::Group, inside.tags);
            self.items.insert(at, item);
        }
    }

    fn method(&mut self, method: Node<'_>, inside: &Around) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let said = self.attributes(method);
        let Some(kind) = said.kind else {
            return;
        };
        let mut names = inside.names.clone();
        names.push(self.source.slice(name).to_owned());
        // Overloaded methods are one test to a filter.
        if self.items.iter().any(|item| item.id.names == names) {
            return;
        }
        let tags = inside.tags.iter().cloned().chain(said.tags).collect();
        let item = self.item(method, name, names, kind, tags);
        self.items.push(item);
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
                let written = self.source.slice(attribute);
                said.tags.extend(written.split('"').skip(1).step_by(2).last().map(Arc::from));
            }
        }
        said
    }

    fn item(
        &self,
        node: Node<'_>,
        name: Node<'_>,
        names: Vec<String>,
        kind: ItemKind,
        tags: Vec<Arc<str>>,
    ) -> TestItem {
        let id = TestId { names, ..self.file.clone() };
        TestItem { tags, ..self.source.item(id, kind, node, name) }
    }

    fn field(&self, node: Node<'_>, name: &str) -> &'s str {
        node.child_by_field_name(name).map(|it| self.source.slice(it)).unwrap_or_default()
    }
}

/// What the attributes of a class or a method say.
#[derive(Debug, Default)]
struct Said {
    kind: Option<ItemKind>,
    tags: Vec<Arc<str>>,
}
