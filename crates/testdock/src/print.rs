//! The one place that prints: standard output for results, standard error for what goes wrong.
//!
//! Colours are taken out where the stream is no terminal, or `NO_COLOR` asks for it.

use std::io::{BufWriter, Write};

/// A line of results.
pub(crate) fn line(text: &str) {
    // A reader that went away (`| head`) wants no more lines; that is no error.
    let _ = writeln!(anstream::stdout().lock(), "{text}");
}

/// Many lines of results at once.
pub(crate) fn lines(lines: impl Iterator<Item = String>) {
    let mut out = BufWriter::new(anstream::stdout().lock());
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
    let _ = out.flush();
}

/// Lines of what has no end of its own; whether there is still somebody who reads.
pub(crate) fn text_if_wanted(text: &str) -> bool {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_ok()
}

/// A line about the work, not its result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// What went wrong, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    note(&format!("error: {error:#}"));
}
