//! The containers and images that Testdock keeps on an engine: what there is, and away with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::interpreter::{Found, Registered, Standing};
use testdock_core::model::{Fault, RunError};
use testdock_core::paths::PathMap;
use testdock_core::plan::{Grant, Interpreter};

use crate::docker::kept::Builds;
use crate::docker::{self, kept, settle};
use crate::runner::Runner;
use crate::world::World;

/// What Testdock keeps on one engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Containers, the newest first.
    pub containers: Vec<Container>,
    /// Images that Testdock has built, the newest first.
    pub images: Vec<Image>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The engine's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The interpreter's name in the configuration.
    pub interpreter: String,
    /// The workspace that it is for.
    pub workspace: Utf8PathBuf,
    /// The id of its image.
    pub image: String,
    /// The engine's word for its state, such as `running`.
    pub state: String,
    /// How long ago it was made.
    pub age: Duration,
    /// How long it stays when nobody uses it; `None` where that is not known.
    pub lease: Option<Duration>,
    /// Bytes that it has written beyond its image.
    pub size: Option<u64>,
}

/// An image that Testdock has built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The engine's id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// The workspace that it was built from; empty where its label does not say.
    pub workspace: Utf8PathBuf,
    /// Which of the workspace's builds it is from.
    pub source: String,
    /// What it has in common with those that replace it.
    pub series: String,
    /// How long ago it was made.
    pub age: Duration,
    /// Bytes, layers that it shares with others included.
    pub size: u64,
}

/// One container, closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What a list says of it.
    pub container: Container,
    /// As whom it runs; empty for the image's user.
    pub user: String,
    /// Its mounts.
    pub paths: PathMap,
    /// Where those lie that cannot be written.
    pub read_only: BTreeSet<String>,
    /// The network it has joined.
    pub network: String,
    /// Its environment; what looks like a secret is masked.
    pub env: Vec<(String, String)>,
    /// What it may use: thousandths of a processor, bytes of memory, processes.
    pub limits: testdock_core::plan::Limits,
}

/// An interpreter and all that an engine has of it.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// How it stands.
    pub standing: Standing,
    /// How its containers are made, with what they get of this machine.
    pub interpreter: Interpreter,
    /// The digests that registries know its image by.
    pub digests: Vec<String>,
    /// The hash of what its image was built from; empty where it was pulled.
    pub inputs: String,
    /// Its containers.
    pub containers: Vec<Shown>,
}

/// Everything that Testdock keeps on the engine at `host`, or on the active one.
pub async fn list(world: &World, host: Option<&str>) -> Result<Kept, RunError> {
    kept::list(&world.engine(host).await?).await
}

/// How each of the interpreters of the workspace `root` stands; `None` for one that cannot be used,
/// or needs no engine.
pub async fn look(
    world: &World,
    root: &Utf8Path,
    registered: &[Registered],
) -> Vec<Option<Standing>> {
    let usable = registered.iter().map(Registered::needs_engine);
    let places: Vec<Arc<Interpreter>> = usable.clone().flatten().cloned().map(Arc::new).collect();
    let mut found = world.look(root.to_owned(), places).await.into_iter();
    usable.map(|place| place.and_then(|_| Some(found.next()?.1))).collect()
}

/// The container that `name` means: a name, the beginning of an id, or the name of an interpreter of
/// the project at `root`.
pub async fn show(
    world: &World,
    host: Option<&str>,
    root: &Utf8Path,
    name: &str,
) -> Result<Shown, RunError> {
    kept::show(&world.engine(host).await?, root, name).await
}

/// An interpreter of the project at `root`, with its containers, closely.
pub async fn about(
    world: &World,
    root: &Utf8Path,
    interpreter: &Interpreter,
) -> Result<About, RunError> {
    let place = Arc::new(interpreter.clone());
    let standing = world.look(root.to_owned(), vec![place]).await.into_iter().next();
    let Some((_, standing)) = standing else {
        return Err(RunError::new(Fault::Interpreter, "cannot look at the interpreter"));
    };
    let image = match &standing.found {
        Found::Unreachable(error) => return Err(error.clone()),
        Found::Invalid(_) | Found::Unread | Found::Absent | Found::Stale => None,
        Found::Ready(image) | Found::Warm(image) => Some(image.id.clone()),
    };
    let docker = world.engine(interpreter.host.as_deref()).await?;
    let (containers, mut interpreter) = match interpreter.source.borrowed() {
        // It was made by others, perhaps before its files said what they say now.
        Some(service) => {
            let own = kept::of_service(&docker, service).await?;
            (own.into_iter().collect(), interpreter.clone())
        }
        None => (
            kept::of_interpreter(&docker, root, &interpreter.name).await?,
            docker::laid(&docker, root, interpreter).await,
        ),
    };
    let (digests, inputs) = match image {
        Some(id) => {
            let origin = kept::origin(&docker, &id).await?;
            let values = interpreter.options.env.values_mut();
            values.for_each(|value| *value = settle::filled(value, &origin.env));
            (origin.digests, origin.inputs)
        }
        None => <_>::default(),
    };
    Ok(About { standing, interpreter, digests, inputs, containers })
}

/// What reaches beyond the containers of an interpreter. For a compose service the compose tool is asked.
pub async fn grants(root: &Utf8Path, interpreter: &Interpreter) -> Result<Vec<Grant>, RunError> {
    docker::grants(root, interpreter).await
}

/// Removes the containers that `name` means, with what serves them, and adds to `removed` what that was, also before an
/// error; nothing is there any more of one that is `registered` by that name. With `images` also those that were built for it and
/// that no other one needs; answers with those that stay, and with the interpreter that needs each.
pub async fn remove(
    world: &World,
    host: Option<&str>,
    root: &Utf8Path,
    (name, registered): (&str, &[Registered]),
    images: bool,
    removed: &mut Vec<String>,
) -> Result<Vec<(String, String)>, RunError> {
    let meant = registered.iter().find(|it| it.name == name);
    let interpreter = meant.and_then(Registered::needs_engine);
    let host = interpreter.map_or(host, |interpreter| interpreter.host.as_deref());
    let builds = match images {
        true => Some(builds(root, host, (name, registered)).await?),
        false => None,
    };
    let docker = world.engine(host).await?;
    let stay = kept::remove(&docker, root, name, builds.as_ref(), removed).await?;
    match removed.is_empty() && meant.is_none() {
        true => Err(kept::unknown(name)),
        false => Ok(stay),
    }
}

/// What the interpreters on one engine are built from. That of the one that is `meant` has to be known.
async fn builds(
    root: &Utf8Path,
    host: Option<&str>,
    (meant, registered): (&str, &[Registered]),
) -> Result<Builds, RunError> {
    let mut builds = Builds::new();
    for interpreter in registered.iter().filter_map(Registered::needs_engine) {
        if interpreter.host.as_deref() != host {
            continue;
        }
        match docker::built_from(root, interpreter).await {
            Ok(file) => builds.extend(file.map(|file| (interpreter.name.clone(), file))),
            Err(error) if interpreter.name == meant => return Err(error),
            Err(_) => {}
        }
    }
    Ok(builds)
}

/// Removes all that Testdock has made for the workspace `root` on the engine at `host`, or on the active one, whatever
/// interpreter it was for, and adds to `removed` what that was, also before an error. With `images` also those that were built
/// for it.
pub async fn remove_all(
    world: &World,
    host: Option<&str>,
    root: &Utf8Path,
    images: bool,
    removed: &mut Vec<String>,
) -> Result<(), RunError> {
    kept::remove_all(&world.engine(host).await?, root, images, removed).await
}
