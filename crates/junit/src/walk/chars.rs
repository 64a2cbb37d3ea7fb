//! Character data on its way to the text that it belongs to.

use std::borrow::Cow;

use super::Walk;
use crate::problems::Once;
use crate::read::Visitor;
use crate::text::{self, Keep};

impl<'a, V: Visitor<'a>> Walk<'a, '_, V> {
    /// Character data as it stands.
    pub(crate) fn text<'e, K: Keep<'e, 'a>>(&mut self, raw: &'e str, offset: u64) {
        if self.takes_text() {
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
}
