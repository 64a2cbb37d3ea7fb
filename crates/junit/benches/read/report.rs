//! A large report: as a Java build of some size writes it, and as all readers accept it.

use std::fmt::Write as _;
use std::io::{BufRead, Read, Result};

pub(crate) const CASES: usize = 100_000;
const FAILURE_EVERY: usize = 20;
const FRAMES: usize = 18;
const SUITE: usize = 100;

const START: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"all\" tests=\"100000\">\n";
const END: &str = "</testsuites>\n";

/// The whole of it.
pub(crate) fn report() -> String {
    let suites = (0..CASES / SUITE).map(suite);
    std::iter::once(START.to_owned()).chain(suites).chain([END.to_owned()]).collect()
}

fn suite(number: usize) -> String {
    let mut xml = format!(
        "  <testsuite name=\"com.example.service{number}.ServiceTest\" tests=\"100\" failures=\"5\" errors=\"0\" \
         skipped=\"0\" time=\"12.5\" timestamp=\"2026-01-01T00:00:00Z\">\n"
    );
    (0..SUITE).for_each(|case| add_case(&mut xml, number * SUITE + case));
    xml + "  </testsuite>\n"
}

fn add_case(xml: &mut String, case: usize) {
    let _ = write!(
        xml,
        "    <testcase name=\"handles_request_number_{case}_of_a_longer_name_with_several_parameters_in_it\" \
         classname=\"com.example.service.ServiceTest\" time=\"0.{:03}\"",
        case % 1000
    );
    if !case.is_multiple_of(FAILURE_EVERY) {
        return xml.push_str("/>\n");
    }
    let message = "expected: &lt;200&gt; but was: &lt;500&gt;";
    let _ = write!(
        xml,
        ">\n      <failure message=\"{message}\" type=\"AssertionError\">AssertionError: {message}\n"
    );
    for frame in 0..FRAMES {
        let _ = writeln!(
            xml,
            "\tat com.example.service.layer{frame}.Handler.handle(Handler.java:{})",
            100 + frame
        );
    }
    xml.push_str("</failure>\n    </testcase>\n");
}

/// The same kind of report, of any length, made while it is read.
pub(crate) struct Endless {
    piece: String,
    given: usize,
    /// How many bytes are still to come, with the piece.
    left: usize,
    number: usize,
}

impl Endless {
    pub(crate) fn of(bytes: usize) -> Self {
        Endless { piece: START.to_owned(), given: 0, left: bytes, number: 0 }
    }
}

impl BufRead for Endless {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.given == self.piece.len() && !self.piece.starts_with(END) {
            self.left = self.left.saturating_sub(self.piece.len());
            self.piece = if self.left == 0 { END.to_owned() } else { suite(self.number) };
            self.number += 1;
            self.given = 0;
        }
        Ok(&self.piece.as_bytes()[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given += count;
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
