//! Drives the XML parser over a text and hands tags and character data to the walk.
//!
//! Where the parser gives up, or took text for a tag, reading goes on right behind the `<` in
//! question.

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::Event;

use crate::model::Harm;
use crate::problems::Once;
use crate::read::Visitor;
use crate::tag::{Element, Tag};
use crate::text::Keep;
use crate::walk::Walk;

/// Whether more input follows a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    /// What is incomplete at the end may be completed: it is not consumed.
    Follows,
    /// What is incomplete is too long to wait for its end.
    TooLong,
    /// What is incomplete will stay so.
    Never,
}

/// How often, on average, a byte may be read again: each of many lone quotes would cost a pass
/// otherwise.
const MAX_REREADS: usize = 8;
/// What may be read again besides, in a whole report: a few KB of garbage are no reason to give up.
pub(crate) const SPARE_REREADS: usize = 16 << 20;

const CDATA: &str = "<![CDATA[";
const BOM: char = '\u{feff}';

/// Where the parser stopped, and what there is wrong.
enum Stop {
    End,
    /// The markup that begins at the offset does not end.
    Unclosed(usize),
    /// What begins at the first offset and ends at the third is no markup, or not as far as that:
    /// from the second offset on it is to be read again.
    Broken(usize, usize, usize),
}

/// Reads as much of a text as can be read, and says how much that is.
pub(crate) fn parse<'e, 'a, K, V>(
    walk: &mut Walk<'a, '_, V>,
    text: &'e str,
    base: u64,
    more: More,
) -> usize
where
    K: Keep<'e, 'a>,
    V: Visitor<'a>,
{
    let mut budget = text.len().saturating_mul(MAX_REREADS);
    let mut from = 0;
    while from < text.len() {
        let cost;
        (from, cost) = match run::<K, V>(walk, text, from, base) {
            Stop::End => return text.len(),
            Stop::Unclosed(at) if more == More::Follows => return at,
            Stop::Unclosed(at) => {
                walk.problems().once(Once::Unclosed, base + at as u64);
                (resume::<K, V>(walk, text, base, at, more), text.len() - at)
            }
            Stop::Broken(at, next, end) => {
                let next = last_of_many(text, next);
                broken::<K, V>(walk, &text[at..next], base + at as u64);
                (next, end.saturating_sub(at))
            }
        };
        let spent = cost.min(budget);
        budget -= spent;
        if !walk.spend(cost - spent) {
            let message = "the rest is hardly XML: it is left out";
            walk.problems().push(message, base + from as u64, Harm::Cut);
            break;
        }
    }
    text.len()
}

/// Of many `<` in a row only the last may begin markup; each would cost a pass otherwise.
fn last_of_many(text: &str, from: usize) -> usize {
    let many = text[from..].bytes().take_while(|&byte| byte == b'<').count();
    from + many.saturating_sub(1)
}

/// Goes on behind markup that never ends: a report that was cut off ends there, one that forgot to
/// escape does not.
fn resume<'e, 'a, K, V>(
    walk: &mut Walk<'a, '_, V>,
    text: &'e str,
    base: u64,
    at: usize,
    more: More,
) -> usize
where
    K: Keep<'e, 'a>,
    V: Visitor<'a>,
{
    let (rest, offset) = (&text[at..], base + at as u64);
    if let Some(data) = rest.strip_prefix(CDATA) {
        if data.contains("</testcase>") {
            return at + CDATA.len();
        }
        walk.text::<K>(data, offset);
        return text.len();
    }
    let tag = Tag::new(&rest[1..rest[1..].find('<').map_or(rest.len(), |next| next + 1)]);
    let cut = more == More::Never && tag.len() + 1 == rest.len();
    match tag.element {
        Element::Other => {
            walk.text::<K>(&rest[..1], offset);
            at + 1
        }
        Element::Case | Element::Suite if cut => at + 1,
        _ => {
            walk.start::<K>(tag, offset);
            at + 1 + tag.len()
        }
    }
}

/// A tag that was cut off counts with what it has; anything else is text.
fn broken<'e, 'a, K, V>(walk: &mut Walk<'a, '_, V>, raw: &'e str, offset: u64)
where
    K: Keep<'e, 'a>,
    V: Visitor<'a>,
{
    let tag = Tag::new(&raw[1..]);
    if tag.element == Element::Other {
        walk.problems().once(Once::Unescaped, offset);
        walk.text::<K>(raw, offset);
    } else {
        walk.problems().once(Once::Unclosed, offset);
        walk.start::<K>(tag, offset);
    }
}

fn run<'e, 'a, K, V>(walk: &mut Walk<'a, '_, V>, text: &'e str, from: usize, base: u64) -> Stop
where
    K: Keep<'e, 'a>,
    V: Visitor<'a>,
{
    // The parser passes over a byte order mark where it begins, and does not count it.
    let from = text.len() - text[from..].trim_start_matches(BOM).len();
    let mut reader = Reader::from_str(&text[from..]);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut at = from;
    loop {
        let event = reader.read_event();
        let end = from + reader.buffer_position() as usize;
        let offset = base + at as u64;
        match event {
            Ok(Event::Start(_)) => {
                let tag = Tag::new(&text[at + 1..end - 1]);
                if let Some(inner) = tag.broken_at() {
                    return Stop::Broken(at, at + 1 + inner, end);
                }
                walk.start::<K>(tag, offset);
            }
            Ok(Event::Empty(_)) => {
                let tag = Tag::new(&text[at + 1..end - 2]);
                if let Some(inner) = tag.broken_at() {
                    return Stop::Broken(at, at + 1 + inner, end);
                }
                walk.empty::<K>(tag, offset);
            }
            Ok(Event::End(_)) => walk.end(text[at + 2..end - 1].trim_ascii_end(), offset),
            Ok(Event::Text(_)) => walk.text::<K>(&text[at..end], offset),
            Ok(Event::CData(_)) => {
                let data = &text[at + CDATA.len()..end - 3];
                walk.text::<K>(data, offset);
            }
            Ok(Event::GeneralRef(_)) => walk.reference::<K>(&text[at..end], offset),
            Ok(Event::Decl(_)) => walk.declaration(),
            Ok(Event::Comment(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Eof) => return Stop::End,
            Err(Error::Syntax(SyntaxError::InvalidBangMarkup)) => {
                return Stop::Broken(at, at + 1, end);
            }
            Err(Error::IllFormed(_)) => {}
            Err(_) => return Stop::Unclosed(at),
        }
        at = end;
    }
}
