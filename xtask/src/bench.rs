//! `testdock run` beside its peers, with the same pytest arguments on the same project.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::editor::Editor;
use crate::shell::{answer, command, root, run, say, scratch, step, target};
use crate::timing::{self, Contender};
use crate::{bench_copy, bench_discovery, bench_junit, bench_server, engine, images};

const IMAGE: &str = "testdock/bench:latest";
const LABEL: &str = "testdock.bench";
const DEVCONTAINER: &str = "@devcontainers/cli@0.89.0";
const SOON: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to measure [default: warm and cold]
    sections: Vec<Section>,
    /// How many times each peer runs [default: 20; of reports 9, of copies 5, for memory 1000]
    #[arg(short = 'n', long)]
    rounds: Option<usize>,
    /// Measure `devcontainer exec` too; npm brings it
    #[arg(long)]
    devcontainer: bool,
    /// What pytest is to run
    #[arg(last = true, default_value = "tests/test_pricing.py")]
    tests: Vec<OsString>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    /// A container is there already
    Warm,
    /// A container is made for the run
    Cold,
    /// Reading a large JUnit report
    Junit,
    /// Finding the tests of a large workspace
    Discovery,
    /// Bringing a workspace of 20,000 files to an engine on another host
    Copy,
    /// A run that an editor asks for, with its container warm
    Server,
    /// How soon an editor knows of a test that ended
    Live,
    /// What the language server has of memory after many runs
    Memory,
}

pub(crate) fn compare(options: &Options) -> Result<()> {
    if options.sections.contains(&Section::Junit) {
        bench_junit::compare(options.rounds.unwrap_or(9))?;
    }
    if options.sections.contains(&Section::Discovery) {
        bench_discovery::compare(options.rounds.unwrap_or(20))?;
    }
    if options.sections.contains(&Section::Copy) {
        engine::ensure()?;
        bench_copy::compare(options.rounds.unwrap_or(5))?;
    }
    let is_run = |section: &Section| {
        matches!(
            section,
            Section::Warm | Section::Cold | Section::Server | Section::Live | Section::Memory
        )
    };
    let runs = options.sections.is_empty() || options.sections.iter().any(is_run);
    if runs { compare_runs(options) } else { Ok(()) }
}

fn compare_runs(options: &Options) -> Result<()> {
    let rounds = options.rounds.unwrap_or(20);
    engine::ensure()?;
    let base = images::base()?;
    say("building testdock (optimised)");
    run(&mut command("cargo", ["build", "--quiet", "--release", "--package", "testdock"]))?;
    let bench = Bench::prepare(base, options.tests.clone())?;
    let _cleanup = Cleanup;
    let wanted = |section| options.sections.is_empty() || options.sections.contains(&section);
    if wanted(Section::Warm) {
        let warm = bench.start_container()?;
        let mut peers =
            vec![bench.docker_exec(&warm), bench.testdock(&["run"])?, bench.docker_run()];
        if options.devcontainer {
            peers.push(bench.devcontainer_exec()?);
        }
        timing::compare("warm", &mut peers, rounds)?;
    }
    if wanted(Section::Cold) {
        let mut peers = [bench.docker_run(), bench.testdock(&["run", "--fresh"])?];
        timing::compare("cold", &mut peers, rounds)?;
    }
    if options.sections.contains(&Section::Server) {
        let warm = bench.start_container()?;
        let mut peer = bench.docker_exec(&warm);
        bench_server::verdicts(
            &mut bench.editor(&bench.project)?,
            &mut peer,
            &bench.ids(),
            rounds,
        )?;
    }
    if options.sections.contains(&Section::Live) {
        let folder = bench.project.with_file_name("live");
        bench_server::live_project(&folder, IMAGE)?;
        bench_server::live(&mut bench.editor(&folder)?, &folder, rounds)?;
    }
    if options.sections.contains(&Section::Memory) {
        let runs = options.rounds.unwrap_or(1000);
        bench_server::memory(&mut bench.editor(&bench.project)?, &bench.ids(), runs)?;
    }
    Ok(())
}

/// The project, and where it lies in its image.
struct Bench {
    project: PathBuf,
    workdir: String,
    docker: String,
    user: String,
    base: String,
    tests: Vec<OsString>,
}

impl Bench {
    fn prepare(base: String, tests: Vec<OsString>) -> Result<Self> {
        let project = copy_project()?;
        let mut build = command("docker", ["build", "--tag", IMAGE]);
        build.arg(format!("--build-arg=BASE={base}")).arg(&project);
        step("building the peers' image", &mut build)?;
        let workdir = ["image", "inspect", "--format", "{{.Config.WorkingDir}}", IMAGE];
        let version = ["version", "--format", "{{.Client.Version}}"];
        let [user, group] = ["-u", "-g"].map(|which| answer(&mut command("id", [which]), SOON));
        Ok(Self {
            project,
            workdir: answer(&mut command("docker", workdir), SOON)?,
            docker: answer(&mut command("docker", version), SOON)?,
            user: format!("{}:{}", user?, group?),
            base,
            tests,
        })
    }

    fn testdock(&self, arguments: &[&str]) -> Result<Contender> {
        let mut run = self.binary(arguments)?;
        let version = answer(&mut self.binary(&["--version"])?, SOON)?;
        run.args(&self.tests);
        let name = format!("testdock {} ({version})", arguments.join(" "));
        Ok(Contender { name, command: run })
    }

    /// The optimised binary, at work in the project.
    fn binary(&self, arguments: &[&str]) -> Result<Command> {
        let mut testdock = command(target()?.join("release/testdock"), arguments);
        testdock.current_dir(&self.project).envs(images::override_base(&self.base));
        Ok(testdock)
    }

    fn editor(&self, folder: &Path) -> Result<Editor> {
        Editor::open(self.binary(&["lsp"])?, folder)
    }

    /// The tests as an editor names them.
    fn ids(&self) -> Vec<String> {
        self.tests.iter().map(|test| test.to_string_lossy().into_owned()).collect()
    }

    fn docker_run(&self) -> Contender {
        let mut run = self.container(&["run", "--rm"]);
        run.arg(IMAGE);
        self.pytest(format!("docker run --rm (docker {})", self.docker), run)
    }

    fn docker_exec(&self, container: &str) -> Contender {
        let exec = ["exec", "--user", &self.user, container];
        self.pytest(format!("docker exec (docker {})", self.docker), command("docker", exec))
    }

    fn devcontainer_exec(&self) -> Result<Contender> {
        let program = install_devcontainer()?;
        let config = self.project.with_file_name("devcontainer.json");
        fs::write(&config, self.devcontainer_json())
            .with_context(|| format!("cannot write {}", config.display()))?;
        let devcontainer = |verb: &str| {
            let label = format!("{LABEL}=devcontainer");
            let mut command = command(&program, [verb, "--id-label", &label, "--workspace-folder"]);
            command.arg(&self.project).arg("--override-config").arg(&config);
            command
        };
        step("starting the dev container", &mut devcontainer("up"))?;
        let name = format!("devcontainer exec ({DEVCONTAINER})");
        Ok(self.pytest(name, devcontainer("exec")))
    }

    fn devcontainer_json(&self) -> String {
        let Self { project, workdir, .. } = self;
        let mount = format!("source={},target={workdir},type=bind", project.display());
        format!(
            r#"{{"image": "{IMAGE}", "workspaceMount": "{mount}", "workspaceFolder": "{workdir}"}}"#
        )
    }

    /// The id of a container that waits.
    fn start_container(&self) -> Result<String> {
        let mut run = self.container(&["run", "--rm", "--detach", "--init"]);
        run.args([IMAGE, "sleep", "3600"]);
        answer(&mut run, SOON)
    }

    fn container(&self, arguments: &[&str]) -> Command {
        let mut docker = command("docker", arguments);
        docker.args(["--label", LABEL, "--user", &self.user, "--volume"]);
        docker.arg(format!("{}:{}", self.project.display(), self.workdir));
        docker
    }

    fn pytest(&self, name: String, mut command: Command) -> Contender {
        command.args(["python3", "-m", "pytest"]).args(&self.tests);
        Contender { name, command }
    }
}

/// A copy of the project, so that what tests leave behind is no part of the repository.
fn copy_project() -> Result<PathBuf> {
    let folder = scratch()?.join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let original = root().join("fixtures/python-pytest");
    step("copying the project", command("cp", ["-R"]).args([&original, &folder]))?;
    Ok(folder.join("python-pytest"))
}

/// Removes the containers of a measurement, however it ends.
struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        let label = format!("label={LABEL}");
        let list = ["ps", "--all", "--quiet", "--filter", &label];
        let found = answer(&mut command("docker", list), SOON).unwrap_or_default();
        let mut remove = command("docker", ["rm", "--force"]);
        // They would go by themselves within the hour: nothing is lost where this fails.
        let _ = answer(remove.args(found.split_whitespace()), SOON);
    }
}

/// Installs `devcontainer`, and says where.
fn install_devcontainer() -> Result<PathBuf> {
    let folder = scratch()?.join("bench");
    let mut install = command("npm", ["install", "--no-audit", "--no-fund", "--prefix"]);
    step(&format!("installing {DEVCONTAINER}"), install.arg(&folder).arg(DEVCONTAINER))?;
    Ok(folder.join("node_modules/.bin/devcontainer"))
}
