//! Words, strings and signs.

use super::{Piece, Problem, Text};

/// A token and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a number.
    Word(String),
    Text(Text),
    Sign(char),
    Newline,
}

/// The tokens of a text, comments left out.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer =
        Lexer { rest: text.trim_start_matches('\u{feff}'), line: 1, tokens: Vec::new() };
    if lexer.rest.starts_with("#!") {
        lexer.skip_line();
    }
    while let Some(c) = lexer.rest.chars().next() {
        lexer.next(c)?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    rest: &'t str,
    line: u32,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn next(&mut self, c: char) -> Result<(), Problem> {
        let rest = self.rest;
        match c {
            '\n' => {
                self.push(Kind::Newline, 1);
                self.line += 1;
            }
            '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                self.advance(rest.find('\n').unwrap_or(0) + 1);
            }
            c if c.is_whitespace() => self.rest = &rest[c.len_utf8()..],
            '/' if rest.starts_with("//") => self.skip_line(),
            '/' if rest.starts_with("/*") => self.comment()?,
            '\'' | '"' => self.quoted(c)?,
            '$' if rest.starts_with("$/") => self.string(2, "/$", false, false)?,
            '/' if self.begins_a_value() => self.slashy(),
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                self.push(Kind::Word(rest[..end].to_owned()), end);
            }
            c => self.push(Kind::Sign(c), c.len_utf8()),
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, line: self.line });
        self.rest = &self.rest[length..];
    }

    fn skip_line(&mut self) {
        self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
    }

    /// Goes on by so many bytes, and counts the lines among them.
    fn advance(&mut self, length: usize) {
        let lines = self.rest[..length].matches('\n').count();
        self.line += u32::try_from(lines).unwrap_or(0);
        self.rest = &self.rest[length..];
    }

    fn comment(&mut self) -> Result<(), Problem> {
        let end = self.rest[2..].find("*/");
        let end = end.ok_or_else(|| self.problem("a comment that nothing closes"))?;
        self.advance(end + 4);
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<(), Problem> {
        let filled = quote == '"';
        let triple: String = [quote; 3].iter().collect();
        if self.rest.starts_with(&triple) {
            return self.string(3, &triple, true, filled);
        }
        self.string(1, quote.encode_utf8(&mut [0; 4]), true, filled)
    }

    /// A string that begins with `open` bytes and ends with `close`.
    fn string(
        &mut self,
        open: usize,
        close: &str,
        escapes: bool,
        filled: bool,
    ) -> Result<(), Problem> {
        let problem = self.problem("a string that nothing closes");
        let mut text = Text { pieces: Vec::new(), line: self.line };
        let mut plain = String::new();
        let mut at = open;
        loop {
            let rest = &self.rest[at.min(self.rest.len())..];
            let Some(c) = rest.chars().next() else {
                return Err(problem);
            };
            if rest.starts_with(close) {
                break;
            }
            match c {
                '\n' if close.len() == 1 => return Err(problem),
                '\\' if escapes => {
                    let next = rest[1..].chars().next().ok_or_else(|| problem.clone())?;
                    plain.extend(unescaped(next));
                    at += 1 + next.len_utf8();
                }
                '$' if filled && filling(rest).is_some() => {
                    let (name, length) = filling(rest).unwrap_or_default();
                    if !plain.is_empty() {
                        text.pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                    }
                    text.pieces.push(Piece::Filled(name));
                    at += length;
                }
                c => {
                    plain.push(c);
                    at += c.len_utf8();
                }
            }
        }
        if !plain.is_empty() || text.pieces.is_empty() {
            text.pieces.push(Piece::Plain(plain));
        }
        self.tokens.push(Token { kind: Kind::Text(text), line: self.line });
        self.advance(at + close.len());
        Ok(())
    }

    /// `/…/` on one line; a slash that nothing closes divides.
    fn slashy(&mut self) {
        let line = self.rest.lines().next().unwrap_or_default();
        let end = line[1..].match_indices('/').find(|(at, _)| !line[..=*at].ends_with('\\'));
        match end {
            Some((end, _)) => {
                let plain = Piece::Plain(line[1..=end].to_owned());
                let text = Text { pieces: vec![plain], line: self.line };
                self.push(Kind::Text(text), end + 2);
            }
            None => self.push(Kind::Sign('/'), 1),
        }
    }

    /// Whether what follows is a value and not what goes on after one.
    fn begins_a_value(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            None | Some(Kind::Newline) => true,
            Some(Kind::Sign(sign)) => !matches!(sign, ')' | ']' | '}'),
            Some(Kind::Word(_) | Kind::Text(_)) => false,
        }
    }

    fn problem(&self, message: &str) -> Problem {
        Problem { line: self.line, message: message.to_owned() }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn unescaped(c: char) -> Option<char> {
    match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\n' => None,
        c => Some(c),
    }
}

/// The name or expression to fill in, and how long it is with its signs.
fn filling(rest: &str) -> Option<(String, usize)> {
    if let Some(inner) = rest.strip_prefix("${") {
        let end = inner.find('}')?;
        return Some((inner[..end].trim().to_owned(), end + 3));
    }
    let name = rest.strip_prefix('$')?;
    let end = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
    let name = name[..end.unwrap_or(name.len())].trim_end_matches('.');
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins.then(|| (name.to_owned(), name.len() + 1))
}
