//! pytest's rules of collection, over the outline of one file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::elsewhere::{Elsewhere, File};
use super::outline::{Body, Definition, Kind, last_name};
use super::{FoundKind, FoundTest, Marks, NamePatterns, NameRules};
use crate::frameworks::Range;

/// The tests of a file, parents before their children; `way` leads from it to other files.
pub(super) fn collect(
    body: &Body<'_>,
    rules: &NameRules,
    way: Option<(Elsewhere<'_>, File<'_>)>,
) -> Vec<FoundTest> {
    let mut found = Vec::new();
    flatten(Collector::new(rules, way).module(body), None, &mut found);
    found
}

fn flatten(items: Vec<Item>, parent: Option<usize>, found: &mut Vec<FoundTest>) {
    for Item { mut test, children } in items {
        let mut names = parent.map_or_else(Vec::new, |parent| found[parent].names.clone());
        names.append(&mut test.names);
        let index = found.len();
        found.push(FoundTest { names, parent, ..test });
        flatten(children, Some(index), found);
    }
}

/// A test under construction: with its own name only, and with its children.
#[derive(Debug, Clone)]
pub(super) struct Item {
    test: FoundTest,
    children: Vec<Item>,
}

/// What a class passes on to those that derive from it.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    is_unittest: bool,
    has_init: bool,
    /// Whether it may have tests that nobody knows of.
    is_unclear: bool,
    tests: Vec<Item>,
}

pub(super) struct Collector<'t> {
    rules: &'t NameRules,
    way: Option<(Elsewhere<'t>, File<'t>)>,
    /// The classes seen so far, by name; those that are no tests themselves matter as bases.
    classes: HashMap<&'t str, Class>,
}

impl<'t> Collector<'t> {
    pub(super) fn new(rules: &'t NameRules, way: Option<(Elsewhere<'t>, File<'t>)>) -> Self {
        Self { rules, way, classes: HashMap::new() }
    }

    /// A class of the module that was collected.
    pub(super) fn take(&mut self, name: &str) -> Option<Class> {
        self.classes.remove(name)
    }

    pub(super) fn module(&mut self, body: &Body<'t>) -> Vec<Item> {
        let marks = Marks::default().with(&body.marks);
        let mut items = Vec::new();
        for definition in &body.definitions {
            let item = match &definition.kind {
                Kind::Class { bases, body } => self.class(definition, bases, body, &marks),
                Kind::Function { .. } => function(definition, &self.rules.functions, &marks),
            };
            items.extend(item);
        }
        keep_last(&mut items);
        items
    }

    fn class(
        &mut self,
        at: &Definition<'t>,
        bases: &[&'t str],
        body: &Body<'t>,
        outer: &Marks,
    ) -> Option<Item> {
        let mut marks = outer.with(&at.decorators);
        marks.add(&body.marks);
        let mut class = self.inherit(at, bases);
        class.tests.iter_mut().for_each(|item| item.come_under(&marks));
        class.has_init |= has_init(at, body);
        self.own_tests(&mut class, body, &marks);

        let has_tests = class.is_unclear || !class.tests.is_empty();
        let is_test = self.is_test(at.name, &class, body.told) && has_tests;
        let item = is_test.then(|| Item {
            children: class.tests.clone(),
            ..Item::new(at, FoundKind::Class, marks)
        });
        self.classes.insert(at.name, class);
        item
    }

    /// What the bases pass on that this file defines, or one that it imports from; of others only the
    /// name speaks.
    fn inherit(&self, at: &Definition<'t>, bases: &[&'t str]) -> Class {
        let mut class = Class::default();
        for dotted in bases {
            let name = last_name(dotted);
            let here = self.classes.get(name).cloned();
            let base = here.or_else(|| self.elsewhere(at, dotted));
            let base = base.unwrap_or_else(|| Class::known_as(name));
            class.is_unittest |= base.is_unittest;
            class.has_init |= base.has_init;
            class.is_unclear |= base.is_unclear;
            for mut item in base.tests {
                item.test.inherited = true;
                class.tests.push(item);
            }
        }
        class
    }

    /// A base from another file: what it passes on stands where the class stands that derives from it.
    fn elsewhere(&self, at: &Definition<'t>, dotted: &str) -> Option<Class> {
        let (elsewhere, file) = self.way?;
        let mut class = elsewhere.class(file, dotted)?;
        class.tests.iter_mut().for_each(|item| item.stand_at(at));
        Some(class)
    }

    fn own_tests(&mut self, class: &mut Class, body: &Body<'t>, marks: &Marks) {
        let unittest = unittest_names();
        let names = if class.is_unittest { &unittest } else { &self.rules.functions };
        for definition in &body.definitions {
            let item = match &definition.kind {
                Kind::Function { .. } => function(definition, names, marks),
                Kind::Class { bases, body } => {
                    self.class(definition, bases, body, marks).filter(|_| !class.is_unittest)
                }
            };
            class.tests.extend(item);
        }
        keep_last(&mut class.tests);
    }

    /// pytest makes no instance of a class that wants arguments; unittest does.
    fn is_test(&self, name: &str, class: &Class, told: Option<bool>) -> bool {
        let is_chosen =
            told.unwrap_or_else(|| class.is_unittest || self.rules.classes.is_match(name));
        is_chosen && (class.is_unittest || !class.has_init)
    }
}

impl Class {
    /// A class from elsewhere.
    fn known_as(name: &str) -> Self {
        let has_init = name.ends_with("Error")
            || name.ends_with("Enum")
            || matches!(
                name,
                "Exception"
                    | "NamedTuple"
                    | "TypedDict"
                    | "BaseModel"
                    | "dict"
                    | "list"
                    | "str"
                    | "int"
            );
        Self {
            is_unittest: name.ends_with("TestCase"),
            has_init,
            is_unclear: name.contains("Test"),
            tests: Vec::new(),
        }
    }

    /// The same for another file; `hash` is that of a place in its own.
    pub(super) fn taken_elsewhere(mut self, hash: &dyn Fn(&Range) -> u64) -> Self {
        self.tests.iter_mut().for_each(|item| item.leave(hash));
        self
    }
}

impl Item {
    fn new(at: &Definition<'_>, kind: FoundKind, marks: Marks) -> Self {
        let test = FoundTest {
            names: vec![at.name.to_owned()],
            kind,
            name_range: at.name_range,
            range: at.range,
            marks,
            is_async: matches!(at.kind, Kind::Function { is_async: true }),
            inherited: false,
            elsewhere: None,
            parent: None,
        };
        Self { test, children: Vec::new() }
    }

    /// Marks of a class hold for what it inherits, too.
    fn come_under(&mut self, marks: &Marks) {
        self.test.marks.join(marks);
        self.children.iter_mut().for_each(|child| child.come_under(marks));
    }

    fn leave(&mut self, hash: &dyn Fn(&Range) -> u64) {
        self.test.elsewhere.get_or_insert_with(|| hash(&self.test.range));
        self.children.iter_mut().for_each(|child| child.leave(hash));
    }

    fn stand_at(&mut self, at: &Definition<'_>) {
        (self.test.range, self.test.name_range) = (at.range, at.name_range);
        self.children.iter_mut().for_each(|child| child.stand_at(at));
    }

    fn name(&self) -> &str {
        self.test.names.first().map_or("", String::as_str)
    }
}

impl Marks {
    /// With further decorators or marks.
    fn with(&self, names: &[&str]) -> Self {
        let mut marks = self.clone();
        marks.add(names);
        marks
    }

    fn join(&mut self, others: &Self) {
        self.parametrized |= others.parametrized;
        self.skip |= others.skip;
        self.xfail |= others.xfail;
        self.names.extend(others.names.iter().cloned());
    }

    fn add(&mut self, names: &[&str]) {
        for name in names {
            self.names.extend(mark(name).map(Arc::from));
            match last_name(name) {
                "parametrize" => self.parametrized = true,
                "expand" => self.parametrized |= name.starts_with("parameterized"),
                "skip" | "skipif" | "skipIf" | "skipUnless" => self.skip = true,
                "xfail" | "expectedFailure" => self.xfail = true,
                _ => {}
            }
        }
    }
}

/// `slow` of `pytest.mark.slow`; a decorator that is no mark has none.
fn mark(name: &str) -> Option<&str> {
    let (before, mark) = name.rsplit_once('.')?;
    (last_name(before) == "mark").then(|| mark.trim())
}

fn function(at: &Definition<'_>, names: &NamePatterns, outer: &Marks) -> Option<Item> {
    let is_other = |decorator: &&str| {
        matches!(last_name(decorator), "fixture" | "property" | "cached_property" | "overload")
    };
    let is_test = names.is_match(at.name) && !at.decorators.iter().any(is_other);
    is_test.then(|| Item::new(at, FoundKind::Function, outer.with(&at.decorators)))
}

fn has_init(class: &Definition<'_>, body: &Body<'_>) -> bool {
    let is_dataclass = class.decorators.iter().any(|name| last_name(name) == "dataclass");
    is_dataclass || body.definitions.iter().any(|one| matches!(one.name, "__init__" | "__new__"))
}

/// A name that is defined again replaces what it was, as it does in Python.
fn keep_last(items: &mut Vec<Item>) {
    let mut seen = HashSet::new();
    let are_last: Vec<bool> = items.iter().rev().map(|item| seen.insert(item.name())).collect();
    let mut are_last = are_last.into_iter().rev();
    items.retain(|_| are_last.next().unwrap_or(true));
}

/// What `unittest` itself looks for, whatever pytest is told.
fn unittest_names() -> NamePatterns {
    NamePatterns::new(&["test".to_owned()])
}
