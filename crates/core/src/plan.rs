//! What a run is to do, as plain data for the engine to perform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

mod options;

pub use options::{
    Entrypoint, Join, Label, Limits, Mount, MountFrom, Namespaces, Options, Setup, Ulimit, User,
};

use crate::config::Power;
use crate::frameworks::{Known, Suite};
use crate::id::{RunId, TestId};
use crate::model::Place;
use crate::paths::{Files, Finder, PathMap, RelPath};

/// A run: one job for each suite that has something to do, in order.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which run.
    pub run: RunId,
    /// The workspace folder on the host.
    pub root: Utf8PathBuf,
    /// What to do.
    pub jobs: Vec<Job>,
    /// Images to get, beside those that the jobs need.
    pub builds: Vec<Build>,
    /// The whole run may take this long, builds and pulls not counted.
    pub timeout: Option<Duration>,
}

/// An image to get, and nothing more.
#[derive(Debug, Clone)]
pub struct Build {
    /// Whose.
    pub interpreter: Arc<Interpreter>,
    /// Whether everything is done again: no step is taken from an earlier build, and base images are
    /// asked for anew.
    pub fresh: bool,
}

/// One suite's part of a run: one command in one interpreter.
#[derive(Debug, Clone)]
pub struct Job {
    /// Whose tests.
    pub suite: Arc<Suite>,
    /// Where they run.
    pub interpreter: Arc<Interpreter>,
    /// Which tests; empty means all of the suite.
    pub selection: Vec<TestId>,
    /// Tests that are left out.
    pub exclude: Vec<TestId>,
    /// Further arguments for the tool, as the user gave them.
    pub args: Vec<String>,
    /// Whether a clean container is wanted.
    pub fresh: bool,
    /// What stands in the suite's files, as far as they were read.
    pub known: Known,
}

impl Job {
    /// All of a suite, as it is configured.
    pub fn new(suite: impl Into<Arc<Suite>>, interpreter: impl Into<Arc<Interpreter>>) -> Self {
        Self {
            suite: suite.into(),
            interpreter: interpreter.into(),
            selection: Vec::new(),
            exclude: Vec::new(),
            args: Vec::new(),
            fresh: false,
            known: Known::default(),
        }
    }
}

impl Job {
    /// Whether it has a container for itself, which goes with it.
    pub fn is_alone(&self) -> bool {
        self.fresh || self.interpreter.keep_warm.is_zero()
    }
}

impl Plan {
    /// Whether a job of the run selects a test.
    pub fn selects(&self, id: &TestId) -> bool {
        let of_suite = |job: &&Job| id.suite.is_none() || id.suite == job.suite.name;
        self.jobs.iter().filter(of_suite).any(|job| job.selects(id))
    }
}

impl Job {
    /// What is selected, without what something else that is selected holds, for tools that would run that twice.
    pub fn outermost(&self) -> BTreeSet<&TestId> {
        let whole = self.selection.iter().filter(|id| id.case.is_none());
        let whole: BTreeSet<(&str, &[String])> =
            whole.map(|id| (id.file.as_str(), &*id.names)).collect();
        let is_in_group = |id: &TestId| {
            let depths = 0..id.names.len() + usize::from(id.case.is_some());
            depths.into_iter().any(|depth| whole.contains(&(id.file.as_str(), &id.names[..depth])))
        };
        let is_in_folder = |id: &TestId| {
            let above = |dir: &RelPath| (!dir.is_root()).then(|| dir.parent());
            let mut dirs = std::iter::successors(above(&id.file), above);
            dirs.any(|dir| whole.contains(&(dir.as_str(), &[])))
        };
        self.selection.iter().filter(|id| !is_in_group(id) && !is_in_folder(id)).collect()
    }

    /// Whether a test of the suite is selected. A selected case means its parametrised test too.
    pub fn selects(&self, id: &TestId) -> bool {
        let same = |selected: &TestId| {
            let mut selected = selected.clone();
            selected.folder.clone_from(&id.folder);
            selected.suite.clone_from(&id.suite);
            selected.holds(id)
                || (id.case.is_none() && id.holds(&selected) && selected.names == id.names)
        };
        (self.selection.is_empty() || self.selection.iter().any(same))
            && !self.exclude.iter().any(|out| out.holds(id))
    }
}

/// Where tests run: everything that shapes the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// Its name in the configuration; `default` for `[interpreter]`.
    pub name: String,
    /// Where the image comes from.
    pub source: Source,
    /// Whether the registry is asked for a newer image each time.
    pub pull: bool,
    /// The engine's address; `None` for the active one.
    pub host: Option<String>,
    /// How long an unused container is kept.
    pub keep_warm: Duration,
    /// How the container is made.
    pub options: Options,
    /// What its source asks for and does not get, in words.
    pub unheeded: Vec<String>,
    /// What somebody should know of it who makes a container, in words.
    pub warnings: Vec<String>,
    /// What may reach beyond the container.
    pub allow: Allowed,
    /// What is to reach beyond it, as far as its own files and settings show.
    pub granted: Vec<Grant>,
    /// Files of the host that are shown to what is started with it.
    pub beside: Vec<Utf8PathBuf>,
    /// Files that are read to tell what it is: by the compose tool, or of `--env-file`.
    pub reads: Vec<Utf8PathBuf>,
}

/// What may reach beyond a container, and whose word that is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowed {
    /// By name.
    pub powers: Vec<Power>,
    /// Which part of the workspace says so; `None` where the caller does.
    pub by: Option<String>,
    /// The same of the tests that get the engine itself.
    pub testcontainers_by: Option<String>,
    /// What the caller has mounted by his own word.
    pub mounts: Vec<Mount>,
}

/// Something beyond a container that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its kind.
    pub power: Power,
    /// In words.
    pub what: String,
    /// What gives it; `None` where the caller does.
    pub by: Option<String>,
}

impl Interpreter {
    /// An interpreter of that source with nothing else said.
    pub fn new(name: &str, source: Source) -> Self {
        Self {
            name: name.to_owned(),
            source,
            pull: false,
            host: None,
            keep_warm: Duration::from_secs(600),
            options: Options::default(),
            unheeded: Vec::new(),
            warnings: Vec::new(),
            allow: Allowed::default(),
            granted: Vec::new(),
            beside: Vec::new(),
            reads: Vec::new(),
        }
    }
}

/// Where an interpreter's image comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Built from a Dockerfile of the workspace.
    Dockerfile(Dockerfile),
    /// An image by name, pulled when absent.
    Image(String),
    /// A service of compose files, as it turns out when the compose tool has resolved them.
    Compose(Box<Compose>),
    /// No container: the machine that Testdock runs on.
    Local,
}

impl Source {
    /// In a few words, for lists: `Dockerfile, stage test`, `python:3.12`.
    pub fn short(&self) -> String {
        match self {
            Self::Dockerfile(Dockerfile { path, target: None, .. }) => path.to_string(),
            Self::Dockerfile(Dockerfile { path, target: Some(target), .. }) => {
                format!("{path}, stage {target}")
            }
            Self::Image(name) => name.clone(),
            Self::Compose(compose) => format!("service {}", compose.service),
            Self::Local => "this machine".to_owned(),
        }
    }

    /// The service whose own container tests run in, as it is.
    pub fn borrowed(&self) -> Option<&Compose> {
        match self {
            Self::Compose(compose) if compose.exec => Some(compose),
            _ => None,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dockerfile(file) => {
                let target =
                    file.target.as_ref().map(|t| format!(", stage {t}")).unwrap_or_default();
                write!(f, "the image built from {}{target}", file.path)
            }
            Self::Image(name) => write!(f, "the image {name}"),
            Self::Compose(compose) => {
                let file = compose.files.first().map_or("compose.yaml", RelPath::as_str);
                let how = if compose.exec { "the running container of " } else { "" };
                write!(f, "{how}service {} of {file}", compose.service)
            }
            Self::Local => f.write_str("this machine, without a container"),
        }
    }
}

/// How to build an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dockerfile {
    /// The Dockerfile.
    pub path: RelPath,
    /// The build context.
    pub context: RelPath,
    /// The stage to build; `None` for the last.
    pub target: Option<String>,
    /// Build arguments.
    pub build_args: BTreeMap<String, String>,
    /// What else shapes the build.
    pub options: Box<BuildOptions>,
}

/// What `docker build` has flags for, beside the above.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildOptions {
    /// Names that are looked up nowhere else: `name:address`.
    pub extra_hosts: Vec<String>,
    /// The network of its commands.
    pub network: Option<String>,
    /// The platform; `None` for the engine's own.
    pub platform: Option<String>,
    /// Secrets of its commands, by id. Their values are read when a build is due, and are nowhere else.
    pub secrets: BTreeMap<String, Secret>,
    /// Images whose layers may be taken over.
    pub cache_from: Vec<String>,
    /// Labels of the image.
    pub labels: BTreeMap<String, String>,
    /// Bytes of shared memory.
    pub shm_size: Option<u64>,
    /// Whether nothing of earlier builds is taken over.
    pub no_cache: bool,
    /// Names that the image gets beside ours.
    pub tags: Vec<String>,
}

/// A service of compose files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compose {
    /// The files, each laid over those before it.
    pub files: Vec<RelPath>,
    /// Files with variables for them, instead of `.env`.
    pub env_files: Vec<RelPath>,
    /// Profiles that are on.
    pub profiles: Vec<String>,
    /// The project's name.
    pub project: String,
    /// The service.
    pub service: String,
    /// What runs beside it, whether it needs that or not.
    pub beside: Beside,
    /// Whether tests run in the service's own container, which has to be running.
    pub exec: bool,
    /// The user that the settings name, over the service's.
    pub user: Option<User>,
    /// Whether the settings keep or drop the entrypoint.
    pub entrypoint: Option<bool>,
}

/// Which services run beside the one of the tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Beside {
    /// Those that it needs.
    #[default]
    Needed,
    /// These too.
    Named(Vec<String>),
    /// All.
    All,
}

/// Where the value of a build's secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In a variable of the caller's environment.
    Env(String),
    /// In a file.
    File(Utf8PathBuf),
}

/// Where a job runs, as far as its command must know; filled by the engine once the container stands.
#[derive(Debug, Clone)]
pub struct Site {
    /// The workspace folder on the host.
    pub root: Utf8PathBuf,
    /// The container's mounts.
    pub paths: PathMap,
    /// A directory of the container that holds the invocation's helper files.
    pub helpers: String,
    /// A directory that lasts as long as the container, for what a tool makes again and again;
    /// `None` without a container.
    pub cache: Option<String>,
    /// A directory of the container for this run alone: reports go here.
    pub scratch: String,
}

impl Site {
    /// A file of the workspace as the container sees it.
    pub fn workspace(&self, path: &RelPath) -> String {
        let host = path.on(&self.root);
        self.paths.to_container(&host).unwrap_or_else(|| host.into_string())
    }

    /// What a tool said, with the paths of this machine.
    pub fn text_to_host(&self, text: &str) -> String {
        self.paths.text_to_host(text).into_owned()
    }

    /// Finds the files that a tool means which ran in `base`.
    pub fn finder<'w>(&'w self, files: &'w Files, base: &'w RelPath) -> Finder<'w> {
        Finder { files, paths: &self.paths, root: &self.root, base }
    }

    /// A place in a file of the workspace that a tool names from `from`, or by its path in the container.
    pub fn place(
        &self,
        from: &RelPath,
        path: &str,
        line: u32,
        column: Option<u32>,
    ) -> Option<Place> {
        let path = match path.starts_with('/') {
            true => self.paths.to_host(path)?,
            false => from.resolve(path)?.on(&self.root),
        };
        RelPath::below(&self.root, &path)?;
        Some(Place { path, line: line.max(1), column })
    }
}

/// The command of a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Invocation {
    /// Command lines to choose from: the first whose check passes in the container.
    pub candidates: Vec<Candidate>,
    /// Appended to the chosen command line.
    pub args: Vec<String>,
    /// The command runs once for each of these, one after the other, with these arguments too; once
    /// without any where there are none. For tools that cannot say a selection in one command.
    pub steps: Vec<Vec<String>>,
    /// Added to the environment.
    pub env: Vec<(String, String)>,
    /// Directories to put in front of a `:`-separated variable of the container's environment.
    pub prepend: Vec<(String, String)>,
    /// The container directory to run in.
    pub cwd: String,
    /// Files for [`Site::helpers`], the same in every run of this Testdock version.
    pub helpers: Vec<HelperFile>,
    /// Files for [`Site::scratch`], of this run alone.
    pub inputs: Vec<HelperFile>,
    /// What comes back at the end.
    pub reports: Reports,
    /// How it tells what happens while it happens.
    pub live: Live,
    /// What to install when no candidate is there, such as `install pytest in the image`.
    pub remedy: String,
}

/// How a command tells what happens while it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Live {
    /// In what it prints for people, if at all.
    #[default]
    Printed,
    /// It writes lines to the descriptor that the environment variable [`EVENTS_FD`] names.
    Events,
    /// It prints lines that are not for people to its standard output.
    Stdout,
}

/// The environment variable that names the descriptor for live events, one line each.
pub const EVENTS_FD: &str = "TESTDOCK_EVENTS_FD";

/// A command line that may or may not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The command.
    pub argv: Vec<String>,
    /// A further command that must succeed for it to be taken, beside its first word being there.
    pub check: Vec<String>,
}

impl Candidate {
    /// What has to be there: not the shell that starts it.
    pub fn tool(&self) -> &str {
        match self.check.as_slice() {
            [shell, option, _, tool] if shell == "sh" && option == "-c" => tool,
            [tool, ..] => tool,
            [] => self.argv.first().map_or("", String::as_str),
        }
    }
}

/// A file that Testdock brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperFile {
    /// Its name, without directories.
    pub name: String,
    /// Its text.
    pub content: Arc<str>,
}

/// Where a job's reports are at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reports {
    /// The tool writes none.
    #[default]
    None,
    /// Those of these files in [`Site::scratch`] that are there.
    Scratch(Vec<String>),
    /// Files of the workspace that match and were written by this run; globs are relative to it.
    Workspace(Vec<String>),
}

/// A report as it came out of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Its name, for messages.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}
