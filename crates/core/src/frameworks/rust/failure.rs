//! What went wrong in a test, from what it printed.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Failure, Frame, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// Where a test ran, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) site: &'s Site,
    /// Where the compiler was started: paths of panics begin there.
    pub(super) workspace: &'s RelPath,
    /// Where the test was started: paths of its stack begin there.
    pub(super) package: &'s RelPath,
    pub(super) definition: Option<&'s Place>,
}

impl Scene<'_> {
    /// What a test says of its failure, with what the test library says of it.
    pub(super) fn failure(self, output: &str, message: Option<&str>) -> Failure {
        if let Some(panic) = self.panic(output) {
            return match message {
                Some(message) => Failure { message: self.site.text_to_host(message), ..panic },
                None => panic,
            };
        }
        let said = |start: &str| output.lines().find_map(|line| line.strip_prefix(start));
        let no_panic =
            || said("note: test did not panic").map(|_| "test did not panic as expected");
        let error =
            || said("Error: ").or_else(|| output.lines().rfind(|line| !line.trim().is_empty()));
        let message = message.or_else(no_panic).or_else(error).unwrap_or("the test failed");
        Failure {
            message: self.site.text_to_host(message.trim()),
            detail: self.site.text_to_host(output.trim_end()),
            place: self.definition.cloned(),
            ..Failure::default()
        }
    }

    /// The first panic that is told of: what others say follows from it.
    pub(super) fn panic(self, output: &str) -> Option<Failure> {
        static NEW: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^thread '.*' (?:\(\d+\) )?panicked at (\S.*):(\d+):(\d+):$")
                .expect("a pattern")
        });
        static OLD: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(?s)^thread '[^\n]*' panicked at '(.*?)', ([^\n]+):(\d+):(\d+)\n")
                .expect("a pattern")
        });
        let start = output.match_indices("thread '").map(|(at, _)| at);
        let start = start.filter(|at| *at == 0 || output.as_bytes()[at - 1] == b'\n');
        let text = start
            .map(|at| &output[at..])
            .find(|text| text.lines().next().is_some_and(|line| line.contains("panicked at ")))?;
        let first = text.lines().next().unwrap_or_default();
        let (message, place) = if let Some(found) = NEW.captures(first) {
            let is_message = |line: &&str| {
                !line.starts_with("stack backtrace:")
                    && !line.starts_with("note: run with `RUST_BACKTRACE")
            };
            let lines: Vec<&str> = text.lines().skip(1).take_while(is_message).collect();
            (
                lines.join("\n").trim().to_owned(),
                self.place(self.workspace, &found[1], &found[2], &found[3]),
            )
        } else {
            let found = OLD.captures(text)?;
            (found[1].to_owned(), self.place(self.workspace, &found[2], &found[3], &found[4]))
        };
        let frames = self.frames(text);
        let own = |frame: &&Frame| self.definition.is_some_and(|it| it.path == frame.place.path);
        let in_own =
            place.clone().filter(|place| self.definition.is_some_and(|it| it.path == place.path));
        let nearest = frames.iter().rfind(own).map(|frame| frame.place.clone());
        Some(Failure {
            diff: sides(&message),
            message: self.site.text_to_host(&message),
            detail: self.site.text_to_host(text.trim_end()),
            place: in_own.or(nearest).or(place).or_else(|| self.definition.cloned()),
            frames,
            ..Failure::default()
        })
    }

    /// The stack as far as it lies in the workspace, outermost first.
    fn frames(self, text: &str) -> Vec<Frame> {
        static FRAME: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?m)^ *\d+: (?:0x[0-9a-f]+ - )?(.+)\n +at (.+?):(\d+)(?::(\d+))?$";
            Regex::new(pattern).expect("a pattern")
        });
        let found = FRAME.captures_iter(text).filter_map(|found| {
            let name = found[1].to_owned();
            let column = found.get(4).map_or("", |it| it.as_str());
            let place = self.place(self.package, &found[2], &found[3], column)?;
            // The test library calls a test through one.
            (!name.ends_with("{{closure}}")).then_some(Frame { place, name })
        });
        let mut frames: Vec<Frame> = found.collect();
        frames.reverse();
        frames
    }

    fn place(self, from: &RelPath, path: &str, line: &str, column: &str) -> Option<Place> {
        self.site.place(from, path, line.parse().ok()?, column.parse().ok())
    }
}

/// What was expected, and what came: by habit the right side and the left.
fn sides(message: &str) -> Option<(String, String)> {
    static OLD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)\n  left: `(.*)`,\n right: `(.*?)`(?:: .*)?$").expect("a pattern")
    });
    if let Some(found) = OLD.captures(message) {
        return Some((found[2].to_owned(), found[1].to_owned()));
    }
    let side = |name: &str| message.lines().find_map(|line| line.trim_start().strip_prefix(name));
    Some((side("right: ")?.to_owned(), side("left: ")?.to_owned()))
}
