//! What containers print, line by line.

mod assemble;
mod merge;
mod moment;
mod query;

pub use assemble::{Assembler, Piece};
pub use merge::Merge;
pub use moment::Moment;
pub use query::{Query, Search, Tail};

/// A line of a container's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was printed, where the engine knows.
    pub at: Option<Moment>,
    /// Where it was printed to.
    pub stream: Stream,
    /// What, without the line break; control sequences are still in it.
    pub text: String,
}

/// Where a line was printed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, or the terminal.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}
