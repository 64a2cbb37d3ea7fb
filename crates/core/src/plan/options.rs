//! What shapes a container beside its image: all that `docker run` has flags for, as far as it can
//! mean something to tests.
//!
//! Every source of an interpreter fills this one struct (a Jenkins agent's `args`, a dev container's
//! properties, a compose service), the settings are laid over it, and the engine makes a container
//! from it. So nothing that one source can say is out of another's reach.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// How a container is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// As whom the tests run.
    pub user: User,
    /// Added to the image's environment; `${containerEnv:NAME}` in a value stands for a variable of the image.
    pub env: BTreeMap<String, String>,
    /// Where the workspace goes in the container; `None` lets the image decide.
    pub workdir: Option<String>,
    /// What runs before the container's first process.
    pub entrypoint: Entrypoint,
    /// What the container may use.
    pub limits: Limits,
    /// Mounts beside the workspace.
    pub mounts: Vec<Mount>,
    /// The network to join first: a name, or a mode such as `host`; `None` for the engine's default.
    pub network: Option<String>,
    /// Further networks, and the names that the container has in each.
    pub networks: Vec<Join>,
    /// What it calls other containers: `container:name`.
    pub links: Vec<String>,
    /// Names that are looked up nowhere else: `name:address`.
    pub extra_hosts: Vec<String>,
    /// Name servers.
    pub dns: Vec<String>,
    /// The container's own name in its network.
    pub hostname: Option<String>,
    /// Labels beside ours.
    pub labels: BTreeMap<String, String>,
    /// Capabilities that it has beyond the engine's default.
    pub cap_add: Vec<String>,
    /// Capabilities that it lacks.
    pub cap_drop: Vec<String>,
    /// Security options, such as `no-new-privileges` or `seccomp=unconfined`.
    pub security_opt: Vec<String>,
    /// Whether it may do whatever the host's root may.
    pub privileged: bool,
    /// Devices of the host: `host[:container[:permissions]]`.
    pub devices: Vec<String>,
    /// Rules for devices: `c 42:* rmw`.
    pub device_cgroup_rules: Vec<String>,
    /// Graphics processors: `all`, or how many.
    pub gpus: Option<String>,
    /// Groups that the user is in, besides its own.
    pub groups: Vec<String>,
    /// Whether an init process collects orphans.
    pub init: bool,
    /// Bytes of shared memory.
    pub shm_size: Option<u64>,
    /// Limits of each process.
    pub ulimits: Vec<Ulimit>,
    /// Settings of the kernel.
    pub sysctls: BTreeMap<String, String>,
    /// Whether the image's files cannot be written.
    pub read_only: bool,
    /// Namespaces that it shares: `host`, or another container's.
    pub namespaces: Namespaces,
    /// The runtime, where it is not the engine's default.
    pub runtime: Option<String>,
    /// Containers whose mounts it gets, too.
    pub volumes_from: Vec<String>,
    /// The platform, such as `linux/arm64`; `None` for the engine's own.
    pub platform: Option<String>,
    /// Commands that each new container begins with, in the workspace and as the tests' user.
    pub setup: Vec<Setup>,
    /// Whether the tests start containers themselves.
    pub testcontainers: bool,
    /// Whether the tests trust the authorities that this machine trusts.
    pub ca_certificates: bool,
    /// Whether the caller's further groups are left out: those of a Jenkins agent are.
    pub only_own_group: bool,
}

/// A command that makes a new container ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// What asks for it, such as `postCreateCommand`.
    pub name: String,
    /// Its words.
    pub argv: Vec<String>,
}

/// As whom tests run in the container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum User {
    /// The caller's uid and gid, so that files in the workspace belong to the caller.
    #[default]
    Host,
    /// Whoever the image names.
    Image,
    /// As given: `uid[:gid]` or a name of the image.
    Named(String),
    /// The image's user of that name, where it has the caller's uid; else the caller, with that
    /// user's home. What a dev container's `remoteUser` comes to where its uid follows the caller's.
    Alias(String),
}

/// What runs before the container's first process, which is always ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Entrypoint {
    /// Nothing.
    #[default]
    None,
    /// The image's, which has to go on with the command that it is given.
    Image,
    /// This one, likewise.
    Given(Vec<String>),
}

/// What a container may use at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Thousandths of a processor.
    pub cpus_milli: Option<u64>,
    /// Bytes of memory, swap included.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

/// Something that lies in the container beside the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Where, absolute.
    pub target: String,
    /// What.
    pub from: MountFrom,
    /// Whether it cannot be written.
    pub read_only: bool,
}

impl Mount {
    /// Whether it lies at `dir` of the container.
    pub fn is_at(&self, dir: &str) -> bool {
        self.target.trim_end_matches('/') == dir.trim_end_matches('/')
    }

    /// Whether it shows this file or directory of the engine's machine at `dir`.
    pub fn shows(&self, host: &Utf8Path, dir: &str) -> bool {
        self.is_at(dir) && self.host_path().is_some_and(|path| path == host)
    }

    /// What of the engine's machine it shows.
    pub fn host_path(&self) -> Option<&Utf8PathBuf> {
        match &self.from {
            MountFrom::Host { path, .. } => Some(path),
            MountFrom::Volume(_) | MountFrom::Memory(_) => None,
        }
    }
}

/// What a mount shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountFrom {
    /// A file or directory of the engine's machine.
    Host {
        /// Where it is.
        path: Utf8PathBuf,
        /// Whether it is made, as a directory, where it is not there.
        make: bool,
        /// What SELinux is to know it as; `None` for what it knows it as.
        label: Option<Label>,
    },
    /// A volume of that name; a new one, which goes with the container, without a name.
    Volume(Option<String>),
    /// Memory, of so many bytes.
    Memory(Option<u64>),
}

/// Whose something mounted is, where SELinux is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// All containers' (`z`).
    Shared,
    /// This container's alone (`Z`).
    Private,
}

/// A network that the container joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The network.
    pub network: String,
    /// What the container is called there.
    pub aliases: Vec<String>,
}

/// A limit of each process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    /// Such as `nofile`.
    pub name: String,
    /// What it begins with.
    pub soft: i64,
    /// How far it can be raised.
    pub hard: i64,
}

/// Namespaces that a container shares; `None` for one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Namespaces {
    /// Shared memory and semaphores.
    pub ipc: Option<String>,
    /// Processes.
    pub pid: Option<String>,
    /// The host's name.
    pub uts: Option<String>,
    /// Users.
    pub users: Option<String>,
    /// Control groups.
    pub cgroup: Option<String>,
}
