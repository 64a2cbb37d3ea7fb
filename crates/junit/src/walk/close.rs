//! How elements end, and where what they held goes.

use std::borrow::Cow;

use super::{Close, Frame, Walk, name_of};
use crate::model::{Case, Outcome, StatusKind};
use crate::read::Visitor;
use crate::tag::{Element, TextKind};

impl<'a, V: Visitor<'a>> Walk<'a, '_, V> {
    /// An end tag.
    pub(crate) fn end(&mut self, name: &str, offset: u64) {
        let (frame, open) = match Element::named(name) {
            element if self.is_behind_report() && !element.is_of_tests() => return,
            Element::Suite if self.suites_too_deep > 0 => {
                self.suites_too_deep -= 1;
                return self.end_other(name, offset);
            }
            Element::Status(_) | Element::Text(_) if self.nested > 0 => {
                self.nested -= 1;
                return self.end_other(name, offset);
            }
            Element::Case => (Frame::Case, !self.cases.is_empty()),
            Element::Suite => (Frame::Suite, !self.suites.is_empty()),
            Element::Status(_) => (Frame::Status, self.status.is_some()),
            Element::Text(_) => (Frame::Text, self.text.is_some()),
            Element::Suites | Element::Location | Element::Other => {
                return self.end_other(name, offset);
            }
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
    pub(super) fn close_through(&mut self, wanted: Frame, offset: u64) {
        while let Some(frame) = self.frames.pop() {
            if frame == wanted {
                return self.close(frame, Close::Ended);
            }
            self.problems.unclosed(name_of(frame), offset);
            self.close(frame, Close::Cut);
        }
    }

    /// Closes a status and its texts: a case or suite begins where only text may be.
    pub(super) fn cut_text(&mut self, offset: u64) {
        if self.text.is_some() {
            self.close_through(Frame::Text, offset);
        }
        if self.status.is_some() {
            self.problems.unclosed(name_of(Frame::Status), offset);
            self.close_through(Frame::Status, offset);
        }
    }

    pub(super) fn cut_all(&mut self) {
        while let Some(frame) = self.frames.pop() {
            self.close(frame, Close::Cut);
        }
        self.suites_too_deep = 0;
    }

    fn close(&mut self, frame: Frame, how: Close) {
        if matches!(frame, Frame::Status | Frame::Text) {
            self.nested = 0;
        }
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
            self.tell(case);
        }
    }

    /// A case is complete.
    pub(super) fn tell(&mut self, case: Case<'a>) {
        self.tells_bad |= matches!(case.outcome(), Outcome::Failed | Outcome::Errored);
        self.visitor.case(case);
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
        // One that was expected, or made good later, may be counted all the same.
        self.tells_bad |= status.kind != StatusKind::Skipped;
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
