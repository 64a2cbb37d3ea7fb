//! Reads any tool's JUnit XML without losing a test case, and writes one merged report.
//!
//! JUnit XML is the one report that nearly every test tool writes, each with an accent of its own.
//! This crate reads them all in a single streaming pass:
//!
//! - [`read`] turns bytes into a flat [`Report`] that borrows from the input wherever its text
//!   needs no change;
//! - [`visit`] hands over one [`Case`] at a time instead, and [`visit_reader`] does so for a report
//!   of any size in bounded memory;
//! - [`Report::locate`] says in which line of which file a test failed, from attributes, messages
//!   and stack traces;
//! - [`write`](fn@write) merges suites of many runs into one report that common consumers accept.
//!
//! Broken input is no error: whatever can be read is read, and what was wrong is a [`Problem`]
//! beside it. Nothing here opens a file, looks at a clock, expands an entity, or panics.
//!
//! ```
//! let xml = br#"<testsuite name="billing"><testcase name="adds" classname="sums" time="0.1">
//!     <failure message="1 != 2">sums.py:7: AssertionError</failure></testcase>"#;
//! let (report, problems) = testdock_junit::read(xml);
//! assert_eq!(report.cases[0].outcome(), testdock_junit::Outcome::Failed);
//! assert_eq!(report.cases[0].statuses[0].text, "sums.py:7: AssertionError");
//! assert_eq!(problems[0].message, "the report is cut off: <testsuite> is never closed");
//! ```

mod identity;
mod locate;
mod model;
mod owned;
mod read;

mod window;
mod write;

mod parse;
mod walk;

mod encoding;
mod fill;
mod number;
mod problems;
mod tag;
mod text;
mod utf32;

pub use identity::{Identities, Identity, Selection, Sighting, Tool};
pub use locate::{Failure, Location, Place, locate, path_of};
pub use model::{
    Case, Harm, MAX_PATH, Outcome, Problem, Property, Report, Status, StatusKind, Suite, SuiteId,
};
pub use read::{Visitor, read, visit, visit_reader};
pub use write::{FlatSuite, Form, write, write_as};

/// What the fuzz target needs besides, and nobody else: windows of any size.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn visit_in_steps<'a, V: Visitor<'a>>(
    bytes: &[u8],
    visitor: &mut V,
    step: usize,
    max: usize,
) -> Vec<Problem> {
    window::visit_in_steps(bytes, visitor, step, max)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
