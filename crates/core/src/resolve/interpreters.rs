//! Where tests run: from the configuration, or from what the workspace holds.

use super::{Choice, Contents};
use crate::config::Resolution;
use crate::interpreter;
use crate::model::RunError;
use crate::plan::Source;

/// The interpreter of a name, ready to be performed.
pub(super) fn interpreter(
    resolution: &Resolution,
    contents: Contents<'_>,
    name: Option<&str>,
    choice: &Choice,
) -> Result<interpreter::Choice, RunError> {
    if choice.local {
        return Ok(local(resolution));
    }
    let folder =
        interpreter::Folder { root: contents.root, read: contents.read, host: contents.host };
    interpreter::choose(resolution, name, "pytest", folder)
}

/// The user wants no container, whatever is configured.
fn local(resolution: &Resolution) -> interpreter::Choice {
    interpreter::Choice {
        interpreter: interpreter::plan("local", &resolution.config.interpreter, Source::Local),
        why: "it was asked for".to_owned(),
        passed_over: Vec::new(),
    }
}
