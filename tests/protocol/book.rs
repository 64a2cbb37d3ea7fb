//! The examples of `docs/protocol.md`: what a conversation said, held against what the page shows.
//!
//! Below a method's heading the page shows its parameters, and its answer where it has one, each in a block
//! of its own. `UPDATE_EXPECT=1` writes down what was said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

/// What was said, by method.
#[derive(Debug, Default)]
pub(crate) struct Book(BTreeMap<&'static str, Vec<Value>>);

/// Columns of a line on the page.
const WIDTH: usize = 118;
const OPEN: &str = "```json\n";
const CLOSE: &str = "\n```";

impl Book {
    /// A notification.
    pub(crate) fn told(&mut self, method: &'static str, params: Value) {
        self.0.insert(method, vec![params]);
    }

    /// A request and its answer, which says nothing where it is `null`.
    pub(crate) fn answered(&mut self, method: &'static str, params: Value, result: Value) {
        let said = [params, result].into_iter().filter(|value| !value.is_null());
        self.0.insert(method, said.collect());
    }

    /// The methods of which something was said.
    pub(crate) fn methods(&self) -> BTreeSet<&str> {
        self.0.keys().copied().collect()
    }

    /// Holds the page against what was said, with `from` standing for `to` in it.
    pub(crate) fn check(&self, names: &[(&str, &str)]) {
        // Other conversations write into the same page.
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock();
        let before = std::fs::read_to_string(page()).expect("the page is there");
        let mut after = before.clone();
        for (method, said) in &self.0 {
            let said = said.iter().map(|value| shown(value, names));
            after = with_examples(&after, method, &said.collect::<Vec<_>>());
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(page(), after).expect("the page is written");
        } else {
            similar(&before, &after);
        }
    }
}

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md")
}

fn similar(before: &str, after: &str) {
    let differs = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    if let Some((page, said)) = differs {
        panic!(
            "docs/protocol.md shows\n{page}\nbut what was said is\n{said}\nUPDATE_EXPECT=1 writes it down"
        );
    }
    assert_eq!(before.len(), after.len());
}

/// The page with these examples below a method's heading.
fn with_examples(page: &str, method: &str, examples: &[String]) -> String {
    let heading = format!("### `{method}`\n");
    let start = page.find(&heading).unwrap_or_else(|| panic!("no heading for {method}"));
    let body = start + heading.len();
    let end = page[body..].find("\n#").map_or(page.len(), |at| body + at);
    let mut section = page[body..end].split(OPEN);
    let mut text = format!("{}{}", &page[..body], section.next().unwrap_or_default());
    let blocks: Vec<&str> = section.collect();
    assert_eq!(blocks.len(), examples.len(), "{method}: blocks on the page, and things said");
    for (block, example) in blocks.into_iter().zip(examples) {
        let (_, rest) = block.split_once(CLOSE).expect("the block ends");
        let _ = write!(text, "{OPEN}{example}{CLOSE}{rest}");
    }
    text + &page[end..]
}

fn shown(value: &Value, names: &[(&str, &str)]) -> String {
    let mut text = value.to_string();
    for (from, to) in names {
        text = text.replace(from, to);
    }
    laid_out(&serde_json::from_str(&text).expect("still JSON"), 0, 0)
}

/// A value on one line where that fits, else with one line for each part.
fn laid_out(value: &Value, indent: usize, used: usize) -> String {
    let line = on_one_line(value);
    if used + line.chars().count() <= WIDTH {
        return line;
    }
    let inner = indent + 2;
    let pad = " ".repeat(inner);
    let (parts, [open, close]): (Vec<String>, [char; 2]) = match value {
        Value::Object(object) => {
            let part = |(key, value): (&String, &Value)| {
                let key = format!("{pad}\"{key}\": ");
                let used = key.len() + 1;
                key + &laid_out(value, inner, used)
            };
            (object.iter().map(part).collect(), ['{', '}'])
        }
        Value::Array(items) => {
            let part = |value| format!("{pad}{}", laid_out(value, inner, inner + 1));
            (items.iter().map(part).collect(), ['[', ']'])
        }
        _ => return line,
    };
    format!("{open}\n{}\n{}{close}", parts.join(",\n"), " ".repeat(indent))
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Object(object) if !object.is_empty() => {
            let part = |(key, value)| format!("\"{key}\": {}", on_one_line(value));
            let parts: Vec<String> = object.iter().map(part).collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(on_one_line).collect();
            format!("[{}]", parts.join(", "))
        }
        value => value.to_string(),
    }
}
