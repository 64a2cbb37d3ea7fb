//! `testdock doctor`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use serde_json::json;
use testdock_core::model::Fault;
use testdock_core::views::{Finding, Verdict, doctor_lines};
use testdock_engine::doctor::examine;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::{Format, ListArguments};
use crate::project::Project;
use crate::{exit, print};

pub(crate) async fn doctor(arguments: &ListArguments) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let scanner = Arc::new(Scanner::new(project.settings, Depth::Tests));
    let findings = examine(scanner, project.root).await;
    print::lines(match arguments.format {
        Format::Human => doctor_lines(&findings),
        Format::Json => findings.iter().map(|finding| json(finding).to_string()).collect(),
    })?;
    // The code of a run; what is wrong in the project's own files comes first.
    let faults = || findings.iter().filter_map(|finding| finding.fault);
    let code = match faults().next() {
        None => exit::PASSED,
        Some(_) if faults().all(|fault| fault == Fault::Interpreter) => exit::INTERPRETER,
        Some(_) => exit::USAGE,
    };
    Ok(code.into())
}

fn json(finding: &Finding) -> serde_json::Value {
    let verdict = match finding.verdict {
        Verdict::Good => "good",
        Verdict::Bad => "bad",
        Verdict::Note => "note",
    };
    json!({
        "subject": finding.subject,
        "verdict": verdict,
        "text": finding.text,
        "help": finding.help,
        "command": finding.command,
    })
}
