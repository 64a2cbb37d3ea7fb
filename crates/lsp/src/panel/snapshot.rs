//! From what there is on engines to what the client shows.

use std::time::{SystemTime, UNIX_EPOCH};

use lsp_types::Uri;
use testdock_core::containers::{
    Container, Group, Health, Image, Inventory, Origin, Project, groups, image_words, ports_words,
};
use testdock_core::model::RunError;
use testdock_engine::containers::Engine;

use crate::ext::{
    ContainerItem, ContainersSnapshot, EngineError, EngineItem, GroupItem, ImageItem,
};
use crate::messages::error_words;
use crate::to_proto;

type Look = Result<Inventory, RunError>;

/// All engines that were looked at. The active one is left out where nobody uses it and it does not
/// answer: that is nothing to complain of.
pub(super) fn snapshot<'a>(
    seq: u64,
    engines: &[Engine],
    projects: &[Project],
    look: impl Fn(&Option<String>) -> Option<&'a Look>,
) -> ContainersSnapshot {
    let items = engines.iter().filter_map(|engine| match look(&engine.host)? {
        Ok(inventory) => Some(item(engine, inventory, projects)),
        Err(_) if !engine.is_used => None,
        Err(error) => Some(broken(engine, error)),
    });
    ContainersSnapshot { seq, engines: items.collect() }
}

fn item(engine: &Engine, inventory: &Inventory, projects: &[Project]) -> EngineItem {
    let groups = groups(&inventory.containers, projects);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    EngineItem {
        groups: groups.iter().map(|it| group(engine, it, projects)).collect(),
        images: inventory.images.iter().map(|it| image(it, projects, now)).collect(),
        ..empty(engine)
    }
}

fn broken(engine: &Engine, error: &RunError) -> EngineItem {
    let detail = Some(error_words(error));
    let error = EngineError { message: error.message.clone(), help: error.help.clone() };
    EngineItem { error: Some(error), detail, ..empty(engine) }
}

fn empty(engine: &Engine) -> EngineItem {
    EngineItem {
        engine: name(engine),
        label: engine.label.clone(),
        error: None,
        detail: None,
        groups: Vec::new(),
        images: Vec::new(),
    }
}

/// Its name in requests.
fn name(engine: &Engine) -> String {
    engine.host.clone().unwrap_or_default()
}

fn group(engine: &Engine, group: &Group<'_>, projects: &[Project]) -> GroupItem {
    GroupItem {
        label: group.label.clone(),
        kind: group.kind.as_str().to_owned(),
        containers: group.containers.iter().map(|it| container(engine, it, projects)).collect(),
    }
}

fn container(engine: &Engine, container: &Container, projects: &[Project]) -> ContainerItem {
    let project = projects.iter().find(|project| project.owns(container));
    let role = container.origin.role().map(str::to_owned);
    let (interpreter, service) = match container.origin {
        Origin::Interpreter { .. } => (role, None),
        Origin::Compose { .. } => (None, role),
        Origin::Testcontainers { .. } | Origin::Other => (None, None),
    };
    let actions = container.state.actions().iter();
    let health = container.health.map(Health::as_str);
    let ports = ports_words(&container.ports);
    let words = [&container.image, &container.status, health.unwrap_or_default(), &ports];
    let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
    ContainerItem {
        engine: name(engine),
        id: container.id.clone(),
        name: container.name.clone(),
        image: container.image.clone(),
        state: container.state.as_str().to_owned(),
        status: container.status.clone(),
        detail: words.join(", "),
        health: health.map(str::to_owned),
        ports: Some(ports).filter(|words| !words.is_empty()),
        folder_uri: project.and_then(uri),
        interpreter,
        service,
        actions: actions.map(|action| action.as_str().to_owned()).collect(),
    }
}

fn image(image: &Image, projects: &[Project], now: i64) -> ImageItem {
    let built_here = |project: &&Project| image.workspace.as_ref().is_some_and(|it| project.is(it));
    ImageItem {
        id: image.id.clone(),
        names: image.names.clone(),
        detail: image_words(image, now),
        size: image.size,
        created: image.created,
        folder_uri: projects.iter().find(built_here).and_then(uri),
        in_use: image.in_use,
    }
}

fn uri(project: &Project) -> Option<Uri> {
    to_proto::uri(&project.root)
}
