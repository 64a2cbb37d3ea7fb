//! The engine, asked through its own command line: what Testdock says of itself is not believed here.

use std::process::{Command, Stdio};

use camino::Utf8Path;

/// What `docker` prints, or what it complains of.
pub(crate) fn docker(args: &[&str]) -> Result<String, String> {
    let out = Command::new("docker")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start docker: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(text(&out.stderr)),
    }
}

/// The socket of the engine, which is on this machine.
pub(crate) fn socket() -> String {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock").to_owned()
}

/// Whether the engine is somebody's own, who is root in its containers.
pub(crate) fn is_rootless() -> bool {
    // Docker says so, Podman does not: either keeps what it has in its user's home.
    docker(&["info", "-f", "{{.DockerRootDir}}"]).is_ok_and(|it| it.contains("/.local/share/"))
}

/// The containers of a workspace, those that stopped included.
pub(crate) fn containers(root: &Utf8Path) -> Vec<String> {
    let filter = format!("label=dev.testdock.workspace={root}");
    let ids = docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]).unwrap_or_default();
    ids.lines().map(str::to_owned).collect()
}

/// Removes what a workspace left on the engine. The layers stay: they make the next build quick.
pub(crate) fn clean(root: &Utf8Path) {
    for id in containers(root) {
        let _gone_already = docker(&["rm", "-fv", &id]);
    }
    let name = root.file_name().unwrap_or_default();
    let images = docker(&["images", "-q", &format!("testdock/{name}")]).unwrap_or_default();
    for id in images.lines() {
        // By force Podman would remove what another test is just building on the same layers.
        let names = docker(&["inspect", "-f", "{{join .RepoTags \" \"}}", id]).unwrap_or_default();
        for name in names.split_whitespace().chain([id]) {
            let _gone_already = docker(&["rmi", "--no-prune", name]);
        }
    }
}

/// The processes in a container whose command line holds `mark`; asked within it, since Podman has another `top`.
pub(crate) fn processes(container: &str, mark: &str) -> Vec<String> {
    const LIST: &str = r#"for file in /proc/[0-9]*/cmdline; do echo "$file $(tr '\0' ' ' <"$file")"; done 2>/dev/null"#;
    let all = docker(&["exec", container, "sh", "-c", LIST]).unwrap_or_default();
    let marked = all.lines().filter(|line| line.contains(mark) && !line.contains("/proc/[0-9]"));
    marked.map(str::to_owned).collect()
}
