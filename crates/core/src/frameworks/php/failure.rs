//! Failures, in the words of Testdock's own helpers.

use serde_json::{Value, json};

use super::message::Message;
use super::pest::notice::Notice;
use super::trouble::place;

/// What Pest says for people.
pub(super) fn noticed(told: &Notice) -> Value {
    let (path, line) = told.place.clone().unzip();
    json!({ "type": told.kind, "message": told.message, "path": path, "line": line })
}

/// What is said of a test.
pub(super) fn failure(message: &Message) -> Value {
    let details = message.get("details");
    let frames = details.lines().filter_map(place);
    let frames: Vec<Value> = frames
        .filter(|(path, _)| !path.contains("/vendor/"))
        .map(|(path, line)| json!({ "path": path, "line": line }))
        .collect();
    let mut told = json!({
        "message": message.get("message").trim(),
        "detail": format!("{}\n{details}", message.get("message")),
        "frames": frames,
    });
    if message.get("type") == "comparisonFailure" {
        told["expected"] = json!(message.get("expected"));
        told["actual"] = json!(message.get("actual"));
    }
    told
}
