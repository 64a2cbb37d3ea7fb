//! What Testdock says of a project's tests.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::project::{Place, Project};
use super::tool::Counts;
use crate::images;
use crate::shell::{command, say, target};

/// What it found and what came of it.
pub(super) struct Ours {
    pub(super) counts: Counts,
    pub(super) discovered: usize,
    /// The discovered tests without a result.
    pub(super) without_result: Vec<String>,
    /// Where failures are.
    pub(super) places: Vec<Place>,
}

impl Ours {
    /// Of the discovered tests, how many percent have a result.
    #[expect(clippy::cast_precision_loss, reason = "far fewer tests than that")]
    pub(super) fn share(&self) -> f64 {
        let matched = self.discovered - self.without_result.len();
        100.0 * matched as f64 / self.discovered.max(1) as f64
    }
}

/// Builds the project's image and gives its name.
pub(super) fn build(project: &Project) -> Result<String> {
    say("building its image");
    let lines = lines(
        project,
        "build",
        testdock(project)?.args(["interpreter", "build", "--format", "json"]),
    )?;
    let ready = lines.iter().find(|it| it["event"] == "image-ready");
    let name = ready.and_then(|it| it["name"].as_str());
    name.map(str::to_owned).context("its image cannot be built: see the log beside its folder")
}

/// Discovers and runs its tests.
pub(super) fn run(project: &Project) -> Result<Ours> {
    say("running `testdock discover` and `testdock run`");
    let found =
        lines(project, "discover", testdock(project)?.args(["discover", "--format", "json"]))?;
    let run =
        lines(project, "run", testdock(project)?.args(["run", "--fresh", "--format", "json"]))?;
    let end =
        run.last().filter(|it| it["event"] == "run-finished").context("the run has no end")?;
    if end["how"] != "completed" {
        bail!("the run is {}: {}", end["how"], end["error"]["message"]);
    }
    let total = |name: &str| {
        end["totals"][name].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
    };
    // What the report decides at the end counts.
    let mut results: BTreeMap<&str, &Value> = BTreeMap::new();
    for event in &run {
        let Some(id) = event["id"].as_str() else { continue };
        match event["event"].as_str() {
            Some("test-finished") => drop(results.insert(id, event)),
            Some("test-retracted") => drop(results.remove(id)),
            _ => {}
        }
    }
    let tests = found.iter().filter(|it| it["kind"] != "group");
    let tests: Vec<&str> = tests.filter_map(|it| it["id"].as_str()).collect();
    let without_result = tests.iter().filter(|id| !has_result(id, &results));
    let root = project.folder()?.to_string_lossy().into_owned();
    Ok(Ours {
        counts: Counts {
            passed: total("passed"),
            failed: total("failed") + total("errored"),
            skipped: total("skipped"),
        },
        discovered: tests.len(),
        without_result: without_result.map(|&id| id.to_owned()).collect(),
        places: results.values().filter_map(|it| place(&it["location"], &root)).collect(),
    })
}

/// Whether it, a case or a part of it has a result (they follow each other in the order of ids), or was skipped with
/// its whole group, which is told as one.
fn has_result(id: &str, results: &BTreeMap<&str, &Value>) -> bool {
    let around = id.match_indices("::").filter_map(|(at, _)| results.get(&id[..at]));
    if around.into_iter().any(|group| group["outcome"] == "skipped") {
        return true;
    }
    let mut from = results.range(id..).map(|(it, _)| it).take_while(|it| it.starts_with(id));
    from.any(|it| matches!(&it[id.len()..], "") || it[id.len()..].starts_with(['[', ':']))
}

fn place(location: &Value, root: &str) -> Option<Place> {
    let file = location["path"].as_str()?.strip_prefix(root)?.trim_start_matches('/').to_owned();
    Some(Place { file, line: usize::try_from(location["line"].as_u64()?).ok()? })
}

fn testdock(project: &Project) -> Result<Command> {
    let base = images::standing_for(&project.base()?)?;
    let mut testdock = command::<&str>(target()?.join("debug/testdock"), []);
    testdock.current_dir(project.folder()?);
    testdock.env("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", base);
    Ok(testdock)
}

/// The objects that it prints, kept in a file beside the project as well.
fn lines(project: &Project, what: &str, command: &mut Command) -> Result<Vec<Value>> {
    let root = project.folder()?;
    let output = command.arg("--root").arg(&root).output().context("cannot start `testdock`")?;
    std::fs::write(project.log(&format!("{what}.jsonl"))?, &output.stdout)?;
    let text = String::from_utf8(output.stdout)?;
    let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    if lines.is_empty() {
        bail!("testdock {what}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(lines)
}
