//! Looks at everything that a run needs, and runs nothing.

use std::sync::Arc;

use bollard::models::SystemVersion;
use camino::Utf8PathBuf;
use testdock_core::frameworks::ItemKind;
use testdock_core::views::{Finding, workspace_findings};
use testdock_core::workspace::{FileTests, Workspace};

use crate::docker::connect::connect;
use crate::docker::{engine_error, is_podman};
use crate::scan::Scanner;

/// What is there and what is missing in a workspace and on this machine.
pub async fn examine(scanner: Arc<Scanner>, root: Utf8PathBuf) -> Vec<Finding> {
    let mut findings = vec![Finding::good("project", root.as_str())];
    let read = tokio::task::spawn_blocking(move || {
        let (workspace, files) = scanner.read(&root);
        let tests = scanner.find(&root, &workspace, &files);
        (workspace, tests)
    });
    let Ok((workspace, tests)) = read.await else {
        return findings;
    };
    findings.extend(workspace_findings(&workspace, &counts(&workspace, &tests)));
    for host in workspace.hosts() {
        findings.push(engine(host.as_deref()).await);
    }
    findings
}

/// For each suite how many tests and files were found.
fn counts(workspace: &Workspace, tests: &[FileTests]) -> Vec<(usize, usize)> {
    let of = |suite| {
        let files: Vec<&FileTests> =
            tests.iter().filter(|file| Arc::ptr_eq(&file.suite, suite)).collect();
        let items = files.iter().flat_map(|file| file.items.iter());
        (items.filter(|item| item.kind != ItemKind::Group).count(), files.len())
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
