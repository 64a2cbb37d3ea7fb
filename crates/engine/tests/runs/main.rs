//! Whole runs, on this machine and in real containers.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers of tests are tests too")]

mod docker;
mod local;
mod standing;
mod support;
