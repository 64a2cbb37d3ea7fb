//! What the names of a PHP file stand for.

use std::collections::HashMap;

use tree_sitter::Node;

use crate::frameworks::Source;
use crate::frameworks::source::named_children;

/// Names that `use` brings in, in small letters as PHP does not tell them apart, with what they stand for.
#[derive(Debug, Default)]
pub(super) struct Imports(HashMap<String, String>);

impl Imports {
    /// Those of a file, or of a namespace with a body.
    pub(super) fn of(source: &Source<'_>, node: Node<'_>) -> Self {
        let uses = named_children(node).into_iter();
        let uses = uses.filter(|it| it.kind() == "namespace_use_declaration");
        Self(uses.flat_map(|it| imported(source.slice(it))).collect())
    }

    /// The whole name of a class, without the backslash that may stand before it.
    pub(super) fn resolve(&self, name: &str, namespace: &str) -> String {
        if let Some(whole) = name.strip_prefix('\\') {
            return whole.to_owned();
        }
        let (first, rest) = name.split_once('\\').unwrap_or((name, ""));
        match self.0.get(&first.to_lowercase()) {
            Some(whole) if rest.is_empty() => whole.clone(),
            Some(whole) => format!("{whole}\\{rest}"),
            None if namespace.is_empty() => name.to_owned(),
            None => format!("{namespace}\\{name}"),
        }
    }
}

/// `use A\B, A\C as D;` and `use A\{B, C as D};`; functions and constants are of no interest.
fn imported(text: &str) -> Vec<(String, String)> {
    let text = text.trim_end_matches(';').trim_start_matches("use").trim();
    let (prefix, names) = match text.split_once('{') {
        Some((prefix, names)) => (prefix.trim(), names.trim_end().trim_end_matches('}')),
        None => ("", text),
    };
    let clause = |clause: &str| {
        let mut words = clause.split_whitespace();
        let name = words.next().filter(|word| !matches!(*word, "function" | "const"))?;
        let whole = format!("{prefix}{name}").trim_start_matches('\\').to_owned();
        let last = whole.rsplit('\\').next().unwrap_or_default();
        let alias = words.skip_while(|word| !word.eq_ignore_ascii_case("as")).nth(1);
        Some((alias.unwrap_or(last).to_lowercase(), whole))
    };
    names.split(',').filter_map(clause).collect()
}
