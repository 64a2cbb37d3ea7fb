//! Why the engine made or started no container, in words.

use testdock_core::model::{Fault, RunError};

use super::recipe::{NO_NETWORK, Recipe};
use crate::death::room_help;

/// Why there is no container.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// The engine does not have the workspace.
    Unseen,
    /// For good.
    Failed(RunError),
}

impl From<RunError> for NotMade {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl NotMade {
    pub(super) fn of(recipe: &Recipe, error: &bollard::errors::Error) -> Self {
        let said = super::said(error);
        if is_unseen(recipe, &said) {
            return Self::Unseen;
        }
        let message = format!("cannot start a container of {}: {said}", recipe.image);
        Self::Failed(RunError::new(Fault::Interpreter, message).help(remedy(&said)))
    }
}

/// Whether the engine says that it does not have what of this machine is to be mounted.
fn is_unseen(recipe: &Recipe, said: &str) -> bool {
    recipe.copy.is_none()
        && contains_any(said, &["does not exist", "no such file", "Mounts denied", "not shared"])
        && recipe
            .binds
            .values()
            .any(|host| said.contains(recipe.own.there(host).as_ref().unwrap_or(host).as_str()))
}

/// What mends it, as far as the engine's words tell.
fn remedy(said: &str) -> &'static str {
    if contains_any(said, &["\"sh\"", "sh: "]) {
        return "the image needs a POSIX shell named sh where PATH leads; a `scratch` or distroless image has none";
    }
    if let Some(help) = room_help(said) {
        return help;
    }
    REMEDIES
        .iter()
        .find(|(words, _)| contains_any(said, words))
        .map_or("correct it where the interpreter is described", |(_, help)| help)
}

/// Words of Docker's and Podman's, and what helps; the first that fits.
const REMEDIES: &[(&[&str], &str)] = &[
    (
        &["bind source path"],
        "what is mounted is a path of the engine's machine: put it there, or correct it where the interpreter is described",
    ),
    (
        &["platform"],
        "leave out interpreter.platform, or have an image of that platform (interpreter.pull = \"always\" fetches it)",
    ),
    (&["memory limit", "memory.max"], "raise limits.memory of the interpreter"),
    (&["CPUs"], "lower limits.cpus of the interpreter"),
    (
        &["[gpu]"],
        "that machine needs a GPU and its maker's container toolkit; else leave out --gpus",
    ),
    (
        &["destination can't be"],
        "name a folder of the container's other than `/` (interpreter.workdir)",
    ),
    (&["No such container", "no container with"], "start that container, or name another one"),
    (&["network"], NO_NETWORK),
    (
        &["user"],
        "name a user that the image has where the interpreter is described (remoteUser of a dev container, user of a \
         service), or set interpreter.user to \"host\" or \"image\"",
    ),
];

fn contains_any(said: &str, words: &[&str]) -> bool {
    words.iter().any(|word| said.contains(word))
}
