//! What Bats says of a test that failed: a stack, the command that failed, and what it printed.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Failure, Frame, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// `(from function `f' in file a.bash, line 3,`, ` in test file a.bats, line 11)`
static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[( ](?:from function `(.*)' )?in (test )?file (.+), line (\d+)([,)])$")
        .expect("a pattern")
});

/// `-- values do not equal --`, as the library of assertions heads what it says.
static HEADING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^-- (.+) --$").expect("a pattern"));

/// The failure, and what else was printed.
pub(super) fn failure(
    lines: &[String],
    site: &Site,
    root: &RelPath,
    definition: Option<&Place>,
) -> (Failure, String) {
    let host = |text: &str| site.text_to_host(text);
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = 0;
    while let Some(found) = lines.get(at).and_then(|line| FRAME.captures(line)) {
        at += 1;
        let place = found[4].parse().ok().and_then(|line| site.place(root, &found[3], line, None));
        let name = found.get(1).map_or("", |name| name.as_str()).to_owned();
        frames.extend(place.map(|place| Frame { place, name }));
        if &found[5] == ")" {
            break;
        }
    }
    let own = |frame: &&Frame| definition.is_some_and(|it| it.path == frame.place.path);
    let place = frames.iter().find(own).or(frames.first()).map(|frame| frame.place.clone());
    frames.reverse();
    // Without a stack there is no command either.
    let command = lines.get(at).filter(|_| at > 0 || lines.len() == 1);
    let printed = &lines[(at + usize::from(command.is_some())).min(lines.len())..];
    let command = command.map(|line| line.trim());
    let (asserted, diff) = asserted(printed);
    let message = asserted.or_else(|| command.map(str::to_owned));
    let message = message.or_else(|| printed.iter().rfind(|line| !line.trim().is_empty()).cloned());
    let output: String = printed.iter().map(|line| format!("{line}\n")).collect();
    let failure = Failure {
        message: host(&message.unwrap_or_else(|| "the test failed".to_owned())),
        detail: host(&lines.join("\n")),
        place: place.or_else(|| definition.cloned()),
        frames,
        diff,
        ..Failure::default()
    };
    (failure, host(&output))
}

/// What an assertion of `bats-assert` says.
fn asserted(printed: &[String]) -> (Option<String>, Option<(String, String)>) {
    let Some(at) = printed.iter().position(|line| HEADING.is_match(line)) else {
        return (None, None);
    };
    let heading = HEADING.replace(&printed[at], "$1").into_owned();
    let said: Vec<&str> =
        printed[at + 1..].iter().map(String::as_str).take_while(|line| *line != "--").collect();
    let value = |name: &str| {
        said.iter().find_map(|line| {
            Some(line.strip_prefix(name)?.trim_start().strip_prefix(": ")?.to_owned())
        })
    };
    let message = std::iter::once(heading.as_str())
        .chain(said.iter().copied())
        .collect::<Vec<_>>()
        .join("\n");
    (Some(message), value("expected").zip(value("actual")))
}
