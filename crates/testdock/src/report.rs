//! `testdock report`.

mod merged;
mod ordered;
mod read;

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::paths::{Files, Finder, PathMap, RelPath};
use testdock_core::report::{Placing, Tally};
use testdock_core::views::{annotations, report_lines};
use testdock_engine::reports::named;
use testdock_engine::scan;
use testdock_junit::{Harm, Problem};

use crate::args::{ReportArguments, ReportFormat};
use crate::project::current_folder;
use crate::{exit, print};
use ordered::Ordered;
use read::{Outcome, Reader};

pub(crate) fn report(arguments: &ReportArguments) -> Result<ExitCode> {
    let cwd = current_folder()?;
    let mut files = named(&arguments.files, &cwd);
    if let Some(target) = &arguments.merge {
        merged::leave_out(&mut files, target, &cwd)?;
    }
    let workspace = arguments.root.as_deref().map(workspace).transpose()?;
    let (base, identity) = (RelPath::default(), PathMap::identity());
    let placing = match &workspace {
        Some(Workspace { root, named, files }) => {
            let finder = Finder { files, paths: &identity, root, base: &base };
            Placing::Within { finder, named }
        }
        None => Placing::AsWritten,
    };
    let output = Ordered::new(std::io::stdout());
    let reader = Reader {
        placing,
        files: workspace.as_ref().map(|workspace| &workspace.files),
        json: (arguments.format == ReportFormat::Json).then_some(&output),
        keep: arguments.merge.is_some(),
    };
    let mut outcomes = reader.read_all(&files, &cwd);
    let unwritten = outcomes.iter_mut().find_map(|outcome| outcome.unwritten.take());
    let code = conclude(arguments, outcomes, &cwd)?;
    match unwritten {
        Some(error) => print::unless_unwanted(Err(error)).map(|()| code),
        None => Ok(code),
    }
}

/// The folder that `--root` names.
struct Workspace {
    root: Utf8PathBuf,
    /// How its files are shown: the folder where one stands adds nothing to their paths.
    named: Utf8PathBuf,
    files: Files,
}

fn workspace(root: &Utf8Path) -> Result<Workspace> {
    ensure!(root.is_dir(), "cannot resolve paths in {root}: there is no such folder");
    Ok(Workspace {
        root: camino::absolute_utf8(root).with_context(|| format!("cannot find {root}"))?,
        named: root.strip_prefix(".").unwrap_or(root).to_owned(),
        files: scan::reported(root),
    })
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
            print::lines(lines)?;
        }
        ReportFormat::Github => {
            print::lines(annotations(&tally, &problems))?;
        }
        ReportFormat::Json => {}
    }
    if let Some(merged) = &arguments.merge {
        merged::write(&cwd.join(merged), &suites)
            .with_context(|| format!("cannot write the merged report {merged}"))?;
        print::note(&format!("wrote {merged}: {} cases of {reports} reports", tally.totals.all()));
    }
    let worst = problems.iter().map(|(_, problem)| problem.harm).max().unwrap_or(Harm::Slight);
    Ok(exit::of_report(&tally, worst).into())
}
