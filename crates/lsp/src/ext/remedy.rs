//! What keeps tests from running, with the command that mends it.

use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

/// Tells of an error that one command mends, instead of a plain message.
#[derive(Debug)]
pub enum Remedy {}

impl Notification for Remedy {
    type Params = RemedyParams;
    const METHOD: &'static str = "testdock/remedy";
}

/// Parameters of [`Remedy`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct RemedyParams {
    /// What is wrong, and what to do.
    pub message: String,
    /// What the command does, for a button.
    pub title: String,
    /// The command: a line for a shell of the machine that the server runs on.
    pub command: String,
}
