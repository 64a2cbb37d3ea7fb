//! What went wrong in a test, from what it printed.

use super::event::{is_framing, is_verdict};
use crate::model::{Failure, Frame, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// Reads the output of tests that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) site: &'s Site,
    /// The directory of the package.
    pub(super) package: &'s RelPath,
    /// Where the test stands.
    pub(super) definition: Option<&'s Place>,
}

impl Scene<'_> {
    /// Everything that went wrong.
    pub(super) fn failures(self, output: &str) -> Vec<Failure> {
        let lines: Vec<&str> = output.lines().filter(|line| !is_framing(line)).collect();
        if let Some(at) = lines.iter().position(|line| line.starts_with("panic: ")) {
            return vec![self.panic(&lines[at..])];
        }
        let mut failures: Vec<Failure> =
            messages(&lines).map(|message| self.located(&message)).collect();
        failures.extend(self.example(&lines));
        if failures.is_empty() {
            failures.push(Failure {
                message: lines
                    .iter()
                    .rev()
                    .find(|line| !line.trim().is_empty())
                    .map_or("the test failed", |line| line.trim())
                    .to_owned(),
                place: self.definition.cloned(),
                detail: self.site.text_to_host(&lines.join("\n")),
                ..Failure::default()
            });
        }
        failures
    }

    /// A message of `t.Error`, which tells the base name of its file alone.
    fn located(self, message: &Message<'_>) -> Failure {
        if let Some(failure) = self.testify(message) {
            return failure;
        }
        // Another file may lie in the package of a helper.
        let is_here = message.file.ends_with("_test.go");
        let path = self.package.join(message.file).on(&self.site.root);
        let place = is_here.then_some(Place { path, line: message.line, column: None });
        let text = message.text.trim();
        let text = match &place {
            Some(_) => text.to_owned(),
            None => format!("{}:{}: {text}", message.file, message.line),
        };
        let is_long = text.contains('\n');
        Failure {
            detail: self.site.text_to_host(if is_long { &text } else { "" }),
            message: self.site.text_to_host(&text),
            place: place.or_else(|| self.definition.cloned()),
            ..Failure::default()
        }
    }

    /// A message of testify, which says more of its place, and what was expected.
    fn testify(self, message: &Message<'_>) -> Option<Failure> {
        let text = &message.text;
        let trace = section(text, "Error Trace:")?;
        let places: Vec<Place> = trace.lines().filter_map(|line| self.place(line.trim())).collect();
        let error = section(text, "Error:").unwrap_or_default();
        let note = section(text, "Messages:").map(|note| format!(" ({note})")).unwrap_or_default();
        let side = |name: &str| {
            let line = error.lines().find_map(|line| line.trim().strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        let headline: Vec<&str> = error
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty() && *line != "Diff:")
            .collect();
        Some(Failure {
            message: self.site.text_to_host(&format!("{}{note}", headline.join(" "))),
            detail: self.site.text_to_host(text.trim()),
            place: self.nearest(places.iter()).cloned(),
            frames: places
                .into_iter()
                .rev()
                .map(|place| Frame { place, name: String::new() })
                .collect(),
            diff: side("expected:").zip(side("actual  :")),
            ..Failure::default()
        })
    }

    /// `got:` and `want:` of an example.
    fn example(self, lines: &[&str]) -> Option<Failure> {
        let got = lines.iter().position(|line| *line == "got:")?;
        let want = got + lines[got..].iter().position(|line| *line == "want:")?;
        let (actual, expected) = (lines[got + 1..want].join("\n"), lines[want + 1..].join("\n"));
        let one_line = |text: &str| text.lines().collect::<Vec<_>>().join("⏎");
        Some(Failure {
            message: format!("printed `{}`, not `{}`", one_line(&actual), one_line(&expected)),
            place: self.definition.cloned(),
            diff: Some((expected, actual)),
            ..Failure::default()
        })
    }

    /// A panic with the stack of the goroutine that caused it.
    pub(super) fn panic(self, lines: &[&str]) -> Failure {
        let message = lines[0].trim_start_matches("panic: ").trim_end_matches(" [recovered]");
        let end = lines.iter().skip(2).position(|line| line.starts_with("goroutine "));
        let stack = match end {
            // The first goroutine's stack ends where the next one begins.
            Some(first) => {
                let first = first + 2;
                let more =
                    lines[first + 1..].iter().position(|line| line.starts_with("goroutine "));
                &lines[first..more.map_or(lines.len(), |at| first + 1 + at)]
            }
            None => lines,
        };
        self.stack(message, stack, lines)
    }

    /// A failure at the top of a stack. Of a test that was still running when time was up, its own
    /// goroutine's stack is meant.
    pub(super) fn stack(self, message: &str, stack: &[&str], detail: &[&str]) -> Failure {
        // The runtime's own frames on top of a panic are not where it happened.
        let from = stack.iter().rposition(|line| line.starts_with("panic(")).unwrap_or(0);
        let mut frames: Vec<Frame> = Vec::new();
        for pair in stack[from..].windows(2) {
            let place = pair[1].strip_prefix('\t').and_then(|line| self.place(line));
            let name = pair[0].strip_prefix("created by ").unwrap_or(pair[0]);
            let name = name.rsplit('/').next().unwrap_or(name);
            let name = name.rsplit_once('(').map_or(name, |(name, _)| name);
            frames.extend(place.map(|place| Frame { place, name: name.to_owned() }));
        }
        let place = self.nearest(frames.iter().map(|frame| &frame.place)).cloned();
        frames.reverse();
        Failure {
            kind: "panic".into(),
            message: self.site.text_to_host(message.trim()),
            detail: self.site.text_to_host(&detail.join("\n")),
            place: place.or_else(|| self.definition.cloned()),
            frames,
            diff: None,
        }
    }

    /// Of a stack's places, innermost first, the one to show: in the test's own file where there is one.
    fn nearest<'p>(self, mut places: impl Iterator<Item = &'p Place> + Clone) -> Option<&'p Place> {
        let is_own = |place: &&Place| self.definition.is_some_and(|it| it.path == place.path);
        let first = places.clone().next();
        places.find(is_own).or(first)
    }

    /// `/app/a.go:12 +0x1c` in the workspace.
    fn place(self, text: &str) -> Option<Place> {
        let (path, rest) = text.split_once(".go:")?;
        let line = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        let path = self.site.paths.to_host(&format!("{path}.go"))?;
        path.starts_with(&self.site.root).then_some(Place { path, line, column: None })
    }
}

/// How a test came to its end that did not end: a panic of another goroutine, time that was up, `os.Exit`.
pub(super) fn death(scene: Scene<'_>, name: &str, output: &str) -> Failure {
    let lines: Vec<&str> = output.lines().filter(|line| !is_framing(line)).collect();
    let Some(at) = lines.iter().position(|line| line.starts_with("panic: ")) else {
        let said = lines.iter().rev().find(|line| !is_verdict(line));
        let said = said.map(|line| format!(": {}", line.trim())).unwrap_or_default();
        return Failure {
            message: format!("the test's process ended while it ran{said}"),
            detail: lines.join("\n"),
            place: scene.definition.cloned(),
            ..Failure::default()
        };
    };
    let lines = &lines[at..];
    let message = lines[0].trim_start_matches("panic: ");
    if !message.starts_with("test timed out") {
        return scene.panic(lines);
    }
    // Each goroutine's stack follows; one of them is the test's.
    let function = name.split('/').next().unwrap_or(name);
    let is_own = |stack: &&[&str]| {
        stack.iter().any(|line| {
            line.contains(&format!(".{function}(")) || line.contains(&format!(".{function}.func"))
        })
    };
    let stacks = lines.split(|line| line.trim().is_empty()).filter(is_own);
    let has_closure = |stack: &&[&str]| stack.iter().any(|line| line.contains(".func"));
    let is_inner = name.contains('/');
    let own = stacks.max_by_key(|stack| has_closure(stack) == is_inner).unwrap_or_default();
    Failure { kind: String::new(), ..scene.stack(message, own, own) }
}

/// What a test printed, without what [`Scene::failures`] makes of it.
pub(super) fn without_failures(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !is_framing(line)).collect();
    let starts = ["panic: ", "got:"];
    let end = lines.iter().position(|line| starts.iter().any(|start| line.starts_with(start)));
    let lines = &lines[..end.unwrap_or(lines.len())];
    let mut printed = String::new();
    let mut margin = None;
    for line in lines {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if start(line.trim_start_matches(' ')).is_some() {
            margin = Some(indent + 4);
        } else if margin.is_none_or(|margin| indent < margin) {
            margin = None;
            printed.push_str(line);
            printed.push('\n');
        }
    }
    printed
}

/// Why a test says that it was skipped: the last thing that it logged.
pub(super) fn reason(output: &str) -> Option<String> {
    let lines: Vec<&str> = output.lines().filter(|line| !is_framing(line)).collect();
    let last = messages(&lines).last()?;
    Some(last.text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A line of `t.Log` and its kin, with the lines that belong to it.
struct Message<'o> {
    file: &'o str,
    line: u32,
    text: String,
}

/// The messages in a test's output: `    file.go:12: text`, deeper lines below.
fn messages<'o>(lines: &'o [&'o str]) -> impl Iterator<Item = Message<'o>> {
    let starts = lines.iter().enumerate().filter_map(|(at, line)| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let (file, line, text) = start(line.trim_start_matches(' '))?;
        Some((at, indent, file, line, text))
    });
    starts.map(move |(at, indent, file, line, text)| {
        let margin = " ".repeat(indent + 4);
        let belongs = |line: &&&str| {
            line.starts_with(&margin) && start(line.trim_start_matches(' ')).is_none()
        };
        let more = lines[at + 1..].iter().take_while(belongs);
        let more = more.map(|line| &line[margin.len()..]);
        let text = std::iter::once(text).chain(more).collect::<Vec<_>>().join("\n");
        Message { file, line, text }
    })
}

/// `file.go:12: text`
fn start(line: &str) -> Option<(&str, u32, &str)> {
    let (stem, rest) = line.split_once(".go:")?;
    if stem.is_empty() || stem.contains(['/', ' ', ':']) {
        return None;
    }
    let (number, text) = rest.split_once(':')?;
    let number = number.parse().ok()?;
    Some((&line[..stem.len() + 3], number, text.strip_prefix(' ').unwrap_or(text)))
}

/// A section of a message of testify: `Error:` with what stands beside and below it.
fn section(text: &str, title: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim_start).skip_while(|line| !line.starts_with(title));
    let first = lines.next()?.strip_prefix(title)?.trim();
    let titles = ["Error Trace:", "Error:", "Test:", "Messages:"];
    let rest = lines.take_while(|line| !titles.iter().any(|title| line.starts_with(title)));
    Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n").trim_end().to_owned())
}
