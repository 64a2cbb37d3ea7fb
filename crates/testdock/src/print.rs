//! The one place that prints: standard output for results, standard error for what goes wrong.
//!
//! Colours are taken out where the stream is no terminal, or `NO_COLOR` asks for it.

use std::io::{self, BufWriter, Write};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

/// Why a line of results could not be written.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// A line of results. Where it could not be written, [`lost`] tells at the end: the work goes on.
pub(crate) fn line(text: &str) {
    // A reader that went away (`| head`) wants no more lines; that is no error.
    match writeln!(anstream::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => _ = LOST.set(error),
        _ => (),
    }
}

/// An error if some line did not reach its reader.
pub(crate) fn lost() -> Result<()> {
    match LOST.get() {
        Some(error) => bail!("cannot write to standard output: {error}"),
        None => Ok(()),
    }
}

/// All lines of a result at once, of which none may be missing.
pub(crate) fn lines(lines: impl IntoIterator<Item = String>) -> Result<()> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}"));
    unless_unwanted(written.and_then(|()| out.flush()))
}

/// What could not be written, unless because nobody reads it any more.
pub(crate) fn unless_unwanted(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
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
