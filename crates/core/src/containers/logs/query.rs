//! Which lines of a log are wanted.

use std::collections::VecDeque;

use anstream::adapter::strip_str;
use regex::{Regex, RegexBuilder};

use super::{Line, Moment};
use crate::model::{Fault, RunError};

/// Which lines of a log are wanted.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// None from before.
    pub since: Option<Moment>,
    /// None from after.
    pub until: Option<Moment>,
    /// Only those that hold this.
    pub search: Option<Search>,
    /// Of what is there already so many lines of each container, the last ones; `None` for all.
    pub tail: Option<usize>,
    /// Whether to go on with what is still to be printed.
    pub follow: bool,
}

impl Query {
    /// Whether a line is wanted; one without a time is of any time.
    pub fn wants(&self, line: &Line) -> bool {
        let is_after = |since| line.at.is_none_or(|at| at >= since);
        let is_before = |until| line.at.is_none_or(|at| at <= until);
        self.since.is_none_or(is_after)
            && self.until.is_none_or(is_before)
            && self.search.as_ref().is_none_or(|search| search.fits(&line.text))
    }

    /// The lines that the engine must give so that the last ones that are wanted are among them; one at
    /// least, from which whoever follows goes on.
    pub fn tail_of_engine(&self) -> Option<usize> {
        // What it would leave out may fit, and what it would count may not.
        let counts = self.search.is_none() && self.until.is_none();
        self.tail.filter(|_| counts).map(|tail| tail.max(1))
    }
}

/// Something to look for: a regular expression.
#[derive(Debug, Clone)]
pub struct Search(Regex);

impl Search {
    /// Reads a regular expression.
    pub fn new(pattern: &str) -> Result<Self, RunError> {
        let built = RegexBuilder::new(pattern).build();
        built.map(Self).map_err(|error| {
            let error = error.to_string();
            // The last line says what is wrong; those before draw the pattern once more.
            let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let message = format!("cannot search for `{pattern}`: {why}");
            RunError::new(Fault::Configuration, message)
                .help("write a regular expression; a backslash takes the meaning of a sign away")
        })
    }

    /// Whether a line holds it; colours do not count.
    pub fn fits(&self, text: &str) -> bool {
        match text.contains('\x1b') {
            true => self.0.is_match(&strip_str(text).to_string()),
            false => self.0.is_match(text),
        }
    }
}

/// Keeps the last lines.
#[derive(Debug)]
pub struct Tail {
    limit: Option<usize>,
    lines: VecDeque<Line>,
}

impl Tail {
    /// Keeps as many as a query asks for.
    pub fn new(limit: Option<usize>) -> Self {
        Self { limit, lines: VecDeque::new() }
    }

    /// Takes a line; gives it back where all are wanted.
    pub fn push(&mut self, line: Line) -> Option<Line> {
        let Some(limit) = self.limit else {
            return Some(line);
        };
        self.lines.push_back(line);
        if self.lines.len() > limit {
            self.lines.pop_front();
        }
        None
    }

    /// The lines that were kept, oldest first.
    pub fn finish(self) -> impl Iterator<Item = Line> {
        self.lines.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Stream;
    use super::*;

    fn line(at: i64, text: &str) -> Line {
        Line { at: Some(Moment(at)), stream: Stream::Stdout, text: text.to_owned() }
    }

    fn check(query: &Query, expected: &[&str]) {
        let lines = [line(1, "error: a"), line(2, "fine"), line(3, "\x1b[31mer\x1b[0mror: b")];
        let wanted = lines.iter().filter(|line| query.wants(line));
        let wanted: Vec<&str> = wanted.map(|line| line.text.as_str()).collect();
        assert_eq!(wanted, expected);
    }

    #[test]
    fn times_and_text_choose() {
        let all = Query::default();
        check(&all, &["error: a", "fine", "\x1b[31mer\x1b[0mror: b"]);
        check(&Query { since: Some(Moment(2)), until: Some(Moment(2)), ..all.clone() }, &["fine"]);
        let search = Search::new("^error: [ab]$").ok();
        check(&Query { search, ..all }, &["error: a", "\x1b[31mer\x1b[0mror: b"]);
    }

    #[test]
    fn what_is_no_regular_expression_is_explained() {
        let error = Search::new("a(b").unwrap_err();
        assert_eq!(error.message, "cannot search for `a(b`: unclosed group");
    }

    #[test]
    fn the_engine_may_not_count_what_is_searched() {
        let query = Query { tail: Some(3), ..Query::default() };
        assert_eq!(query.tail_of_engine(), Some(3));
        assert_eq!(Query { tail: Some(0), ..query.clone() }.tail_of_engine(), Some(1));
        assert_eq!(Query { search: Search::new("x").ok(), ..query }.tail_of_engine(), None);
    }

    #[test]
    fn the_last_lines_are_kept() {
        let mut tail = Tail::new(Some(2));
        assert!((1..=3).all(|at| tail.push(line(at, "")).is_none()));
        assert_eq!(tail.finish().map(|it| it.at.unwrap().0).collect::<Vec<_>>(), [2, 3]);
        let mut none = Tail::new(Some(0));
        none.push(line(1, ""));
        assert_eq!(none.finish().count(), 0);
        assert!(Tail::new(None).push(line(1, "")).is_some());
    }
}
