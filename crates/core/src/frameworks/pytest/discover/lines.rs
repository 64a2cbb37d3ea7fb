//! The outline of a file that does not parse, as while someone types: from its lines and their indentation.
//!
//! Definitions start lines, so an open bracket or quote costs nothing but what stands on its line.

use super::outline::{Body, Definition, Kind};
use crate::frameworks::{Position, Range};

pub(super) fn outline(text: &str) -> Body<'_> {
    let mut scan = Scan { open: vec![Scope::new(0, None, false)], ..Scan::default() };
    let in_string = string_lines(text);
    for (row, line) in text.lines().enumerate() {
        scan.line(row, line, in_string.get(row).copied().unwrap_or(false));
    }
    scan.close(0);
    scan.open.pop().map(|module| module.body).unwrap_or_default()
}

/// A block that is open at the current line.
struct Scope<'t> {
    indent: usize,
    /// The end of its last line so far.
    end: Position,
    body: Body<'t>,
    /// The definition that it is the body of.
    header: Option<Definition<'t>>,
    /// Whether definitions in it are nobody's tests: in a function, or under a line that opens nothing we know.
    is_opaque: bool,
}

impl<'t> Scope<'t> {
    fn new(indent: usize, header: Option<Definition<'t>>, is_opaque: bool) -> Self {
        Self { indent, end: Position::default(), body: Body::default(), header, is_opaque }
    }
}

#[derive(Default)]
struct Scan<'t> {
    open: Vec<Scope<'t>>,
    /// Whether the list of base classes goes on.
    in_bases: bool,
    decorators: Vec<&'t str>,
    /// Where the decorators start, and their indentation.
    decorated: Option<(Position, usize)>,
}

impl<'t> Scan<'t> {
    fn line(&mut self, row: usize, line: &'t str, in_string: bool) {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if !in_string && !code.is_empty() && !continues(code) && !self.more_bases(code) {
            self.close(indent);
            self.statement(row, line, indent);
        }
        if !code.is_empty() {
            let end = super::position(row, line.trim_end());
            let is_inside =
                |scope: &Scope<'_>| in_string || scope.indent < indent || !code.starts_with('#');
            self.open.iter_mut().filter(|scope| is_inside(scope)).for_each(|scope| scope.end = end);
        }
    }

    fn statement(&mut self, row: usize, line: &'t str, indent: usize) {
        let code = line.trim_end().split_at(indent).1;
        if let Some(name) = code.strip_prefix('@') {
            self.decorated.get_or_insert((super::position(row, &line[..indent]), indent));
            self.decorators.extend(names(name).next());
        } else if let Some((name, kind)) = function(code).or_else(|| class(code)) {
            self.in_bases =
                matches!(kind, Kind::Class { .. }) && code.contains('(') && !code.contains(')');
            let column = name.as_ptr().addr() - line.as_ptr().addr();
            let at = |byte| super::position(row, &line[..byte]);
            self.define(
                name,
                Range { start: at(column), end: at(column + name.len()) },
                (at(indent), indent),
                kind,
            );
        } else {
            self.other(code, indent);
        }
    }

    fn define(
        &mut self,
        name: &'t str,
        name_range: Range,
        (start, indent): (Position, usize),
        kind: Kind<'t>,
    ) {
        let decorated = self.decorated.take().filter(|(_, column)| *column == indent);
        let start = decorated.map_or(start, |(start, _)| start);
        let decorators = std::mem::take(&mut self.decorators);
        let is_opaque = matches!(kind, Kind::Function { .. });
        let header =
            Definition { name, name_range, range: Range { start, end: start }, decorators, kind };
        self.open.push(Scope::new(indent, Some(header), is_opaque));
    }

    /// Takes a line that goes on with the base classes of the class that the last line began.
    fn more_bases(&mut self, code: &'t str) -> bool {
        let is_header = code.starts_with('@') || function(code).is_some() || class(code).is_some();
        let open = std::mem::take(&mut self.in_bases) && !is_header;
        let header = self.open.last_mut().and_then(|scope| scope.header.as_mut());
        if let Some(Kind::Class { bases: found, .. }) =
            header.filter(|_| open).map(|header| &mut header.kind)
        {
            found.extend(bases(code));
            self.in_bases = !code.contains(')');
        }
        open
    }

    fn other(&mut self, code: &'t str, indent: usize) {
        if self.decorated.is_some_and(|(_, column)| indent <= column) {
            self.decorated = None;
            self.decorators.clear();
        }
        if let Some((target, value)) = code.split_once('=') {
            self.assignment(target.trim(), value.trim());
        }
        if !is_transparent(code) {
            self.open.push(Scope::new(indent, None, true));
        }
    }

    fn assignment(&mut self, target: &str, value: &'t str) {
        let Some(scope) = self.open.last_mut().filter(|scope| !scope.is_opaque) else {
            return;
        };
        match target {
            "pytestmark" => scope.body.marks.extend(names(value)),
            "__test__" => scope.body.told = Some(value == "True"),
            _ => {}
        }
    }

    /// Ends the blocks that a line of this indentation is not part of.
    fn close(&mut self, indent: usize) {
        while self.open.len() > 1 && self.open.last().is_some_and(|scope| scope.indent >= indent) {
            let Some(scope) = self.open.pop() else { return };
            let Some(mut header) = scope.header else {
                continue;
            };
            header.range.end = scope.end;
            if let Kind::Class { body, .. } = &mut header.kind {
                *body = scope.body;
            }
            if let Some(outer) = self.open.last_mut().filter(|outer| !outer.is_opaque) {
                outer.body.definitions.push(header);
            }
        }
    }
}

/// `async def name(`
fn function(code: &str) -> Option<(&str, Kind<'_>)> {
    let rest = keyword(code, "async");
    let name = keyword(rest.unwrap_or(code), "def")?;
    let (name, rest) = name.split_at(name.find(|c| !is_name(c))?);
    let is_function = !name.is_empty() && rest.trim_start().starts_with('(');
    is_function.then_some((name, Kind::Function { is_async: code.starts_with("async") }))
}

/// `class Name(bases`
fn class(code: &str) -> Option<(&str, Kind<'_>)> {
    let name = keyword(code, "class")?;
    let (name, rest) = name.split_at(name.find(|c| !is_name(c)).unwrap_or(name.len()));
    let bases = bases(rest.trim_start().strip_prefix('(').unwrap_or_default()).collect();
    let body = Body::default();
    (!name.is_empty()).then_some((name, Kind::Class { bases, body }))
}

/// The base classes in a list of arguments, up to its end.
fn bases(arguments: &str) -> impl Iterator<Item = &str> {
    let arguments = arguments.split(')').next().unwrap_or_default().split(',');
    arguments
        .filter(|argument| !argument.contains('='))
        .filter_map(|argument| names(argument).next())
}

fn keyword<'t>(code: &'t str, word: &str) -> Option<&'t str> {
    let rest = code.strip_prefix(word)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The dotted names in a piece of code.
fn names(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c| c != '.' && !is_name(c)).filter(|name| !name.is_empty())
}

/// Whether a line says nothing of its block whatever its indentation: a comment, or what stands within brackets.
fn continues(code: &str) -> bool {
    code.starts_with(['#', ')', ']', '}', '"', '\''])
}

/// Whether what stands in the block that a line opens belongs to the scope around it.
fn is_transparent(code: &str) -> bool {
    let word = code.split(|c| !is_name(c)).next().unwrap_or_default();
    matches!(
        word,
        "if" | "elif"
            | "else"
            | "try"
            | "except"
            | "finally"
            | "with"
            | "for"
            | "while"
            | "match"
            | "case"
    )
}

/// Which lines begin inside a string of three quotes. Where such a string never ends it is the one
/// that is being typed, and nobody can tell where it ought to: then none counts.
fn string_lines(text: &str) -> Vec<bool> {
    let mut open = None;
    let starts = text.lines().map(|line| {
        let inside = open.is_some();
        open = after_line(line, open);
        inside
    });
    let starts: Vec<bool> = starts.collect();
    if open.is_some() { Vec::new() } else { starts }
}

/// The triple quote that is open after a line, given the one before it.
fn after_line(line: &str, mut open: Option<&'static str>) -> Option<&'static str> {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let triple = ["\"\"\"", "'''"].into_iter().find(|quote| rest.starts_with(quote));
        rest = match (open, triple, first) {
            (_, _, '\\') => after(rest, 2),
            (Some(quote), Some(found), _) if quote == found => {
                open = None;
                after(rest, 3)
            }
            (None, Some(found), _) => {
                open = Some(found);
                after(rest, 3)
            }
            (None, None, '#') => "",
            (None, None, '"' | '\'') => after_short_string(after(rest, 1), first),
            _ => after(rest, 1),
        };
    }
    open
}

/// What follows a string of one quote; it ends with its line.
fn after_short_string(mut rest: &str, quote: char) -> &str {
    while let Some(first) = rest.chars().next() {
        rest = after(rest, if first == '\\' { 2 } else { 1 });
        if first == quote {
            break;
        }
    }
    rest
}

/// The text after that many characters.
fn after(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or("", |(at, _)| &text[at..])
}
