//! Which lines of a Python file go on with what an earlier one began, told as Python's own tokenizer tells it.

/// The lines of a text.
pub(super) struct Rows {
    begins: Vec<Begin>,
    /// Every bracket and string ends, and nothing is there that lines cannot show.
    are_clear: bool,
    /// Python itself could not read them: something is being typed.
    are_broken: bool,
    /// A string of three quotes never ends: it is the one that is being typed, and nobody can tell where it ought to end.
    has_open_string: bool,
}

/// What stands at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// A statement, or nothing.
    Fresh,
    /// The inside of a bracket, or what follows a backslash at the end of a line.
    Joined,
    /// The inside of a string of three quotes.
    String,
}

impl Rows {
    pub(super) fn of(text: &str) -> Self {
        let mut lexer = Lexer { is_odd: text.starts_with('\u{feff}'), ..Lexer::default() };
        let begins = text.lines().map(|line| lexer.line(line.as_bytes())).collect();
        let is_open = lexer.quote.is_some() || lexer.depth > 0 || lexer.is_joined;
        let is_mixed = lexer.has_tabs && lexer.has_spaces;
        Self {
            begins,
            are_clear: !is_open && !is_mixed && !lexer.is_odd,
            are_broken: (is_open || lexer.is_broken) && !lexer.is_lost,
            has_open_string: lexer.quote.is_some(),
        }
    }

    /// Whether brackets and strings are as they are meant to be, and so each line is what it seems.
    pub(super) fn are_clear(&self) -> bool {
        self.are_clear
    }

    /// Whether a parse would fail.
    pub(super) fn are_broken(&self) -> bool {
        self.are_broken
    }

    /// Whether a line begins no statement. While someone types, an open bracket does not count.
    pub(super) fn goes_on(&self, row: usize) -> bool {
        match self.begins.get(row) {
            Some(Begin::Joined) => self.are_clear,
            Some(Begin::String) => !self.has_open_string,
            Some(Begin::Fresh) | None => false,
        }
    }
}

#[derive(Default)]
struct Lexer {
    /// The quote of which three end the string that is open.
    quote: Option<u8>,
    depth: usize,
    is_joined: bool,
    has_tabs: bool,
    has_spaces: bool,
    is_odd: bool,
    is_broken: bool,
    /// A string goes on where this cannot follow: behind a backslash at the end of its line, or, since Python 3.12, behind a quote in
    /// a replacement field.
    is_lost: bool,
}

impl Lexer {
    /// Takes the next line; how it begins.
    fn line(&mut self, line: &[u8]) -> Begin {
        let begin = match (self.quote, self.depth, std::mem::take(&mut self.is_joined)) {
            (Some(_), ..) => Begin::String,
            (None, 0, false) => Begin::Fresh,
            _ => Begin::Joined,
        };
        match begin {
            Begin::Fresh => {
                self.has_tabs |= line.first() == Some(&b'\t');
                self.has_spaces |= line.first() == Some(&b' ');
            }
            // What is open ought to have ended before.
            Begin::Joined => {
                let code = line.trim_ascii_start();
                self.is_odd |= is_header(code);
                self.is_broken |= code.starts_with(b"def ") || code.starts_with(b"class ");
            }
            Begin::String => {}
        }
        let mut at = 0;
        while at < line.len() {
            let is_formatted = at > 0 && matches!(line[at - 1], b'f' | b'F' | b'r' | b'R');
            at += self.token(&line[at..], is_formatted);
        }
        begin
    }

    /// Takes what comes next in a line; how long it is.
    fn token(&mut self, rest: &[u8], is_formatted: bool) -> usize {
        let first = rest[0];
        let is_triple = rest.len() > 2 && rest[1] == first && rest[2] == first;
        match (self.quote, first) {
            (quote, b'\\') => {
                self.is_joined = quote.is_none() && rest.len() == 1;
                self.is_odd |= quote.is_none() && rest.len() > 1;
                return 2;
            }
            (Some(quote), _) if quote == first && is_triple => {
                self.quote = None;
                return 3;
            }
            (None, b'"' | b'\'') if is_triple => {
                self.quote = Some(first);
                return 3;
            }
            (None, b'"' | b'\'') => {
                let length = self.short_string(rest);
                self.is_lost |= is_formatted && is_in_field(&rest[..length.min(rest.len())]);
                return length;
            }
            (None, b'#') => return rest.len(),
            (None, b'(' | b'[' | b'{') => self.depth += 1,
            (None, b')' | b']' | b'}') => {
                self.is_odd |= self.depth == 0;
                self.is_broken |= self.depth == 0;
                self.depth = self.depth.saturating_sub(1);
            }
            (None, b';' | b'\r' | b'\x0c') => self.is_odd = true,
            _ => {
                return rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len()).max(1);
            }
        }
        1
    }

    /// A string of one quote: it ends with its line, whatever is wrong with it.
    fn short_string(&mut self, rest: &[u8]) -> usize {
        let mut at = 1;
        while let Some(&byte) = rest.get(at) {
            at += if byte == b'\\' { 2 } else { 1 };
            if byte == rest[0] {
                return at;
            }
        }
        self.is_odd = true;
        self.is_lost |= at > rest.len();
        self.is_broken |= at == rest.len();
        rest.len()
    }
}

/// Whether a string ends within a replacement field.
fn is_in_field(string: &[u8]) -> bool {
    let count = |wanted: u8| string.iter().filter(|&&byte| byte == wanted).count();
    count(b'{') > count(b'}')
}

fn is_header(code: &[u8]) -> bool {
    [&b"def "[..], b"class ", b"async ", b"@"].iter().any(|word| code.starts_with(word))
}

fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'"' | b'\''
            | b'\\'
            | b'#'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b';'
            | b'\r'
            | b'\x0c'
    )
}
