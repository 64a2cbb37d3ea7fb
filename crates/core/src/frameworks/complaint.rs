//! What compilers complain of while a build goes on.

use std::collections::BTreeMap;

use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// So many are kept; nobody reads more.
pub(super) const MOST: usize = 200;
/// So many lines of one.
pub(super) const MOST_LINES: usize = 40;

/// An error of a build.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) message: String,
    /// The path as the tool wrote it, the line and the column.
    pub(super) place: Option<(String, u32, Option<u32>)>,
    /// The lines in which it was told.
    pub(super) detail: Vec<String>,
}

/// Those in files of the workspace, by file, told by a tool that ran in `cwd`. One that is the same as an earlier one is
/// told once: what several programs are made of is compiled for each.
pub(super) fn by_file(
    complaints: &[Complaint],
    site: &Site,
    cwd: &RelPath,
    is_same: impl Fn(&Failure, &Failure) -> bool,
) -> BTreeMap<RelPath, Vec<Failure>> {
    let mut files: BTreeMap<RelPath, Vec<Failure>> = BTreeMap::new();
    for Complaint { message, place, detail } in complaints {
        let place = place.as_ref();
        let place = place.and_then(|(path, line, column)| site.place(cwd, path, *line, *column));
        let Some(file) = place.as_ref().and_then(|it| RelPath::below(&site.root, &it.path)) else {
            continue;
        };
        let failure = Failure {
            message: site.text_to_host(message),
            detail: site.text_to_host(detail.join("\n").trim_end()),
            place,
            ..Failure::default()
        };
        let failures = files.entry(file).or_default();
        if !failures.iter().any(|known| is_same(known, &failure)) {
            failures.push(failure);
        }
    }
    files
}
