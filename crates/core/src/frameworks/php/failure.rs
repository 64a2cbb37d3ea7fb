//! Failures, in the words of Testdock's own helpers.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};
use testdock_junit as junit;

use super::class_errors::ClassError;
use super::message::Message;
use super::pest::notice::Notice;
use super::trouble::{Fatal, place};

/// What Pest says for people.
pub(super) fn noticed(told: &Notice) -> Value {
    let (path, line) = told.place.clone().unzip();
    json!({ "type": told.kind, "message": told.message, "path": path, "line": line })
}

/// What is listed for people of a class.
pub(super) fn listed(told: &ClassError) -> Value {
    explained(&format!("{}\n", told.message.trim()), &told.details)
}

/// What is said of a test.
pub(super) fn failure(message: &Message) -> Value {
    let mut told = explained(message.get("message"), message.get("details"));
    if message.get("type") == "comparisonFailure" {
        told["expected"] = json!(message.get("expected"));
        told["actual"] = json!(message.get("actual"));
    }
    told
}

/// A message and its stack; the place of a fatal error is in its message.
fn explained(message: &str, details: &str) -> Value {
    let fatal = || Fatal::of(message).map(|fatal| (fatal.path, fatal.line));
    let mut places: Vec<_> = details.lines().filter_map(place).collect();
    if details.trim().is_empty() {
        places.extend(fatal());
    }
    let frames = places.iter().filter(|(path, _)| !path.contains("/vendor/"));
    let frames = frames.map(|(path, line)| json!({ "path": path, "line": line }));
    json!({
        "message": message.trim(),
        "detail": format!("{message}\n{details}"),
        "frames": frames.collect::<Vec<_>>(),
    })
}

/// What a message says of a test comes to, as far as it can be told before the report.
pub(super) fn bad_outcome(message: &Message) -> &'static str {
    /// How an error begins: with the name of what was thrown, behind which PHPUnit 9 has a space; or with what became of a
    /// test's own process.
    static ERROR: LazyLock<Regex> = LazyLock::new(|| {
        let text = r"^(?:[\w\\]*(?:Error|Exception) ?(?::|$)|(?:PHP )?Fatal error:|Test was run in child process)";
        Regex::new(text).expect("a pattern")
    });
    const RISKY: [&str; 2] = ["This test ", "Test code or tested code "];
    let text = message.get("message");
    if is_placeless(message) && RISKY.iter().any(|beginning| text.starts_with(beginning)) {
        return "passed";
    }
    let is_error = text.lines().next().is_some_and(|line| ERROR.is_match(line));
    if is_error { "errored" } else { "failed" }
}

/// What the report says of a failure, which has the difference of what was expected and what came. It begins with the name
/// of the test.
pub(super) fn reported(case: &junit::Case<'_>, event: &mut Value) {
    let [failure] = event["failures"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default()
    else {
        return;
    };
    let text = case.statuses.first().and_then(|status| status.text.split_once('\n'));
    let message = failure["message"].as_str().unwrap_or_default();
    if let Some((_, detail)) = text.filter(|(_, detail)| detail.starts_with(message)) {
        failure["detail"] = json!(detail);
    }
}

/// A failure of which the report alone tells: it begins with the name of the test, and its stack ends it.
pub(super) fn told_by_report(case: &junit::Case<'_>) -> Option<Value> {
    let (_, text) = case.statuses.first()?.text.split_once('\n')?;
    let (message, details) = text.rsplit_once("\n\n").unwrap_or((text, ""));
    Some(explained(message, details))
}

/// Whether it names no place: nothing of the project's was under way when it was said.
pub(super) fn is_placeless(message: &Message) -> bool {
    message.get("details").trim().is_empty()
}
