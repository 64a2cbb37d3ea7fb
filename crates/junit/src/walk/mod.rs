//! From tags and text to suites and cases.
//!
//! The tree is never built: a stack of small frames says what is open, and a case leaves through
//! the visitor as soon as it is closed. End tags that do not fit close what they can or are
//! ignored, so that one unescaped `<` costs a problem and no more.

mod chars;
mod close;

use std::borrow::Cow;

use crate::fill;
use crate::model::{Case, Harm, Problem, Property, Status, StatusKind, Suite, SuiteId};
use crate::parse::SPARE_REREADS;
use crate::problems::{Once, Problems};
use crate::read::Visitor;
use crate::tag::{Element, Tag, TextKind};
use crate::text::Keep;

/// Suites nested deeper than this belong to the one at this depth, which bounds what a depth bomb
/// can hold open.
const MAX_OPEN_SUITES: usize = 1 << 16;
/// The same for cases within cases, which hardly any tool writes.
const MAX_OPEN_CASES: usize = 64;
/// Of more statuses of a case or suite one of each kind is kept, which is what the outcome hangs on; of more
/// properties none.
const MAX_PARTS: usize = 10_000;

/// What is open, as far as it matters how it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Suite,
    Case,
    Status,
    Text,
    /// So many elements without a meaning of their own, one in the other.
    Others(u64),
}

/// Why a frame is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    /// By its own end tag.
    Ended,
    /// By the end of something else, or of the input.
    Cut,
}

pub(crate) struct Walk<'a, 'v, V> {
    visitor: &'v mut V,
    frames: Vec<Frame>,
    suites: Vec<(SuiteId, Suite<'a>)>,
    cases: Vec<Case<'a>>,
    status: Option<Status<'a>>,
    text: Option<(TextKind, Cow<'a, str>)>,
    property: Option<Property<'a>>,
    trace: Cow<'a, str>,
    /// How many elements are open within the status or text that would be one anywhere else.
    nested: u64,
    next_suite: u32,
    suites_too_deep: u64,
    /// The last markup was an XML declaration.
    declared: bool,
    root: Option<String>,
    is_junit: bool,
    /// The most failures and errors that an element says to hold.
    counted: u64,
    /// Whether anything that was read tells of one.
    tells_bad: bool,
    /// How many bytes may still be read again.
    spare: usize,
    problems: Problems,
}

impl<'a, 'v, V: Visitor<'a>> Walk<'a, 'v, V> {
    pub(crate) fn new(visitor: &'v mut V, problems: Problems) -> Self {
        Walk {
            visitor,
            frames: Vec::new(),
            suites: Vec::new(),
            cases: Vec::new(),
            status: None,
            text: None,
            property: None,
            trace: Cow::Borrowed(""),
            nested: 0,
            next_suite: 0,
            suites_too_deep: 0,
            declared: false,
            root: None,
            is_junit: false,
            counted: 0,
            tells_bad: false,
            spare: SPARE_REREADS,
            problems,
        }
    }

    pub(crate) fn problems(&mut self) -> &mut Problems {
        &mut self.problems
    }

    /// Whether so many bytes may be read again.
    pub(crate) fn spend(&mut self, bytes: usize) -> bool {
        self.spare = self.spare.saturating_sub(bytes);
        self.spare > 0
    }

    /// A start tag.
    pub(crate) fn start<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        if self.root.is_none() {
            self.root = Some(tag.name.chars().take(80).collect());
        }
        let declared = std::mem::take(&mut self.declared);
        match tag.element {
            Element::Suite if declared => self.restart(offset),
            Element::Suites if declared || !self.cases.is_empty() => self.restart(offset),
            _ => {}
        }
        if matches!(tag.element, Element::Suite | Element::Suites) {
            self.counted = self.counted.max(fill::bad_counted(tag));
        }
        match tag.element {
            // What a program printed after its report.
            element if self.is_behind_report() && !element.is_of_tests() => {}
            Element::Case => self.start_case::<K>(tag, offset),
            Element::Suite => self.start_suite::<K>(tag, offset),
            Element::Suites => {
                self.begin_report();
                self.visitor.enter_report(fill::name::<K>(tag));
                self.push_other();
            }
            Element::Status(kind) if self.takes_status() && self.has_enough(kind) => {
                self.problems.once(Once::Parts, offset);
                self.push_other();
            }
            Element::Status(kind) if self.takes_status() => {
                self.status = Some(fill::status::<K>(tag, kind));
                self.trace = Cow::Borrowed("");
                self.frames.push(Frame::Status);
            }
            Element::Text(kind) if self.text.is_none() => {
                self.property = self.property::<K>(kind, tag, offset);
                self.text = Some((kind, Cow::Borrowed("")));
                self.frames.push(Frame::Text);
            }
            Element::Status(_) | Element::Text(_) => {
                self.nested += u64::from(self.takes_text());
                self.push_other();
            }
            Element::Location => {
                if let Some(status) = &mut self.status {
                    fill::location::<K>(tag, status);
                }
                self.push_other();
            }
            Element::Other => self.push_other(),
        }
    }

    /// What a program printed before its report may look like elements, which nothing will close.
    fn begin_report(&mut self) {
        if !self.is_junit && self.problems.said(Once::StrayText) {
            self.cut_all();
        }
        self.is_junit = true;
    }

    /// Whether a report was read, and nothing of it is open any more.
    fn is_behind_report(&self) -> bool {
        self.is_junit && self.frames.is_empty()
    }

    /// A status belongs to the case or suite right around it; deeper ones are text about a status.
    fn takes_status(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Case | Frame::Suite)) && self.text.is_none()
    }

    /// Whether one more status of this kind would tell nobody anything.
    fn has_enough(&self, kind: StatusKind) -> bool {
        let statuses = match (self.cases.last(), self.suites.last()) {
            (Some(case), _) => &case.statuses,
            (None, Some((_, suite))) => &suite.statuses,
            (None, None) => return false,
        };
        statuses.get(MAX_PARTS..).is_some_and(|more| more.iter().any(|status| status.kind == kind))
    }

    fn property<'e, K: Keep<'e, 'a>>(
        &mut self,
        kind: TextKind,
        tag: Tag<'e>,
        offset: u64,
    ) -> Option<Property<'a>> {
        if kind != TextKind::Property {
            return None;
        }
        let there = match (self.cases.last(), self.suites.last()) {
            (Some(case), _) => case.properties.len(),
            (None, suite) => suite.map_or(0, |(_, suite)| suite.properties.len()),
        };
        if there >= MAX_PARTS {
            self.problems.once(Once::Parts, offset);
            return None;
        }
        Some(fill::property::<K>(tag))
    }

    /// Whether character data belongs to something.
    fn takes_text(&self) -> bool {
        self.text.is_some() || self.status.is_some()
    }

    /// A tag that is start and end in one.
    pub(crate) fn empty<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        if tag.element == Element::Case {
            // Most cases of most reports pass and print nothing: no need to open them.
            let case = self.new_case::<K>(tag, offset);
            return self.tell(case);
        }
        self.start::<K>(tag, offset);
        self.end(tag.name, offset);
    }

    fn start_case<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        let case = self.new_case::<K>(tag, offset);
        if self.cases.len() == MAX_OPEN_CASES {
            self.problems.add("test cases are nested too deep: one is closed early", offset);
            self.close_through(Frame::Case, offset);
        }
        self.cases.push(case);
        self.frames.push(Frame::Case);
    }

    fn new_case<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) -> Case<'a> {
        self.begin_report();
        self.declared = false;
        self.cut_text(offset);
        let suite = self.suites.last().map(|(id, _)| *id);
        fill::case::<K>(tag, suite)
    }

    fn start_suite<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        self.begin_report();
        self.cut_text(offset);
        if self.suites.len() == MAX_OPEN_SUITES {
            self.problems.once(Once::Depth, offset);
            self.suites_too_deep += 1;
            return self.push_other();
        }
        let parent = self.suites.last().map(|(id, _)| *id);
        let (id, suite) = (SuiteId(self.next_suite), fill::suite::<K>(tag, parent));
        self.next_suite = self.next_suite.saturating_add(1);
        self.visitor.enter_suite(id, &suite);
        self.suites.push((id, suite));
        self.frames.push(Frame::Suite);
    }

    /// An XML declaration: if a root element follows, another document begins.
    pub(crate) fn declaration(&mut self) {
        self.declared = true;
    }

    /// Another document begins: what is still open was cut off.
    fn restart(&mut self, offset: u64) {
        if !(self.suites.is_empty() && self.cases.is_empty()) {
            self.problems.push("another report begins before this one ends", offset, Harm::Cut);
        }
        self.cut_all();
    }

    fn push_other(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Others(count)) => *count += 1,
            _ => self.frames.push(Frame::Others(1)),
        }
    }

    /// The input has ended.
    pub(crate) fn finish(mut self, offset: u64) -> Vec<Problem> {
        let open = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Others(_)));
        if let Some(&frame) = open {
            let name = name_of(frame);
            let message = format!("the report is cut off: {name} is never closed");
            self.problems.push(message, offset, Harm::Cut);
        } else if !self.frames.is_empty() && self.is_junit {
            let message = "the report is cut off: its root element is never closed";
            self.problems.push(message, offset, Harm::Cut);
        } else if self.counted > 0 && !self.tells_bad {
            let words = if self.counted == 1 { "failure" } else { "failures" };
            let message = format!("the report counts {} {words}, and lists none", self.counted);
            self.problems.push(message, offset, Harm::Cut);
        }
        self.cut_all();
        if !self.is_junit {
            self.problems.push(not_junit(self.root.as_deref(), offset), 0, Harm::NotJunit);
        }
        self.problems.into_vec()
    }
}

fn not_junit(root: Option<&str>, length: u64) -> String {
    match root {
        None if length == 0 => "not a JUnit report: it is empty".to_owned(),
        None => "not a JUnit report: it holds no XML element".to_owned(),
        Some(root) => match known_format(root) {
            Some(format) => format!("not a JUnit report, but {format} (<{root}>)"),
            None => format!(
                "not a JUnit report: the root element is <{root}>, and there is no <testsuites>, <testsuite> or <testcase>"
            ),
        },
    }
}

/// What other XML tools leave where reports lie, and what makes them write JUnit.
fn known_format(root: &str) -> Option<&'static str> {
    Some(match root.rsplit(':').next().unwrap_or(root) {
        "TestRun" => "a TRX report of .NET: `dotnet test --logger junit` writes JUnit",
        "test-run" | "test-results" => "an NUnit report",
        "assemblies" | "assembly" => "an xUnit.net report",
        "testng-results" => "TestNG's own report: it writes JUnit into the folder junitreports",
        "robot" => "Robot Framework's own report: `robot --xunit FILE` writes JUnit",
        "Site" => "CTest's own report: `ctest --output-junit FILE` writes JUnit",
        "Catch" | "Catch2TestRun" => "Catch2's own report: `--reporter junit` writes JUnit",
        "TestLog" => "Boost.Test's own report: `--log_format=JUNIT` writes JUnit",
        "coverage" | "report" => "a coverage report",
        "checkstyle" => "a Checkstyle report",
        "html" => "a web page",
        _ => return None,
    })
}

fn name_of(frame: Frame) -> &'static str {
    match frame {
        Frame::Suite => "<testsuite>",
        Frame::Case => "<testcase>",
        Frame::Status => "a status",
        Frame::Text => "a text",
        Frame::Others(_) => "an element of no meaning",
    }
}
