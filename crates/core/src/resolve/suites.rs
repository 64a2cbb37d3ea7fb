//! Which suites a workspace has: as configured, else as detected.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Choice, Contents};
use crate::config::{self, Config};
use crate::frameworks::command::Command;
use crate::frameworks::pytest::Pytest;
use crate::frameworks::{Framework, Suite};
use crate::paths::RelPath;

/// The suites; those of the configuration where it has any, else all that are detected.
pub(super) fn suites(config: &Config, contents: Contents<'_>, choice: &Choice) -> Vec<Arc<Suite>> {
    let mut suites: Vec<Suite> = if config.suites.is_empty() {
        let found = Pytest::detect(contents).into_iter();
        found.map(|pytest| detected(config, pytest)).collect()
    } else {
        let configured = config.suites.iter();
        configured.map(|settings| configured_suite(config, settings, contents)).collect()
    };
    for suite in &mut suites {
        suite.interpreter = choice.interpreter.clone().or(suite.interpreter.take());
    }
    tell_apart(&mut suites);
    suites.into_iter().map(Arc::new).collect()
}

fn detected(config: &Config, pytest: Pytest) -> Suite {
    Suite {
        name: None,
        root: pytest.root().clone(),
        framework: Arc::new(pytest),
        interpreter: None,
        command: None,
        args: Vec::new(),
        env: Vec::new(),
        timeout: None,
        test_timeout: config.test_timeout.map(|limit| limit.0),
    }
}

fn configured_suite(config: &Config, settings: &config::Suite, contents: Contents<'_>) -> Suite {
    let root = RelPath::new(settings.root.as_str());
    let framework: Arc<dyn Framework> = match settings.framework.as_deref() {
        Some("pytest") => Arc::new(Pytest::at(&root, contents)),
        _ => {
            let reports = settings.reports.iter().map(|glob| glob.as_str().to_owned());
            Arc::new(Command::new(reports.collect()))
        }
    };
    Suite {
        name: name(settings, framework.name()),
        root,
        framework,
        interpreter: settings.interpreter.clone(),
        command: settings.command.clone(),
        args: settings.args.clone(),
        env: settings.env.clone().into_iter().collect(),
        timeout: settings.timeout.map(|limit| limit.0),
        test_timeout: settings.test_timeout.or(config.test_timeout).map(|limit| limit.0),
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

/// Two suites over the same files need names; the first keeps the one it has.
fn tell_apart(suites: &mut [Suite]) {
    let mut taken = HashSet::new();
    for suite in suites {
        let wanted = suite.name.clone();
        let mut number = 1;
        while !taken.insert((suite.name.clone(), suite.root.clone())) {
            number += 1;
            let base = wanted.as_deref().unwrap_or(suite.framework.name());
            suite.name = Some(format!("{base}-{number}").into());
        }
    }
}
