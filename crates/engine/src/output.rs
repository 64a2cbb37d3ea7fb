//! What the tests' process prints, on its way to people: decoded and bounded.

use crate::frames::find;

/// A line may be this long before a part of it goes on alone.
const MAX_LINE: usize = 64 << 10;
/// How much is passed on from the beginning; the rest only goes to the log.
const HEAD: usize = 8 << 20;
/// How much is passed on from the end, when there was more than [`HEAD`].
const TAIL: usize = 64 << 10;

/// Behind a mark: another command's output follows.
const NEXT: u8 = b';';

/// What came on the output stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Printed {
    /// This.
    Text(String),
    /// All that a command printed; another one follows.
    All,
}

/// Turns the bytes of the output stream into text, in whole lines while there are some.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// What the supervisor prints behind everything that a command printed; a byte tells whether another follows.
    mark: Vec<u8>,
    pending: Vec<u8>,
    ended: bool,
}

impl Decoder {
    /// A decoder for the run with `cookie`.
    pub(crate) fn new(cookie: &str) -> Self {
        Self { mark: format!("\x1e{cookie}").into_bytes(), pending: Vec::new(), ended: false }
    }

    /// Whether the command's output is complete.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether half a line waits for its end.
    pub(crate) fn waits(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The whole lines up to the end of `piece`.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Vec<Printed> {
        self.pending.extend_from_slice(piece);
        let mut printed = Vec::new();
        while let Some(at) = find(&self.pending, 0, &self.mark) {
            let after = at + self.mark.len();
            let Some(kind) = self.pending.get(after).copied() else {
                break;
            };
            self.pending.drain(at..=after);
            if kind != NEXT {
                self.ended = true;
                printed.push(Printed::Text(self.flush()));
                return printed;
            }
            printed.extend([Printed::Text(self.take(at)), Printed::All]);
        }
        printed.push(Printed::Text(self.lines()));
        printed
    }

    fn lines(&mut self) -> String {
        match self.pending.iter().rposition(|b| *b == b'\n') {
            Some(last) => self.take(last + 1),
            None if self.pending.len() > MAX_LINE => self.flush(),
            None => String::new(),
        }
    }

    /// What there is of a line whose end does not come; half a character stays.
    pub(crate) fn flush(&mut self) -> String {
        let cut = match std::str::from_utf8(&self.pending) {
            Err(e) if e.error_len().is_none() && !self.ended => e.valid_up_to(),
            _ => self.pending.len(),
        };
        // What may be the beginning of the end mark is not shown.
        let cut = match self.pending[..cut].iter().rposition(|b| *b == 0x1e) {
            Some(at) if !self.ended && self.mark.starts_with(&self.pending[at..]) => at,
            _ => cut,
        };
        self.take(cut)
    }

    fn take(&mut self, len: usize) -> String {
        let bytes: Vec<u8> = self.pending.drain(..len).collect();
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

/// Puts whole lines together from text that arrives in pieces.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line.
    half: String,
}

impl Lines {
    /// Takes the next piece; `take` gets each line that is complete now, without its end.
    pub(crate) fn push(&mut self, piece: &str, mut take: impl FnMut(&str)) {
        let mut rest = piece;
        while let Some((line, tail)) = rest.split_once('\n') {
            if self.half.is_empty() {
                take(line.trim_end_matches('\r'));
            } else {
                self.half.push_str(line);
                take(std::mem::take(&mut self.half).trim_end_matches('\r'));
            }
            rest = tail;
        }
        if self.half.len() < MAX_LINE {
            self.half.push_str(rest);
        }
    }

    /// Nothing follows: what there is of a line is all of it.
    pub(crate) fn end(&mut self, mut take: impl FnMut(&str)) {
        if !self.half.is_empty() {
            take(&std::mem::take(&mut self.half));
        }
    }
}

/// Holds back the middle of an output that nobody could read.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    passed: usize,
    tail: String,
    held: usize,
}

impl Budget {
    /// `text`, or `None` when it is held back.
    pub(crate) fn admit(&mut self, text: String) -> Option<String> {
        if self.passed < HEAD {
            self.passed += text.len();
            return Some(text);
        }
        self.held += text.len();
        self.tail.push_str(&text);
        if self.tail.len() > 2 * TAIL {
            let from = self.tail.len() - TAIL;
            let from = (from..self.tail.len()).find(|at| self.tail.is_char_boundary(*at));
            self.tail.drain(..from.unwrap_or(0));
        }
        None
    }

    /// The end of what was held back, said as such.
    pub(crate) fn rest(&mut self) -> Option<String> {
        let left_out = self.held.checked_sub(self.tail.len())?;
        let tail = std::mem::take(&mut self.tail);
        let gap = match left_out {
            0 => String::new(),
            left_out => {
                format!("\n[… {left_out} bytes of output are left out here; the log has them …]\n")
            }
        };
        (self.held > 0).then(|| gap + &tail)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(pieces: &[&[u8]], expected: &Expect) {
        let mut decoder = Decoder::new("c");
        let printed = pieces.iter().flat_map(|piece| decoder.push(piece));
        let words = |printed| match printed {
            Printed::Text(text) => text,
            Printed::All => "ALL".to_owned(),
        };
        let mut shown: Vec<String> = printed.map(words).collect();
        shown.push(decoder.flush());
        expected.assert_eq(&format!("{shown:?} ended: {}", decoder.ended()));
    }

    #[test]
    fn characters_survive_the_cut() {
        check(
            &[b"/ap", b"p/a.py:1\n\xc3", b"\xbc\n", b"half \xc3"],
            &expect![[r#"["", "/app/a.py:1\n", "ü\n", "", "half "] ended: false"#]],
        );
    }

    #[test]
    fn the_end_mark_is_found_and_not_shown() {
        check(
            &[b"last\x1e", b"c", b"\nlate\n"],
            &expect![[r#"["", "", "lastlate\n", ""] ended: true"#]],
        );
    }

    #[test]
    fn what_several_commands_print_is_told_apart() {
        check(
            &[b"one\nhalf\x1e", b"c", b";\x1ec;two\n", b"\x1ec\n"],
            &expect![[r#"["one\n", "", "half", "ALL", "", "ALL", "two\n", "", ""] ended: true"#]],
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        check(&[b"\xff\xfe\x1b[31m\x00\n"], &expect![[r#"["��\u{1b}[31m\0\n", ""] ended: false"#]]);
    }

    #[test]
    fn a_flood_passes_with_head_and_tail() {
        let mut budget = Budget::default();
        let line = "x".repeat(1023) + "\n";
        let passed: usize =
            (0..100 << 10).filter_map(|_| budget.admit(line.clone())).map(|text| text.len()).sum();
        assert_eq!(passed, HEAD);
        assert!(budget.tail.len() <= 2 * TAIL);
        let rest = budget.rest().unwrap_or_default();
        assert!(rest.starts_with("\n[… 96"), "{}", &rest[..80]);
        assert!(rest.len() >= TAIL);
    }

    #[test]
    fn lines_are_whole_whatever_the_pieces() {
        let text = "one\n\ntwo\r\nthe end";
        for size in 1..text.len() {
            let (mut lines, mut taken) = (Lines::default(), Vec::new());
            let pieces: Vec<char> = text.chars().collect();
            for piece in pieces.chunks(size) {
                let piece: String = piece.iter().collect();
                lines.push(&piece, |line| taken.push(line.to_owned()));
            }
            lines.end(|line| taken.push(line.to_owned()));
            assert_eq!(taken, ["one", "", "two", "the end"], "in pieces of {size}");
        }
    }

    #[test]
    fn a_short_output_has_no_rest() {
        let mut budget = Budget::default();
        assert_eq!(budget.admit("a".into()).as_deref(), Some("a"));
        assert_eq!(budget.rest(), None);
    }
}
