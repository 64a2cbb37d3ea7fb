//! What is known of the containers of a project's engines.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8PathBuf;
use futures_util::future::join_all;
use testdock_core::containers::{Container, Inventory, Origin, Project as Owner, find};
use testdock_core::interpreter::Registered;
use testdock_core::model::RunError;
use testdock_core::plan::Interpreter;
use testdock_core::views::terminal;
use testdock_engine::containers::{self, Engine, engines, list};
use testdock_engine::scan::{Depth, Scanner};
use testdock_engine::world::World;

use crate::args::ProjectArguments;
use crate::project::Project;
use crate::{exit, print};

/// What there is on the engines of a project.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) world: World,
    pub(crate) project: Owner,
    pub(crate) engines: Vec<Looked>,
    /// The project's interpreters.
    interpreters: Vec<Interpreter>,
    /// Why some engines cannot be looked at.
    pub(crate) errors: Vec<RunError>,
    cwd: Utf8PathBuf,
}

/// An engine that was looked at.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) host: Option<String>,
    pub(crate) label: String,
    pub(crate) inventory: Inventory,
}

/// A container, and the engine that it is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'k> {
    pub(crate) host: Option<&'k str>,
    pub(crate) container: &'k Container,
}

impl Known {
    /// Looks at all engines of the project, or at one.
    pub(crate) async fn look(arguments: &ProjectArguments, engine: Option<&str>) -> Result<Self> {
        let project = Project::find(arguments)?;
        let real = project.root.canonicalize_utf8().ok().filter(|real| *real != project.root);
        let scanner = Scanner::new(project.settings.clone(), Depth::Configuration);
        let (workspace, _) = scanner.read(&project.root);
        let engines = match engine.filter(|it| !it.is_empty()) {
            Some(host) => {
                vec![Engine { host: Some(host.to_owned()), label: host.to_owned(), is_used: true }]
            }
            None => engines(&workspace.hosts()),
        };
        let all = workspace.registered.iter().filter_map(Registered::needs_engine);
        let mut known = Self {
            world: World::new(),
            project: Owner { root: project.root, real, compose: workspace.compose_projects() },
            engines: Vec::new(),
            interpreters: all.cloned().collect(),
            errors: Vec::new(),
            cwd: project.cwd,
        };
        let looks = engines.iter().map(|it| list(&known.world, it.host.as_deref()));
        let looks = join_all(looks).await;
        for (Engine { host, label, is_used }, look) in engines.into_iter().zip(looks) {
            match look {
                Ok(inventory) => known.engines.push(Looked { host, label, inventory }),
                Err(error) if is_used => known.errors.push(error),
                // Nobody here needs it.
                Err(_) => {}
            }
        }
        Ok(known)
    }

    /// The container that a word means.
    pub(crate) fn find(&self, name: &str) -> Result<Found<'_>, RunError> {
        let all: Vec<Found<'_>> = self.all().collect();
        let containers: Vec<&Container> = all.iter().map(|found| found.container).collect();
        match find::find(&containers, &self.project, name) {
            Ok(at) => Ok(all[at]),
            // It may be on the engine that does not answer.
            Err(error) => Err(self.errors.first().cloned().unwrap_or(error)),
        }
    }

    /// The variables of the project's tests, where they run in this container.
    pub(crate) async fn environment(
        &self,
        container: &Container,
    ) -> Result<BTreeMap<String, String>, RunError> {
        let Origin::Interpreter { name, .. } = &container.origin else {
            return Ok(BTreeMap::new());
        };
        let is_own = self.project.owns(container);
        match self.interpreters.iter().find(|it| is_own && it.name == *name) {
            Some(it) => containers::environment(&self.world, &self.project.root, it).await,
            None => Ok(BTreeMap::new()),
        }
    }

    /// The containers of the project.
    pub(crate) fn own(&self) -> Vec<Found<'_>> {
        self.all().filter(|found| self.project.owns(found.container)).collect()
    }

    fn all(&self) -> impl Iterator<Item = Found<'_>> {
        self.engines.iter().flat_map(|engine| {
            let host = engine.host.as_deref();
            engine.inventory.containers.iter().map(move |container| Found { host, container })
        })
    }

    /// Says what went wrong with engines, and what the exit code is for it.
    pub(crate) fn complain(&self) -> ExitCode {
        for error in &self.errors {
            self.say(error);
        }
        self.errors.first().map_or(exit::PASSED, |error| exit::of_fault(error.fault)).into()
    }

    /// Says an error, and what the exit code is for it.
    pub(crate) fn refuse(&self, error: &RunError) -> ExitCode {
        self.say(error);
        exit::of_fault(error.fault).into()
    }

    fn say(&self, error: &RunError) {
        for line in terminal::error_lines(error, &self.cwd) {
            print::note(&line);
        }
    }
}
