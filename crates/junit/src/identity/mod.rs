//! Which test a case is, in this run and in every other one.

mod select;
mod tool;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use crate::model::{Case, Report};
use crate::text::without_colours;

pub use select::Selection;
pub use tool::Tool;

/// Which test a case is: the same in every run.
///
/// What a tool puts into names and what differs from run to run is left out: colours, the time of
/// the run, addresses of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The suites around it and its class, outermost first, each once.
    pub groups: Vec<String>,
    /// Its name, with its parameters where the tool writes them.
    pub name: String,
    /// Which of the tests of that name it is, from 1.
    pub ordinal: u32,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            write!(f, "{group} > ")?;
        }
        f.write_str(&self.name)?;
        match self.ordinal {
            0 | 1 => Ok(()),
            ordinal => write!(f, " #{ordinal}"),
        }
    }
}

/// What a report says of a test, which may not be all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which test.
    pub identity: Identity,
    /// The how manyth case it is that speaks of this test, from 1: tools that know no two tests of one
    /// name write a further case for a further try, and pytest for an error after the test.
    pub part: u32,
}

/// Tells the cases of a run apart, in the order in which the reports hold them.
///
/// ```
/// use testdock_junit::{Identities, read};
///
/// let (report, _) = read(br#"<testsuite name="s"><testcase name="row"/><testcase name="row"/></testsuite>"#);
/// let mut identities = Identities::new(report.tool());
/// let ids: Vec<String> =
///     report.cases.iter().map(|case| identities.next(&report, case).identity.to_string()).collect();
/// assert_eq!(ids, ["s > row", "s > row #2"]);
/// ```
#[derive(Debug, Default)]
pub struct Identities {
    tool: Option<Tool>,
    seen: HashMap<Identity, u32>,
}

impl Identities {
    /// For the reports of a tool, if it is known.
    pub fn new(tool: Option<Tool>) -> Self {
        Identities { tool, seen: HashMap::new() }
    }

    /// Which test the next case is.
    pub fn next(&mut self, report: &Report<'_>, case: &Case<'_>) -> Sighting {
        let mut identity = Identity { ordinal: 1, ..self.name(report, case) };
        let count = self.seen.entry(identity.clone()).or_insert(0);
        *count += 1;
        if self.tool.is_some_and(Tool::has_unique_names) {
            return Sighting { identity, part: *count };
        }
        identity.ordinal = *count;
        Sighting { identity, part: 1 }
    }

    fn name(&self, report: &Report<'_>, case: &Case<'_>) -> Identity {
        let suites = case.suite.map(|id| report.suite_path(id)).unwrap_or_default();
        let mut groups: Vec<String> =
            suites.into_iter().map(|name| steady(without_time(name)).into_owned()).collect();
        if self.tool == Some(Tool::Playwright) {
            groups.extend(report.project_of(case).map(|project| format!("[{project}]")));
        }
        groups.extend(case.classname.as_deref().map(|class| steady(class).into_owned()));
        // A file is written as it was named on the command line.
        groups.iter_mut().filter(|group| group.starts_with("./")).for_each(|group| {
            group.drain(..2);
        });
        groups.retain(|group| !group.is_empty());
        groups.dedup();
        let name = steady(case.name.as_deref().unwrap_or_default()).into_owned();
        Identity { groups, name, ordinal: 0 }
    }
}

impl Report<'_> {
    /// The browser or setting that Playwright ran a case in, which it writes as the host; with
    /// another setting it stands in the name too.
    pub(crate) fn project_of(&self, case: &Case<'_>) -> Option<&str> {
        let suite = self.suites.get(case.suite?.index())?;
        let project = suite.hostname.as_deref().filter(|project| !project.is_empty())?;
        let named = case.name.as_deref().and_then(|name| name.strip_prefix('['));
        named.is_none_or(|name| !name.starts_with(project)).then_some(project)
    }
}

/// A suite's name without the time of the run: `test_a.TestC-20261123045013`.
fn without_time(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((name, time)) if time.len() == 14 && time.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => name,
    }
}

/// A name without colours and without the addresses of objects: `Foo@1b2c3d4`, `at 0x7f12ab34cd56`.
fn steady(name: &str) -> Cow<'_, str> {
    let name = without_colours(name);
    if !name.contains('@') && !name.contains("0x") {
        return name;
    }
    let mut steady = String::with_capacity(name.len());
    let mut rest = name.as_ref();
    while let Some(at) = rest.find(['@', 'x']) {
        let (before, tail) = rest.split_at(at + 1);
        steady.push_str(before);
        let digits = tail.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(tail.len());
        let (address, after) = tail.split_at(digits);
        let is_word = !after.starts_with(char::is_alphanumeric);
        let is_address = match before.ends_with("0x") {
            true => (6..=16).contains(&digits),
            // Java's hash of an object; a word that could be one has no digits.
            false => {
                before.ends_with('@')
                    && (5..=8).contains(&digits)
                    && address.bytes().any(|b| b.is_ascii_digit())
            }
        };
        steady.push_str(if is_address && is_word { "…" } else { address });
        rest = after;
    }
    Cow::Owned(steady + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_left_out() {
        let cases = [
            ("row ng.Foo@4439f31e", "row ng.Foo@…"),
            ("<object at 0x7f12ab34cd56>", "<object at 0x…>"),
            ("0xff and me@cafe and a@deadbeef.org", "0xff and me@cafe and a@deadbeef.org"),
            ("0x12345g", "0x12345g"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("xx 0x", "xx 0x"),
            ("plain", "plain"),
        ];
        for (name, expected) in cases {
            assert_eq!(steady(name), expected);
        }
        assert_eq!(without_time("test_a.TestC-20261123045013"), "test_a.TestC");
        assert_eq!(without_time("a-2026"), "a-2026");
    }
}
