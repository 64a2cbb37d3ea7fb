//! What an engine makes of users, and of limits: in some a container's uid is another one on the host, and some
//! hold no container to what it may use.

use bollard::Docker;
use camino::Utf8Path;
use testdock_core::plan::{Limits, Options, User};

use super::connect::socket;
use super::context::Ids;
use super::is_podman;
use super::note::Note;

/// What an engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) nature: Nature,
    /// The limits that it does not keep.
    unkept: String,
}

/// How an engine's uids stand to the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// They are the same.
    Plain,
    /// The container's root is the caller, and nobody else in it is.
    Rootless,
    /// All are others, unless a container asks to be left out.
    Remapped,
}

impl Nature {
    /// The caller's number in a container, where it has one.
    pub(super) fn caller(self) -> Option<u32> {
        match self {
            Self::Plain | Self::Remapped => caller(),
            Self::Rootless => Some(0),
        }
    }

    /// Whether what the tests write is the caller's, by the user that somebody has chosen, in a container that is
    /// [adapted](adapt).
    pub(super) fn is_caller(self, options: &Options) -> bool {
        match &options.user {
            User::Host | User::Alias(_) => true,
            User::Image => false,
            User::Named(named) => {
                let uid = named.split(':').next().unwrap_or_default();
                let uid = if uid == "root" { "0" } else { uid };
                self.caller().is_some_and(|caller| uid == caller.to_string())
            }
        }
    }
}

#[cfg(unix)]
fn caller() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
fn caller() -> Option<u32> {
    None
}

/// What the engine at `host` says, asked once for each time that it starts. One elsewhere shares no files
/// with this machine, so that its uids do not matter.
pub(crate) async fn of(docker: &Docker, host: Option<&str>) -> Said {
    let Some(path) = socket(host) else {
        return Said::by("");
    };
    let note = Note::on_engine(&path, "what an engine says of itself");
    if let Some(known) = note.as_ref().and_then(Note::read) {
        return Said::by(&known);
    }
    let Ok(info) = docker.info().await else {
        return Said::by("");
    };
    let unkept =
        [("memory", info.memory_limit), ("cpus", info.cpu_cfs_quota), ("pids", info.pids_limit)];
    let unkept = unkept.into_iter().filter(|(_, is_kept)| *is_kept == Some(false));
    let unkept = unkept.map(|(limit, _)| format!("{UNKEPT}{limit}"));
    let rootless =
        is_somebodys_podman(docker, Utf8Path::new(&path)).await.then(|| "name=rootless".to_owned());
    let said = info.security_options.unwrap_or_default();
    let lines: Vec<String> = said.into_iter().chain(rootless).chain(unkept).collect();
    let lines = lines.join("\n");
    if let Some(note) = note {
        note.write(&lines);
    }
    Said::by(&lines)
}

/// Whether an engine is a rootless Podman, which only its own API says: its socket is its user's.
#[cfg(unix)]
async fn is_somebodys_podman(docker: &Docker, socket: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let is_somebodys = socket.metadata().is_ok_and(|it| it.uid() != 0);
    is_somebodys && docker.version().await.is_ok_and(|version| is_podman(&version))
}

#[cfg(not(unix))]
async fn is_somebodys_podman(_: &Docker, _: &Utf8Path) -> bool {
    false
}

/// What the numbers of a container's root are on the engine's machine. What a build is sent comes in by those: BuildKit takes
/// a tar's as they are.
pub(super) async fn root(docker: &Docker) -> Ids {
    let info = docker.info().await.unwrap_or_default();
    let nature = by(&info.security_options.unwrap_or_default().join("\n"));
    let directory = info.docker_root_dir.filter(|_| nature == Nature::Remapped);
    directory.as_deref().and_then(ids_of).unwrap_or_default()
}

/// An engine that remaps users keeps what it has in a directory named by the numbers of their root: `231072.231072`.
fn ids_of(directory: &str) -> Option<Ids> {
    let (uid, gid) = directory.rsplit('/').next()?.split_once('.')?;
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

const UNKEPT: &str = "unkept=";

impl Said {
    fn by(lines: &str) -> Self {
        let unkept: Vec<&str> =
            lines.lines().filter_map(|line| line.strip_prefix(UNKEPT)).collect();
        Self { nature: by(lines), unkept: unkept.join(" ") }
    }

    /// What is asked of it in vain, in words.
    pub(super) fn unkept(&self, limits: &Limits) -> Option<String> {
        let asked = [
            ("memory", limits.memory.is_some()),
            ("cpus", limits.cpus_milli.is_some()),
            ("pids", limits.pids.is_some()),
        ];
        let in_vain = asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(limit, _)| limit);
        let in_vain = in_vain.filter(|limit| self.unkept.split(' ').any(|unkept| unkept == *limit));
        let names: Vec<String> = in_vain.map(|limit| format!("limits.{limit}")).collect();
        let why = match self.nature {
            Nature::Rootless => ", since nobody has given it a part of version 2 of cgroups",
            Nature::Plain | Nature::Remapped => "",
        };
        let words = || format!("{}: the engine holds no container to it{why}", names.join(", "));
        (!names.is_empty()).then(words)
    }
}

fn by(options: &str) -> Nature {
    let has = |name: &str| {
        let name = format!("name={name}");
        options.lines().any(|line| line.split(',').any(|field| field == name))
    };
    match (has("rootless"), has("userns")) {
        (true, _) => Nature::Rootless,
        (_, true) => Nature::Remapped,
        _ => Nature::Plain,
    }
}

/// Makes tests that are to be the caller so, whatever the engine makes of uids: what they write is the caller's.
pub(super) fn adapt(options: &mut Options, nature: Nature) {
    match nature {
        Nature::Plain => {}
        Nature::Rootless if options.user == User::Host => {
            options.user = User::Named("0:0".to_owned());
        }
        Nature::Rootless => {}
        // Nobody else is somebody on the engine's machine.
        Nature::Remapped if nature.is_caller(options) => {
            options.namespaces.users.get_or_insert_with(|| "host".to_owned());
        }
        Nature::Remapped => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_says_what_it_makes_of_users() {
        assert_eq!(by("name=seccomp,profile=default\nname=cgroupns"), Nature::Plain);
        assert_eq!(by("name=seccomp,profile=default\nname=rootless"), Nature::Rootless);
        assert_eq!(by("name=seccomp,profile=default\nname=userns"), Nature::Remapped);
        assert_eq!(by(""), Nature::Plain);
    }

    #[test]
    fn limits_that_do_not_hold_are_said() {
        let limits = Limits { memory: Some(1), pids: Some(1), cpus_milli: None };
        let said = |lines: &str| Said::by(lines).unkept(&limits);
        assert_eq!(said("name=seccomp"), None);
        assert_eq!(said("unkept=cpus"), None);
        let all = said("name=rootless\nunkept=memory\nunkept=cpus\nunkept=pids").unwrap();
        assert!(all.starts_with("limits.memory, limits.pids: the engine holds"), "{all}");
    }

    #[cfg(unix)]
    #[test]
    fn a_number_is_the_callers_by_the_engines_count() {
        let me = caller().unwrap();
        let is_caller = |nature: Nature, user: &str| {
            let user = User::Named(user.to_owned());
            nature.is_caller(&Options { user, ..Options::default() })
        };
        let (mine, other) = (format!("{me}:4321"), format!("{}", me + 1));
        assert!(is_caller(Nature::Plain, &mine) && !is_caller(Nature::Plain, &other));
        for root in ["0", "0:0", "root"] {
            assert!(is_caller(Nature::Rootless, root));
        }
        assert!(!is_caller(Nature::Rootless, "1000:1000"));
    }

    #[test]
    fn only_the_caller_is_left_out_of_remapping() {
        let users = |user: User| {
            let mut options = Options { user, ..Options::default() };
            adapt(&mut options, Nature::Remapped);
            options.namespaces.users
        };
        let mine = caller().map(|me| User::Named(format!("{me}:4321")));
        for user in [User::Host, User::Alias("dev".to_owned())].into_iter().chain(mine) {
            assert_eq!(users(user).as_deref(), Some("host"));
        }
        assert_eq!(users(User::Image), None);
        assert_eq!(users(User::Named("54321".to_owned())), None);
    }

    #[test]
    fn the_directory_of_what_is_remapped_has_the_numbers_of_its_root() {
        assert_eq!(ids_of("/var/lib/docker/231072.231073"), Some((231_072, 231_073)));
        assert_eq!(ids_of("/var/lib/docker"), None);
    }

    #[test]
    fn the_caller_is_the_caller() {
        let adapted = |nature| {
            let mut options = Options::default();
            adapt(&mut options, nature);
            (options.user, options.namespaces.users)
        };
        assert_eq!(adapted(Nature::Plain), (User::Host, None));
        assert_eq!(adapted(Nature::Rootless), (User::Named("0:0".to_owned()), None));
        assert_eq!(adapted(Nature::Remapped), (User::Host, Some("host".to_owned())));
    }
}
