//! What is wrong with the input, at most so much of it.

use crate::model::{Harm, Problem};

/// An input can be wrong in every line; nobody reads more than this.
const MAX_PROBLEMS: usize = 100;

/// What is said once, however often it occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Once {
    Depth,
    Entity,
    Limit,
    Parts,
    StrayText,
    Unclosed,
    Unescaped,
}

impl Once {
    fn message(self) -> &'static str {
        match self {
            Once::Depth => {
                "suites are nested too deep: the cases of the innermost belong to one further out"
            }
            Once::Entity => "an entity of the document's own is left as it is written",
            Once::Limit => "a text is too long: its end is left out",
            Once::Parts => "a case or suite has too many statuses or properties: some are left out",
            Once::StrayText => "there is text outside of the report",
            Once::Unclosed => "the markup that begins here never ends",
            Once::Unescaped => "a `<` that begins no tag is taken for text",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    said: Vec<Once>,
}

impl Problems {
    pub(crate) fn add(&mut self, message: impl Into<String>, offset: u64) {
        match self.list.len() {
            MAX_PROBLEMS => self.push("further problems are left out", offset, Harm::Slight),
            length if length < MAX_PROBLEMS => self.push(message, offset, Harm::Slight),
            _ => {}
        }
    }

    /// What does harm is told however much else was.
    pub(crate) fn push(&mut self, message: impl Into<String>, offset: u64, harm: Harm) {
        self.list.push(Problem { message: message.into(), offset, harm });
    }

    pub(crate) fn said(&self, what: Once) -> bool {
        self.said.contains(&what)
    }

    pub(crate) fn once(&mut self, what: Once, offset: u64) {
        if !self.said(what) {
            self.said.push(what);
            self.add(what.message(), offset);
        }
    }

    pub(crate) fn stray_end(&mut self, name: &str, offset: u64) {
        let name: String = name.chars().take(80).collect();
        self.add(format!("</{name}> closes nothing that is open"), offset);
    }

    pub(crate) fn unclosed(&mut self, name: &str, offset: u64) {
        self.add(format!("{name} is closed by the end of an element around it"), offset);
    }

    /// The problems from the start of the input to its end: a window decodes more than is read yet.
    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|problem| problem.offset);
        self.list
    }
}
