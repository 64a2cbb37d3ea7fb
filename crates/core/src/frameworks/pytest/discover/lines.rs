//! The outline of a file from its lines and their indentation, at a tenth of the cost of a parse.
//!
//! It knows where it is right: nearly all files are written so that a statement can be told by its first line. Where a
//! file is not, or does not parse, as while someone types, definitions still start lines, so an open bracket or quote costs nothing but what
//! stands on its line.

use super::outline::{Body, Definition, Kind};
use super::rows::Rows;
use crate::frameworks::{Position, Range};

/// What a parse would say of the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parse {
    /// The same.
    Same,
    /// Maybe something else.
    Unsure,
    /// Nothing: it would fail.
    Fails,
}

/// An outline, and what a parse would say.
pub(super) fn outline(text: &str) -> (Body<'_>, Parse) {
    let rows = Rows::of(text);
    let mut scan = Scan { open: vec![Scope::new(0, None, false)], ..Scan::default() };
    for (row, line) in text.lines().enumerate() {
        scan.line(row, line, &rows);
    }
    scan.close(0);
    let body = scan.open.pop().map(|module| module.body).unwrap_or_default();
    let parse = match () {
        () if rows.are_broken() => Parse::Fails,
        () if rows.are_clear() && !scan.is_unsure => Parse::Same,
        () => Parse::Unsure,
    };
    (body, parse)
}

/// A block that is open at the current line.
struct Scope<'t> {
    indent: usize,
    /// The end of its last line so far.
    end: Position,
    /// A comment that is no part of it came last.
    has_left: bool,
    body: Body<'t>,
    /// The definition that it is the body of.
    header: Option<Definition<'t>>,
    /// Whether definitions in it are nobody's tests: in a function, or under a line that opens nothing we know.
    is_opaque: bool,
}

impl<'t> Scope<'t> {
    fn new(indent: usize, header: Option<Definition<'t>>, is_opaque: bool) -> Self {
        let (end, body) = (Position::default(), Body::default());
        Self { indent, end, has_left: false, body, header, is_opaque }
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
    /// Something was met of which a line does not say enough.
    is_unsure: bool,
}

impl<'t> Scan<'t> {
    fn line(&mut self, row: usize, line: &'t str, rows: &Rows) {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let goes_on = rows.goes_on(row);
        let is_silent = if rows.are_clear() { code.starts_with('#') } else { continues(code) };
        if !goes_on && !code.is_empty() && !is_silent && !self.more_bases(code) {
            self.close(indent);
            self.is_unsure |= !self.is_in_opaque() && !says_all(code);
            self.statement(row, line, indent);
        }
        if !code.is_empty() {
            let end = super::position(row, line.trim_end());
            let is_comment = !goes_on && code.starts_with('#');
            for scope in &mut self.open {
                scope.has_left = is_comment && (scope.has_left || indent <= scope.indent);
                if !scope.has_left {
                    scope.end = end;
                }
            }
        }
    }

    fn is_in_opaque(&self) -> bool {
        self.open.last().is_some_and(|scope| scope.is_opaque)
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

/// Whether the first line of a statement says all of it that a parse would.
fn says_all(code: &str) -> bool {
    if let Some(name) = code.strip_prefix('@') {
        return name.starts_with(is_name) && !name.contains(").");
    }
    if let Some(rest) = keyword(code, "class") {
        return is_plain_header(rest.trim_start_matches(is_name).trim_start());
    }
    if keyword(code, "def").is_some() || keyword(code, "async").is_some() {
        return function(code).is_some();
    }
    let speaks_of = |name: &str| code.contains(name);
    match code.split_once('=').map(|(target, value)| (target.trim(), value.trim())) {
        Some(("pytestmark", value)) => value.chars().all(|c| c == '.' || is_name(c)),
        Some(("__test__", value)) => matches!(value, "True" | "False"),
        _ => !speaks_of("pytestmark") && !speaks_of("__test__"),
    }
}

/// `(a.B, metaclass=C):` and nothing behind it, or no bases at all.
fn is_plain_header(rest: &str) -> bool {
    let body = match rest.strip_prefix('(').map(|rest| rest.split_once(')')) {
        None => rest,
        Some(None) => return false,
        Some(Some((bases, rest))) => {
            if !bases.chars().all(|c| is_name(c) || " .,=".contains(c)) {
                return false;
            }
            rest
        }
    };
    let body = body.trim_start().strip_prefix(':').map(str::trim_start);
    body.is_some_and(|body| body.is_empty() || body.starts_with(['#', '.']) || body == "pass")
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
