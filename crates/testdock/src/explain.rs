//! `testdock explain`.

use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8Path;
use testdock_core::config::Explained;
use testdock_core::views::terminal;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::ExplainArguments;
use crate::project::Project;
use crate::{exit, print};

pub(crate) fn explain(arguments: &ExplainArguments) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let scanner = Scanner::new(project.settings, Depth::Configuration);
    if arguments.jenkins {
        return Ok(jenkins(&scanner, &project.root, &project.cwd));
    }
    let resolution = scanner.settings(&project.root);
    for problem in &resolution.problems {
        print::note(&format!("error: {problem}"));
    }
    for warning in &resolution.warnings {
        print::note(&format!("warning: {warning}"));
    }
    match resolution.explain(arguments.key.as_deref()) {
        Ok(settings) if settings.is_empty() => {
            print::note(&format!("{} is not set", arguments.key.as_deref().unwrap_or("anything")));
        }
        Ok(settings) => settings.iter().for_each(show),
        Err(unknown) => {
            print::note(&format!("error: {unknown}"));
            return Ok(exit::USAGE.into());
        }
    }
    let code = if resolution.problems.is_empty() { exit::PASSED } else { exit::USAGE };
    Ok(code.into())
}

fn jenkins(scanner: &Scanner, root: &Utf8Path, cwd: &Utf8Path) -> ExitCode {
    match scanner.jenkins(root) {
        Ok(lines) => {
            lines.iter().for_each(|line| print::line(line));
            exit::PASSED.into()
        }
        Err(error) => {
            terminal::error_lines(&error, cwd).iter().for_each(|line| print::note(line));
            exit::of_fault(error.fault).into()
        }
    }
}

fn show(setting: &Explained) {
    print::line(&format!("{} = {}  # {}", setting.key, setting.value, setting.origin));
    for over in &setting.overridden {
        print::line(&format!("    over {} = {}  # {}", over.key, over.value, over.origin));
    }
}
