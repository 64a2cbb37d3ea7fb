//! What the compiler says: what did not build, and where.

use std::collections::BTreeMap;

use crate::frameworks::complaint::{Complaint, MOST, MOST_LINES, by_file};
use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a build, as they are printed for people.
#[derive(Debug, Default)]
pub(super) struct Build {
    errors: Vec<Complaint>,
    /// Whether lines still belong to the last one.
    is_open: bool,
}

/// What Cargo says of an end that was told already.
const FOLLOWS: &[&str] = &[
    "could not compile",
    "test failed",
    "doctest failed",
    "aborting due to",
    "test run failed",
    "command `",
];

impl Build {
    pub(super) fn line(&mut self, line: &str) {
        if let Some(message) = message(line) {
            let is_end = FOLLOWS.iter().any(|start| message.starts_with(start))
                || message.ends_with(" failed:")
                || message.ends_with(" failed");
            self.is_open = !is_end;
            if self.is_open && self.errors.len() < MOST {
                let detail = vec![line.to_owned()];
                self.errors.push(Complaint { message: message.to_owned(), place: None, detail });
            }
            return;
        }
        let Some(error) = self.errors.last_mut().filter(|_| self.is_open) else {
            return;
        };
        if line.starts_with("warning") {
            self.is_open = false;
            return;
        }
        if let Some(place) =
            line.trim_start().strip_prefix("--> ").filter(|_| error.place.is_none())
        {
            let mut parts = place.rsplitn(3, ':').map(str::to_owned);
            if let (Some(column), Some(number), Some(path)) =
                (parts.next(), parts.next(), parts.next())
            {
                error.place = number.parse().ok().map(|line| (path, line, column.parse().ok()));
            }
        }
        if error.detail.len() < MOST_LINES {
            error.detail.push(line.to_owned());
        }
    }

    /// The errors in files of the workspace, by file.
    pub(super) fn failures(&self, site: &Site, cwd: &RelPath) -> BTreeMap<RelPath, Vec<Failure>> {
        // A library is compiled twice, for itself and for its tests.
        by_file(&self.errors, site, cwd, |known, it| known.place == it.place)
    }

    /// The first complaint.
    pub(super) fn complaint(&self) -> Option<&str> {
        self.errors.first().map(|error| error.message.as_str())
    }
}

/// `error[E0308]: mismatched types`, `error: expected …`.
fn message(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("error")?;
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.1,
        None => rest,
    };
    rest.strip_prefix(": ")
}
