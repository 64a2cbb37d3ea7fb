//! Sets of globs that say what they are made of.

use std::fmt;

use globset::{Glob, GlobSet, GlobSetBuilder};

/// Globs any of which may match. Its `Debug` form is the regular expressions that they stand for, not the
/// machine that looks for them: it is the same in every process, and part of [`super::Suite::key`].
#[derive(Clone, Default)]
pub(super) struct Globs {
    set: GlobSet,
    regexes: Vec<String>,
}

impl Globs {
    /// These globs.
    pub(super) fn new(globs: impl IntoIterator<Item = Glob>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        let mut regexes = Vec::new();
        for glob in globs {
            regexes.push(glob.regex().to_owned());
            set.add(glob);
        }
        Ok(Self { set: set.build()?, regexes })
    }

    /// Whether one of them matches.
    pub(super) fn is_match(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }
}

impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.regexes).finish()
    }
}
