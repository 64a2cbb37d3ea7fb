//! Looks at everything that a run needs, and runs nothing.

use std::sync::Arc;

use bollard::models::SystemVersion;
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::frameworks::{ItemKind, Suite};
use testdock_core::interpreter::{ComposeService, Registered};
use testdock_core::plan::{Compose, Interpreter, Source};
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
    let mut chosen = workspace.registered.clone();
    chosen.retain(|it| it.is_chosen && it.needs_engine().is_some());
    // First what only the compose tool knows, which says what images there are to look for.
    if !workspace.compose_projects().is_empty() {
        findings.extend(services(&root, &chosen).await);
    }
    findings.extend(images(&root, &chosen).await);
    findings
}

/// What the engines have of the interpreters that tests run in, or what has to be allowed first.
async fn images(root: &Utf8Path, chosen: &[Registered]) -> Vec<Finding> {
    let standings = look(&World::new(), root, chosen).await;
    let views = chosen.iter().zip(&standings);
    let views = views.map(|(it, standing)| InterpreterView::new(it, standing.as_ref(), None));
    views.filter_map(|view| image_finding(&view)).collect()
}

/// The compose tool, and what it makes of the services that tests run in.
async fn services(root: &Utf8Path, chosen: &[Registered]) -> Vec<Finding> {
    let mut findings = match compose::tool_name().await {
        Ok(name) => vec![Finding::good("compose", format!("{name} is here"))],
        Err(error) => return vec![Finding::bad("compose", &error)],
    };
    for interpreter in chosen.iter().filter_map(Registered::needs_engine) {
        if let Source::Compose(service) = &interpreter.source
            && (service.exec || consent::require(interpreter, root).is_ok())
        {
            findings.extend(self::service(root, interpreter, service).await);
        }
    }
    findings
}

/// What a service asks for and does not get, which the compose tool alone can tell.
async fn service(root: &Utf8Path, interpreter: &Interpreter, service: &Compose) -> Option<Finding> {
    let resolved = match compose::resolved(root, interpreter, service).await {
        Ok(resolved) => resolved,
        Err(error) => return Some(Finding::bad("compose", &error)),
    };
    // What is read outside of the workspace is not kept, and so nobody else tells of it.
    let is_told_elsewhere =
        service.exec || compose::remembered(root, interpreter, service).is_some();
    if !is_told_elsewhere && let Some(refusal) = refusal(root, interpreter, &resolved).await {
        return Some(refusal);
    }
    let unheeded = resolved.interpreter.unheeded;
    // The first ones are the settings', and told with them.
    let unheeded = unheeded.iter().skip(interpreter.unheeded.len());
    let help: Vec<String> = unheeded.map(|it| format!("not honoured: {it}")).collect();
    let text = format!("the tests do not get all that {} asks for", interpreter.source);
    (!help.is_empty()).then(|| Finding { help, ..Finding::note("compose", text) })
}

/// Why a run would not begin, though an engine answered.
async fn refusal(
    root: &Utf8Path,
    interpreter: &Interpreter,
    service: &ComposeService,
) -> Option<Finding> {
    if let Err(error) = consent::require(&service.interpreter, root) {
        return Some(Finding::bad("consent", &error));
    }
    let docker = connect(interpreter.host.as_deref()).await.ok()?;
    let there = compose::require_others(&docker, interpreter, service).await;
    there.err().map(|error| Finding::bad("compose", &error))
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
