//! Projects that others wrote, run by their own tool and by Testdock, held against each other.
//!
//! Each is a folder of `tests/realworld`: where its source comes from, a Dockerfile for what it needs,
//! and the failures that are planted in it. Both run the same planted files in the same image.

mod ours;
mod project;
mod source;
mod tool;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::engine;
use crate::shell::{command, run, say};

use ours::Ours;
use project::Project;
use tool::Counts;

/// The share of the discovered tests that must have a result.
const MATCHED: f64 = 98.0;

/// Holds these projects, all for none, against their own tools, and prints the table.
pub(crate) fn check(names: &[String]) -> Result<()> {
    engine::ensure()?;
    run(&mut command("cargo", ["build", "--package", "testdock"]))?;
    let mut lines = BTreeMap::new();
    for project in project::all(names)? {
        say(format_args!("── {}", project.name));
        let line = measure(&project);
        if let Err(why) = &line {
            say(format_args!("{}: {why:#}", project.name));
        }
        lines.insert((project.language.clone(), project.name.clone()), (project, line));
    }
    println(HEAD);
    println("|---|---|---|---|---|---|---|---|");
    for (project, line) in lines.values() {
        println(&match line {
            Ok(line) => line.row(project),
            Err(why) => {
                let why = format!("{why:#}");
                format!(
                    "| {} | {} | | | | | | not measured: {} |",
                    project.language,
                    project.title(),
                    why.lines().next().unwrap_or_default()
                )
            }
        });
    }
    let met = lines.values().filter(|(_, it)| it.as_ref().is_ok_and(Line::is_met)).count();
    if met < lines.len() {
        bail!("{} of {} projects are not met", lines.len() - met, lines.len());
    }
    Ok(())
}

const HEAD: &str = "| language | project | framework | the tool: passed, failed, skipped | Testdock | \
                    discovered, with a result | planted, located | met |";

/// What came of one project.
struct Line {
    tool: Counts,
    ours: Ours,
    planted: usize,
    located: usize,
    seconds: f64,
}

impl Line {
    fn is_met(&self) -> bool {
        self.tool == self.ours.counts
            && self.ours.share() >= MATCHED
            && self.located == self.planted
            && self.planted > 0
    }

    fn row(&self, project: &Project) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {}, {:.1} % | {}, {} | {} |",
            project.language,
            project.title(),
            project.framework,
            self.tool,
            self.ours.counts,
            self.ours.discovered,
            self.ours.share(),
            self.planted,
            self.located,
            if self.is_met() { "yes" } else { "**no**" },
        )
    }
}

fn measure(project: &Project) -> Result<Line> {
    let began = Instant::now();
    let planted = project.prepare()?;
    let image = ours::build(project)?;
    let tool = tool::counts(project, &image)?;
    let ours = ours::run(project)?;
    let is_located = |place: &&project::Place| ours.places.contains(place);
    for place in planted.iter().filter(|place| !ours.places.contains(place)) {
        say(format_args!("not located: {}:{}", place.file, place.line));
    }
    for id in &ours.without_result {
        say(format_args!("without a result: {id}"));
    }
    let line = Line {
        tool,
        planted: planted.len(),
        located: planted.iter().filter(is_located).count(),
        ours,
        seconds: began.elapsed().as_secs_f64(),
    };
    say(format_args!("{} ({:.0} s)", line.row(project), line.seconds));
    Ok(line)
}

/// The table is what the command answers: it goes to standard output.
#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn println(line: &str) {
    println!("{line}");
}
