//! The instructions of a Dockerfile: lines joined, comments and here-documents taken out.
//!
//! What is of no consequence for a run (labels, health checks, ports) is read like anything else and
//! left alone, so that an instruction of next year's Docker is no error here; the build says what is wrong.

use std::sync::LazyLock;

use regex::Regex;

/// One instruction, such as `COPY --from=build /a /b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    /// In capitals.
    pub(super) keyword: String,
    /// `--name=value`, in order.
    pub(super) flags: Vec<(String, String)>,
    /// All that follows the flags.
    pub(super) rest: String,
}

impl Instruction {
    /// The words of an instruction that may also be written as a JSON array.
    pub(super) fn words(&self) -> Vec<String> {
        match serde_json::from_str::<Vec<String>>(&self.rest) {
            Ok(words) => words,
            Err(_) => self.rest.split_whitespace().map(unquote).collect(),
        }
    }

    /// The values of a flag that may be repeated.
    pub(super) fn flag(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.flags.iter().filter(move |(flag, _)| flag == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// A word without the quotes around it.
pub(super) fn unquote(word: &str) -> String {
    let inner = |quote| word.strip_prefix(quote).and_then(|word| word.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(word).to_owned()
}

/// Reads every instruction of a Dockerfile.
pub(super) fn instructions(text: &str) -> Vec<Instruction> {
    let escape = escape_character(text);
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let mut found = Vec::new();
    while let Some(line) = logical_line(&mut lines, escape) {
        let instruction = instruction(&line);
        skip_here_documents(&instruction, &mut lines);
        found.push(instruction);
    }
    found
}

/// The character that continues a line; a directive at the top can change it.
fn escape_character(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    let escapes = directives
        .map_while(|directive| directive.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    escapes.and_then(|(_, value)| value.trim().chars().next()).unwrap_or('\\')
}

/// The next line with all its continuations; comments and empty lines between them do not end it.
fn logical_line<'t>(lines: &mut impl Iterator<Item = &'t str>, escape: char) -> Option<String> {
    let mut lines = lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut joined = String::new();
    let mut line = lines.next()?;
    while let Some(start) = line.strip_suffix(escape) {
        joined.push_str(start);
        line = lines.next().unwrap_or_default();
    }
    joined.push_str(line);
    Some(joined)
}

fn instruction(line: &str) -> Instruction {
    let (keyword, mut rest) = split_word(line);
    let mut flags = Vec::new();
    while let Some(flag) = rest.strip_prefix("--") {
        let (flag, after) = split_word(flag);
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        flags.push((name.to_owned(), unquote(value)));
        rest = after;
    }
    Instruction { keyword: keyword.to_ascii_uppercase(), flags, rest: rest.to_owned() }
}

fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

static HERE_DOCUMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^\d*<<(-?)["']?([A-Za-z_][A-Za-z0-9_.]*)["']?$"#).ok());

/// Skips the texts that the instruction brings along (`RUN <<EOF … EOF`).
fn skip_here_documents<'t>(instruction: &Instruction, lines: &mut impl Iterator<Item = &'t str>) {
    if !matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return;
    }
    for word in instruction.rest.split_whitespace() {
        let Some(found) = HERE_DOCUMENT.as_ref().and_then(|regex| regex.captures(word)) else {
            continue;
        };
        let tabs_are_cut = !found[1].is_empty();
        let ends = |line: &str| {
            let line = if tabs_are_cut { line.trim_start_matches('\t') } else { line };
            line == &found[2]
        };
        lines.by_ref().find(|line| ends(line));
    }
}

/// Puts the values of variables into a word: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`.
pub(super) fn expand(word: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = word;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'\\' => {
                let next = tail.chars().next();
                out.extend(next);
                &tail[next.map_or(0, char::len_utf8)..]
            }
            _ => {
                let (text, after) = variable(tail, value);
                out.push_str(&text);
                after
            }
        };
    }
    out + rest
}

/// The value of the variable that `tail` starts with, and what follows it.
fn variable<'t>(tail: &'t str, value: &dyn Fn(&str) -> Option<String>) -> (String, &'t str) {
    if let Some((inner, after)) = tail.strip_prefix('{').and_then(|tail| tail.split_once('}')) {
        return (braced(inner, value), after);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = tail.find(|c| !is_name(c)).unwrap_or(tail.len());
    match end {
        0 => ("$".to_owned(), tail),
        _ => (value(&tail[..end]).unwrap_or_default(), &tail[end..]),
    }
}

fn braced(inner: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let set = |name: &str| value(name).filter(|value| !value.is_empty());
    if let Some((name, default)) = inner.split_once(":-") {
        return set(name).unwrap_or_else(|| expand(default, value));
    }
    if let Some((name, other)) = inner.split_once(":+") {
        return set(name).map(|_| expand(other, value)).unwrap_or_default();
    }
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    name.and_then(value).unwrap_or_default()
}
