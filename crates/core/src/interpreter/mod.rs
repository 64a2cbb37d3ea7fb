//! Where tests run: what the configuration says, else what the workspace offers.
//!
//! Detection never guesses past something: a source that outranks the Dockerfile and cannot be used yet
//! is an error that names the setting to write, so that a test never runs elsewhere than the user expects.

mod add;
mod choice;
mod detect;
pub mod dockerfile;
pub mod dockerignore;
mod init;
mod kinds;
mod registered;
mod standing;

#[cfg(test)]
mod tests;

pub use add::{Addition, Document, NotAdded, add};
pub use choice::{Choice, Passed, ReadFile, choose, plan};
pub use init::init_document;
pub use kinds::{Field, Form, KINDS, Kind};
pub use registered::{DEFAULT, LOCAL, Preference, Registered, local, of_name, registered};
pub use standing::{Found, Image, Standing};
