//! `testdock lsp`.

use std::process::ExitCode;

use anyhow::Result;

pub(crate) async fn serve() -> Result<ExitCode> {
    anyhow::bail!("not here yet")
}
