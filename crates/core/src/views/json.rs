//! A run as JSON, one object a line; `docs/json.md` is its contract.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::model::{End, Failure, Fault, Place, RunError, Stage, TestResult, Totals};
use crate::session::{Change, Session};

/// The line for a change; `None` where a run's reader learns nothing from it.
pub fn json_line(session: &Session, change: &Change) -> Option<String> {
    let object = match change {
        Change::Queued { run, tests } => {
            let folder = session.run(run).map(|run| &run.folder);
            let root = session.folders().find(|it| Some(&it.name) == folder).map(|it| &it.root);
            json!({ "event": "run-started", "run": &*run.0, "root": root, "tests": tests })
        }
        Change::Preparing { stage, .. } => preparing(stage),
        Change::BuildLog { line, .. } => json!({ "event": "build-output", "text": line }),
        Change::Started { provenance, .. } => json!({
            "event": "interpreter-ready",
            "interpreter": provenance.interpreter,
            "name": provenance.name,
            "image": provenance.image,
            "inputs": provenance.inputs,
            "engine": provenance.engine,
            "profile": provenance.profile,
            "container": provenance.container,
            "warm": provenance.warm,
        }),
        Change::Built { image, .. } => {
            json!({ "event": "image-ready", "name": image.name, "image": image.id })
        }
        Change::Collected { total, .. } => json!({ "event": "tests-collected", "total": total }),
        Change::TestStarted { id, .. } => json!({ "event": "test-started", "id": id }),
        Change::TestFinished { result, .. } => finished(result),
        Change::TestRetracted { id, .. } => json!({ "event": "test-retracted", "id": id }),
        Change::Output { text, .. } => json!({ "event": "output", "text": text }),
        Change::Warning { message, .. } => json!({ "event": "warning", "message": message }),
        Change::Refused { error, .. } => {
            run_finished(Totals::default(), Duration::ZERO, Some(error), "refused")
        }
        Change::Ended { run, ended } => {
            let totals = session.run(run).map(crate::session::Run::totals).unwrap_or_default();
            let (error, how) = match &ended.how {
                End::Completed => (None, "completed"),
                End::Cancelled => (None, "cancelled"),
                End::TimedOut(_) => (None, "timed-out"),
                End::Broken(error) if error.fault == Fault::NoTests => (Some(error), "completed"),
                End::Broken(error) => (Some(error), "broken"),
            };
            run_finished(totals, ended.duration, error, how)
        }
        Change::FolderClosed { .. }
        | Change::ScanStarted(_)
        | Change::ScanEnded(_)
        | Change::Tests { .. }
        | Change::Diagnostics { .. }
        | Change::Stale { .. }
        | Change::Interpreters(_)
        | Change::BuildInputs(_) => return None,
    };
    Some(object.to_string())
}

fn preparing(stage: &Stage) -> Value {
    match stage {
        Stage::Connecting => json!({ "event": "preparing", "stage": "connecting" }),
        Stage::Pulling { image, progress } => {
            json!({ "event": "preparing", "stage": "pulling", "image": image, "progress": progress })
        }
        Stage::Building { step, number, of } => {
            json!({ "event": "preparing", "stage": "building", "step": step, "number": number, "of": of })
        }
        Stage::Services { doing } => {
            json!({ "event": "preparing", "stage": "services", "doing": doing })
        }
        Stage::Starting => json!({ "event": "preparing", "stage": "starting" }),
        Stage::Waiting => json!({ "event": "preparing", "stage": "waiting" }),
        Stage::Copying { files, bytes } => {
            json!({ "event": "preparing", "stage": "copying", "files": files, "bytes": bytes })
        }
    }
}

fn finished(result: &TestResult) -> Value {
    json!({
        "event": "test-finished",
        "id": result.id,
        "outcome": result.outcome.as_str(),
        "duration_s": result.duration.map(|d| d.as_secs_f64()),
        "message": result.message(),
        "location": result.place().map(location),
        "failures": result.failures.iter().map(failure).collect::<Vec<_>>(),
        "output": result.output,
    })
}

fn failure(failure: &Failure) -> Value {
    let mut object = Map::new();
    let kind = Some(failure.kind.as_str()).filter(|kind| !kind.is_empty());
    object.insert("type".into(), kind.into());
    object.insert("message".into(), failure.message.clone().into());
    object.insert("detail".into(), failure.detail.clone().into());
    object.insert("location".into(), failure.place.as_ref().map(location).into());
    let frames = failure.frames.iter().map(|frame| {
        let mut place = location(&frame.place);
        place["name"] = frame.name.clone().into();
        place
    });
    object.insert("frames".into(), frames.collect());
    if let Some((expected, actual)) = &failure.diff {
        object.insert("expected".into(), expected.clone().into());
        object.insert("actual".into(), actual.clone().into());
    }
    object.into()
}

fn location(place: &Place) -> Value {
    match place.column {
        Some(column) => {
            json!({ "path": place.path.as_str(), "line": place.line, "column": column })
        }
        None => json!({ "path": place.path.as_str(), "line": place.line }),
    }
}

fn run_finished(totals: Totals, duration: Duration, error: Option<&RunError>, how: &str) -> Value {
    json!({
        "event": "run-finished",
        "how": how,
        "totals": {
            "passed": totals.passed,
            "failed": totals.failed,
            "errored": totals.errored,
            "skipped": totals.skipped,
        },
        "duration_s": duration.as_secs_f64(),
        "error": error.map(|error| json!({
            "fault": match error.fault {
                Fault::Interpreter => "interpreter",
                Fault::Configuration => "configuration",
                Fault::Process => "process",
                Fault::NoTests => "no-tests",
            },
            "message": error.message,
            "help": error.help,
            "location": error.place.as_ref().map(location),
            "log": error.log,
        })),
    })
}
