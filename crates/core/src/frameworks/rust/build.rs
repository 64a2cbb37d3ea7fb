//! What the compiler says: what did not build, and where.

use std::collections::BTreeMap;

use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a build, as they are printed for people.
#[derive(Debug, Default)]
pub(super) struct Build {
    errors: Vec<Error>,
    /// Whether lines still belong to the last one.
    is_open: bool,
}

#[derive(Debug)]
struct Error {
    message: String,
    place: Option<(String, String, String)>,
    detail: Vec<String>,
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
            if self.is_open && self.errors.len() < 200 {
                let detail = vec![line.to_owned()];
                self.errors.push(Error { message: message.to_owned(), place: None, detail });
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
                error.place = Some((path, number, column));
            }
        }
        if error.detail.len() < 40 {
            error.detail.push(line.to_owned());
        }
    }

    /// The errors in files of the workspace, by file.
    pub(super) fn failures(&self, site: &Site, cwd: &RelPath) -> BTreeMap<RelPath, Vec<Failure>> {
        let mut files: BTreeMap<RelPath, Vec<Failure>> = BTreeMap::new();
        for error in &self.errors {
            let Some((path, line, column)) = &error.place else {
                continue;
            };
            let line = line.parse().ok();
            let place = line.and_then(|line| site.place(cwd, path, line, column.parse().ok()));
            let file = place.as_ref().and_then(|place| RelPath::below(&site.root, &place.path));
            let failures = file.map(|file| files.entry(file).or_default());
            let host = |text: &str| site.paths.text_to_host(text).into_owned();
            let failure = Failure {
                message: host(&error.message),
                detail: host(error.detail.join("\n").trim_end()),
                place,
                ..Failure::default()
            };
            // A library is compiled twice, for itself and for its tests.
            if let Some(failures) =
                failures.filter(|known| known.iter().all(|it| it.place != failure.place))
            {
                failures.push(failure);
            }
        }
        files
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
