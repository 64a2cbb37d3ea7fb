//! Holds `docs/json.md` and the code together.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::json_line;
use crate::interpreter::Image;
use crate::model::{
    End, Ended, Failure, Fault, Frame, Outcome, Place, Provenance, RunError, Stage, TestResult,
};
use crate::paths::PathMap;
use crate::session::{Change, Session};

const PAGE: &str = include_str!("../../../../docs/json.md");

fn changes() -> Vec<Change> {
    let run = || "r".into();
    let place = Place { path: "/w/a.py".into(), line: 7, column: None };
    let failure = Failure {
        message: "no".into(),
        place: Some(place.clone()),
        frames: vec![Frame { place, name: "test_one".into() }],
        diff: Some(("2".into(), "1".into())),
        ..Failure::default()
    };
    let result = TestResult {
        failures: vec![failure],
        ..TestResult::new("a.py::test_one".parse().unwrap_or_default(), Outcome::Failed)
    };
    let provenance = Provenance {
        interpreter: "local".into(),
        image: String::new(),
        container: String::new(),
        warm: false,
        paths: PathMap::identity(),
        ..Provenance::default()
    };
    let stages = [
        Stage::Connecting,
        Stage::Pulling { image: "i".into(), progress: "p".into() },
        Stage::Building { step: "s".into(), number: 1, of: 2 },
        Stage::Services { doing: "waiting for db (healthy)".into() },
        Stage::Starting,
        Stage::Copying { files: 2, bytes: 3 },
        Stage::Waiting,
    ];
    let error = RunError::new(Fault::Interpreter, "cannot");
    let ended = Ended { how: End::Broken(error.clone()), duration: Duration::ZERO, log: None };
    let mut changes: Vec<Change> =
        stages.into_iter().map(|stage| Change::Preparing { run: run(), stage }).collect();
    changes.extend([
        Change::Queued { run: run(), tests: vec![result.id.clone()] },
        Change::BuildLog { run: run(), line: "l".into() },
        Change::Started { run: run(), provenance: Arc::new(provenance) },
        Change::Built {
            run: run(),
            image: Image { id: "i".into(), name: "shop:1".into(), ..Image::default() },
        },
        Change::Collected { run: run(), total: 1 },
        Change::TestStarted { run: run(), id: result.id.clone() },
        Change::Output { run: run(), text: "t".into() },
        Change::TestRetracted { run: run(), id: result.id.clone() },
        Change::TestFinished { run: run(), result: Arc::new(result), newest: true },
        Change::Warning { run: run(), message: "w".into() },
        Change::Refused { run: run(), error },
        Change::Ended { run: run(), ended },
    ]);
    changes
}

/// Every path to a value, such as `location.line`.
fn keys(value: &Value, prefix: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                let path = format!("{prefix}.{name}");
                keys.insert(path.clone());
                self::keys(inner, &path, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| self::keys(item, prefix, keys)),
        _ => {}
    }
}

fn shape(lines: impl Iterator<Item = Value>) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    for line in lines {
        let kind = line["event"].as_str().unwrap_or("error").to_owned();
        keys(&line, &kind, &mut shape);
    }
    shape
}

#[test]
fn the_page_and_the_code_say_the_same() {
    let documented = shape(
        PAGE.lines()
            .filter(|line| line.starts_with("{\"event\"") || line.starts_with("{\"fault\""))
            .map(|line| serde_json::from_str(line).expect(line)),
    );
    let session = Session::default();
    let lines: Vec<Value> = changes()
        .iter()
        .filter_map(|change| json_line(&session, change))
        .map(|line| serde_json::from_str(&line).expect("JSON"))
        .collect();
    let errors = lines.iter().map(|line| line["error"].clone()).filter(Value::is_object);
    let mut written = shape(lines.iter().cloned());
    // The error has an example of its own on the page.
    written.retain(|key| !key.starts_with("run-finished.error."));
    written.extend(shape(errors));
    assert_eq!(documented, written);
}
