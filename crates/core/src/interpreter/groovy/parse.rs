//! Statements out of tokens.

use super::lex::{Kind, Token};
use super::{Arg, Call, Problem, Value};

/// Blocks may stand in each other this deep; no file that people write comes near.
const DEEPEST: usize = 100;

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens, at: 0, depth: 0 }
    }

    pub(super) fn file(mut self) -> Result<Vec<Call>, Problem> {
        let mut calls = Vec::new();
        while !self.is_over() {
            if self.eat('}') {
                return Err(self.problem("a `}` that closes nothing"));
            }
            calls.extend(self.statement()?);
        }
        Ok(calls)
    }

    fn statement(&mut self) -> Result<Option<Call>, Problem> {
        if self.eat(';') || self.eat_newline() {
            return Ok(None);
        }
        let mut call = Call { line: self.line(), ..Call::default() };
        if let Some(name) = self.path() {
            call.name = name;
        }
        if let Some(name) = self.defined() {
            call.name = "def".to_owned();
            call.args.push(Arg { name: Some(name), value: self.value()? });
        } else {
            self.arguments(&mut call)?;
        }
        if matches!(call.name.as_str(), "if" | "for" | "while") {
            self.branch(&mut call)?;
        }
        self.remainder(&mut call)?;
        Ok(Some(call))
    }

    /// The name that is defined behind `def` or a type (`final String name = …`), up to its value.
    fn defined(&mut self) -> Option<String> {
        let words = (0..).take_while(|n| matches!(self.peek(*n), Some(Kind::Word(_)))).count();
        let compares = ['=', '~'].iter().any(|sign| self.is_sign(words + 1, *sign));
        if words == 0 || !self.is_sign(words, '=') || compares {
            return None;
        }
        self.at += words - 1;
        let name = self.word();
        self.at += 1;
        name
    }

    /// The only statement of a branch without braces.
    fn branch(&mut self, call: &mut Call) -> Result<(), Problem> {
        while self.eat_newline() {}
        if !self.is_sign(0, '{') && !self.ends_statement() {
            self.deeper()?;
            call.block = self.statement()?.map(|only| vec![only]);
            self.depth -= 1;
        }
        Ok(())
    }

    /// `a.b.c`
    fn path(&mut self) -> Option<String> {
        let mut path = self.word()?;
        while self.is_sign(0, '.') && matches!(self.peek(1), Some(Kind::Word(_))) {
            self.at += 1;
            path = format!("{path}.{}", self.word()?);
        }
        Some(path)
    }

    fn arguments(&mut self, call: &mut Call) -> Result<(), Problem> {
        if self.eat('(') {
            self.list(call, Some(')'))?;
        } else if self.eat('=') {
            let value = self.value()?;
            call.args.push(Arg { name: Some("=".to_owned()), value });
        } else if !self.is_sign(0, '{') {
            self.list(call, None)?;
        }
        Ok(())
    }

    /// Values with commas between them, up to `close` or the end of the statement.
    fn list(&mut self, call: &mut Call, close: Option<char>) -> Result<(), Problem> {
        loop {
            while close.is_some() && self.eat_newline() {}
            match close {
                Some(close) if self.eat(close) => return Ok(()),
                Some(_) if self.is_over() => return Err(self.open_at(call.line, "(")),
                None if self.ends_statement() || self.is_sign(0, '{') => return Ok(()),
                _ => {}
            }
            let name = match (self.peek(0), self.is_sign(1, ':')) {
                (Some(Kind::Word(name)), true) => Some(name.clone()),
                _ => None,
            };
            if name.is_some() {
                self.at += 2;
            }
            let before = self.at;
            let value = self.value()?;
            if self.at > before {
                call.args.push(Arg { name, value });
            }
            if self.eat(',') {
                while self.eat_newline() {}
            } else if close.is_none() {
                return Ok(());
            } else if self.is_sign(0, '{') {
                let block = self.block()?;
                call.block.get_or_insert_default().extend(block);
            } else if self.is_sign(0, '}') {
                return Err(self.open_at(call.line, "("));
            } else if self.at == before {
                self.skip_one()?;
            }
        }
    }

    /// A value; whatever goes on after it makes it one that only Groovy understands.
    fn value(&mut self) -> Result<Value, Problem> {
        let value = self.sum()?;
        let before = self.at;
        self.skip_value()?;
        Ok(if self.at > before { Value::Other } else { value })
    }

    /// Values with `+` between them.
    fn sum(&mut self) -> Result<Value, Problem> {
        let mut sum = self.operand()?;
        while self.is_sign(0, '+') && sum != Value::Other {
            self.at += 1;
            while self.eat_newline() {}
            sum = sum.plus(&self.operand()?);
        }
        Ok(sum)
    }

    fn operand(&mut self) -> Result<Value, Problem> {
        Ok(match self.peek(0).cloned() {
            Some(Kind::Text(text)) => {
                self.at += 1;
                Value::Text(text)
            }
            Some(Kind::Word(word)) if matches!(word.as_str(), "true" | "false") => {
                self.at += 1;
                Value::Bool(word == "true")
            }
            Some(Kind::Word(_)) => {
                let line = self.line();
                let name = self.path().unwrap_or_default();
                if self.eat('(') {
                    let mut call = Call { name, line, ..Call::default() };
                    self.list(&mut call, Some(')'))?;
                    Value::Call(Box::new(call))
                } else {
                    Value::Word(name)
                }
            }
            _ => Value::Other,
        })
    }

    /// Goes over what is left of a value: to a comma, a closing sign, a block or the line's end.
    fn skip_value(&mut self) -> Result<(), Problem> {
        while !self.ends_statement() && ![',', ')', ']', '{'].iter().any(|s| self.is_sign(0, *s)) {
            self.skip_one()?;
        }
        Ok(())
    }

    /// Goes over one token, or over all that stands in its brackets.
    fn skip_one(&mut self) -> Result<(), Problem> {
        let line = self.line();
        let close = match self.peek(0) {
            Some(Kind::Sign('(')) => ')',
            Some(Kind::Sign('[')) => ']',
            Some(Kind::Sign('{')) => '}',
            _ => {
                self.at += 1;
                return Ok(());
            }
        };
        self.deeper()?;
        self.at += 1;
        while !self.eat(close) {
            if self.is_over() {
                return Err(self.open_at(
                    line,
                    match close {
                        ')' => "(",
                        ']' => "[",
                        _ => "{",
                    },
                ));
            }
            self.skip_one()?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// The rest of a statement: its blocks, and what is of no interest.
    fn remainder(&mut self, call: &mut Call) -> Result<(), Problem> {
        loop {
            if self.is_sign(0, '{') {
                let block = self.block()?;
                call.block.get_or_insert_default().extend(block);
            } else if self.ends_statement() || (call.block.is_some() && self.is_word()) {
                return Ok(());
            } else if self.eat('.') {
                call.then.extend(self.word());
            } else {
                self.skip_one()?;
            }
        }
    }

    fn block(&mut self) -> Result<Vec<Call>, Problem> {
        let line = self.line();
        self.deeper()?;
        self.at += 1;
        self.skip_parameters();
        let mut calls = Vec::new();
        while !self.eat('}') {
            if self.is_over() {
                return Err(self.open_at(line, "{"));
            }
            calls.extend(self.statement()?);
        }
        self.depth -= 1;
        Ok(calls)
    }

    /// `a, b ->` at the beginning of a block.
    fn skip_parameters(&mut self) {
        let is_one = |n: &usize| matches!(self.peek(*n), Some(Kind::Word(_) | Kind::Sign(',')));
        let names = (0..).take_while(is_one).count();
        if self.is_sign(names, '-') && self.is_sign(names + 1, '>') {
            self.at += names + 2;
        }
    }

    fn deeper(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        match self.depth > DEEPEST {
            true => Err(self.problem("blocks in blocks without end")),
            false => Ok(()),
        }
    }

    fn open_at(&self, line: u32, sign: &str) -> Problem {
        Problem { line, message: format!("a `{sign}` that nothing closes") }
    }

    fn problem(&self, message: &str) -> Problem {
        Problem { line: self.line(), message: message.to_owned() }
    }

    fn peek(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn line(&self) -> u32 {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        token.map_or(1, |token| token.line)
    }

    fn is_over(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn is_sign(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead) == Some(&Kind::Sign(sign))
    }

    fn is_word(&self) -> bool {
        matches!(self.peek(0), Some(Kind::Word(_)))
    }

    fn ends_statement(&self) -> bool {
        self.is_over()
            || self.peek(0) == Some(&Kind::Newline)
            || self.is_sign(0, ';')
            || self.is_sign(0, '}')
    }

    fn eat(&mut self, sign: char) -> bool {
        let there = self.is_sign(0, sign);
        self.at += usize::from(there);
        there
    }

    fn eat_newline(&mut self) -> bool {
        let there = self.peek(0) == Some(&Kind::Newline);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self) -> Option<String> {
        match self.peek(0) {
            Some(Kind::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }
}
