//! What `testdock.toml` can say.
//!
//! These types are the whole definition of the file: the JSON schema, the reference in
//! `docs/configuration.md` and the validator are made from them, so a doc comment here is what a user reads.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use super::schema::framework_schema;
use super::units::{ContainerPath, DockerHost, Duration, FileGlob, Size, User, one_of_words};

/// The settings of one workspace, every layer merged and every default filled in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Where the tests run, unless a suite says otherwise.
    pub interpreter: Interpreter,
    /// Further interpreters, by the name that a suite or `--interpreter` calls them.
    pub interpreters: BTreeMap<String, Interpreter>,
    /// The suites of the workspace, where detection is not enough.
    #[serde(rename = "suite")]
    pub suites: Vec<Suite>,
    /// Services that the tests need. Not supported yet, which is an error: name those of a compose file (`compose`).
    pub services: BTreeMap<String, Service>,
    /// How long a whole run may take.
    pub timeout: Option<Duration>,
    /// How long one test may take.
    pub test_timeout: Option<Duration>,
}

/// Where tests run: one source, and how the container made from it is set up.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("x-only-one-of" = ["dockerfile", "image", "compose", "devcontainer", "jenkinsfile", "test-environment", "local"]))]
pub struct Interpreter {
    /// The Dockerfile to build, from the workspace's root.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub dockerfile: Option<Utf8PathBuf>,
    /// The folder that the Dockerfile copies from.
    #[schemars(with = "String", extend("x-belongs-to" = "dockerfile"))]
    pub context: Utf8PathBuf,
    /// The stage of the Dockerfile to build; default: the last one.
    #[schemars(extend("x-belongs-to" = "dockerfile"))]
    pub target: Option<String>,
    /// Values of the Dockerfile's `ARG`s.
    #[schemars(extend("x-belongs-to" = "dockerfile"))]
    pub build_args: BTreeMap<String, String>,
    /// Secrets of the build, by the id that `RUN --mount=type=secret` names: `"env:NAME"` for a variable of
    /// your environment, or a file, from the workspace's root or with `~`.
    #[schemars(extend("x-belongs-to" = "dockerfile"))]
    pub secrets: BTreeMap<String, String>,
    /// The network of the build's commands, such as `"host"`.
    #[schemars(extend("x-belongs-to" = "dockerfile"))]
    pub build_network: Option<String>,
    /// The image to run, pulled when it is absent.
    #[schemars(length(min = 1))]
    pub image: Option<String>,
    /// The service of a compose file to run in.
    pub compose: Option<Compose>,
    /// The `devcontainer.json` to read.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub devcontainer: Option<Utf8PathBuf>,
    /// Whether the dev container's `onCreateCommand`, `updateContentCommand`, `postCreateCommand` and
    /// `postStartCommand` run in each new container.
    #[schemars(extend("x-belongs-to" = "devcontainer"))]
    pub lifecycle: Option<bool>,
    /// The Jenkinsfile whose agent to run in.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub jenkinsfile: Option<Utf8PathBuf>,
    /// The stage of the Jenkinsfile whose agent is meant; default: the one that runs tests.
    #[schemars(extend("x-belongs-to" = "jenkinsfile"))]
    pub stage: Option<String>,
    /// The environment of `testenvironments.json` to run in, by its name.
    #[schemars(length(min = 1))]
    pub test_environment: Option<String>,
    /// `true`: no container, the tests run on this machine.
    #[schemars(extend("const" = true))]
    pub local: Option<bool>,
    /// The engine to talk to; default: `DOCKER_HOST`, else the active Docker context.
    pub host: Option<DockerHost>,
    /// As whom the tests run: `"host"` (as you), `"image"` (as the image says) or `"uid:gid"`; default: as the
    /// source says, else `"host"`.
    pub user: Option<User>,
    /// Environment variables of the tests; `${containerEnv:NAME}` in a value stands for a variable of the image.
    pub env: BTreeMap<String, String>,
    /// Where the workspace is put in the container; default: as the source says, else over the image's own copy
    /// of the project, else at the path that it has on the host.
    pub workdir: Option<ContainerPath>,
    /// How long an idle container is kept for the next run; `"0s"` keeps none.
    pub keep_warm: Duration,
    /// What the container may use.
    pub limits: Limits,
    /// The Docker network to join.
    pub network: Option<String>,
    /// Whether the image is pulled when it is absent, or whether its registry is asked for a newer one each time.
    pub pull: Option<Pull>,
    /// The platform of the image, such as `"linux/arm64"`.
    pub platform: Option<String>,
    /// Mounts beside the workspace, as Docker writes them: `"~/.m2:/root/.m2"`, `"cache:/cache:ro"`.
    pub mounts: Vec<String>,
    /// Names and their addresses, for the tests and for the build.
    pub extra_hosts: BTreeMap<String, String>,
    /// Whether the image's entrypoint runs first; it has to go on with the command that it is given. Default: as
    /// the source says, else it does not.
    pub entrypoint: Option<bool>,
    /// Whether an init process collects orphans.
    pub init: Option<bool>,
    /// Shared memory: `"1g"`.
    pub shm_size: Option<Size>,
    /// Shell commands that each new container begins with, in the workspace and as the tests' user, such as
    /// `["pip install -e ."]`.
    pub setup: Vec<String>,
    /// Further flags of `docker run`, such as `["--cap-add=SYS_PTRACE", "--ulimit", "nofile=4096"]`.
    pub run_args: Vec<String>,
    /// Whether the tests start containers themselves, as Testcontainers does: they get the engine's socket, the workspace at
    /// the path that it has on the host, and the variables that Testcontainers reads.
    pub testcontainers: Option<bool>,
    /// `"host"`: the tests trust the certificate authorities that this machine trusts, such as a company proxy's.
    pub ca_certificates: Option<Certificates>,
    /// What the container may have although it reaches beyond it: `"privileged"`, `"docker-socket"`,
    /// `"host-namespaces"`, `"host-files"`. Where a file of the project says so, whoever runs it is asked first.
    pub allow: Vec<Power>,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pull {
    /// When it is absent.
    Missing,
    /// Before each run, where the registry has a newer one.
    Always,
}

/// Whose certificate authorities the tests trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certificates {
    /// Those of this machine.
    Host,
}

/// What reaches beyond a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// All that the host's root may do.
    Privileged,
    /// The engine itself, by its socket.
    DockerSocket,
    /// The host's own processes or network.
    HostNamespaces,
    /// Files that make up the host's system, or the home of all its users.
    HostFiles,
}

one_of_words!(Pull, "missing", "always");
one_of_words!(Certificates, "host");
one_of_words!(Power, "privileged", "docker-socket", "host-namespaces", "host-files");

impl Power {
    /// The word for it in `allow`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::DockerSocket => "docker-socket",
            Self::HostNamespaces => "host-namespaces",
            Self::HostFiles => "host-files",
        }
    }
}

/// The service of compose files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Compose {
    /// The compose file, from the workspace's root; default: those that `COMPOSE_FILE` names, else the one that is there,
    /// with its override file.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub file: Option<Utf8PathBuf>,
    /// Further files, each laid over those before it; without `file` over the one that is there, unless they name that
    /// themselves.
    #[schemars(with = "Vec<String>")]
    pub files: Vec<Utf8PathBuf>,
    /// The service that the tests run in; default: the one that is built here, else the one that has the workspace
    /// mounted.
    #[schemars(length(min = 1))]
    pub service: Option<String>,
    /// Files with variables for the compose files, instead of `.env`; default: those that `COMPOSE_ENV_FILES` names.
    #[schemars(with = "Vec<String>")]
    pub env_file: Vec<Utf8PathBuf>,
    /// Profiles that are on; default: those that `COMPOSE_PROFILES` names.
    pub profiles: Vec<String>,
    /// The project's name; default: as the compose tool forms it.
    pub project: Option<String>,
    /// `true`: the tests run in the service's own container, which has to be running; default: in a new one
    /// like it.
    pub exec: Option<bool>,
}

/// What a container may use of the machine.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Processors, also in parts: `1.5`.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub cpus: Option<f64>,
    /// Memory: `"2g"`.
    pub memory: Option<Size>,
    /// Processes and threads.
    #[schemars(range(min = 1))]
    pub pids: Option<u32>,
}

/// Tests that one command runs in one folder.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Suite {
    /// The suite's name in results and selectors; default: the framework, and the folder where that is not the root.
    pub name: Option<String>,
    /// The framework that runs the tests.
    #[schemars(schema_with = "framework_schema")]
    pub framework: Option<String>,
    /// The command to run: any that writes JUnit XML, or, beside a framework, the one that starts its tool,
    /// such as `["poetry", "run", "pytest"]`.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
    /// The JUnit files that the command writes, from the suite's root.
    pub reports: Vec<FileGlob>,
    /// Other files that its tests write and that are to come back from an engine that does not share this
    /// machine's files, from the suite's root.
    pub outputs: Vec<FileGlob>,
    /// The folder that the suite runs in, from the workspace's root.
    #[schemars(with = "String")]
    pub root: Utf8PathBuf,
    /// The name of the interpreter in `[interpreters]` to use; default: `[interpreter]`.
    pub interpreter: Option<String>,
    /// Arguments added to the framework's command.
    pub args: Vec<String>,
    /// Environment variables of this suite, over the interpreter's.
    pub env: BTreeMap<String, String>,
    /// How long a run of this suite may take; default: the workspace's `timeout`.
    pub timeout: Option<Duration>,
    /// How long one test of this suite may take; default: the workspace's `test-timeout`.
    pub test_timeout: Option<Duration>,
}

/// Something that the tests need beside them, such as a database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    /// The image to run.
    #[schemars(length(min = 1))]
    pub image: String,
    /// Environment variables of the service.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// How to tell that the service is ready.
    #[serde(default)]
    pub health: Option<Health>,
    /// Variables that the tests get; `{host}` and `{port:5432}` are filled in.
    #[serde(default)]
    pub provides: BTreeMap<String, String>,
}

/// A command that succeeds once a service is ready.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Health {
    /// The command, run inside the service's container.
    #[schemars(length(min = 1))]
    pub cmd: Vec<String>,
    /// The pause between two tries.
    #[serde(default)]
    pub interval: Option<Duration>,
}

impl Config {
    /// The interpreter that a suite named, or the default one; `None` where the name is unknown.
    pub fn interpreter(&self, name: Option<&str>) -> Option<&Interpreter> {
        match name {
            None => Some(&self.interpreter),
            Some(name) => self.interpreters.get(name),
        }
    }
}

impl Suite {
    /// The name that results and selectors use: as written, else `pytest`, or `pytest@services/billing`.
    pub fn display_name(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let kind = self.framework.as_deref().unwrap_or("command");
        match self.root.as_str() {
            "" | "." => kind.to_owned(),
            root => format!("{kind}@{root}"),
        }
    }
}

impl Default for Interpreter {
    fn default() -> Self {
        Self {
            dockerfile: None,
            context: ".".into(),
            target: None,
            build_args: BTreeMap::new(),
            secrets: BTreeMap::new(),
            build_network: None,
            image: None,
            compose: None,
            devcontainer: None,
            lifecycle: None,
            jenkinsfile: None,
            stage: None,
            test_environment: None,
            local: None,
            host: None,
            user: None,
            env: BTreeMap::new(),
            workdir: None,
            keep_warm: Duration(std::time::Duration::from_secs(600)),
            limits: Limits::default(),
            network: None,
            pull: None,
            platform: None,
            mounts: Vec::new(),
            extra_hosts: BTreeMap::new(),
            entrypoint: None,
            init: None,
            shm_size: None,
            setup: Vec::new(),
            run_args: Vec::new(),
            testcontainers: None,
            ca_certificates: None,
            allow: Vec::new(),
        }
    }
}

impl Default for Suite {
    fn default() -> Self {
        Self {
            name: None,
            framework: None,
            command: None,
            reports: Vec::new(),
            outputs: Vec::new(),
            root: ".".into(),
            interpreter: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            timeout: None,
            test_timeout: None,
        }
    }
}
