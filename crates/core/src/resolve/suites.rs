//! Which suites a workspace has: as configured, else as detected.

use std::sync::Arc;

use super::{Choice, Contents};
use crate::config::{self, Config};
use crate::frameworks::command::Command;
use crate::frameworks::{Framework, Suite};
use crate::paths::RelPath;
use crate::workspace::Problem;

/// The suites; those of the configuration where it has any, else all that are detected.
pub(super) fn suites(
    config: &Config,
    contents: Contents<'_>,
    choice: &Choice,
    problems: &mut Vec<Problem>,
) -> Vec<Arc<Suite>> {
    let _ = (contents, problems);
    let configured = config
        .suites
        .iter()
        .map(|settings| configured(config, settings, choice));
    configured.map(Arc::new).collect()
}

fn configured(config: &Config, settings: &config::Suite, choice: &Choice) -> Suite {
    let reports = settings
        .reports
        .iter()
        .map(|glob| glob.as_str().to_owned())
        .collect();
    let framework: Arc<dyn Framework> = Arc::new(Command::new(reports));
    Suite {
        name: settings.name.clone().map(Into::into),
        root: RelPath::new(settings.root.as_str()),
        framework,
        interpreter: choice
            .interpreter
            .clone()
            .or_else(|| settings.interpreter.clone()),
        command: settings.command.clone(),
        args: settings.args.clone(),
        env: settings.env.clone().into_iter().collect(),
        timeout: settings.timeout.map(|limit| limit.0),
        test_timeout: settings
            .test_timeout
            .or(config.test_timeout)
            .map(|limit| limit.0),
    }
}
