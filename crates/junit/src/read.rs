//! The ways to read a report: whole, case by case, or from a stream.

use std::borrow::Cow;
use std::io::BufRead;

use crate::encoding;
use crate::model::{Case, Problem, Report, Suite, SuiteId};
use crate::parse::{More, parse};
use crate::problems::Problems;
use crate::text::Borrow;
use crate::walk::Walk;
use crate::{utf32, window};

/// Takes a report's suites and cases as they are read.
///
/// ```
/// use testdock_junit::{Case, Outcome, Visitor};
///
/// struct Failures(usize);
///
/// impl<'a> Visitor<'a> for Failures {
///     fn case(&mut self, case: Case<'a>) {
///         self.0 += usize::from(case.outcome() == Outcome::Failed);
///     }
/// }
///
/// let mut failures = Failures(0);
/// let xml = b"<testsuite><testcase name='a'><failure/></testcase><testcase name='b'/></testsuite>";
/// let problems = testdock_junit::visit(xml, &mut failures);
/// assert_eq!((failures.0, problems.len()), (1, 0));
/// ```
pub trait Visitor<'a> {
    /// A `<testsuites>` begins; most reports have one around all else, some none, some several.
    fn enter_report(&mut self, name: Option<Cow<'a, str>>) {
        drop(name);
    }

    /// A suite begins: its attributes are known, not yet its properties, output and statuses.
    fn enter_suite(&mut self, id: SuiteId, suite: &Suite<'a>) {
        let _ = (id, suite);
    }

    /// A case is complete.
    fn case(&mut self, case: Case<'a>);

    /// A suite is complete.
    fn leave_suite(&mut self, id: SuiteId, suite: Suite<'a>) {
        let _ = (id, suite);
    }
}

/// Reads a whole report, and tells what was wrong with it.
///
/// What is not UTF-8 is decoded first, so that the report then owns its text.
pub fn read(bytes: &[u8]) -> (Report<'_>, Vec<Problem>) {
    let mut report = Report::default();
    report.cases.reserve(expected_cases(bytes));
    let problems = visit(bytes, &mut report);
    (report, problems)
}

/// How many cases there may be, by a look at the beginning. Too many cost no memory that is used, and
/// growing costs time.
fn expected_cases(bytes: &[u8]) -> usize {
    const SAMPLE: usize = 64 << 10;
    if bytes.len() < 2 * SAMPLE {
        return 0;
    }
    let found = memchr::memmem::find_iter(&bytes[..SAMPLE], "<testcase").count();
    bytes.len() / SAMPLE * found
}

/// Reads a report that is in memory, case by case.
pub fn visit<'a, V: Visitor<'a>>(bytes: &'a [u8], visitor: &mut V) -> Vec<Problem> {
    let Some((text, base)) = as_text(bytes) else {
        return window::visit(bytes, visitor);
    };
    let mut walk = Walk::new(visitor, Problems::default());
    let length = parse::<Borrow, V>(&mut walk, text, base, More::Never);
    walk.finish(base + length as u64)
}

/// Reads a report of any size, case by case, in bounded memory.
///
/// An error of the reader is a problem like a file that was cut off: what came before it counts. Of
/// a text longer than 64 MiB the end is left out, which is a problem too.
pub fn visit_reader<R: BufRead, V: Visitor<'static>>(reader: R, visitor: &mut V) -> Vec<Problem> {
    window::visit(reader, visitor)
}

/// The bytes as text without their byte order mark, if they are text as they are.
fn as_text(bytes: &[u8]) -> Option<(&str, u64)> {
    if utf32::detect(bytes).is_some() {
        return None;
    }
    let detected = encoding::detect(&bytes[..bytes.len().min(encoding::PREFIX)]);
    let body = &bytes[detected.bom..];
    let plain = detected.unknown.is_none()
        && (detected.encoding == encoding_rs::UTF_8
            || detected.encoding.is_ascii_compatible() && body.is_ascii());
    let text = if plain {
        std::str::from_utf8(body).ok()?
    } else {
        return None;
    };
    Some((text, detected.bom as u64))
}

impl<'a> Visitor<'a> for Report<'a> {
    fn enter_report(&mut self, name: Option<Cow<'a, str>>) {
        self.name = self.name.take().or(name);
    }

    fn enter_suite(&mut self, _: SuiteId, _: &Suite<'a>) {
        self.suites.push(Suite::default());
    }

    fn case(&mut self, case: Case<'a>) {
        self.cases.push(case);
    }

    fn leave_suite(&mut self, id: SuiteId, suite: Suite<'a>) {
        if let Some(slot) = self.suites.get_mut(id.index()) {
            *slot = suite;
        }
    }
}
