//! Looks at everything that a run needs, and runs nothing.

use std::sync::Arc;

use bollard::models::SystemVersion;
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::frameworks::{ItemKind, Suite};
use testdock_core::interpreter::Registered;
use testdock_core::views::{Finding, InterpreterView, Stock, image_finding, workspace_findings};
use testdock_core::workspace::{FileTests, Workspace};

use crate::consent;
use crate::docker::compose;
use crate::docker::connect::connect;
use crate::docker::{engine_error, is_podman};
use crate::interpreters::look;
use crate::scan::Scanner;
use crate::world::World;

/// What is there and what is missing in a workspace and on this machine.
pub async fn examine(scanner: Arc<Scanner>, root: Utf8PathBuf) -> Vec<Finding> {
    let mut findings = vec![Finding::good("project", root.as_str())];
    let place = root.clone();
    let read = tokio::task::spawn_blocking(move || {
        let (workspace, files) = scanner.read(&place);
        let tests = scanner.find_all(&place, &workspace, &files);
        let stocks = stocks(&place, &workspace, &tests);
        (workspace, stocks)
    });
    let Ok((workspace, stocks)) = read.await else {
        return findings;
    };
    findings.extend(workspace_findings(&workspace, &stocks));
    for host in workspace.hosts() {
        findings.push(engine(host.as_deref()).await);
    }
    if !workspace.compose_projects().is_empty() {
        let tool = compose::tool_name().await;
        findings.push(match tool {
            Ok(name) => Finding::good("compose", format!("{name} is here")),
            Err(error) => Finding::bad("compose", &error),
        });
    }
    findings.extend(images(&root, workspace.registered).await);
    findings
}

/// What the engines have of the interpreters that tests run in, and what has to be allowed first.
async fn images(root: &Utf8Path, mut registered: Vec<Registered>) -> Vec<Finding> {
    registered.retain(|it| it.is_chosen && it.needs_engine().is_some());
    let open = registered.iter().filter_map(|it| consent::require(it.needs_engine()?, root).err());
    let open: Vec<Finding> = open.map(|error| Finding::bad("consent", &error)).collect();
    let standings = look(&World::new(), root, &registered).await;
    let views = registered.iter().zip(&standings);
    let views = views.map(|(it, standing)| InterpreterView::new(it, standing.as_ref(), None));
    views.filter_map(|view| image_finding(&view)).chain(open).collect()
}

/// What stands at the root of each suite.
fn stocks(root: &Utf8Path, workspace: &Workspace, tests: &[FileTests]) -> Vec<Stock> {
    let of = |suite: &Arc<Suite>| {
        if !suite.root.on(root).is_dir() {
            return Stock::Nowhere;
        }
        let files: Vec<&FileTests> =
            tests.iter().filter(|file| Arc::ptr_eq(&file.suite, suite)).collect();
        let items = files.iter().flat_map(|file| file.items.iter());
        let tests = items.filter(|item| item.kind != ItemKind::Group).count();
        Stock::Tests { tests, files: files.len() }
    };
    workspace.suites.iter().map(of).collect()
}

async fn engine(host: Option<&str>) -> Finding {
    let docker = match connect(host).await {
        Ok(docker) => docker,
        Err(error) => return Finding::bad("engine", &error),
    };
    let found = match docker.version().await {
        Ok(found) => said(&found),
        Err(error) => return Finding::bad("engine", &engine_error("ask for its version", &error)),
    };
    Finding::good("engine", found)
}

fn said(found: &SystemVersion) -> String {
    let name = if is_podman(found) { "Podman" } else { "Docker" };
    let [version, api] =
        [&found.version, &found.api_version].map(|it| it.as_deref().unwrap_or("?"));
    format!("{name} {version} answers (API {api})")
}
