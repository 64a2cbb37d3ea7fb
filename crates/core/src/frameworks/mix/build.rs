//! What Mix and the compiler say: what does not compile, and where.

use std::sync::LazyLock;

use regex::Regex;

use super::detect::Projects;
use crate::frameworks::complaint::{Complaint, MOST, MOST_LINES};
use crate::paths::RelPath;

/// The complaints of a compilation, as they are printed for people.
#[derive(Debug, Default)]
pub(super) struct Build {
    /// What was compiled last: a directory, from the suite's root, with a slash behind it.
    application: String,
    /// Errors that a file was not yet said to fail for.
    pending: Vec<Complaint>,
    errors: Vec<Complaint>,
    /// Whether the compiler said what is wrong with the last file that fails.
    has_logged: bool,
    /// Which of them is being told.
    open: Open,
    /// What ended Mix, other than a file that does not compile.
    fatal: Option<Complaint>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Pending,
    /// What comes next says what is wrong with a file.
    Header,
    Error,
    Fatal,
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// `== Compilation error in file lib/shop.ex ==`
static HEADER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^== Compilation error in file (.+) ==$"));

/// `** (SyntaxError) invalid syntax found on lib/shop.ex:3:5:`, and of older versions `** (SyntaxError) lib/shop.ex:3:5: syntax error`
static RAISED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\*\* \(([\w.]+)\) (?:(\S+?\.exs?):(?:(\d+):(?:(\d+):)?)? )?(.*)$"));

/// `    └─ lib/shop.ex:3:5: Shop.total/1`, where the line may be missing, and a frame of a stack: `    lib/shop.ex:3: (module)`
static PLACE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\s*(└─) |\s+)([^\s(]+?\.exs?)(?::(\d+))?(?::(\d+))?(?::|$)"));

impl Build {
    /// A line for people; names of applications are those of `projects`, at `root`.
    pub(super) fn line(&mut self, line: &str, projects: &Projects, root: &RelPath) {
        if let Some(name) = line.strip_prefix("==> ") {
            let dir = projects.named(name).and_then(|dir| dir.strip(root)).unwrap_or_default();
            self.application = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        } else if let Some(found) = HEADER.captures(line) {
            self.has_logged = !self.pending.is_empty();
            self.errors.append(&mut self.pending);
            let place = Some((self.path(&found[1]), 1, None));
            self.errors.push(Complaint { message: String::new(), place, detail: Vec::new() });
            self.open = Open::Header;
        } else if let Some(found) = RAISED.captures(line) {
            self.raised(line, &found);
        } else if let Some(message) = line.trim_start().strip_prefix("error: ") {
            self.error(message, line);
        } else {
            self.more(line);
        }
    }

    fn path(&self, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { format!("{}{path}", self.application) }
    }

    /// A file is not loaded, or Mix ends, for what was raised.
    fn raised(&mut self, line: &str, found: &regex::Captures<'_>) {
        let number = |at: usize| found.get(at).and_then(|it| it.as_str().parse().ok());
        let place =
            found.get(2).map(|it| (self.path(it.as_str()), number(3).unwrap_or(1), number(4)));
        let message = found[5].trim_end().to_owned();
        let detail = vec![line.to_owned()];
        if self.open != Open::Header {
            self.fatal = Some(Complaint { message, place, detail });
            self.open = Open::Fatal;
            return;
        }
        self.open = Open::Error;
        if self.has_logged && message.ends_with("(errors have been logged)") {
            self.errors.pop();
            self.open = Open::Nothing;
        } else if let Some(error) = self.errors.last_mut() {
            *error = Complaint { message, place: place.or(error.place.take()), detail };
        }
    }

    /// The compiler logs it, or it explains what was raised.
    fn error(&mut self, message: &str, line: &str) {
        match self.open {
            Open::Error | Open::Fatal if line.starts_with(' ') => {
                if let Some(open) = self.opened() {
                    message.clone_into(&mut open.message);
                    open.detail.push(line.to_owned());
                }
            }
            _ if self.pending.len() < MOST => {
                let detail = vec![line.trim_start().to_owned()];
                self.pending.push(Complaint { message: message.to_owned(), place: None, detail });
                self.open = Open::Pending;
            }
            _ => self.open = Open::Nothing,
        }
    }

    fn more(&mut self, line: &str) {
        let place = PLACE.captures(line).and_then(|found| {
            let number = |at: usize| found.get(at).and_then(|it| it.as_str().parse().ok());
            let line = number(3).or(found.get(1).map(|_| 1))?;
            Some((self.path(&found[2]), line, number(4)))
        });
        let is_told = self.open == Open::Pending && place.is_some();
        let Some(open) = self.opened() else {
            return;
        };
        if line.is_empty() {
            self.open = Open::Nothing;
            return;
        }
        // Of a stack the first place in the file itself counts.
        let is_better = |path: &str| match &open.place {
            Some((known, line, column)) => known == path && *line == 1 && column.is_none(),
            None => true,
        };
        if let Some(place) = place.filter(|(path, ..)| is_better(path)) {
            open.place = Some(place);
        }
        if open.detail.len() < MOST_LINES {
            open.detail.push(line.to_owned());
        }
        if is_told {
            self.open = Open::Nothing;
        }
    }

    fn opened(&mut self) -> Option<&mut Complaint> {
        match self.open {
            Open::Pending => self.pending.last_mut(),
            Open::Error => self.errors.last_mut(),
            Open::Fatal => self.fatal.as_mut(),
            Open::Nothing | Open::Header => None,
        }
    }

    /// What does not compile.
    pub(super) fn errors(&self) -> &[Complaint] {
        &self.errors
    }

    /// What ended Mix.
    pub(super) fn fatal(&self) -> Option<&Complaint> {
        self.fatal.as_ref()
    }
}
