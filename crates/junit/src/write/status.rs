//! Many statuses of a case as the one that the written report has room for.

use quick_junit::{FlakyOrRerun, NonSuccessKind, TestCaseStatus, TestRerun, XmlString};

use crate::model::{Case, Outcome, Status, StatusKind};

/// The status that gives the outcome; the others as earlier tries, or told in its text.
pub(super) fn test_status(case: &Case<'_>) -> TestCaseStatus {
    let (mut status, deciding) = match case.outcome() {
        Outcome::Passed => (TestCaseStatus::success(), StatusKind::FlakyFailure),
        Outcome::Skipped => (TestCaseStatus::skipped(), StatusKind::Skipped),
        Outcome::Failed => {
            (TestCaseStatus::non_success(NonSuccessKind::Failure), StatusKind::Failure)
        }
        Outcome::Errored => (TestCaseStatus::non_success(NonSuccessKind::Error), StatusKind::Error),
    };
    let main = case.statuses.iter().position(|status| status.kind == deciding);
    let tries = case.statuses.iter().filter_map(rerun);
    status.add_reruns(tries);
    if case.statuses.iter().any(|status| is_flaky(status.kind)) {
        status.set_rerun_kind(FlakyOrRerun::Flaky);
    }
    if let Some(main) = main.filter(|_| !is_flaky(deciding)) {
        let said = &case.statuses[main];
        set(&mut status, said, description(case, main));
    } else if case.cut {
        status.set_message("the report was cut off before the end of this case");
    }
    status
}

fn set(status: &mut TestCaseStatus, said: &Status<'_>, description: String) {
    if let Some(message) = &said.message {
        status.set_message(message);
    }
    if let Some(type_) = &said.type_ {
        status.set_type(type_);
    }
    if !description.is_empty() {
        status.set_description(description);
    }
}

/// The text of the main status, and all of those that have no place of their own.
fn description(case: &Case<'_>, main: usize) -> String {
    let mut text = text_with_place(&case.statuses[main]);
    for (index, status) in case.statuses.iter().enumerate() {
        let told_elsewhere = rerun(status).is_some() && case.outcome() != Outcome::Skipped;
        if index != main && !told_elsewhere {
            let (type_, message) = (status.type_.as_deref(), status.message.as_deref());
            let heading = [Some(element(status.kind)), type_, message];
            let heading: Vec<&str> = heading.into_iter().flatten().collect();
            text = format!("{text}\n\n{}\n{}", heading.join(": "), text_with_place(status));
        }
    }
    text
}

fn text_with_place(status: &Status<'_>) -> String {
    match (&status.file, status.line) {
        (Some(file), Some(line)) => format!("{file}:{line}\n{}", status.text),
        (Some(file), None) => format!("{file}\n{}", status.text),
        (None, _) => status.text.clone().into_owned(),
    }
}

fn rerun(status: &Status<'_>) -> Option<TestRerun> {
    let kind = match status.kind {
        StatusKind::FlakyFailure | StatusKind::RerunFailure => NonSuccessKind::Failure,
        StatusKind::FlakyError | StatusKind::RerunError => NonSuccessKind::Error,
        StatusKind::Failure | StatusKind::Error | StatusKind::Skipped => return None,
    };
    let mut rerun = TestRerun::new(kind);
    rerun.message = status.message.as_deref().map(XmlString::from);
    // Surefire always writes it, and the schema of Jenkins wants it.
    rerun.ty = Some(XmlString::from(status.type_.as_deref().unwrap_or_default()));
    rerun.description =
        Some(text_with_place(status)).filter(|text| !text.is_empty()).map(XmlString::from);
    rerun.system_out = status.system_out.as_deref().map(XmlString::from);
    rerun.system_err = status.system_err.as_deref().map(XmlString::from);
    Some(rerun)
}

fn is_flaky(kind: StatusKind) -> bool {
    matches!(kind, StatusKind::FlakyFailure | StatusKind::FlakyError)
}

fn element(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Failure => "failure",
        StatusKind::Error => "error",
        StatusKind::Skipped => "skipped",
        StatusKind::FlakyFailure => "flakyFailure",
        StatusKind::FlakyError => "flakyError",
        StatusKind::RerunFailure => "rerunFailure",
        StatusKind::RerunError => "rerunError",
    }
}
