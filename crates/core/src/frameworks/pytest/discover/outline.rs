//! What of a Python file matters for finding tests: its definitions, without what they do.

use crate::frameworks::Range;

/// The statements of a module or class.
#[derive(Debug, Default)]
pub(super) struct Body<'t> {
    pub(super) definitions: Vec<Definition<'t>>,
    /// The names in `pytestmark = …`.
    pub(super) marks: Vec<&'t str>,
    /// The value of `__test__ = …`.
    pub(super) told: Option<bool>,
}

/// A function or class.
#[derive(Debug)]
pub(super) struct Definition<'t> {
    pub(super) name: &'t str,
    pub(super) name_range: Range,
    /// With its decorators.
    pub(super) range: Range,
    /// What decorates it, by dotted name and without arguments.
    pub(super) decorators: Vec<&'t str>,
    pub(super) kind: Kind<'t>,
}

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Function {
        is_async: bool,
    },
    Class {
        /// By dotted name.
        bases: Vec<&'t str>,
        body: Body<'t>,
    },
}

/// `parametrize` of `pytest.mark.parametrize`.
pub(super) fn last_name(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted).trim()
}
