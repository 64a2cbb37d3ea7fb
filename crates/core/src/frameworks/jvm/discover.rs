//! Finds the tests of JUnit: methods with an annotation of its, in classes and the nested ones, in whatever language.

use std::sync::Arc;

use tree_sitter::{Node, Tree};

use super::heritage::inherited;
use super::java::Java;
use super::kotlin::Kotlin;
use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, Source, Suite, TestItem};

/// The tests of a file of Java or Kotlin.
pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    match source.path.as_str().ends_with(".kt") {
        true => walk::<Kotlin>(suite, source),
        false => walk::<Java>(suite, source),
    }
}

/// How a language writes what JUnit looks at.
pub(super) trait Syntax {
    const CLASSES: &'static [&'static str];
    const METHOD: &'static str;

    fn tree(source: &mut Source<'_>) -> Option<Tree>;

    /// What holds the members of a class.
    fn body(class: Node<'_>) -> Option<Node<'_>>;

    /// Annotations, and words such as `abstract`.
    fn modifiers(node: Node<'_>) -> Vec<Node<'_>>;

    /// The name of an annotation and what stands in its parentheses; `None` for any other modifier.
    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)>;

    /// Whether nothing can be made of a class, though it is not called abstract.
    fn is_interface(class: Node<'_>) -> bool;

    /// Whether JUnit 3 takes a method for a test, by all but its name: it is public, and gives and takes nothing.
    fn is_plain(source: &Source<'_>, method: Node<'_>) -> bool;

    /// The class that a class extends; empty where it extends none.
    fn superclass<'s>(source: &Source<'s>, class: Node<'_>) -> &'s str;

    /// What a class extends and implements, without what stands behind the names.
    fn origins(source: &Source<'_>, class: Node<'_>) -> Vec<String>;

    /// Whether JUnit runs a method with an annotation of a test.
    fn can_run(source: &Source<'_>, method: Node<'_>, kind: ItemKind) -> bool;
}

fn walk<S: Syntax>(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = S::tree(source) else {
        return Vec::new();
    };
    let mut found = Classes::new(source, suite.of_file(source.path.clone()));
    members::<S>(&mut found, tree.root_node(), &Class::default());
    found.into_items()
}

/// A class whose members are looked at.
#[derive(Default)]
struct Class {
    inside: Around,
    /// Whether classes within are tests though nothing says so.
    is_enclosing: bool,
    /// Whether all its tests have cases.
    makes_cases: bool,
    /// Whether names make its tests, as in JUnit 3.
    is_old: bool,
}

fn members<S: Syntax>(found: &mut Classes<'_, '_>, body: Node<'_>, class: &Class) {
    let is_in_class = !class.inside.names.is_empty();
    for member in named_children(body) {
        match member.kind() {
            kind if kind == S::METHOD && is_in_class => take_method::<S>(found, member, class),
            kind if S::CLASSES.contains(&kind) => take_class::<S>(found, member, class),
            _ => {}
        }
    }
}

fn take_class<S: Syntax>(found: &mut Classes<'_, '_>, class: Node<'_>, around: &Class) {
    let (Some(name), Some(body)) = (class.child_by_field_name("name"), S::body(class)) else {
        return;
    };
    let source = found.source;
    let said = Annotations::of::<S>(source, class);
    let is_nested = !around.inside.names.is_empty();
    let is_abstract = S::is_interface(class)
        || S::modifiers(class).into_iter().any(|it| source.slice(it) == "abstract");
    if is_abstract || is_nested && !said.has("Nested") && !around.is_enclosing {
        return;
    }
    let class_inside = Class {
        is_enclosing: said.encloses(),
        makes_cases: said.makes_cases(),
        is_old: S::superclass(source, class).ends_with("TestCase"),
        inside: around.inside.within(word(source, name), said.tags),
    };
    let opened = found.open();
    members::<S>(found, body, &class_inside);
    take_inherited::<S>(found, (class, name), &class_inside);
    found.close(opened, class, name, class_inside.inside);
}

/// Tests of other classes stand where the class does that has them.
fn take_inherited<S: Syntax>(
    found: &mut Classes<'_, '_>,
    (class, name): (Node<'_>, Node<'_>),
    inside: &Class,
) {
    let source = found.source;
    let root = std::iter::successors(Some(class), Node::parent).last().unwrap_or(class);
    for method in inherited::<S>(source, (root, class), &|path| source.other(path)) {
        let kind = if inside.makes_cases { ItemKind::Parametrised } else { method.kind };
        let of = inside.inside.within(method.name, method.tags);
        found.inherited(kind, (class, name), method.hash, of);
    }
}

fn take_method<S: Syntax>(found: &mut Classes<'_, '_>, method: Node<'_>, class: &Class) {
    let Some(name) = method.child_by_field_name("name") else {
        return;
    };
    let said = Annotations::of::<S>(found.source, method);
    let word = word(found.source, name);
    let is_old = class.is_old && word.starts_with("test") && S::is_plain(found.source, method);
    let old = is_old.then_some(ItemKind::Test);
    let can_run = |kind: &ItemKind| S::can_run(found.source, method, *kind);
    let Some(kind) = said.kind().filter(can_run).or(old) else {
        return;
    };
    let kind = if class.makes_cases { ItemKind::Parametrised } else { kind };
    found.method(kind, method, name, class.inside.within(word, said.tags));
}

/// A name, without the backticks that let it be any text in Kotlin.
pub(super) fn word(source: &Source<'_>, name: Node<'_>) -> String {
    source.slice(name).trim_matches('`').to_owned()
}

/// What the annotations of a class or a method say.
#[derive(Debug, Default)]
pub(super) struct Annotations<'s> {
    names: Vec<&'s str>,
    pub(super) tags: Vec<Arc<str>>,
    /// The class of `@RunWith`.
    runner: &'s str,
}

impl<'s> Annotations<'s> {
    pub(super) fn of<S: Syntax>(source: &Source<'s>, node: Node<'_>) -> Self {
        let mut said = Self::default();
        for (name, arguments) in
            S::modifiers(node).into_iter().filter_map(|it| S::annotation(source, it))
        {
            said.note(name, arguments);
        }
        said
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// What kind of test a method is, if any.
    pub(super) fn kind(&self) -> Option<ItemKind> {
        let is_one_of = |names: &[&str]| names.iter().any(|name| self.has(name));
        let makes = ["ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"];
        if is_one_of(&makes) {
            return Some(ItemKind::Parametrised);
        }
        self.has("Test").then_some(ItemKind::Test)
    }

    fn makes_cases(&self) -> bool {
        self.runner.contains("Param") || self.runner.contains("Theories")
    }

    fn encloses(&self) -> bool {
        self.runner.contains("Enclosed")
    }

    fn note(&mut self, name: &'s str, arguments: &'s str) {
        let name = name.rsplit('.').next().unwrap_or(name);
        self.names.push(name);
        match name {
            "RunWith" => self.runner = arguments,
            "Tag" | "Tags" | "Category" => {
                let tags = arguments.split('"').skip(1).step_by(2);
                self.tags.extend(tags.map(Arc::from));
            }
            _ => {}
        }
    }
}
