//! Finds the tests of a C# file: methods with an attribute of xUnit, NUnit or MSTest, in classes and nested ones.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use tree_sitter::Node;

use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{Grammar, ItemKind, Source, Suite, TestItem};

static CSHARP: Grammar =
    Grammar { name: "c-sharp", language: || tree_sitter_c_sharp::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.mended_tree(&CSHARP, mended) else {
        return Vec::new();
    };
    let mut found = Classes::new(source, suite.of_file(source.path.clone()));
    take_below(&mut found, tree.root_node(), "");
    found.into_items()
}

/// What is newer than the grammar, which makes nothing of the class around it, in another way that is as long: `x?.y = 1`.
fn mended(text: &str) -> String {
    static SET_IF_THERE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\?([.\[][\w.\]]+ *(?:[-+*/%&|^]|\?\?)?=[^=>])").expect("a pattern")
    });
    SET_IF_THERE.replace_all(text, " $1").into_owned()
}

fn take_below(found: &mut Classes<'_, '_>, node: Node<'_>, namespace: &str) {
    let mut namespace = namespace.to_owned();
    for child in named_children(node) {
        match child.kind() {
            // It holds for all that follows.
            "file_scoped_namespace_declaration" => {
                namespace = bare(field(found.source, child, "name"));
                // Older texts of the grammar have what follows inside.
                take_below(found, child, &namespace);
            }
            "namespace_declaration" => {
                let own = bare(field(found.source, child, "name"));
                let whole = match namespace.is_empty() {
                    true => own,
                    false => format!("{namespace}.{own}"),
                };
                if let Some(body) = child.child_by_field_name("body") {
                    take_below(found, body, &whole);
                }
            }
            "preproc_if" | "preproc_else" | "preproc_elif" => take_below(found, child, &namespace),
            _ => take_class(found, child, &namespace, &Around::default()),
        }
    }
}

fn take_class(found: &mut Classes<'_, '_>, class: Node<'_>, namespace: &str, around: &Around) {
    if !matches!(class.kind(), "class_declaration" | "record_declaration" | "struct_declaration") {
        return;
    }
    let (Some(name), Some(body)) =
        (class.child_by_field_name("name"), class.child_by_field_name("body"))
    else {
        return;
    };
    let source = found.source;
    let parts = named_children(class);
    let has = |word| parts.iter().any(|it| it.kind() == "modifier" && source.slice(*it) == word);
    // Its tests are those of the classes that extend it; of a generic one a number is part of the name.
    let is_open = parts.iter().any(|it| it.kind() == "type_parameter_list");
    if has("abstract") || is_open {
        return;
    }
    let own = bare(source.slice(name));
    let name_here = match (namespace, around.names.is_empty()) {
        ("", _) | (_, false) => own,
        (namespace, true) => format!("{namespace}.{own}"),
    };
    let inside = around.within(name_here, Said::of(source, class).tags);
    let opened = found.open();
    for member in named_children(body) {
        match member.kind() {
            "method_declaration" => take_method(found, member, &inside),
            _ => take_class(found, member, namespace, &inside),
        }
    }
    found.close(opened, class, name, inside);
}

fn take_method(found: &mut Classes<'_, '_>, method: Node<'_>, inside: &Around) {
    let Some(name) = method.child_by_field_name("name") else {
        return;
    };
    let said = Said::of(found.source, method);
    if let Some(kind) = said.kind {
        let word = bare(found.source.slice(name));
        found.method(kind, method, name, inside.within(word, said.tags));
    }
}

fn field<'s>(source: &Source<'s>, node: Node<'_>, name: &str) -> &'s str {
    node.child_by_field_name(name).map(|it| source.slice(it)).unwrap_or_default()
}

/// A name, without what lets its parts be words of the language: `@class` is called `class`.
fn bare(name: &str) -> String {
    name.replace('@', "")
}

/// What the attributes of a class or a method say.
#[derive(Debug, Default)]
struct Said {
    kind: Option<ItemKind>,
    tags: Vec<Arc<str>>,
}

impl Said {
    fn of(source: &Source<'_>, node: Node<'_>) -> Self {
        let mut said = Self::default();
        let lists = named_children(node).into_iter().filter(|it| it.kind() == "attribute_list");
        let all = lists.flat_map(named_children).filter(|it| it.kind() == "attribute");
        for attribute in all {
            said.note(field(source, attribute, "name"), source.slice(attribute));
        }
        said
    }

    /// Takes in an attribute of that name.
    fn note(&mut self, name: &str, written: &str) {
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
        if self.kind != Some(ItemKind::Parametrised) {
            self.kind = kind.or(self.kind);
        }
        if matches!(name, "Trait" | "Category" | "TestCategory") {
            self.tags.extend(written.split('"').skip(1).step_by(2).last().map(Arc::from));
        }
    }
}
