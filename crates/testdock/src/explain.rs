//! `testdock explain`.
use std::process::ExitCode;

use anyhow::Result;

use crate::args::ExplainArguments;

pub(crate) fn explain(_: &ExplainArguments) -> Result<ExitCode> {
    anyhow::bail!("not here yet")
}
