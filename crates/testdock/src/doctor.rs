//! `testdock doctor`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use testdock_core::views::{Verdict, doctor_lines};
use testdock_engine::doctor::examine;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::ProjectArguments;
use crate::project::Project;
use crate::{exit, print};

pub(crate) async fn doctor(arguments: &ProjectArguments) -> Result<ExitCode> {
    let project = Project::find(arguments)?;
    let scanner = Arc::new(Scanner::new(project.settings, Depth::Tests));
    let findings = examine(scanner, project.root).await;
    for line in doctor_lines(&findings) {
        print::line(&line);
    }
    let bad = |subject: &str| {
        findings.iter().any(|f| f.verdict == Verdict::Bad && f.subject.starts_with(subject))
    };
    let is_wrong = ["configuration", "suite", "interpreter", "image"].into_iter().any(bad);
    let code = match (is_wrong, bad("engine") || bad("compose")) {
        (true, _) => exit::USAGE,
        (false, true) => exit::INTERPRETER,
        (false, false) => exit::PASSED,
    };
    Ok(code.into())
}
