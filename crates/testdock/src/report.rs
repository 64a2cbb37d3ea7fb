//! `testdock report`.

mod ordered;
mod read;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::paths::{Files, Finder, PathMap, RelPath};
use testdock_core::report::{Placing, Tally};
use testdock_core::views::{annotations, report_lines};
use testdock_engine::reports::{Named, named};
use testdock_engine::scan;
use testdock_junit::{Form, Harm, Problem, write_as};

use crate::args::{ReportArguments, ReportFormat};
use crate::project::current_folder;
use crate::{exit, print};
use ordered::Ordered;
use read::{Outcome, Reader};

pub(crate) fn report(arguments: &ReportArguments) -> Result<ExitCode> {
    let cwd = current_folder()?;
    let mut files = named(&arguments.files, &cwd);
    if let Some(merged) = &arguments.merge {
        without(&mut files, &cwd.join(merged));
    }
    let workspace = arguments.root.as_deref().map(workspace).transpose()?;
    let (base, identity) = (RelPath::default(), PathMap::identity());
    let placing = match &workspace {
        Some((root, files)) => {
            Placing::Within(Finder { files, paths: &identity, root, base: &base })
        }
        None => Placing::AsWritten,
    };
    let output = Ordered::new(std::io::stdout());
    let reader = Reader {
        placing,
        files: workspace.as_ref().map(|(_, files)| files),
        json: (arguments.format == ReportFormat::Json).then_some(&output),
        keep: arguments.merge.is_some(),
    };
    let outcomes = reader.read_all(&files, &cwd);
    let shown = outcomes.iter().any(|outcome| outcome.is_broken_pipe);
    conclude(arguments, outcomes, &cwd).map(|code| if shown { exit::PASSED.into() } else { code })
}

/// A merged report of an earlier call is not counted again.
fn without(files: &mut Vec<Named>, merged: &Utf8Path) {
    let Ok(merged) = merged.canonicalize() else {
        return;
    };
    files.retain(|file| {
        let same = std::fs::canonicalize(&file.path).is_ok_and(|path| path == merged);
        if same {
            print::note(&format!("{} is left out: the merged report goes there", file.path));
        }
        !same
    });
}

/// The folder that `--root` names, and its files.
fn workspace(root: &Utf8Path) -> Result<(Utf8PathBuf, Files)> {
    ensure!(root.is_dir(), "cannot resolve paths in {root}: there is no such folder");
    Ok((root.to_owned(), scan::reported(root)))
}

fn conclude(
    arguments: &ReportArguments,
    outcomes: Vec<Outcome>,
    cwd: &Utf8Path,
) -> Result<ExitCode> {
    let reports = outcomes.len();
    let mut tally = Tally::default();
    let mut problems: Vec<(String, Problem)> = Vec::new();
    let (mut next, mut suites) = (None, Vec::new());
    for outcome in outcomes {
        tally.add(outcome.tally);
        problems.extend(outcome.problems.into_iter().map(|it| (outcome.path.clone(), it)));
        next = next.or(outcome.next);
        suites.extend(outcome.kept.into_flat());
    }
    match arguments.format {
        ReportFormat::Human => {
            let lines = report_lines(&tally, &problems, reports, next.as_ref(), cwd);
            lines.iter().for_each(|line| print::line(line));
        }
        ReportFormat::Github => {
            annotations(&tally, &problems).iter().for_each(|line| print::line(line));
        }
        ReportFormat::Json => {}
    }
    if let Some(merged) = &arguments.merge {
        let file = std::fs::File::create(merged);
        file.and_then(|mut file| file.write_all(&write_as(Form::Jenkins, "testdock", &suites)))
            .with_context(|| format!("cannot write the merged report {merged}"))?;
        print::note(&format!("wrote {merged}: {} cases of {reports} reports", tally.totals.all()));
    }
    let worst = problems.iter().map(|(_, problem)| problem.harm).max().unwrap_or(Harm::Slight);
    Ok(exit::of_report(&tally, worst).into())
}
