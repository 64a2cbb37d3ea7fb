//! Which suites a workspace has: as configured, else as detected.

use std::collections::HashSet;
use std::sync::Arc;

use super::Contents;
use crate::config::{self, Config};
use crate::frameworks::command::Command;
use crate::frameworks::{Detected, Framework, KINDS, Kind, Suite};
use crate::interpreter::Preference;
use crate::paths::RelPath;

/// The suites; those of the configuration where it has any, else all that are detected.
pub(super) fn suites(
    config: &Config,
    contents: Contents<'_>,
    preference: &Preference,
) -> Vec<Arc<Suite>> {
    let mut suites: Vec<Suite> = if config.suites.is_empty() {
        let found = KINDS.iter().flat_map(|kind| (kind.detect)(contents));
        found.map(|found| detected(config, found)).collect()
    } else {
        // One whose framework is a mistake is none.
        let is_something = |it: &&config::Suite| it.framework.is_some() || it.command.is_some();
        let configured = config.suites.iter().filter(is_something);
        configured.map(|settings| configured_suite(config, settings, contents)).collect()
    };
    for suite in &mut suites {
        suite.interpreter = preference.over(suite.interpreter.take());
    }
    divide(&mut suites);
    tell_apart(&mut suites, contents.files);
    suites.into_iter().map(Arc::new).collect()
}

fn detected(config: &Config, found: Detected) -> Suite {
    Suite {
        test_timeout: config.test_timeout.map(|limit| limit.0),
        ..Suite::new(found.root, found.framework)
    }
}

fn configured_suite(config: &Config, settings: &config::Suite, contents: Contents<'_>) -> Suite {
    let root = RelPath::new(settings.root.as_str());
    let kind = settings.framework.as_deref().and_then(Kind::named);
    let framework: Arc<dyn Framework> = match kind {
        Some(kind) => (kind.at)(&root, contents),
        None => {
            let reports = settings.reports.iter().map(|glob| glob.as_str().to_owned());
            Arc::new(Command::new(reports.collect()))
        }
    };
    Suite {
        name: name(settings, framework.name()),
        interpreter: settings.interpreter.clone(),
        command: settings.command.clone(),
        args: settings.args.clone(),
        env: settings.env.clone().into_iter().collect(),
        outputs: settings.outputs.iter().map(|glob| glob.as_str().to_owned()).collect(),
        timeout: settings.timeout.map(|limit| limit.0),
        test_timeout: settings.test_timeout.or(config.test_timeout).map(|limit| limit.0),
        ..Suite::new(root, framework)
    }
}

/// The tests of a command stand in no file that could tell them apart: its suite has a name always.
fn name(settings: &config::Suite, framework: &str) -> Option<Arc<str>> {
    match (&settings.name, framework) {
        (Some(name), _) => Some(name.as_str().into()),
        (None, "command") => Some(settings.display_name().into()),
        (None, _) => None,
    }
}

/// What lies at the root of a suite is not of another one around it that would call its tests the same.
fn divide(suites: &mut [Suite]) {
    let inner = |outer: &Suite| {
        let is_inner = |other: &&Suite| {
            other.framework.territory() == outer.framework.territory()
                && other.name == outer.name
                && other.root != outer.root
                && other.root.strip(&outer.root).is_some()
        };
        let inner = suites.iter().filter(|_| outer.framework.territory().is_some());
        inner.filter(is_inner).map(|other| other.root.clone()).collect()
    };
    let all: Vec<Vec<RelPath>> = suites.iter().map(inner).collect();
    for (suite, inner) in suites.iter_mut().zip(all) {
        suite.inner = inner;
    }
}

/// Suites over the same files need names, since the ids of their tests would be the same; the first
/// keeps the one it has.
fn tell_apart(suites: &mut [Suite], files: &[RelPath]) {
    let mut taken: HashSet<Option<Arc<str>>> = HashSet::new();
    for at in 0..suites.len() {
        let (before, rest) = suites.split_at_mut(at);
        let suite = &mut rest[0];
        let twin = |other: &&Suite| other.name == suite.name && overlap(other, suite, files);
        if before.iter().any(|other| twin(&other)) {
            let wanted = suite.name.clone();
            let base = wanted.as_deref().unwrap_or(suite.framework.name());
            let numbered = (2..).map(|number| format!("{base}-{number}"));
            let fresh = wanted.is_none().then(|| base.to_owned());
            let mut names = fresh.into_iter().chain(numbered).map(Arc::from);
            suite.name = names.find(|name| !taken.contains(&Some(Arc::clone(name))));
        }
        taken.insert(suite.name.clone());
    }
}

/// Whether both may have a test of the same id.
fn overlap(one: &Suite, other: &Suite, files: &[RelPath]) -> bool {
    if one.framework.name() == other.framework.name() {
        return one.root == other.root;
    }
    if one.root.strip(&other.root).or(other.root.strip(&one.root)).is_none() {
        return false;
    }
    let has = |suite: &Suite, file| suite.has_test_file(file);
    files.iter().any(|file| has(one, file) && has(other, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    const MINITEST: &str = "require 'minitest/autorun'";

    /// The suites that each file is of, and those that a folder means.
    fn check(files: &[(&str, &str)], folder: &str, of_file: &[(&str, &[&str])], meant: &[&str]) {
        let mut paths: Vec<RelPath> = files.iter().map(|(path, _)| RelPath::new(path)).collect();
        paths.sort();
        let read = |path: &str| {
            files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())
        };
        let contents = Contents { root: "/w".into(), files: &paths, read: &read };
        let suites = suites(&Config::default(), contents, &Preference::Own);
        let shown = |suite: &Arc<Suite>| format!("{} {}", suite.framework.name(), suite.root);
        for (file, expected) in of_file {
            let path = RelPath::new(file);
            let own = suites.iter().filter(|suite| suite.has_test_file(&path)).map(shown);
            assert_eq!(own.collect::<Vec<_>>(), *expected, "{file}");
        }
        let workspace = Workspace { suites: suites.clone(), ..Workspace::default() };
        let id = crate::id::TestId::of_file(RelPath::new(folder));
        let found = suites.iter().filter(|suite| workspace.is_meant(suite, &id)).map(shown);
        assert_eq!(found.collect::<Vec<_>>(), meant, "{folder}");
        assert!(suites.iter().all(|suite| suite.name.is_none()), "{suites:?}");
    }

    #[test]
    fn a_file_is_of_the_innermost_suite_of_its_framework() {
        let ruby = [
            ("Rakefile", ""),
            ("spec/top_spec.rb", ""),
            ("test/top_test.rb", MINITEST),
            ("gems/a/Gemfile", ""),
            ("gems/a/spec/a_spec.rb", ""),
            ("gems/a/test/a_test.rb", MINITEST),
        ];
        check(
            &ruby,
            "gems/a",
            &[
                ("spec/top_spec.rb", &["rspec "]),
                ("gems/a/spec/a_spec.rb", &["rspec gems/a"]),
                ("gems/a/test/a_test.rb", &["minitest gems/a"]),
            ],
            &["rspec gems/a", "minitest gems/a"],
        );
        let php = [
            ("phpunit.xml", ""),
            ("tests/RootTest.php", ""),
            ("packages/a/phpunit.xml", ""),
            ("packages/a/tests/ATest.php", ""),
            ("packages/b/tests/Pest.php", ""),
            ("packages/b/tests/BTest.php", ""),
        ];
        check(
            &php,
            "packages/b/tests",
            &[
                ("tests/RootTest.php", &["phpunit "]),
                ("packages/a/tests/ATest.php", &["phpunit packages/a"]),
                ("packages/b/tests/BTest.php", &["pest packages/b"]),
            ],
            &["pest packages/b"],
        );
    }
}
