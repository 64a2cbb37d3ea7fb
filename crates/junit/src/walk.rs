//! From tags and text to suites and cases.
//!
//! The tree is never built: a stack of small frames says what is open, and a case leaves through the visitor as
//! soon as it is closed. End tags that do not fit close what they can or are ignored, so that one unescaped `<`
//! costs a problem and no more.

use std::borrow::Cow;

use crate::fill;
use crate::model::{Case, Problem, Property, Status, Suite, SuiteId};
use crate::problems::{Once, Problems};
use crate::read::Visitor;
use crate::tag::{Element, Tag, TextKind};
use crate::text::{self, Keep};

/// Suites nested deeper than this belong to the one at this depth, which bounds what a depth bomb can hold open.
const MAX_OPEN_SUITES: usize = 1 << 16;
/// The same for cases within cases, which hardly any tool writes.
const MAX_OPEN_CASES: usize = 64;

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
    next_suite: u32,
    suites_too_deep: u64,
    /// The last markup was an XML declaration.
    declared: bool,
    root: Option<String>,
    is_junit: bool,
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
            next_suite: 0,
            suites_too_deep: 0,
            declared: false,
            root: None,
            is_junit: false,
            problems,
        }
    }

    pub(crate) fn problems(&mut self) -> &mut Problems {
        &mut self.problems
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
        match tag.element {
            Element::Case => self.start_case::<K>(tag, offset),
            Element::Suite => self.start_suite::<K>(tag, offset),
            Element::Suites => {
                self.is_junit = true;
                self.push_other();
            }
            Element::Status(kind) if self.takes_status() => {
                self.status = Some(fill::status::<K>(tag, kind));
                self.trace = Cow::Borrowed("");
                self.frames.push(Frame::Status);
            }
            Element::Text(kind) if self.text.is_none() => {
                self.property = (kind == TextKind::Property).then(|| fill::property::<K>(tag));
                self.text = Some((kind, Cow::Borrowed("")));
                self.frames.push(Frame::Text);
            }
            Element::Status(_) | Element::Text(_) | Element::Other => self.push_other(),
        }
    }

    /// A status belongs to the case or suite right around it; deeper ones are text about a status.
    fn takes_status(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Case | Frame::Suite)) && self.text.is_none()
    }

    /// A tag that is start and end in one.
    pub(crate) fn empty<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        if tag.element == Element::Case {
            // Most cases of most reports pass and print nothing: no need to open them.
            let case = self.new_case::<K>(tag, offset);
            return self.visitor.case(case);
        }
        self.start::<K>(tag, offset);
        self.end(tag.name, offset);
    }

    fn start_case<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        let case = self.new_case::<K>(tag, offset);
        if self.cases.len() == MAX_OPEN_CASES {
            self.problems.add(
                "test cases are nested too deep: one is closed early",
                offset,
            );
            self.close_through(Frame::Case, offset);
        }
        self.cases.push(case);
        self.frames.push(Frame::Case);
    }

    fn new_case<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) -> Case<'a> {
        self.is_junit = true;
        self.declared = false;
        self.cut_text(offset);
        let suite = self.suites.last().map(|(id, _)| *id);
        fill::case::<K>(tag, suite)
    }

    fn start_suite<'e, K: Keep<'e, 'a>>(&mut self, tag: Tag<'e>, offset: u64) {
        self.is_junit = true;
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
            self.problems
                .add("another report begins before this one ends", offset);
        }
        self.cut_all();
    }

    fn push_other(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Others(count)) => *count += 1,
            _ => self.frames.push(Frame::Others(1)),
        }
    }

    /// An end tag.
    pub(crate) fn end(&mut self, name: &str, offset: u64) {
        let (frame, open) = match Element::named(name) {
            Element::Suite if self.suites_too_deep > 0 => {
                self.suites_too_deep -= 1;
                return self.end_other(name, offset);
            }
            Element::Case => (Frame::Case, !self.cases.is_empty()),
            Element::Suite => (Frame::Suite, !self.suites.is_empty()),
            Element::Status(_) => (Frame::Status, self.status.is_some()),
            Element::Text(_) => (Frame::Text, self.text.is_some()),
            Element::Suites | Element::Other => return self.end_other(name, offset),
        };
        match open {
            true => self.close_through(frame, offset),
            false => self.end_other(name, offset),
        }
    }

    fn end_other(&mut self, name: &str, offset: u64) {
        match self.frames.last_mut() {
            Some(Frame::Others(count)) if *count > 1 => *count -= 1,
            Some(Frame::Others(_)) => drop(self.frames.pop()),
            _ => self.problems.stray_end(name, offset),
        }
    }

    /// Closes all down to the innermost frame of a kind, which is known to be open.
    fn close_through(&mut self, wanted: Frame, offset: u64) {
        while let Some(frame) = self.frames.pop() {
            if frame == wanted {
                return self.close(frame, Close::Ended);
            }
            self.problems.unclosed(name_of(frame), offset);
            self.close(frame, Close::Cut);
        }
    }

    /// Closes a status and its texts: a case or suite begins where only text may be.
    fn cut_text(&mut self, offset: u64) {
        if self.text.is_some() {
            self.close_through(Frame::Text, offset);
        }
        if self.status.is_some() {
            self.problems.unclosed(name_of(Frame::Status), offset);
            self.close_through(Frame::Status, offset);
        }
    }

    fn cut_all(&mut self) {
        while let Some(frame) = self.frames.pop() {
            self.close(frame, Close::Cut);
        }
        self.suites_too_deep = 0;
    }

    fn close(&mut self, frame: Frame, how: Close) {
        match frame {
            Frame::Case => self.close_case(how),
            Frame::Suite => self.close_suite(),
            Frame::Status => self.close_status(),
            Frame::Text => self.close_text(),
            Frame::Others(_) => {}
        }
    }

    fn close_case(&mut self, how: Close) {
        if let Some(mut case) = self.cases.pop() {
            case.cut = how == Close::Cut;
            self.visitor.case(case);
        }
    }

    fn close_suite(&mut self) {
        if let Some((id, suite)) = self.suites.pop() {
            self.visitor.leave_suite(id, suite);
        }
    }

    fn close_status(&mut self) {
        let Some(mut status) = self.status.take() else {
            return;
        };
        join(&mut status.text, std::mem::take(&mut self.trace));
        if let Some(case) = self.cases.last_mut() {
            case.statuses.push(status);
        } else if let Some((_, suite)) = self.suites.last_mut() {
            suite.statuses.push(status);
        }
    }

    fn close_text(&mut self) {
        let Some((kind, text)) = self.text.take() else {
            return;
        };
        match kind {
            TextKind::Property => self.close_property(text),
            TextKind::StackTrace => join(&mut self.trace, text),
            TextKind::Out | TextKind::Err => {
                if let Some(slot) = self.output(kind) {
                    join(slot.get_or_insert_default(), text);
                }
            }
        }
    }

    fn close_property(&mut self, text: Cow<'a, str>) {
        let Some(mut property) = self.property.take() else {
            return;
        };
        if property.value.is_empty() {
            property.value = text;
        }
        if let Some(case) = self.cases.last_mut() {
            case.properties.push(property);
        } else if let Some((_, suite)) = self.suites.last_mut() {
            suite.properties.push(property);
        }
    }

    /// Output belongs to the innermost of status, case and suite.
    fn output(&mut self, kind: TextKind) -> Option<&mut Option<Cow<'a, str>>> {
        let (out, err) = if let Some(status) = &mut self.status {
            (&mut status.system_out, &mut status.system_err)
        } else if let Some(case) = self.cases.last_mut() {
            (&mut case.system_out, &mut case.system_err)
        } else {
            let (_, suite) = self.suites.last_mut()?;
            (&mut suite.system_out, &mut suite.system_err)
        };
        Some(if kind == TextKind::Out { out } else { err })
    }

    /// Character data as it stands.
    pub(crate) fn text<'e, K: Keep<'e, 'a>>(&mut self, raw: &'e str, offset: u64) {
        if self.text.is_some() || self.status.is_some() {
            self.push::<K>(text::normalize(raw), offset);
        } else if self.frames.is_empty() && !raw.trim_ascii().is_empty() {
            self.problems.once(Once::StrayText, offset);
        }
    }

    /// A reference as it stands, with `&` and `;`.
    pub(crate) fn reference<'e, K: Keep<'e, 'a>>(&mut self, raw: &'e str, offset: u64) {
        let name = raw.trim_start_matches('&').trim_end_matches(';');
        let resolved = text::resolve(name).unwrap_or_else(|| {
            self.problems.once(Once::Entity, offset);
            Cow::Borrowed(raw)
        });
        self.push::<K>(resolved, offset);
    }

    fn push<'e, K: Keep<'e, 'a>>(&mut self, piece: Cow<'e, str>, offset: u64) {
        let target = match (&mut self.text, &mut self.status) {
            (Some((_, text)), _) => text,
            (None, Some(status)) => &mut status.text,
            (None, None) => return,
        };
        if !text::push::<K>(target, piece) {
            self.problems.once(Once::Limit, offset);
        }
    }

    /// The input has ended.
    pub(crate) fn finish(mut self, offset: u64) -> Vec<Problem> {
        let open = self
            .frames
            .iter()
            .rev()
            .find(|frame| !matches!(frame, Frame::Others(_)));
        if let Some(&frame) = open {
            let name = name_of(frame);
            self.problems.add(
                format!("the report is cut off: {name} is never closed"),
                offset,
            );
        } else if !self.frames.is_empty() && self.is_junit {
            self.problems.add(
                "the report is cut off: its root element is never closed",
                offset,
            );
        }
        self.cut_all();
        if !self.is_junit {
            self.problems
                .add(not_junit(self.root.as_deref(), offset), 0);
        }
        self.problems.into_vec()
    }
}

fn not_junit(root: Option<&str>, length: u64) -> String {
    match root {
        None if length == 0 => "not a JUnit report: it is empty".to_owned(),
        None => "not a JUnit report: it holds no XML element".to_owned(),
        Some(root) => format!(
            "not a JUnit report: the root element is <{root}>, and there is no <testsuites>, <testsuite> or <testcase>"
        ),
    }
}

/// Adds a further text; white space between elements is none.
fn join<'a>(text: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if more.is_empty() {
        return;
    }
    if text.trim().is_empty() {
        *text = more;
    } else {
        let text = text.to_mut();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&more);
    }
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
