//! The part of Groovy that a declarative Jenkinsfile is written in.
//!
//! A tolerant reader: it sees statements, their arguments and their blocks, and goes over whatever else a
//! `script` block may hold. Only what makes the file no text of Groovy at all is an error, with its line:
//! a string or a block that nothing closes.

mod lex;
mod parse;

#[cfg(test)]
mod tests;

/// A statement: a name with arguments, a block, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Call {
    /// The name, dotted where it is a path; empty for a block of its own.
    pub(super) name: String,
    /// From 1.
    pub(super) line: u32,
    pub(super) args: Vec<Arg>,
    /// The methods that are called on what comes of it, as `inside` in `docker.image('a').inside { … }`.
    pub(super) then: Vec<String>,
    /// What stands in its braces; statements of several blocks follow each other.
    pub(super) block: Option<Vec<Call>>,
}

/// An argument, with its name where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arg {
    pub(super) name: Option<String>,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Text),
    Bool(bool),
    /// A name or a number.
    Word(String),
    /// A call, such as `credentials('id')`.
    Call(Box<Call>),
    /// Something that only Groovy understands.
    Other,
}

/// A string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text {
    pub(super) pieces: Vec<Piece>,
    pub(super) line: u32,
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(String),
    /// `$name` or `${expression}`.
    Filled(String),
}

/// What makes a text unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: u32,
    pub(super) message: String,
}

/// The statements of a file.
pub(super) fn read(text: &str) -> Result<Vec<Call>, Problem> {
    parse::Parser::new(lex::tokens(text)?).file()
}

impl Call {
    /// The first statement of that name in this one's block.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children().find(|call| call.name == name)
    }

    /// The statements in its block.
    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        self.block.iter().flatten()
    }

    /// Its first argument without a name.
    pub(super) fn first(&self) -> Option<&Value> {
        self.args.iter().find(|arg| arg.name.is_none()).map(|arg| &arg.value)
    }

    /// Its argument of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.args.iter().find(|arg| arg.name.as_deref() == Some(name)).map(|arg| &arg.value)
    }

    /// This statement, or the first one in its blocks, that is such.
    pub(super) fn find(&self, is: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        if is(self) { Some(self) } else { self.children().find_map(|call| call.find(is)) }
    }

    /// How many statements are such: this one and those in its blocks.
    pub(super) fn count(&self, is: &dyn Fn(&Self) -> bool) -> usize {
        usize::from(is(self)) + self.children().map(|call| call.count(is)).sum::<usize>()
    }

    /// Whether this statement, or one inside it, is such.
    pub(super) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        let in_args = || {
            self.args.iter().any(|arg| match &arg.value {
                Value::Call(call) => call.any(is),
                _ => false,
            })
        };
        is(self) || in_args() || self.children().any(|call| call.any(is))
    }
}

impl Value {
    /// What `+` makes of two values: a string where one of them is one and the other a name.
    fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Text(text), _) | (_, Self::Text(text)) => {
                let pieces = self.pieces().zip(other.pieces());
                pieces.map_or(Self::Other, |(one, other)| {
                    Self::Text(Text { pieces: [one, other].concat(), line: text.line })
                })
            }
            _ => Self::Other,
        }
    }

    fn pieces(&self) -> Option<Vec<Piece>> {
        match self {
            Self::Text(text) => Some(text.pieces.clone()),
            Self::Word(name) if !name.starts_with(|c: char| c.is_ascii_digit()) => {
                Some(vec![Piece::Filled(name.clone())])
            }
            _ => None,
        }
    }
}

impl Text {
    /// The string with everything filled in; the error is the first name that is not known.
    pub(super) fn filled(&self, known: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Plain(text) => Ok(text.clone()),
            Piece::Filled(name) => known(name).ok_or_else(|| name.clone()),
        });
        pieces.collect()
    }

    /// The string, where nothing is to be filled in.
    pub(super) fn plain(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Plain(text) => text.clone(),
            Piece::Filled(name) => format!("${{{name}}}"),
        });
        pieces.collect()
    }
}
