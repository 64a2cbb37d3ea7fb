//! Which of several places is the failure's.

use super::frames::{Frame, Order, Trust};
use super::path;
use super::{Failure, Location, Place};

/// What is known of the test's own file.
pub(super) struct Own<'r> {
    files: Vec<&'r str>,
    class: Option<&'r str>,
    /// Parts of names that may be the file's, with how much each says.
    names: Vec<(usize, &'r str)>,
}

impl<'r> Own<'r> {
    pub(super) fn of(failure: Failure<'r>) -> Self {
        let (case, suite) = (failure.case, failure.suite);
        let class =
            case.and_then(|case| case.classname.as_deref()).filter(|class| !class.is_empty());
        let name = case.and_then(|case| case.name.as_deref()).filter(|_| class.is_none());
        let suite_name = suite.and_then(|suite| suite.name.as_deref());
        let files = [
            failure.status.file.as_deref(),
            case.and_then(|case| case.file.as_deref()),
            suite.and_then(|suite| suite.file.as_deref()),
        ];
        let named =
            [class, suite_name].into_iter().filter(|name| name.is_some_and(path::is_source));
        let names = [suite_name, name, class].into_iter().enumerate();
        Own {
            files: files.into_iter().chain(named).flatten().collect(),
            class,
            names: names.flat_map(|(rank, name)| parts(rank, name.unwrap_or_default())).collect(),
        }
    }

    /// Whether a path is the test's own file by all that is known, wherever it lies.
    fn is_sure(&self, path: &str) -> bool {
        self.files.iter().any(|file| is_same(file, path))
            || self.class.is_some_and(|class| is_file_of(path, class))
    }

    /// How surely a path is the test's own file; zero where nothing speaks for it.
    fn score(&self, path: &str) -> usize {
        if self.is_sure(path) {
            return usize::MAX;
        }
        let stem = path::stem(path);
        let (subject, is_test) = (subject(stem), usize::from(is_test(path)));
        // Of the code and its test, which are named alike, the test is the test's.
        let score = |(score, name): &(usize, &str)| {
            let same = is_same_name(name, stem);
            (same || is_same_name(name, subject))
                .then_some(score * 4 + is_test * 2 + usize::from(same))
        };
        self.names.iter().filter_map(score).max().unwrap_or(0)
    }
}

/// The later a part of a dotted name, the more of it is the file's: `tests.calc.test_sum` is in
/// `test_sum`.
fn parts(rank: usize, name: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let parts = name.split(move |c| !is_name(c)).filter(|part| !part.is_empty());
    parts.take(100).enumerate().map(move |(index, part)| (1 + rank * 100 + index, part))
}

/// Whether a path is that of a class in a package: `a/b/Foo.java` of `a.b.Foo$Inner`.
fn is_file_of(path: &str, class: &str) -> bool {
    let outer = class.split('$').next().unwrap_or(class);
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    outer.contains('.') && stem.len() == outer.len() && stem.split('/').eq(outer.split('.'))
}

/// Whether one path is the end of the other.
fn is_same(one: &str, other: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
        parts.map(str::to_owned).collect()
    };
    let (one, other) = (parts(one), parts(other));
    !one.is_empty() && !other.is_empty() && (one.ends_with(&other) || other.ends_with(&one))
}

/// The place that says best where it failed, and the others as frames; none where no place can be
/// trusted.
pub(super) fn best(frames: &[Frame], own: &Own<'_>, said: Option<&Place>) -> Option<Location> {
    let is_ours = |frame: &&Frame| !frame.library || own.is_sure(&frame.place.path);
    let frames: Vec<&Frame> = frames.iter().filter(is_ours).collect();
    let chosen = match said {
        Some(place) => place.clone(),
        None => choose(&frames, own)?.place.clone(),
    };
    let mut others: Vec<Place> = Vec::new();
    for frame in frames.iter().filter(|frame| frame.trust > Trust::Mentioned) {
        if frame.place != chosen && !others.contains(&frame.place) {
            others.push(frame.place.clone());
        }
    }
    Some(Location { place: Some(chosen), frames: others, definition: None })
}

fn choose<'f>(frames: &[&'f Frame], own: &Own<'_>) -> Option<&'f Frame> {
    let stated = || frames.iter().copied().filter(|frame| frame.trust > Trust::Mentioned);
    let vouched = frames.iter().copied().find(|frame| frame.trust == Trust::Vouched);
    vouched
        .or_else(|| innermost(most_own(stated(), own)))
        .or_else(|| innermost(stated().filter(|frame| is_test(&frame.place.path))))
        .or_else(|| innermost(stated()))
        .or_else(|| innermost(most_own(frames.iter().copied(), own)))
}

/// The frames in the file that is most surely the test's own.
fn most_own<'f>(
    frames: impl Iterator<Item = &'f Frame>,
    own: &Own<'_>,
) -> impl Iterator<Item = &'f Frame> {
    let scored: Vec<_> = frames.map(|frame| (own.score(&frame.place.path), frame)).collect();
    let most = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
    scored
        .into_iter()
        .filter(move |(score, _)| *score > 0 && *score == most)
        .map(|(_, frame)| frame)
}

fn innermost<'f>(mut frames: impl Iterator<Item = &'f Frame>) -> Option<&'f Frame> {
    let first = frames.next()?;
    match first.order {
        Order::InnermostFirst => Some(first),
        Order::InnermostLast => Some(frames.last().unwrap_or(first)),
    }
}

/// Clojure writes dashes in names and underscores in files.
fn is_same_name(name: &str, stem: &str) -> bool {
    name.len() == stem.len()
        && name.bytes().zip(stem.bytes()).all(|(a, b)| a == b || a == b'-' && b == b'_')
}

const WORDS: [&str; 4] = ["test", "tests", "spec", "suite"];

/// Whether a file is named as tests are: `test_a.py`, `a_test.go`, `a.spec.ts`, `ATest.java`.
fn is_test(path: &str) -> bool {
    let stem = path::stem(path);
    subject(stem) != stem || stem.to_ascii_lowercase().starts_with("test")
}

/// What a file that is named as tests are is about: `a` of all of these.
fn subject(stem: &str) -> &str {
    let lower = stem.to_ascii_lowercase();
    if lower.len() != stem.len() {
        return stem;
    }
    let is_mark = |c: char| matches!(c, '_' | '-' | '.');
    for word in WORDS {
        if let Some(rest) = lower.strip_suffix(word) {
            let (before, written) = stem.split_at(rest.len());
            if before.ends_with(is_mark)
                || !before.is_empty() && written.starts_with(char::is_uppercase)
            {
                return before.trim_end_matches(is_mark);
            }
        }
        if let Some(rest) = lower.strip_prefix(word).filter(|rest| rest.starts_with(is_mark)) {
            return stem[stem.len() - rest.len()..].trim_start_matches(is_mark);
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_about_something() {
        let cases = [
            ("test_a", "a"),
            ("a_test", "a"),
            ("a.spec", "a"),
            ("CalcTest", "Calc"),
            ("calc_SUITE", "calc"),
            ("TestCalc", "TestCalc"),
            ("latest", "latest"),
            ("Test", "Test"),
            ("_test", ""),
            ("İtest", "İtest"),
        ];
        for (stem, expected) in cases {
            assert_eq!(subject(stem), expected, "{stem}");
        }
    }
}
