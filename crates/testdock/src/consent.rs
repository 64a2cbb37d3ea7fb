//! Asks whoever runs the tests for what reaches beyond a container.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context, Result};
use testdock_core::model::Ask;
use testdock_engine::state::Store;

use crate::print;
use crate::project::Project;
use crate::run::interrupted;

/// Whether it is allowed now: asked on a terminal, and written down. Where nobody is there, it is not; `None` where the answer
/// was an interrupt.
pub(crate) async fn asked(project: &Project, ask: &Ask) -> Result<Option<bool>> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(Some(false));
    }
    // One thing alone stands in the error above.
    if ask.what.len() > 1 {
        ask.what.iter().for_each(|what| print::note(&format!("  {what}")));
    }
    let question = format!("Allow it in {} from now on? [y/N]: ", project.root);
    let answer = tokio::select! {
        // Heard before the question is shown.
        biased;
        () = interrupted() => {
            print::note("");
            return Ok(None);
        }
        answer = answer(question) => answer?,
    };
    let is_allowed = answer.trim().to_lowercase().starts_with('y');
    if is_allowed {
        give(ask)?;
    }
    Ok(Some(is_allowed))
}

/// The line that somebody types, asked for and read where nothing waits for it: a terminal may never end it.
async fn answer(question: String) -> Result<String> {
    let read = move || {
        write!(io::stderr(), "{question}")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        io::Result::Ok(answer)
    };
    Ok(tokio::task::spawn_blocking(read).await??)
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
