//! What the body of a test starts: `t.Run` with names that stand there, in tables or are made, and the
//! methods of a testify suite.

use std::collections::HashMap;

use tree_sitter::Node;

use super::Subtest;
use super::literal;
use super::table::{Loop, Scope};
use crate::frameworks::Source;

/// The tests that a body starts.
#[derive(Debug, Default)]
pub(super) struct Started {
    pub(super) subtests: Vec<Subtest>,
    /// Whether it starts some whose names are not known.
    pub(super) has_others: bool,
}

/// What the bodies of a file have in common.
pub(super) struct Bodies<'b, 's, 't> {
    source: &'b Source<'s>,
    scope: Scope<'t>,
    /// Test methods, by the name of the type that they belong to.
    methods: HashMap<&'s str, Vec<Node<'t>>>,
}

impl<'b, 's, 't> Bodies<'b, 's, 't> {
    pub(super) fn new(source: &'b Source<'s>, file: Node<'t>) -> Self {
        let mut bodies = Self { source, scope: Scope::default(), methods: HashMap::new() };
        let mut cursor = file.walk();
        for node in file.named_children(&mut cursor) {
            match node.kind() {
                "method_declaration" => bodies.add_method(node),
                "type_declaration" | "var_declaration" => {
                    add_specs(&mut bodies.scope, source, node)
                }
                _ => {}
            }
        }
        bodies
    }

    fn add_method(&mut self, method: Node<'t>) {
        let field = |name| method.child_by_field_name(name);
        let (Some(receiver), Some(name)) = (field("receiver"), field("name")) else {
            return;
        };
        if super::is_name(self.source.slice(name), "Test") {
            let mut words =
                self.source.slice(receiver).split(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(kind) = words.rfind(|word| !word.is_empty()) {
                self.methods.entry(kind).or_default().push(method);
            }
        }
    }

    /// What a test function starts; it calls its `*testing.T` so.
    pub(super) fn subtests(&self, function: Node<'t>, parameter: &'s str) -> Started {
        let mut walk = Walk {
            bodies: self,
            scope: self.scope.clone(),
            loops: Vec::new(),
            parameter,
            started: Started::default(),
            counts: HashMap::new(),
        };
        // Most tests start none, and a look at their text is much cheaper than a walk.
        let body = super::BODY.of(function);
        if let Some(body) = body.filter(|body| self.source.slice(*body).contains("Run")) {
            walk.visit(body);
        }
        walk.started
    }
}

fn add_specs<'t>(scope: &mut Scope<'t>, source: &Source<'_>, declaration: Node<'t>) {
    let mut cursor = declaration.walk();
    for spec in declaration.named_children(&mut cursor) {
        if spec.kind() == "var_spec_list" {
            add_specs(scope, source, spec);
        } else {
            scope.add(source, spec);
        }
    }
}

struct Walk<'w, 's, 't> {
    bodies: &'w Bodies<'w, 's, 't>,
    scope: Scope<'t>,
    /// The loops around the current statement, innermost last.
    loops: Vec<Loop<'s, 't>>,
    parameter: &'s str,
    started: Started,
    /// How often a name was used: Go numbers the others.
    counts: HashMap<String, usize>,
}

impl<'s, 't> Walk<'_, 's, 't> {
    fn visit(&mut self, node: Node<'t>) {
        match node.kind() {
            "call_expression" if self.call(node) => return,
            "type_declaration" | "var_declaration" => {
                add_specs(&mut self.scope, self.bodies.source, node);
            }
            "short_var_declaration" | "assignment_statement" => {
                self.scope.add(self.bodies.source, node);
            }
            "for_statement" => return self.visit_loop(node),
            _ => {}
        }
        self.visit_children(node);
    }

    fn visit_children(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.visit(child);
        }
    }

    fn visit_loop(&mut self, statement: Node<'t>) {
        let mut cursor = statement.walk();
        let mut parts = statement.named_children(&mut cursor);
        let range = parts.find(|part| part.kind() == "range_clause");
        let table = range.and_then(|range| self.scope.table(self.bodies.source, range));
        let depth = self.loops.len();
        self.loops.extend(table);
        self.visit_children(statement);
        self.loops.truncate(depth);
    }

    /// Takes in a call that starts tests; whether it does.
    fn call(&mut self, call: Node<'t>) -> bool {
        let source = self.bodies.source;
        let target = call.child_by_field_name("function").and_then(|function| {
            let operand = function.child_by_field_name("operand")?;
            let field = function.child_by_field_name("field")?;
            Some((source.slice(operand), source.slice(field)))
        });
        let Some((operand, "Run")) = target else {
            return false;
        };
        let arguments = call.child_by_field_name("arguments");
        let argument = |at| arguments.and_then(|arguments| arguments.named_child(at));
        let (Some(first), Some(second)) = (argument(0), argument(1)) else {
            return false;
        };
        if operand == self.parameter {
            self.run(call, first, second);
            return true;
        }
        operand == "suite" && source.slice(first) == self.parameter && self.run_suite(second)
    }

    /// `t.Run(name, func(t *testing.T) { … })`.
    fn run(&mut self, call: Node<'t>, name: Node<'t>, function: Node<'t>) {
        let source = self.bodies.source;
        if let Some(known) = literal::name(source, name) {
            let below = self.below(function);
            self.push(call, name, &known, below);
            return;
        }
        let table = self.loops.iter().rev().find_map(|table| {
            let names =
                table.rows.iter().map(|row| Some((row.node, table.name(source, *row, name)?)));
            names.collect::<Option<Vec<_>>>().filter(|names| !names.is_empty())
        });
        let Some(table) = table else {
            self.started.has_others = true;
            return;
        };
        for (row, (cell, name)) in table {
            let below = self.below(function);
            self.push(row, cell, &name, below);
        }
    }

    fn push(&mut self, whole: Node<'t>, name: Node<'t>, known: &literal::Name, below: Started) {
        let (mut printed, pattern) = known.printed();
        let count = self.counts.entry(printed.clone()).or_default();
        if *count > 0 || printed.is_empty() {
            printed = format!("{printed}#{count:02}");
        }
        *count += 1;
        let source = self.bodies.source;
        self.started.subtests.push(Subtest {
            name: printed,
            pattern,
            range: source.range(whole),
            name_range: source.range(name),
            below: below.subtests,
            has_others: below.has_others,
        });
    }

    /// What the function of a subtest starts in its turn.
    fn below(&self, function: Node<'t>) -> Started {
        let source = self.bodies.source;
        let parameter = function
            .child_by_field_name("parameters")
            .and_then(|parameters| super::parameter(source, parameters, "T"));
        let (Some(parameter), Some(body)) = (parameter, super::BODY.of(function)) else {
            return Started::default();
        };
        let mut walk = Walk {
            bodies: self.bodies,
            scope: self.scope.clone(),
            loops: self.loops.clone(),
            parameter,
            started: Started::default(),
            counts: HashMap::new(),
        };
        walk.visit(body);
        walk.started
    }

    /// `suite.Run(t, new(CartSuite))`: its test methods.
    fn run_suite(&mut self, value: Node<'t>) -> bool {
        let source = self.bodies.source;
        let words = source.slice(value).split(|c: char| !c.is_alphanumeric() && c != '_');
        let methods = words.filter_map(|word| self.bodies.methods.get(word)).flatten();
        let methods: Vec<Node<'t>> = methods.copied().collect();
        self.started.has_others |= methods.is_empty();
        for method in methods {
            if let Some(name) = method.child_by_field_name("name") {
                let known = literal::Name::Whole(source.slice(name).to_owned());
                self.push(method, name, &known, Started::default());
            }
        }
        true
    }
}
