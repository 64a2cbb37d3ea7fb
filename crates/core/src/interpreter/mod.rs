//! Where tests run: what the configuration says, else what the workspace offers.
//!
//! Detection never guesses past something: a source that outranks the Dockerfile and cannot be used yet
//! is an error that names the setting to write, so that a test never runs elsewhere than the user expects.

mod choice;
mod detect;
pub mod dockerfile;
pub mod dockerignore;
mod init;

#[cfg(test)]
mod tests;

pub use choice::{Choice, Passed, ReadFile, choose, plan};
pub use init::init_document;
