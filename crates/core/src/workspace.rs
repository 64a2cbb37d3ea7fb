//! A workspace folder as it stands on disk: its suites and where their tests run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::frameworks::{Items, Part, Source, Suite};
use crate::id::TestId;
use crate::interpreter::{Choice, Registered};
use crate::model::{Fault, Place, RunError};
use crate::paths::RelPath;
use crate::plan::{self, Interpreter};

/// What a folder's configuration and files amount to.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Its suites, in the order in which they run.
    pub suites: Vec<Arc<Suite>>,
    /// The interpreters that the suites name, `None` for the default one: ready, or why not.
    pub interpreters: BTreeMap<Option<String>, Result<Choice, RunError>>,
    /// All interpreters of the folder, those that no suite uses too.
    pub registered: Vec<Registered>,
    /// Mistakes in the configuration. While there is one, nothing runs.
    pub problems: Vec<Problem>,
    /// Settings that mean nothing here. They are said with each run, and hold nothing up.
    pub warnings: Vec<String>,
    /// A whole run may take this long.
    pub timeout: Option<Duration>,
    /// The profile that was chosen.
    pub profile: Option<String>,
}

/// A mistake in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is, where that is a file.
    pub place: Option<Place>,
    /// How many characters it spans, for an underline.
    pub length: u32,
    /// What is wrong, what was expected.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

/// The tests of one file in one suite.
#[derive(Debug, Clone)]
pub struct FileTests {
    /// Which suite.
    pub suite: Arc<Suite>,
    /// Which file.
    pub path: RelPath,
    /// Its tests.
    pub items: Items,
    /// Whether none was found in it, and it may have some all the same: see
    /// [`may_have_more`](crate::frameworks::Framework::may_have_more).
    pub is_bare: bool,
    /// Further files that they come from, such as that of a base class, with what these said.
    pub others: Vec<(RelPath, Arc<str>)>,
    /// Parts of it that are files of their own.
    pub parts: Vec<Part>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}:{}: ", place.path, place.line, place.column.unwrap_or(1))?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl Problem {
    /// The reason why nothing runs.
    pub fn to_error(&self) -> RunError {
        RunError {
            fault: Fault::Configuration,
            message: self.message.clone(),
            help: self.help.clone(),
            place: self.place.clone(),
            log: None,
            remedy: None,
            ask: None,
        }
    }
}

impl Workspace {
    /// The first mistake of the configuration, with the others beside it: people mend them all at once.
    pub fn mistakes(&self) -> Option<RunError> {
        let (first, others) = self.problems.split_first()?;
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        let log = (!others.is_empty()).then(|| others.join("\n").into());
        Some(RunError { log, ..first.to_error() })
    }

    /// The tests of a file, for each suite that it belongs to.
    pub fn discover(&self, source: &mut Source<'_>) -> Vec<FileTests> {
        let path = source.path;
        let suites = self.suites.iter().filter(|suite| suite.has_test_file(path));
        suites
            .map(|suite| {
                let found = suite.framework.discover(suite, source);
                let is_own = |id: &TestId| id.suite == suite.name;
                let items: Items = source.complete(found, is_own).into();
                FileTests {
                    suite: suite.clone(),
                    path: source.path.clone(),
                    is_bare: items.is_empty() && suite.framework.may_have_more(source.text),
                    items,
                    others: source.others(),
                    parts: source.take_parts(),
                }
            })
            .collect()
    }

    /// Whether an id means tests of this suite, or a directory above or below its root. A file is
    /// of the suites that own it; what no suite owns is taken for a directory.
    pub fn is_meant(&self, suite: &Suite, id: &TestId) -> bool {
        if id.suite.is_some() && id.suite != suite.name {
            return false;
        }
        // What such a suite's tests are is known by its name only: a path says nothing of them.
        if !suite.framework.can_select() && id.suite.is_none() && !id.file.is_root() {
            return false;
        }
        let (file, root) = (&id.file, &suite.root);
        if file.strip(root).is_none() {
            return id.names.is_empty() && root.strip(file).is_some();
        }
        if suite.leaves_out(file) {
            return false;
        }
        file.is_root() || suite.owns(file) || !self.suites.iter().any(|suite| suite.owns(file))
    }

    /// Whether a run of this suite has to know what stands in its files.
    pub fn needs_known(&self) -> bool {
        self.suites.iter().any(|suite| suite.framework.needs_known())
    }

    /// The interpreters that its suites run with, as far as they are ready.
    pub fn interpreters(&self) -> impl Iterator<Item = &Interpreter> {
        let choices = self.interpreters.values().filter_map(|choice| choice.as_ref().ok());
        choices.map(|choice| &choice.interpreter)
    }

    /// The engines that these are on: their addresses, `None` for the active one.
    pub fn hosts(&self) -> BTreeSet<Option<String>> {
        let in_containers = self.interpreters().filter(|it| it.source != plan::Source::Local);
        in_containers.map(|it| it.host.clone()).collect()
    }

    /// The compose projects that these interpreters' services are in.
    pub fn compose_projects(&self) -> Vec<String> {
        let compose = |it: &Interpreter| match &it.source {
            plan::Source::Compose(compose) => Some(compose.project.clone()),
            plan::Source::Dockerfile(_) | plan::Source::Image(_) | plan::Source::Local => None,
        };
        self.interpreters().filter_map(compose).collect()
    }

    /// Where a suite's tests run.
    pub fn interpreter(&self, suite: &Suite) -> Result<Arc<Interpreter>, RunError> {
        match self.interpreters.get(&suite.interpreter) {
            Some(Ok(choice)) => Ok(Arc::new(choice.interpreter.clone())),
            Some(Err(error)) => Err(error.clone()),
            None => {
                Err(RunError::new(Fault::Configuration, "the suite's interpreter was not resolved"))
            }
        }
    }
}
