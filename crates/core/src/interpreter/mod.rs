//! Where tests run: what the configuration says, else what the workspace offers.
//!
//! Each kind of file has a reader of its own, which comes to the same: a source of an image and the
//! options of a container. Detection never guesses past something: a file that outranks others and
//! cannot be used is an error that says what to do, so that a test never runs elsewhere than the user
//! expects.

mod add;
mod build_flags;
mod choice;
mod compose;
mod detect;
mod devcontainer;
pub mod dockerfile;
pub mod dockerignore;
mod environments;
mod flags;
mod folder;
mod found;
mod groovy;
mod image_name;
mod init;
mod jenkins;
mod kinds;
mod mounts;
mod reach;
mod registered;
mod standing;

#[cfg(test)]
mod tests;

pub use add::{Addition, Document, NotAdded, add};
pub use choice::{Choice, Passed, choose, plan};
pub use compose::{
    ComposeNetwork, ComposeService, Condition, Dependency, Pool, compose_interpreter,
    compose_labels, compose_reads,
};
pub use folder::{Folder, Folders, Host, ReadFile};
pub use image_name::require_image_name;
pub use init::{OwnImage, init_document};
pub use jenkins::jenkins_commands;
pub use kinds::{Field, Form, KINDS, Kind};
pub use reach::{reach, unsaid};
pub use registered::{DEFAULT, LOCAL, Preference, Registered, local, of_name, registered};
pub use standing::{Found, Image, Standing};
