//! What the supervisor says on its frame stream.
//!
//! The stream is lines. A line that begins with a record separator and the run's cookie is the
//! supervisor's own; every other line was written by the tool to the live descriptor. After a
//! `report` frame everything up to the next frame is the report. The supervisor begins each frame
//! on a new line, so that half a line of a killed tool spoils nothing but itself.

/// A live line longer than this is no event.
const MAX_LINE: usize = 4 << 20;
/// A report longer than this is cut.
const MAX_REPORT: usize = 256 << 20;

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A line of the tool.
    Line(String),
    /// The candidate with this number, from 1, was found and runs now.
    Begin(usize),
    /// A report, or as much as is kept of it.
    Report { name: String, bytes: Vec<u8>, is_whole: bool },
    /// One of several commands has ended with this code as a shell tells it, and the next begins.
    Ended(i32),
    /// The command, the last of several, has ended with this code as a shell tells it; the kernel killed so many
    /// processes for want of memory meanwhile.
    Exit { code: i32, ooms: u64 },
    /// No candidate was found.
    Missing,
    /// The container does not see this file of the workspace.
    Blind(String),
    /// The directory to run in is not there.
    Nowhere(String),
    /// The scratch directory cannot be made.
    Unusable(String),
}

/// Reads the stream as it arrives in pieces.
#[derive(Debug)]
pub(crate) struct Frames {
    /// What a frame begins with.
    marker: Vec<u8>,
    buffer: Vec<u8>,
    /// How much of the buffer holds no end of the current line or report.
    searched: usize,
    state: State,
    /// The name of the report under way.
    report: String,
    /// Whether something of it was left out.
    is_cut: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Lines,
    /// In a line that grew too long, up to its end.
    Skipping,
    Report,
}

impl Frames {
    /// A reader of the stream of the run with `cookie`.
    pub(crate) fn new(cookie: &str) -> Self {
        Self {
            marker: format!("\x1e{cookie} ").into_bytes(),
            buffer: Vec::new(),
            searched: 0,
            state: State::Lines,
            report: String::new(),
            is_cut: false,
        }
    }

    /// Takes the next piece and appends to `out` what is complete now.
    pub(crate) fn push(&mut self, piece: &[u8], out: &mut Vec<Frame>) {
        self.buffer.extend_from_slice(piece);
        while self.step(out) {}
    }

    fn step(&mut self, out: &mut Vec<Frame>) -> bool {
        match self.state {
            State::Report => self.report(out),
            State::Lines | State::Skipping => self.line(out),
        }
    }

    fn line(&mut self, out: &mut Vec<Frame>) -> bool {
        let Some(end) = find(&self.buffer, self.searched, b"\n") else {
            self.searched = self.buffer.len();
            if self.buffer.len() > MAX_LINE {
                self.buffer.clear();
                self.searched = 0;
                self.state = State::Skipping;
            }
            return false;
        };
        let line: Vec<u8> = self.buffer.drain(..=end).collect();
        self.searched = 0;
        let skipped = std::mem::replace(&mut self.state, State::Lines) == State::Skipping;
        let text = String::from_utf8_lossy(&line[..end]);
        match line.strip_prefix(self.marker.as_slice()) {
            _ if skipped => {}
            Some(rest) => {
                let text = String::from_utf8_lossy(rest);
                match text.strip_prefix("report ") {
                    Some(name) => {
                        self.report = name.trim_end_matches('\n').to_owned();
                        self.state = State::Report;
                    }
                    None => out.extend(parse(&text)),
                }
            }
            None if text.trim().is_empty() => {}
            None => out.push(Frame::Line(text.into_owned())),
        }
        true
    }

    fn report(&mut self, out: &mut Vec<Frame>) -> bool {
        let Some(end) = find(&self.buffer, self.searched, &self.marker) else {
            self.searched = self.buffer.len().saturating_sub(self.marker.len());
            if self.buffer.len() > MAX_REPORT {
                self.is_cut = true;
                // The end of what is kept may hold the beginning of the marker.
                let kept = self.buffer.split_off(self.searched);
                self.buffer.truncate(MAX_REPORT - kept.len());
                self.searched = self.buffer.len();
                self.buffer.extend(kept);
            }
            return false;
        };
        let rest = self.buffer.split_off(end);
        let mut report = std::mem::replace(&mut self.buffer, rest);
        // The newline that the supervisor puts before each frame.
        report.pop();
        out.push(Frame::Report {
            name: std::mem::take(&mut self.report),
            bytes: report,
            is_whole: !std::mem::take(&mut self.is_cut),
        });
        self.searched = 0;
        self.state = State::Lines;
        true
    }
}

/// The meaning of a frame; an unknown one means nothing.
fn parse(text: &str) -> Option<Frame> {
    let (word, rest) = text.trim_end().split_once(' ').unwrap_or((text.trim_end(), ""));
    Some(match word {
        "begin" => Frame::Begin(rest.parse().ok()?),
        "ended" => Frame::Ended(rest.parse().ok()?),
        "exit" => {
            let (code, ooms) = rest.split_once(' ')?;
            Frame::Exit { code: code.parse().ok()?, ooms: ooms.parse().unwrap_or(0) }
        }
        "missing" => Frame::Missing,
        "blind" => Frame::Blind(rest.to_owned()),
        "nowhere" => Frame::Nowhere(rest.to_owned()),
        "unusable" => Frame::Unusable(rest.to_owned()),
        _ => return None,
    })
}

/// Where `needle` first lies in `bytes` from `from` on.
pub(crate) fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = from;
    while let Some(step) = bytes.get(at..)?.iter().position(|b| *b == first) {
        at += step;
        if bytes[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Whatever the pieces, the frames are the same.
    fn check(stream: &str, expected: &Expect) {
        let read = |size: usize| {
            let (mut frames, mut out) = (Frames::new("c00"), Vec::new());
            for piece in stream.as_bytes().chunks(size) {
                frames.push(piece, &mut out);
            }
            out.iter().map(|f| format!("{f:?}\n")).collect::<String>()
        };
        expected.assert_eq(&read(stream.len()));
        for size in 1..7 {
            assert_eq!(read(size), read(stream.len()), "in pieces of {size}");
        }
    }

    #[test]
    fn events_report_and_exit() {
        check(
            "\n\x1ec00 begin 2\n{\"e\":1}\n\n\x1ec00 report r.xml\n<r>\n\x1ec0 x</r>\n\n\x1ec00 exit 1 0\n",
            &expect![[r#"
                Begin(2)
                Line("{\"e\":1}")
                Report { name: "r.xml", bytes: [60, 114, 62, 10, 30, 99, 48, 32, 120, 60, 47, 114, 62, 10], is_whole: true }
                Exit { code: 1, ooms: 0 }
            "#]],
        );
    }

    #[test]
    fn garbage_spoils_nothing_but_itself() {
        check(
            "half a li\n\x1ec00 nonsense 3\n\x1eother exit 0 0\n\x1ec00 exit x\n\u{fffd}\x00\n\x1ec00 exit 137 2\n",
            &expect![[r#"
                Line("half a li")
                Line("\u{1e}other exit 0 0")
                Line("�\0")
                Exit { code: 137, ooms: 2 }
            "#]],
        );
    }

    #[test]
    fn an_endless_line_is_dropped() {
        let (mut frames, mut out) = (Frames::new("c"), Vec::new());
        for _ in 0..10 {
            frames.push(&vec![b'x'; 1 << 20], &mut out);
        }
        assert!(frames.buffer.len() <= MAX_LINE);
        frames.push(b"end\nnext\n", &mut out);
        assert_eq!(out, [Frame::Line("next".into())]);
    }

    #[test]
    fn a_report_that_is_cut_says_so() {
        let (mut frames, mut out) = (Frames::new("c"), Vec::new());
        frames.push(b"\x1ec report long\n", &mut out);
        let piece = vec![b'x'; MAX_REPORT / 4 + 1];
        (0..4).for_each(|_| frames.push(&piece, &mut out));
        frames.push(b"\n\x1ec report short\nx\n\x1ec missing\n", &mut out);
        let whole: Vec<bool> = out
            .iter()
            .filter_map(|frame| match frame {
                Frame::Report { is_whole, .. } => Some(*is_whole),
                _ => None,
            })
            .collect();
        assert_eq!(whole, [false, true]);
    }

    #[test]
    fn refusals_carry_their_subject() {
        check(
            "\n\x1ec00 blind /a b/c\n\x1ec00 nowhere /x\n\x1ec00 missing\n\x1ec00 unusable /run/x\n",
            &expect![[r#"
                Blind("/a b/c")
                Nowhere("/x")
                Missing
                Unusable("/run/x")
            "#]],
        );
    }
}
