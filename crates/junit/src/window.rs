//! Reads a stream through a window of decoded text that moves along it.
//!
//! The window ends before a `<`, so that text and tags are whole in it. Only what does not fit
//! grows it: a long CDATA section, a long attribute.

use std::io::{BufRead, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8};

use crate::encoding::{self, Detected};
use crate::model::{Harm, Problem};
use crate::parse::{More, parse};
use crate::problems::Problems;
use crate::read::Visitor;
use crate::text::Own;
use crate::utf32::{self, ToUtf8};
use crate::walk::Walk;

const STEP: usize = 256 << 10;
const MAX: usize = 64 << 20;

/// Reads a whole stream, in whatever encoding it is.
pub(crate) fn visit<'a, R: BufRead, V: Visitor<'a>>(reader: R, visitor: &mut V) -> Vec<Problem> {
    visit_in_steps(reader, visitor, STEP, MAX)
}

/// The same with a window of any size, which is how its ends are tested.
pub(crate) fn visit_in_steps<'a, R: BufRead, V: Visitor<'a>>(
    reader: R,
    visitor: &mut V,
    step: usize,
    max: usize,
) -> Vec<Problem> {
    let (prefix, reader) = split_prefix(reader);
    match utf32::detect(&prefix) {
        Some(order) => {
            let reader = ToUtf8::new(Cursor::new(prefix).chain(reader), order);
            visit_encoded(b"", reader, visitor, step, max)
        }
        None => visit_encoded(&prefix, reader, visitor, step, max),
    }
}

/// Reads what begins with a prefix that tells its encoding.
fn visit_encoded<'a, R: BufRead, V: Visitor<'a>>(
    prefix: &[u8],
    reader: R,
    visitor: &mut V,
    step: usize,
    max: usize,
) -> Vec<Problem> {
    let mut problems = Problems::default();
    let detected = encoding::detect(prefix);
    if let Some(name) = &detected.unknown {
        let used = detected.encoding.name();
        problems.add(format!("the encoding {name:?} is unknown: it is read as {used}"), 0);
    }
    let mut window = Window::new(Cursor::new(prefix).chain(reader), &detected);
    let mut walk = Walk::new(visitor, problems);
    let mut size = step;
    while let Some(more) = window.fill(size, walk.problems()) {
        let too_long = size >= max && more == More::Follows;
        let more = if too_long { More::TooLong } else { more };
        let consumed = parse::<Own, V>(&mut walk, window.complete(more), window.base, more);
        size = if consumed == 0 { size * 2 } else { step };
        window.advance(consumed);
    }
    walk.finish(window.base)
}

/// Takes off enough bytes to tell the encoding; an error comes again when the rest is read.
fn split_prefix<R: BufRead>(mut reader: R) -> (Vec<u8>, R) {
    let mut prefix = Vec::new();
    let _ = reader.by_ref().take(encoding::PREFIX as u64).read_to_end(&mut prefix);
    (prefix, reader)
}

struct Window<R> {
    reader: R,
    decoder: Decoder,
    text: String,
    /// Where in the decoded input the text begins.
    base: u64,
    /// How many bytes of the byte order mark are still to be passed over.
    bom: usize,
    ended: bool,
    said_invalid: bool,
}

impl<R: BufRead> Window<R> {
    fn new(reader: R, detected: &Detected) -> Self {
        Window {
            reader,
            decoder: detected.encoding.new_decoder_without_bom_handling(),
            text: String::new(),
            base: if detected.encoding == UTF_8 { detected.bom as u64 } else { 0 },
            bom: detected.bom,
            ended: false,
            said_invalid: false,
        }
    }

    /// Reads until the window holds so much, and says whether more follows; `None` when all is read
    /// and consumed.
    fn fill(&mut self, size: usize, problems: &mut Problems) -> Option<More> {
        while !self.ended && self.text.len() < size {
            self.read_some(problems);
        }
        match self.ended {
            true if self.text.is_empty() => None,
            true => Some(More::Never),
            false => Some(More::Follows),
        }
    }

    fn read_some(&mut self, problems: &mut Problems) {
        let Window { reader, decoder, text, .. } = self;
        let before = text.len();
        let (consumed, invalid) = match reader.fill_buf() {
            Ok(bytes) => {
                let bom = self.bom.min(bytes.len());
                self.bom -= bom;
                self.ended = bytes.is_empty();
                let (read, invalid) = decode(decoder, &bytes[bom..], text, self.ended);
                (bom + read, invalid)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => (0, false),
            Err(error) => {
                let offset = self.base + text.len() as u64;
                let message = format!("cannot read the report further: {error}");
                problems.push(message, offset, Harm::Unreadable);
                self.ended = true;
                (0, false)
            }
        };
        reader.consume(consumed);
        if invalid && !self.said_invalid {
            self.said_invalid = true;
            let at = before + self.text[before..].find('\u{fffd}').unwrap_or(0);
            let message =
                format!("there are bytes that are not {}", self.decoder.encoding().name());
            problems.add(message, self.base + at as u64);
        }
    }

    /// The part of the text whose markup is whole, as far as a look at its end can tell.
    fn complete(&self, more: More) -> &str {
        match more {
            More::Never | More::TooLong => &self.text,
            More::Follows => &self.text[..self.text.rfind('<').unwrap_or(0)],
        }
    }

    fn advance(&mut self, consumed: usize) {
        self.text.drain(..consumed);
        self.base += consumed as u64;
    }
}

/// Decodes all of the bytes, and says how many that were and whether some were invalid.
fn decode(decoder: &mut Decoder, bytes: &[u8], text: &mut String, last: bool) -> (usize, bool) {
    let mut read = 0;
    let mut invalid = false;
    loop {
        text.reserve(decoder.max_utf8_buffer_length(bytes.len() - read).unwrap_or(STEP));
        let (result, more, had_errors) = decoder.decode_to_string(&bytes[read..], text, last);
        read += more;
        invalid |= had_errors;
        if result == CoderResult::InputEmpty {
            return (read, invalid);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Report;

    proptest! {
        /// Wherever a window ends, what is read is what reading all at once gives.
        #[test]
        fn windows_do_not_show(pieces in prop::collection::vec(piece(), 0..40), step in 1..40_usize) {
            let xml = pieces.concat();
            let (whole, problems) = crate::read(xml.as_bytes());
            let mut report = Report::default();
            let reader = BufReader::with_capacity(7, xml.as_bytes());
            let windowed = visit_in_steps(reader, &mut report, step, MAX);
            prop_assert_eq!(report, whole);
            prop_assert_eq!(windowed, problems);
        }
    }

    /// What does not fit into memory costs its own end, not the cases around it.
    #[test]
    fn what_is_too_long_is_cut_short() {
        let long = "x".repeat(1000);
        let xml = format!(
            "<testsuite><testcase name='a'/><testcase name='{long}'/><testcase name='b'>\
             <failure><![CDATA[{long}]]></failure></testcase><testcase name='c'/></testsuite>"
        );
        let mut report = Report::default();
        let problems = visit_in_steps(xml.as_bytes(), &mut report, 16, 128);
        let mut names: Vec<_> = report.cases.iter().filter_map(|case| case.name.clone()).collect();
        names.sort();
        assert_eq!(names.len(), 4);
        assert!(names[3].starts_with("xxx") && names[3].len() < long.len());
        assert!(!problems.is_empty());
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "<testsuites>",
            "</testsuites>",
            "<testsuite name='s'>",
            "</testsuite>",
            "<testcase name='a&lt;b'>",
            "<testcase name='x' time='1.5'/>",
            "</testcase>",
            "<failure message='m'>",
            "</failure>",
            "<error/>",
            "<system-out>",
            "</system-out>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "text é",
            "&amp;",
            "\r\n",
            "<nil>",
            "<x ",
            "'",
            "\"",
            ">",
            "<?xml version='1.0'?>",
            "<property name='p' value='v'/>",
            "<!x>",
            "<stackTrace>",
            "</stackTrace>",
            "<flakyFailure>",
            "</flakyFailure>",
            "& ",
            "\u{feff}",
        ])
    }
}
