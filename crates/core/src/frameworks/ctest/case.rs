//! What a report of Catch2 or doctest says of one test.

use std::time::Duration;

use super::report::Element;
use super::verdict::{Scene, Verdict};
use crate::model::{Failure, Outcome};

/// How a test ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) duration: Option<Duration>,
    pub(super) verdict: Verdict,
}

/// What stands in a test.
#[derive(Debug, Default)]
struct Found {
    verdict: Verdict,
    is_fatal: bool,
}

impl Scene<'_> {
    /// How the test ended that a report tells of.
    pub(super) fn ended(self, case: &Element) -> Ended {
        let Found { mut verdict, is_fatal } = self.found(case);
        let end = ["OverallResult", "OverallResultsAsserts"].iter().find_map(|it| case.last(it));
        let word = |keys: [&str; 2]| {
            let end = end.into_iter();
            end.flat_map(|end| keys.map(|key| end.attribute(key))).find(|it| !it.is_empty())
        };
        let is_well = word(["success", "test_case_success"]).map(|it| it == "true");
        let outcome = match is_well {
            _ if case.attribute("skipped") == "true" => Outcome::Skipped,
            Some(true) if verdict.reason.is_some() && verdict.failures.is_empty() => {
                Outcome::Skipped
            }
            Some(true) => Outcome::Passed,
            Some(false) if !is_fatal => Outcome::Failed,
            Some(false) | None => Outcome::Errored,
        };
        if !outcome.is_bad() {
            verdict.failures.clear();
        } else if verdict.failures.is_empty() {
            let why = match is_well {
                None => "its report does not say how it ended",
                _ if should_fail(case) => "it passed, and should have failed",
                _ => "the test failed",
            };
            verdict.failures.push(self.failure_at(case, &[], &[why.to_owned()]));
        }
        let seconds = word(["durationInSeconds", "duration"]).and_then(|it| it.parse().ok());
        let duration = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
        Ended { outcome, duration, verdict }
    }

    /// What went wrong in a test before its process ended in the middle of it.
    pub(super) fn failures(self, case: &Element) -> Vec<Failure> {
        self.found(case).verdict.failures
    }

    fn found(self, case: &Element) -> Found {
        let mut found = Found::default();
        self.look(case, &[], &mut found);
        let output = self.site.text_to_host(&found.verdict.output);
        found.verdict.output = output;
        found
    }

    fn look(self, element: &Element, sections: &[&str], found: &mut Found) {
        // Behind what it explains in doctest's reports, before it in Catch2's.
        let mut infos: Vec<String> = Vec::new();
        for part in &element.children {
            match part.name.as_str() {
                "Info" => {
                    infos.push(part.text());
                    continue;
                }
                "Section" | "SubCase" => {
                    let inner = [sections, &[part.attribute("name").trim()]].concat();
                    self.look(part, &inner, found);
                }
                "OverallResult" => self.look(part, sections, found),
                "StdOut" | "StdErr" => found.print(&part.lines()),
                "Warning" => found.print(&format!("warning: {}", part.text())),
                "Message" if part.attribute("type") == "WARNING" => {
                    found.print(&format!("warning: {}", part.text_of("Text").unwrap_or_default()));
                }
                "Skip" => found.verdict.reason = Some(part.text()).filter(|it| !it.is_empty()),
                name => {
                    found.is_fatal |= name == "FatalErrorCondition"
                        || part.last("FatalErrorCondition").is_some()
                        || part.attribute("crash") == "true";
                    if let Some(mut block) = block(part) {
                        let own = part.children.iter().filter(|it| it.name == "Info");
                        infos.extend(own.map(Element::text));
                        block.extend(with_messages(&infos));
                        let failure = self.failure_at(part, sections, &block);
                        // A section runs again for each one in it.
                        let failures = &mut found.verdict.failures;
                        if !failures.contains(&failure) {
                            failures.push(failure);
                        }
                    }
                }
            }
            infos.clear();
        }
    }

    fn failure_at(self, element: &Element, sections: &[&str], block: &[String]) -> Failure {
        let (path, line) = (element.attribute("filename"), element.attribute("line"));
        let lines: Vec<&str> = block.iter().flat_map(|it| it.lines()).collect();
        self.of_catch(self.place(path, line), &format!("{path}:{line}: FAILED:"), sections, &lines)
    }
}

impl Found {
    fn print(&mut self, text: &str) {
        self.verdict.output.push_str(text.trim_matches('\n'));
        self.verdict.output.push('\n');
    }
}

/// What went wrong, in the words of Catch2's console.
fn block(part: &Element) -> Option<Vec<String>> {
    let explicitly = |text: String| Some(vec!["explicitly with message:".to_owned(), text]);
    match part.name.as_str() {
        "Expression" if part.attribute("success") != "true" => Some(expression(part)),
        "Failure" => explicitly(part.text()),
        "Message" => explicitly(part.text_of("Text").unwrap_or_default()),
        _ => ended_by(part),
    }
}

fn ended_by(part: &Element) -> Option<Vec<String>> {
    let how = match part.name.as_str() {
        "Exception" => "due to unexpected exception with message:",
        "FatalErrorCondition" => "due to a fatal error condition:",
        _ => return None,
    };
    Some(vec![how.to_owned(), part.text()])
}

fn expression(part: &Element) -> Vec<String> {
    let original = part.text_of("Original").unwrap_or_default();
    let mut block = vec![format!("{}( {original} )", part.attribute("type"))];
    if let Some(expanded) = part.text_of("Expanded").filter(|it| *it != original) {
        block.extend(["with expansion:".to_owned(), expanded]);
    }
    block.extend(part.children.iter().filter_map(ended_by).flatten());
    block
}

fn with_messages(infos: &[String]) -> Vec<String> {
    let how = match infos.len() {
        0 => None,
        1 => Some("with message:"),
        _ => Some("with messages:"),
    };
    how.into_iter().map(str::to_owned).chain(infos.iter().cloned()).collect()
}

fn should_fail(case: &Element) -> bool {
    case.attribute("tags").contains("[!shouldfail]") || case.attribute("should_fail") == "true"
}
