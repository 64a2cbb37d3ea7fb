//! A person other than root, who owns the project and everything around it.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::process::Command;

use camino::Utf8Path;

use super::project::Project;
use super::{docker, skip};

/// Who that is, where root has to choose somebody.
const UID: u32 = 1234;

/// Whether that person may use the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Allowed,
    Denied,
}

/// The number of that person: the caller's own, unless that is root.
pub(crate) fn uid() -> u32 {
    let caller = rustix::process::getuid();
    if caller.is_root() { UID } else { caller.as_raw() }
}

/// Gives a project to that person, in whose name the binary then runs; `None`, with a word of why, where
/// only root could do so.
pub(crate) fn hand_over(project: Project, engine: Engine) -> Option<Project> {
    if !rustix::process::getuid().is_root() {
        return match engine {
            Engine::Allowed => Some(project),
            Engine::Denied => skip("only root can be somebody else"),
        };
    }
    let path = docker::socket();
    let Ok(socket) = std::fs::metadata(&path) else {
        return skip(&format!("there is no {path}"));
    };
    let groups = match engine {
        Engine::Allowed => format!("--groups={}", socket.gid()),
        Engine::Denied => "--clear-groups".to_owned(),
    };
    let project = project.with_reachable_binary().through(&[
        "setpriv",
        "--reuid=1234",
        "--regid=1234",
        &groups,
    ]);
    own(&project.home);
    Some(project)
}

fn own(path: &Utf8Path) {
    chown(path, Some(UID), Some(UID)).unwrap();
    if path.is_dir() {
        path.read_dir_utf8().unwrap().for_each(|entry| own(entry.unwrap().path()));
    }
}

/// The files below a folder that the person does not own.
pub(crate) fn foreign(path: &Utf8Path) -> Vec<String> {
    let metadata = path.symlink_metadata().unwrap();
    let mut found = Vec::new();
    if metadata.uid() != uid() {
        found.push(format!("{path} of {}", metadata.uid()));
    }
    if metadata.is_dir() {
        for entry in path.read_dir_utf8().unwrap() {
            found.extend(foreign(entry.unwrap().path()));
        }
    }
    found
}

/// Whether the person can remove the folder.
pub(crate) fn remove(path: &Utf8Path) -> bool {
    let lead: &[&str] = match rustix::process::getuid().is_root() {
        true => &["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups"],
        false => &["env"],
    };
    let mut remove = Command::new(lead[0]);
    remove.args(&lead[1..]).args(["rm", "-rf"]).arg(path).status().unwrap().success()
}

/// Makes every folder of a project one that nobody can write to.
pub(crate) fn seal(path: &Utf8Path) {
    for entry in path.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            seal(entry.path());
        }
    }
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o555)).unwrap();
}
