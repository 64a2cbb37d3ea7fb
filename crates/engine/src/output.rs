//! What the tests' process prints, on its way to people: decoded, with host paths, bounded.

use testdock_core::paths::PathMap;

use crate::frames::find;

/// A line may be this long before a part of it goes on alone.
const MAX_LINE: usize = 64 << 10;
/// How much is passed on from the beginning; the rest only goes to the log.
const HEAD: usize = 8 << 20;
/// How much is passed on from the end, when there was more than [`HEAD`].
const TAIL: usize = 64 << 10;

/// Turns the bytes of the output stream into text, in whole lines while there are some.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// What the supervisor prints behind everything that the command printed.
    end: Vec<u8>,
    paths: PathMap,
    pending: Vec<u8>,
    ended: bool,
}

impl Decoder {
    /// A decoder for the run with `cookie` in a container with `paths`.
    pub(crate) fn new(cookie: &str, paths: PathMap) -> Self {
        Self {
            end: format!("\x1e{cookie}\n").into_bytes(),
            paths,
            pending: Vec::new(),
            ended: false,
        }
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
    pub(crate) fn push(&mut self, piece: &[u8]) -> String {
        self.pending.extend_from_slice(piece);
        if let Some(at) = find(&self.pending, 0, &self.end) {
            self.ended = true;
            self.pending.drain(at..at + self.end.len());
            return self.flush();
        }
        let lines = self.pending.iter().rposition(|b| *b == b'\n');
        match lines {
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
            Some(at) if !self.ended && self.end.starts_with(&self.pending[at..]) => at,
            _ => cut,
        };
        self.take(cut)
    }

    fn take(&mut self, len: usize) -> String {
        let bytes: Vec<u8> = self.pending.drain(..len).collect();
        let text = String::from_utf8_lossy(&bytes);
        match self.paths.text_to_host(&text) {
            std::borrow::Cow::Borrowed(_) => text.into_owned(),
            std::borrow::Cow::Owned(moved) => moved,
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
    use testdock_core::paths::Mount;

    use super::*;

    fn decoder() -> Decoder {
        let mount = Mount { container: "/app".into(), host: Some("/home/me".into()) };
        Decoder::new("c", PathMap::new([mount]))
    }

    fn check(pieces: &[&[u8]], expected: &Expect) {
        let mut decoder = decoder();
        let mut shown: Vec<String> = pieces.iter().map(|p| decoder.push(p)).collect();
        shown.push(decoder.flush());
        expected.assert_eq(&format!("{shown:?} ended: {}", decoder.ended()));
    }

    #[test]
    fn paths_and_characters_survive_the_cut() {
        check(
            &[b"/ap", b"p/a.py:1\n\xc3", b"\xbc\n", b"half \xc3"],
            &expect![[r#"["", "/home/me/a.py:1\n", "ü\n", "", "half "] ended: false"#]],
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
    fn a_short_output_has_no_rest() {
        let mut budget = Budget::default();
        assert_eq!(budget.admit("a".into()).as_deref(), Some("a"));
        assert_eq!(budget.rest(), None);
    }
}
