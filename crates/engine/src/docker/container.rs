//! Containers that are kept warm: found again by label, made once, gone with their lease.

use std::collections::HashMap;
use std::time::Duration;

use bollard::Docker;
use bollard::models::{ContainerSummary, MountPoint, NetworkConnectRequest};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, KillContainerOptions, ListContainersOptionsBuilder,
    RemoveContainerOptionsBuilder, StartContainerOptions,
};
use camino::Utf8PathBuf;
use testdock_core::containers::origin::INTERPRETER;
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use testdock_core::paths::{Mount, PathMap};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::copy::Turn;
use super::entry::Entry;
use super::not_made::NotMade;
use super::own::Own;
use super::recipe::{KEY, Recipe};
use super::see;
use super::share::Share;
use super::{compose, made, not_honoured, passwd, setup, status};
use crate::death::room_help;
use crate::runner::Events;

/// Another process may need so long to make the container that both want.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at it.
const LOOK_AGAIN: Duration = Duration::from_millis(30);

/// A container that runs.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(super) docker: Docker,
    pub(super) id: String,
    paths: PathMap,
    warm: bool,
    alone: bool,
    /// Whether it is somebody else's, and not ours to end.
    borrowed: bool,
    /// How it comes by the workspace.
    share: Option<Share>,
    /// What ran in it first, where it is new and something did.
    entry: Option<Entry>,
    /// As whom commands run, where that is not the container's own user.
    pub(super) user: Option<String>,
    /// When it was found or made, for the engine's own account of what happened since.
    pub(super) since: i64,
}

impl Container {
    /// A container that somebody else has made.
    pub(super) fn borrowed(
        docker: Docker,
        id: String,
        mounts: Option<Vec<MountPoint>>,
        user: Option<String>,
        own: &Own,
    ) -> Self {
        let paths = paths(&HashMap::new(), own, mounts);
        let share = None;
        Self {
            docker,
            id,
            paths,
            warm: true,
            alone: false,
            borrowed: true,
            share,
            entry: None,
            user,
            since: now(),
        }
    }

    /// As whom commands run, as a part of a path.
    pub(super) fn user_word(&self) -> String {
        self.user.as_deref().unwrap_or("own").replace([':', '/'], "-")
    }

    /// Whether it is to be proven that it sees the workspace.
    pub(crate) fn is_unproven(&self) -> bool {
        !self.has_copy() && (!self.warm || self.borrowed)
    }

    /// Whether it is somebody else's, and not ours to end.
    pub(crate) fn is_borrowed(&self) -> bool {
        self.borrowed
    }

    /// Whether it has a copy of the workspace, and does not see the workspace itself.
    pub(crate) fn has_copy(&self) -> bool {
        self.share.as_ref().is_some_and(|share| share.is_copy)
    }

    /// It turned out not to see the workspace; says whether another one may do better.
    pub(crate) async fn forsake(&self) -> bool {
        self.remove().await;
        let is_new = !self.has_copy();
        match &self.share {
            Some(share) if is_new => share.clone().give_up(),
            _ => return false,
        }
        true
    }

    /// The engine's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Its real mounts.
    pub(crate) fn paths(&self) -> &PathMap {
        &self.paths
    }

    /// Whether it stood ready.
    pub(crate) fn is_warm(&self) -> bool {
        self.warm
    }

    /// That what ran in it first ended, and the container with it.
    pub(crate) async fn entry_error(&self) -> Option<RunError> {
        self.entry.as_ref()?.error().await
    }

    /// Ends it, where it was made for one run alone.
    pub(crate) async fn leave(&self) {
        if self.alone {
            // Its first process ends at once on a signal, and the engine removes it.
            let options = KillContainerOptions { signal: "TERM".to_owned() };
            let _ = self.docker.kill_container(&self.id, Some(options)).await;
        }
    }

    /// Removes it: it is of no use.
    async fn remove(&self) {
        if !self.borrowed {
            discard(&self.docker, &self.id).await;
        }
    }
}

/// The container of `recipe`: the one that runs, or a new one.
pub(crate) async fn obtain(
    docker: &Docker,
    recipe: Recipe,
    share: Share,
    events: &Events,
) -> Result<Container, NotMade> {
    let since = now();
    let mut turn = Turn::take(&recipe).await?;
    if !recipe.alone
        && let Some(found) = find(docker, &recipe).await?
        && let id = found.id.unwrap_or_default()
        && setup::is_ready(docker, &id, &recipe).await?
        && is_current(docker, &id, &mut turn, events).await?
    {
        return Ok(Container {
            docker: docker.clone(),
            id,
            paths: paths(&recipe.binds, &recipe.own, found.mounts),
            warm: true,
            alone: false,
            borrowed: false,
            share: Some(share),
            entry: None,
            user: None,
            since,
        });
    }
    events.send(RunEvent::Preparing(Stage::Starting)).await;
    for unheeded in &recipe.unheeded {
        events.send(not_honoured(unheeded)).await;
    }
    for warning in &recipe.warnings {
        events.send(RunEvent::Warning(warning.clone())).await;
    }
    for granted in &recipe.granted {
        let words = format!("the container has {granted}, as the configuration allows");
        events.send(RunEvent::Warning(words)).await;
    }
    let events = events.clone();
    let given_up = CancellationToken::new();
    let _wanted = given_up.clone().drop_guard();
    let maker = Maker { docker: docker.clone(), recipe, share, turn, since, events, given_up };
    // On its own, so that a cancelled run does not leave half a container behind.
    let made = tokio::spawn(async move { Box::pin(maker.make()).await }).await;
    made.unwrap_or_else(|e| {
        let message = format!("cannot start a container: {e}");
        Err(RunError::new(Fault::Interpreter, message).into())
    })
}

/// Brings a container's copy of the workspace up to date, where it has one. One that cannot be is given up.
async fn is_current(
    docker: &Docker,
    id: &str,
    turn: &mut Option<Turn>,
    events: &Events,
) -> Result<bool, RunError> {
    let Some(turn) = turn else {
        return Ok(true);
    };
    let current = turn.refresh(docker, id, events).await;
    if !matches!(current, Ok(true)) {
        discard(docker, id).await;
    }
    current
}

async fn find(docker: &Docker, recipe: &Recipe) -> Result<Option<ContainerSummary>, RunError> {
    let filters = HashMap::from([
        ("label", vec![format!("{KEY}={}", recipe.key)]),
        ("status", vec!["running".to_owned()]),
        ("name", vec![recipe.name.clone()]),
    ]);
    let options = ListContainersOptionsBuilder::default().filters(&filters).build();
    let list = see::containers(docker, options).await;
    let list = list.map_err(|e| engine_error("list containers", &e))?;
    let exact = format!("/{}", recipe.name);
    Ok(list.into_iter().find(|c| c.names.iter().flatten().any(|n| *n == exact)))
}

struct Maker {
    docker: Docker,
    recipe: Recipe,
    share: Share,
    turn: Option<Turn>,
    since: i64,
    events: Events,
    /// That nobody waits for the container any more.
    given_up: CancellationToken,
}

/// What became of a try to have the container.
enum Try {
    Runs(Container),
    /// Somebody else has made it.
    Joined(Container),
    /// Something is under way: look again.
    Again,
    /// It ended by itself.
    Ended(RunError),
}

impl Maker {
    async fn make(mut self) -> Result<Container, NotMade> {
        sweep(&self.docker).await;
        compose::sweep(&self.docker).await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.create_or_join().await {
                Ok(Try::Runs(container)) => return Ok(self.ready(container).await?),
                Ok(Try::Joined(container)) => {
                    if self.turn.is_none()
                        && setup::is_ready(&self.docker, &container.id, &self.recipe).await?
                    {
                        return Ok(container);
                    }
                    // Whoever made it is dead, or failed.
                    discard(&self.docker, &container.id).await;
                }
                Ok(Try::Again) if Instant::now() < deadline => sleep(LOOK_AGAIN).await,
                Ok(Try::Again) => return Err(self.stuck().into()),
                Ok(Try::Ended(error)) => return Err(error.into()),
                Err(e) => return Err(NotMade::of(&self.recipe, &e)),
            }
        }
    }

    async fn create_or_join(&self) -> Result<Try, bollard::errors::Error> {
        let name = &self.recipe.name;
        let mut options = CreateContainerOptionsBuilder::default().name(name);
        if let Some(platform) = &self.recipe.platform {
            options = options.platform(platform);
        }
        match self.docker.create_container(Some(options.build()), self.recipe.body.clone()).await {
            Ok(made) => {
                for warning in made.warnings {
                    let words = format!("the engine says of the container: {warning}");
                    self.events.send(RunEvent::Warning(words)).await;
                }
                self.connect(&made.id).await?;
                passwd::introduce(&self.docker, &made.id, &self.recipe).await;
                self.start_new(&made.id).await
            }
            Err(e) if is_taken(&e) => self.join().await,
            Err(e) => Err(e),
        }
    }

    /// Joins the networks that a container is not made with.
    async fn connect(&self, id: &str) -> Result<(), bollard::errors::Error> {
        for (network, endpoint) in &self.recipe.networks {
            let request = NetworkConnectRequest {
                container: id.to_owned(),
                endpoint_config: Some(endpoint.clone()),
            };
            if let Err(error) = self.docker.connect_network(network, request).await {
                discard(&self.docker, id).await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Uses the container that another process is making, or waits for one that is going.
    async fn join(&self) -> Result<Try, bollard::errors::Error> {
        let found = see::container(&self.docker, &self.recipe.name).await;
        let found = match found {
            Err(e) if status(&e) == Some(404) => return Ok(Try::Again),
            found => found?,
        };
        let state = found.state.and_then(|s| s.status).map(|s| s.to_string()).unwrap_or_default();
        let id = found.id.unwrap_or_default();
        match state.as_str() {
            // Starting a container that runs does nothing.
            "running" | "created" => self.start(&id, true, None).await,
            "removing" => Ok(Try::Again),
            _ => {
                discard(&self.docker, &id).await;
                Ok(Try::Again)
            }
        }
    }

    /// Starts a container that this process has made.
    async fn start_new(&self, id: &str) -> Result<Try, bollard::errors::Error> {
        let entry = match self.recipe.has_entry {
            true => Entry::listen(&self.docker, id, &self.recipe.image).await,
            false => None,
        };
        let tried = self.start(id, false, entry.clone()).await;
        if let (Err(error), Some(entry)) = (&tried, entry)
            && see::is_absent(error)
            && let Some(error) = entry.error().await
        {
            return Ok(Try::Ended(error));
        }
        tried
    }

    async fn start(
        &self,
        id: &str,
        joined: bool,
        entry: Option<Entry>,
    ) -> Result<Try, bollard::errors::Error> {
        match self.docker.start_container(id, None::<StartContainerOptions>).await {
            Ok(()) => {}
            Err(e) if joined && matches!(status(&e), Some(404 | 409)) => return Ok(Try::Again),
            Err(e) => {
                discard(&self.docker, id).await;
                return Err(e);
            }
        }
        let found = see::container(&self.docker, id).await?;
        let container = Container {
            docker: self.docker.clone(),
            id: id.to_owned(),
            paths: paths(&self.recipe.binds, &self.recipe.own, found.mounts),
            warm: false,
            borrowed: false,
            share: Some(self.share.clone()),
            entry,
            user: None,
            alone: self.recipe.alone,
            since: self.since,
        };
        Ok(if joined { Try::Joined(container) } else { Try::Runs(container) })
    }

    /// A new container, with what it is to begin with done.
    async fn ready(&mut self, container: Container) -> Result<Container, RunError> {
        let done = self.furnish(&container.id).await;
        if let Err(error) = done {
            let entry = container.entry_error().await;
            discard(&self.docker, &container.id).await;
            return Err(entry.unwrap_or(error));
        }
        Ok(container)
    }

    async fn furnish(&mut self, id: &str) -> Result<(), RunError> {
        made::hand_over(&self.docker, id, &self.recipe).await;
        if let Some(turn) = &mut self.turn {
            turn.fill(&self.docker, id, &self.events).await?;
        }
        let setup = setup::run(&self.docker, id, &self.recipe, &self.events);
        // Commands may take for ever: they end with the container when the run is cancelled.
        self.given_up.run_until_cancelled(setup).await.unwrap_or_else(|| {
            let message = "cannot make the container ready: the run was cancelled";
            Err(RunError::new(Fault::Interpreter, message))
        })
    }

    fn stuck(&self) -> RunError {
        let name = &self.recipe.name;
        RunError::new(
            Fault::Interpreter,
            format!("cannot start the container {name}: one of that name neither starts nor goes"),
        )
        .help(format!("remove it: docker rm -f {name}"))
    }
}

/// Removes the containers that somebody made and died before starting: no lease ends those.
async fn sweep(docker: &Docker) {
    let filters = HashMap::from([("label", vec![INTERPRETER]), ("status", vec!["created"])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let list = see::containers(docker, options).await.unwrap_or_default();
    let old = now() - PATIENCE.as_secs().cast_signed();
    for left in list.into_iter().filter(|c| c.created.is_some_and(|at| at < old)) {
        discard(docker, &left.id.unwrap_or_default()).await;
    }
}

/// Whether an engine refuses a name that another container has. Podman says so in words only.
fn is_taken(error: &bollard::errors::Error) -> bool {
    status(error) == Some(409) || super::said(error).contains("already in use")
}

/// Removes a container that is of no use; one that is gone already is no matter.
async fn discard(docker: &Docker, id: &str) {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    let _ = docker.remove_container(id, Some(options)).await;
}

/// The container's mounts. Where ours lies is known better than the engine tells it: a link or
/// another spelling stays as the caller wrote it.
fn paths(
    binds: &HashMap<String, Utf8PathBuf>,
    own: &Own,
    mounts: Option<Vec<MountPoint>>,
) -> PathMap {
    PathMap::new(mounts.into_iter().flatten().filter_map(|mount| {
        let container = mount.destination?;
        let source = mount.source.filter(|_| mount.typ.as_deref() == Some("bind"));
        // A copy of ours is in a volume, and means what it was copied from.
        let host = binds.get(&container).cloned();
        let host = host.or_else(|| source.map(|source| own.here(source.into())));
        Some(Mount { container, host })
    }))
}

/// An error of the engine while it did `what`.
pub(crate) fn engine_error(what: &str, error: &bollard::errors::Error) -> RunError {
    let said = super::said(error);
    RunError::new(Fault::Interpreter, format!("cannot {what}: {said}"))
        .help(room_help(&said).unwrap_or("see whether the engine runs: docker info"))
}

pub(crate) fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0))
}
