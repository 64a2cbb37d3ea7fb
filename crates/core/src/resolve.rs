//! From files and settings to a [`Workspace`](crate::workspace::Workspace).

use crate::paths::RelPath;

/// Whether a change of this file may change suites or interpreters, so that all is read again.
pub fn shapes_the_workspace(path: &RelPath) -> bool {
    const NAMES: [&str; 13] = [
        "testdock.toml",
        "testdock.local.toml",
        "Dockerfile",
        "Jenkinsfile",
        "compose.yaml",
        "compose.yml",
        "docker-compose.yml",
        "docker-compose.yaml",
        "devcontainer.json",
        ".devcontainer.json",
        "pyproject.toml",
        "pytest.ini",
        "setup.cfg",
    ];
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    NAMES.contains(&name) || matches!(name, "tox.ini" | ".pytest.ini")
}
