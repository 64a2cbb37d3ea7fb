//! The command line's words.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::interpreter::Answers;

/// Runs your tests in your project's own container, from any editor and in CI.
#[derive(Debug, Parser)]
#[command(name = "testdock", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve editors: the language server protocol on standard input and output
    Lsp(ServerArguments),
    /// Run tests in the project's container
    Run(Box<RunArguments>),
    /// List the tests, running nothing
    Discover(DiscoverArguments),
    /// Read JUnit reports of any tool, and tell what failed and where
    Report(ReportArguments),
    /// Look at what a run needs: what was found, what is missing, what mends it
    Doctor(ListArguments),
    /// List, show, build and remove what tests run in: containers and images
    #[command(subcommand)]
    Interpreter(InterpreterCommand),
    /// Look at the containers of the engine, and act upon them
    Containers(ContainersArguments),
    /// Show what containers print: those of this project, or those that are named
    Logs(LogsArguments),
    /// Show the settings that count here, and who set them
    Explain(ExplainArguments),
    /// Write a testdock.toml from what is here
    Init(InitArguments),
    /// Wait until no tests need what a compose project has started for them, and end it
    #[command(hide = true)]
    Reap(ReapArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ReapArguments {
    /// The compose project
    pub(crate) project: String,
    /// For so many seconds after tests last began
    #[arg(long, value_name = "SECONDS")]
    pub(crate) lease: u64,
    /// The engine's address (default: the one that `docker` uses)
    #[arg(long)]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// Play the runs of this recording (see `docs/protocol.md`) instead of running: for testing clients
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<Utf8PathBuf>,
}

/// Which project, and which of its settings.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ProjectArguments {
    /// The project (default: the nearest folder above with a testdock.toml or a .git)
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<Utf8PathBuf>,
    /// Use this profile of testdock.toml
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use this one of the configured interpreters, for all suites
    #[arg(long, value_name = "NAME")]
    pub(crate) interpreter: Option<String>,
    /// Use this image instead of the configured interpreter
    #[arg(long, value_name = "IMAGE", conflicts_with = "interpreter")]
    pub(crate) image: Option<String>,
    /// Use no container: run on this machine
    #[arg(long, conflicts_with_all = ["interpreter", "image"])]
    pub(crate) local: bool,
    /// Change a setting for this call, such as `interpreter.keep-warm="1m"` (the value is TOML)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<String>,
}

impl ProjectArguments {
    /// The same on a command line, without `--set`: a value may be nobody else's business.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut push = |flag: &str, value: Option<&str>| {
            words.extend(
                value.map(|value| [flag.to_owned(), value.to_owned()]).into_iter().flatten(),
            );
        };
        push("--root", self.root.as_deref().map(Utf8Path::as_str));
        push("--profile", self.profile.as_deref());
        push("--interpreter", self.interpreter.as_deref());
        push("--image", self.image.as_deref());
        words.extend(self.local.then(|| "--local".to_owned()));
        words
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// What to run: files, folders, tests such as `tests/test_a.py::TestC::test_x[1]`, or what stands at a
    /// line such as `tests/test_a.py:16` (default: all)
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// Read further selectors from a file, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) select_file: Option<Utf8PathBuf>,
    /// Run the tests that failed last; with selectors, those of them that these mean
    #[arg(long)]
    pub(crate) rerun_failed: bool,
    /// Use a clean container, and throw it away afterwards; services of a compose file stay as they are
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Stop the run after this long, such as 90s or 10m (builds, pulls and waiting not counted)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Fail a test that takes longer than this
    #[arg(long, value_name = "TIME")]
    pub(crate) test_timeout: Option<String>,
    /// Write a merged JUnit report
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<Utf8PathBuf>,
    /// How to tell what happens
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: RunFormat,
    /// Show all that the tests print, while they print it
    #[arg(long)]
    pub(crate) show_output: bool,
    /// Play the run of this recording instead of running: for testing what reads our output
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) replay: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// Further arguments for the test tool
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) tool: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiscoverArguments {
    /// Only tests in these files or folders
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// How to list them
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Report files, folders of them, or patterns such as `build/**/*.xml`; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// Write all of them as one JUnit report
    #[arg(long, value_name = "FILE")]
    pub(crate) merge: Option<Utf8PathBuf>,
    /// The project that the reports are about: paths in them become paths of its files
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<Utf8PathBuf>,
    /// How to tell what the reports say
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InterpreterCommand {
    /// The interpreters of this project, and what is kept of them on the engine
    List {
        /// Those of other projects too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        project: ProjectArguments,
    },
    /// Add one to testdock.toml, or to your own; asks for what is left out, on a terminal
    Add(AddArguments),
    /// All that is known of an interpreter or a container: image, mounts, user, environment (secrets masked)
    Show {
        /// An interpreter's name, a container's name, or the beginning of its id
        name: String,
        #[command(flatten)]
        project: ProjectArguments,
    },
    /// Build or pull an interpreter's image, and run nothing
    Build {
        /// The interpreter's name (default: those that the tests run in)
        name: Option<String>,
        /// Take no step over from an earlier build, and pull base images again
        #[arg(long)]
        no_cache: bool,
        /// How to tell what happens
        #[arg(long, value_enum, default_value_t)]
        format: RunFormat,
        #[command(flatten)]
        project: ProjectArguments,
    },
    /// Allow an interpreter what this project's own files give it beyond its container, from now on
    Allow {
        /// The interpreter's name (default: `default`)
        name: Option<String>,
        /// Take back what was allowed
        #[arg(long)]
        withdraw: bool,
        #[command(flatten)]
        project: ProjectArguments,
    },
    /// Remove containers and images that Testdock made
    Remove {
        /// A container's name, the beginning of its id, an interpreter's or an image's name
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        name: Option<String>,
        /// All that was made for this project, also for interpreters that it has no more
        #[arg(long)]
        all: bool,
        /// With --all or an interpreter's name: the images that were built for it, too
        #[arg(long)]
        images: bool,
        #[command(flatten)]
        project: ProjectArguments,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// Its name; `default` is where tests run that name none
    pub(crate) name: Option<String>,
    /// For yourself in all projects, instead of for everyone in this one
    #[arg(long)]
    pub(crate) personal: bool,
    #[command(flatten)]
    pub(crate) answers: Answers,
    /// The project (default: the nearest folder above with a testdock.toml or a .git)
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ContainersArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ContainersCommand>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContainersCommand {
    /// All containers in groups, this project's first (also without a subcommand)
    List(ListArguments),
    /// Start containers
    Start(NamesArguments),
    /// Stop containers
    Stop(NamesArguments),
    /// Restart containers
    Restart(NamesArguments),
    /// Remove containers with what they wrote; one that runs and is not Testdock's only by force
    Remove {
        /// Also one that runs and was made by others
        #[arg(long, short)]
        force: bool,
        #[command(flatten)]
        names: NamesArguments,
    },
    /// All that the engine knows of a container, as JSON (secrets masked)
    Inspect(NameArguments),
    /// Run a command in a container, in a terminal where there is one
    Exec(ExecArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// How to list them
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// Which containers.
#[derive(Debug, Args)]
pub(crate) struct NamesArguments {
    /// A name, an id, an interpreter or a service of this project, or the beginning of one
    #[arg(value_name = "CONTAINER", required = true)]
    pub(crate) names: Vec<String>,
    /// On this engine only, such as tcp://build:2376
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) engine: Option<String>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// Which container.
#[derive(Debug, Args)]
pub(crate) struct NameArguments {
    /// A name, an id, an interpreter or a service of this project, or the beginning of one
    #[arg(value_name = "CONTAINER")]
    pub(crate) name: String,
    /// On this engine only, such as tcp://build:2376
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) engine: Option<String>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExecArguments {
    #[command(flatten)]
    pub(crate) container: NameArguments,
    /// As this user of the container
    #[arg(long, short, value_name = "USER")]
    pub(crate) user: Option<String>,
    /// In this directory of the container (default: where the workspace is, else as the image says)
    #[arg(long, short, value_name = "DIR")]
    pub(crate) workdir: Option<String>,
    /// The command (default: bash where there is one, else sh)
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArguments {
    /// Names as of `testdock containers` (default: all containers of this project)
    #[arg(value_name = "CONTAINER")]
    pub(crate) names: Vec<String>,
    /// Go on with what is printed from now on
    #[arg(long, short, conflicts_with = "until")]
    pub(crate) follow: bool,
    /// Only so many lines of each container, the last ones
    #[arg(long, short = 'n', value_name = "N")]
    pub(crate) tail: Option<usize>,
    /// Nothing from before, such as 10m (that long ago), 14:30 or 2026-01-31T14:30:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Nothing from after
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only lines that hold this regular expression
    #[arg(long, short, value_name = "REGEX")]
    pub(crate) search: Option<String>,
    /// Begin each line with its time
    #[arg(long, short)]
    pub(crate) timestamps: bool,
    /// On this engine only, such as tcp://build:2376
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) engine: Option<String>,
    /// How to show them
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The setting, such as interpreter.image (default: all that are set)
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Print the command lines that Jenkins would run for the Jenkinsfile's agent
    #[arg(long, conflicts_with = "key")]
    pub(crate) jenkins: bool,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Print it instead of writing it
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// How to tell what happens in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum RunFormat {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// Service messages: for TeamCity where it runs the build, else for the test runner of an IDE
    Teamcity,
}

/// How to list what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

/// How to tell what reports say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Human,
    /// Annotations of GitHub's workflows
    Github,
    /// One JSON object a file and line
    Json,
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration: testdock_core::config::Duration =
        text.parse().map_err(|error: testdock_core::config::InvalidValue| error.to_string())?;
    Ok(duration.0)
}
