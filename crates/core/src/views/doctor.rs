//! What was found, what is missing, and the command that mends it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::interpreters::{InterpreterState, InterpreterView};
use super::markdown::{fence, plain, prose};
use super::words::number_words;
use crate::frameworks::Suite;
use crate::interpreter::Choice;
use crate::model::{Fault, RunError};
use crate::remedy::Remedy;
use crate::workspace::Workspace;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub subject: String,
    /// Whether it is in order.
    pub verdict: Verdict,
    /// What was found.
    pub text: String,
    /// What mends it, or what else is worth knowing.
    pub help: Vec<String>,
    /// A command line that mends it.
    pub command: Option<String>,
    /// What runs will fail for.
    pub fault: Option<Fault>,
}

/// Whether something is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Good,
    /// Runs will fail.
    Bad,
    /// Worth knowing.
    Note,
}

impl Finding {
    /// Something in order.
    pub fn good(subject: &str, text: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Good,
            text: text.into(),
            help: Vec::new(),
            command: None,
            fault: None,
        }
    }

    /// Something that will make runs fail.
    pub fn bad(subject: &str, error: &RunError) -> Self {
        let place = error.place.as_ref();
        let place = place.map(|p| format!("{}:{}: ", p.path, p.line)).unwrap_or_default();
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Bad,
            text: format!("{place}{}", error.message),
            help: error.help.iter().cloned().collect(),
            command: error.remedy.map(Remedy::command),
            fault: Some(error.fault),
        }
    }

    /// Something worth knowing.
    pub fn note(subject: &str, text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, ..Self::good(subject, text) }
    }
}

/// What stands at a suite's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Nothing: there is no such directory.
    Nowhere,
    /// So many tests, in so many files.
    Tests {
        /// How many tests.
        tests: usize,
        /// In how many files.
        files: usize,
    },
}

/// What a workspace's configuration and files amount to; `stocks` are of its suites.
pub fn workspace_findings(workspace: &Workspace, stocks: &[Stock]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = workspace
        .problems
        .iter()
        .map(|problem| Finding::bad("configuration", &problem.to_error()))
        .collect();
    if findings.is_empty() {
        findings.push(Finding::good("configuration", "no mistakes"));
    }
    let note = |warning: &String| Finding::note("configuration", warning);
    findings.extend(workspace.warnings.iter().map(note));
    let suites = workspace.suites.iter().zip(stocks);
    findings.extend(suites.map(|(suite, stock)| suite_finding(suite, *stock)));
    if workspace.suites.is_empty() && workspace.problems.is_empty() {
        let mut finding = Finding::note("suite", "no tests were found");
        finding
            .help
            .push("write a [[suite]] with a command and its reports into testdock.toml".into());
        findings.push(finding);
    }
    findings.extend(workspace.interpreters.iter().map(|(name, choice)| {
        let subject = match name {
            Some(name) => format!("interpreter {name}"),
            None => "interpreter".to_owned(),
        };
        match choice {
            Err(error) => Finding::bad(&subject, error),
            Ok(choice) => Finding {
                help: choice
                    .passed_over
                    .iter()
                    .map(|passed| format!("{}: {}", passed.source, passed.reason))
                    .chain(unheeded(choice))
                    .collect(),
                ..Finding::good(
                    &subject,
                    format!("{}, since {}", choice.interpreter.source, choice.why),
                )
            },
        }
    }));
    findings
}

fn suite_finding(suite: &Suite, stock: Stock) -> Finding {
    let name = suite.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    let root = if suite.root.is_root() { "." } else { suite.root.as_str() };
    let text = |found: &str| format!("{name}{} in {root}; {found}", suite.framework.name());
    match stock {
        Stock::Nowhere => {
            let error = RunError::new(Fault::Configuration, text("there is no such directory"));
            Finding::bad("suite", &error.help("correct the suite's `root` in testdock.toml"))
        }
        Stock::Tests { files: 0, .. } if suite.framework.can_select() => {
            Finding::note("suite", text("no tests were found there"))
        }
        Stock::Tests { files: 0, .. } => {
            Finding::good("suite", text("its tests are known once it ran"))
        }
        Stock::Tests { tests, files } => {
            let (tests, files) = (number_words(tests, "test"), number_words(files, "file"));
            Finding::good("suite", text(&format!("{tests} in {files}")))
        }
    }
}

/// What of an interpreter its engine has; `None` where that is told elsewhere.
pub fn image_finding(view: &InterpreterView) -> Option<Finding> {
    let text = match view.detail.starts_with(&view.source) {
        true => view.detail.clone(),
        false => format!("{}: {}", view.source, view.detail),
    };
    match view.state {
        InterpreterState::Ready | InterpreterState::Warm => Some(Finding::good("image", text)),
        InterpreterState::Absent | InterpreterState::Stale => Some(Finding::note("image", text)),
        InterpreterState::Invalid => {
            let error = view.error.as_ref()?;
            let subject = if error.ask.is_some() { "consent" } else { "image" };
            Some(Finding::bad(subject, error))
        }
        InterpreterState::Unreachable
        | InterpreterState::Unknown
        | InterpreterState::Local
        | InterpreterState::Building => None,
    }
}

/// What the source asks for and does not get.
fn unheeded(choice: &Choice) -> impl Iterator<Item = String> {
    choice.interpreter.unheeded.iter().map(|what| format!("not honoured: {what}"))
}

/// The findings as plain text for a page.
pub fn doctor_text(findings: &[Finding]) -> String {
    let lines = doctor_lines(findings).join("\n");
    format!("{}\n", anstream::adapter::strip_str(&lines))
}

/// The findings as lines for a terminal.
pub fn doctor_lines(findings: &[Finding]) -> Vec<String> {
    let width = findings.iter().map(|f| f.subject.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for finding in findings {
        let (color, mark) = match finding.verdict {
            Verdict::Good => (AnsiColor::Green, "ok  "),
            Verdict::Bad => (AnsiColor::Red, "FAIL"),
            Verdict::Note => (AnsiColor::Yellow, "note"),
        };
        let style: Style = color.on_default().bold();
        lines.push(format!("{style}{mark}{style:#}  {:width$}  {}", finding.subject, finding.text));
        let command = finding.command.iter().map(|command| format!("$ {command}"));
        let below = finding.help.iter().cloned().chain(command);
        lines.extend(below.map(|line| format!("{:1$}{line}", "", width + 8)));
    }
    lines
}

/// The findings in a folder as a page, in Markdown.
pub fn doctor_page(folder: &str, findings: &[Finding]) -> String {
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    let summary = match bad {
        0 => "Tests can run here.".to_owned(),
        1 => "One thing keeps tests from running.".to_owned(),
        bad => format!("{bad} things keep tests from running."),
    };
    let mut page = format!("## {}\n\n{summary}\n\n", plain(folder));
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Good => "✓",
            Verdict::Bad => "✗",
            Verdict::Note => "ℹ",
        };
        let (subject, text) = (plain(&finding.subject), prose(&finding.text));
        let _ = writeln!(page, "- {mark} **{subject}**: {text}");
        for help in &finding.help {
            let _ = writeln!(page, "  - {}", prose(help));
        }
        if let Some(command) = &finding.command {
            let fence = fence(command);
            let command = command.replace('\n', "\n  ");
            let _ = write!(page, "\n  {fence}sh\n  {command}\n  {fence}\n\n");
        }
    }
    page
}

#[cfg(test)]
mod tests;
