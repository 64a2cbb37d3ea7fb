//! From the pieces that an engine sends to lines.

use super::{Line, Moment, Stream};

/// A line may be this long before a part of it goes on alone: memory does not grow with it.
const MAX_LINE: usize = 64 << 10;
/// Engines cut what is printed into pieces of this length, each with its time.
const ENGINES_PIECE: usize = 16 << 10;

/// What an engine sends at once: its time, a space, and a line or a part of one.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Of a container without a terminal.
    Of(Stream, &'a [u8]),
    /// Of a container with one: a whole line.
    Terminal(&'a [u8]),
}

/// Puts the pieces of one container's log together.
#[derive(Debug, Default)]
pub struct Assembler {
    stdout: Part,
    stderr: Part,
}

#[derive(Debug, Default)]
struct Part {
    at: Option<Moment>,
    bytes: Vec<u8>,
}

impl Assembler {
    /// The line that ends with this piece.
    pub fn push(&mut self, piece: Piece<'_>) -> Option<Line> {
        match piece {
            Piece::Of(stream, bytes) => {
                let part = match stream {
                    Stream::Stdout => &mut self.stdout,
                    Stream::Stderr => &mut self.stderr,
                };
                part.add(bytes);
                let is_whole = part.bytes.ends_with(b"\n") || part.bytes.len() >= MAX_LINE;
                is_whole.then(|| part.take(stream))
            }
            Piece::Terminal(bytes) => {
                let mut part = Part::default();
                part.add_pieces(bytes);
                Some(part.take(Stream::Stdout))
            }
        }
    }

    /// What is left of lines that never ended.
    pub fn finish(&mut self) -> impl Iterator<Item = Line> {
        let parts = [(&mut self.stdout, Stream::Stdout), (&mut self.stderr, Stream::Stderr)];
        let left = parts.into_iter().filter(|(part, _)| !part.bytes.is_empty());
        left.map(|(part, stream)| part.take(stream))
    }
}

impl Part {
    fn add(&mut self, bytes: &[u8]) {
        let (at, text) = stamped(bytes);
        self.at = self.at.or(at);
        self.bytes.extend_from_slice(text);
    }

    /// A terminal's long line comes in one go, with the times of its pieces in it.
    fn add_pieces(&mut self, mut bytes: &[u8]) {
        let stamp = bytes.len() - stamped(bytes).1.len();
        while bytes.len() > stamp + ENGINES_PIECE
            && stamped(&bytes[stamp + ENGINES_PIECE..]).0.is_some()
            && self.bytes.len() < MAX_LINE
        {
            let (piece, rest) = bytes.split_at(stamp + ENGINES_PIECE);
            self.add(piece);
            bytes = rest;
        }
        self.add(bytes);
        self.bytes.truncate(MAX_LINE);
    }

    fn take(&mut self, stream: Stream) -> Line {
        let Self { at, bytes } = std::mem::take(self);
        let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        Line { at, stream, text: String::from_utf8_lossy(text).into_owned() }
    }
}

/// A time in front, and what follows it.
fn stamped(bytes: &[u8]) -> (Option<Moment>, &[u8]) {
    const LONGEST: usize = "2026-01-31T14:30:00.123456789+00:00".len();
    let space = bytes.iter().take(LONGEST + 1).position(|b| *b == b' ');
    let stamp = space.and_then(|at| std::str::from_utf8(&bytes[..at]).ok());
    match (stamp.and_then(Moment::of_engine), space) {
        (Some(moment), Some(at)) => (Some(moment), &bytes[at + 1..]),
        _ => (None, bytes),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const T1: &str = "2026-01-31T14:30:00.000000001Z ";
    const T2: &str = "2026-01-31T14:30:00.000000002Z ";

    fn piece(stamp: &str, text: &[u8]) -> Vec<u8> {
        [stamp.as_bytes(), text].concat()
    }

    fn check(pieces: &[(Stream, Vec<u8>)], expected: &Expect) {
        let mut assembler = Assembler::default();
        let mut lines: Vec<Line> =
            pieces.iter().filter_map(|(s, b)| assembler.push(Piece::Of(*s, b))).collect();
        lines.extend(assembler.finish());
        expected.assert_eq(&shown(&lines));
    }

    fn shown(lines: &[Line]) -> String {
        let nanos = |line: &Line| line.at.map_or("-".into(), |at| (at.0 % 10).to_string());
        let line = |it: &Line| format!("{} {} {:?}", nanos(it), it.stream.as_str(), it.text);
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_line_in_pieces_is_one_line_with_the_first_time() {
        use Stream::{Stderr, Stdout};
        check(
            &[
                (Stdout, piece(T1, b"half \xc3")),
                (Stderr, piece(T2, b"other\r\n")),
                (Stdout, piece(T2, b"\xbc line\n")),
                (Stdout, piece(T2, b"\n")),
                (Stdout, piece(T2, b"no end")),
            ],
            &expect![[r#"
                2 stderr "other"
                1 stdout "half ü line"
                2 stdout ""
                2 stdout "no end""#]],
        );
    }

    #[test]
    fn what_is_no_text_or_has_no_time_is_shown_as_well_as_can_be() {
        check(
            &[
                (Stream::Stdout, piece(T1, b"\xff\xfe \x00\n")),
                (Stream::Stdout, piece("", b"no time here\n")),
                (Stream::Stdout, piece("", b"")),
            ],
            &expect![[r#"
                1 stdout "�� \0"
                - stdout "no time here""#]],
        );
    }

    #[test]
    fn a_line_without_end_goes_on_in_parts() {
        let mut assembler = Assembler::default();
        let long = piece(T1, &[b'x'; 16 << 10]);
        let whole = (0..9).filter_map(|_| assembler.push(Piece::Of(Stream::Stdout, &long)));
        let lengths: Vec<usize> = whole.map(|line| line.text.len()).collect();
        assert_eq!(lengths, [MAX_LINE, MAX_LINE]);
        assert_eq!(assembler.finish().map(|line| line.text.len()).sum::<usize>(), 16 << 10);
    }

    #[test]
    fn a_terminals_line_has_its_times_taken_out() {
        let text = [b"x".repeat(ENGINES_PIECE), b"y\r\n".to_vec()];
        let bytes = [piece(T1, &text[0]), piece(T2, &text[1])].concat();
        let line = Assembler::default().push(Piece::Terminal(&bytes)).unwrap();
        assert_eq!(line.text.len(), ENGINES_PIECE + 1);
        assert!(line.text.ends_with("xy"));
        assert_eq!(shown(&[Line { text: String::new(), ..line }]), "1 stdout \"\"");
    }
}
