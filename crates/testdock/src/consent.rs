//! Asks whoever runs the tests for what reaches beyond a container.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context, Result};
use testdock_core::model::Ask;
use testdock_engine::state::Store;

use crate::print;
use crate::project::Project;

/// Whether it is allowed now: asked on a terminal, and written down. Where nobody is there, it is not.
pub(crate) fn asked(project: &Project, ask: &Ask) -> Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(false);
    }
    // One thing alone stands in the error above.
    if ask.what.len() > 1 {
        ask.what.iter().for_each(|what| print::note(&format!("  {what}")));
    }
    let mut screen = io::stderr().lock();
    write!(screen, "Allow it in {} from now on? [y/N]: ", project.root)?;
    screen.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let is_allowed = answer.trim().to_lowercase().starts_with('y');
    if is_allowed {
        give(ask)?;
    }
    Ok(is_allowed)
}

/// Writes it down.
pub(crate) fn give(ask: &Ask) -> Result<()> {
    let store = store()?;
    store.allow(ask).context("cannot write down what you allow")
}

/// Where it is written down.
pub(crate) fn store() -> Result<Store> {
    Store::of_user().context("you have no home folder, where it would be written down")
}
