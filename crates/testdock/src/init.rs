//! `testdock init`.
use std::process::ExitCode;

use anyhow::Result;

use crate::args::InitArguments;

pub(crate) fn init(_: &InitArguments) -> Result<ExitCode> {
    anyhow::bail!("not here yet")
}
