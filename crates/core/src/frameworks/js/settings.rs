//! A tool's configuration file as data: what stands there as literals. What a program would have to work out is null.

use serde_json::{Map, Value, json};
use tree_sitter::Node;

use super::discover::TYPESCRIPT;
use super::discover::title::title;
use crate::frameworks::Source;
use crate::frameworks::source::named_children;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// Programs nest no deeper than this, unless in circles.
const DEEPEST: usize = 32;

/// The first of these files that is in a directory; a `*` in a name stands for the ends of programs.
pub(super) fn first(dir: &RelPath, names: &[&str], contents: Contents<'_>) -> Option<Value> {
    let ends = ["ts", "mts", "cts", "js", "mjs", "cjs"];
    let names = names.iter().flat_map(|name| match name.strip_suffix('*') {
        Some(begin) => ends.iter().map(|end| format!("{begin}{end}")).collect(),
        None => vec![(*name).to_owned()],
    });
    let mut paths = names.map(|name| dir.join(&name));
    paths.find(|path| contents.files.binary_search(path).is_ok()).map(|path| of(&path, contents))
}

/// What a file says.
pub(super) fn of(path: &RelPath, contents: Contents<'_>) -> Value {
    let text = (contents.read)(path.as_str()).unwrap_or_default();
    match path.as_str().rsplit('.').next() {
        Some("json" | "jsonc") => {
            let read = jsonc_parser::parse_to_serde_value(&text, &Default::default());
            read.unwrap_or_default()
        }
        Some("yml" | "yaml") => serde_saphyr::from_str(&text).unwrap_or_default(),
        _ => of_program(path, &text),
    }
}

fn of_program(path: &RelPath, text: &str) -> Value {
    let mut source = Source::new(path, text);
    let Some(tree) = source.tree(&TYPESCRIPT) else {
        return Value::Null;
    };
    let program = Program { source: &source, statements: named_children(tree.root_node()) };
    program.exported().map_or(Value::Null, |node| program.value(node, 0))
}

struct Program<'p, 's> {
    source: &'p Source<'s>,
    statements: Vec<Node<'p>>,
}

impl<'p> Program<'p, '_> {
    /// What it says as a whole: `export default …`, `module.exports = …`.
    fn exported(&self) -> Option<Node<'p>> {
        let exported = |statement: &Node<'p>| match statement.kind() {
            "export_statement" => statement.child_by_field_name("value"),
            "expression_statement" => {
                let inner = statement.named_child(0)?;
                let target = inner.child_by_field_name("left")?;
                let is_export =
                    matches!(self.source.slice(target), "module.exports" | "exports.default");
                inner.child_by_field_name("right").filter(|_| is_export)
            }
            _ => None,
        };
        self.statements.iter().rev().find_map(exported)
    }

    fn value(&self, node: Node<'p>, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        let of = |node: Option<Node<'p>>| node.map_or(Value::Null, |it| self.value(it, depth + 1));
        match node.kind() {
            "object" => self.object(node, depth),
            "array" => {
                named_children(node).into_iter().map(|it| self.value(it, depth + 1)).collect()
            }
            "string" | "template_string" => {
                let named = title(self.source, node).map(|title| title.named());
                named
                    .filter(|(_, gaps)| gaps.is_none())
                    .map_or(Value::Null, |(text, _)| json!(text))
            }
            "regex" => {
                let pattern = node.child_by_field_name("pattern");
                pattern.map_or(Value::Null, |it| json!({ "regex": self.source.slice(it) }))
            }
            "identifier" | "shorthand_property_identifier" => {
                of(self.declared(self.source.slice(node)))
            }
            "call_expression" => {
                // `defineConfig({ … })`, `mergeConfig(base, { … })`
                let given = node.child_by_field_name("arguments").map(named_children);
                let given = given.into_iter().flatten().rev().map(|it| self.value(it, depth + 1));
                given.into_iter().find(|it| it.is_object() || it.is_array()).unwrap_or_default()
            }
            "arrow_function" | "function_expression" => of(node.child_by_field_name("body")),
            "statement_block" => {
                let returned = named_children(node).into_iter().rev();
                of(returned.into_iter().find(|it| it.kind() == "return_statement"))
            }
            "return_statement"
            | "as_expression"
            | "await_expression"
            | "parenthesized_expression"
            | "satisfies_expression" => of(node.named_child(0)),
            _ => Value::Null,
        }
    }

    fn object(&self, node: Node<'p>, depth: usize) -> Value {
        let mut object = Map::new();
        for part in named_children(node) {
            match part.kind() {
                "pair" => {
                    let name = part.child_by_field_name("key").map(|it| self.source.slice(it));
                    let value = part.child_by_field_name("value");
                    if let Some((name, value)) = name.zip(value) {
                        let name = name.trim_matches(['\'', '"']).to_owned();
                        object.insert(name, self.value(value, depth + 1));
                    }
                }
                "shorthand_property_identifier" => {
                    let name = self.source.slice(part).to_owned();
                    object.insert(name, self.value(part, depth + 1));
                }
                "spread_element" => {
                    let more = part.named_child(0).map(|it| self.value(it, depth + 1));
                    if let Some(Value::Object(more)) = more {
                        object.extend(more);
                    }
                }
                _ => {}
            }
        }
        Value::Object(object)
    }

    /// What a name of the program's own stands for.
    fn declared(&self, name: &str) -> Option<Node<'p>> {
        let declaration = |it: &Node<'p>| match it.kind() {
            "export_statement" => it.child_by_field_name("declaration"),
            _ => Some(*it),
        };
        let mut declarators =
            self.statements.iter().filter_map(declaration).flat_map(named_children);
        let is_it = |it: &Node<'p>| {
            let declared = it.child_by_field_name("name").map(|it| self.source.slice(it));
            it.kind() == "variable_declarator" && declared == Some(name)
        };
        declarators.find(is_it)?.child_by_field_name("value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &Value) {
        assert_eq!(of_program(&RelPath::new("x.config.ts"), text), *expected, "{text}");
    }

    #[test]
    fn literals_are_read_and_all_else_is_null() {
        let both = json!({ "test": { "include": ["a/*.ts", null], "root": null } });
        for text in [
            "export default defineConfig({ test: { include: ['a/*.ts', b], root: dir() } });",
            "module.exports = { 'test': { include: [`a/*.ts`, x ? 'a' : 'b'], root: `${dir}/a` } };",
            "const include = ['a/*.ts', b];\nconst config: Config = { test: { include, root } };\nexport default config;",
            "export default mergeConfig(base, defineConfig(() => ({ test: { include: ['a/*.ts', b], root: r } } satisfies C)));",
            "export default defineConfig(({ mode }) => { return { test: { include: ['a/*.ts', b], root: r } }; });",
            "const base = { root: r, include: ['a/*.ts', b] };\nexport default { test: { ...base, ...other } };",
        ] {
            check(text, &both);
        }
        check(
            r"export default { testMatch: /.*\.e2e\.ts/ }",
            &json!({ "testMatch": { "regex": r".*\.e2e\.ts" } }),
        );
        check("const a = b, b = a; export default a;", &Value::Null);
        check("export default {", &Value::Null);
    }
}
