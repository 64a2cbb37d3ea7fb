//! An engine on a host of its own, as `cargo xtask e2e remote` starts one.

use std::fs;
use std::process::{Command, Stdio};

use camino::Utf8PathBuf;

use super::project::Project;
use super::{images, skip, turn};

pub(crate) struct Elsewhere {
    folder: Utf8PathBuf,
    pub(crate) address: String,
}

impl Elsewhere {
    /// The one there is; `None`, with a word of why, where there is none.
    pub(crate) fn there() -> Option<Self> {
        let Ok(folder) = std::env::var("TESTDOCK_TEST_ELSEWHERE") else {
            return skip("there is no second engine; `cargo xtask e2e remote` starts one");
        };
        let folder = Utf8PathBuf::from(folder);
        let address = fs::read_to_string(folder.join("address")).unwrap();
        Some(Self { folder, address })
    }

    /// The address of its engine for TLS.
    pub(crate) fn tcp(&self) -> String {
        format!("tcp://{}:2376", self.address)
    }

    pub(crate) fn certs(&self) -> Utf8PathBuf {
        self.folder.join("certs")
    }

    /// A directory with an `ssh` that is let in there.
    pub(crate) fn bin(&self) -> Utf8PathBuf {
        self.folder.join("bin")
    }

    /// A project that reaches it over TLS, and nothing else.
    pub(crate) fn over_tls(&self, project: Project) -> Project {
        project
            .env("DOCKER_HOST", &self.tcp())
            .env("DOCKER_TLS_VERIFY", "1")
            .env("DOCKER_CERT_PATH", self.certs().as_str())
    }

    /// A project that can log in there.
    pub(crate) fn with_ssh(&self, project: Project) -> Project {
        let path = std::env::var("PATH").unwrap();
        let runtime = project.home.join("run");
        fs::create_dir(&runtime).unwrap();
        project
            .env("PATH", &format!("{}:{path}", self.bin()))
            .env("XDG_RUNTIME_DIR", runtime.as_str())
    }

    /// A project of some files, in an image with pytest that is there.
    pub(crate) fn with(&self, files: &[(&str, &str)]) -> Project {
        let image = images::pytest().unwrap();
        let _turn = turn();
        if self.docker(&["image", "inspect", &image]).is_err() {
            self.load(&image);
        }
        let project = Project::empty().in_pytest_image(&image);
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn load(&self, image: &str) {
        let mut save =
            Command::new("docker").args(["save", image]).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = self.command(&["load"]);
        let loaded = load.stdin(save.stdout.take().unwrap()).output().unwrap();
        assert!(loaded.status.success() && save.wait().unwrap().success(), "{loaded:?}");
    }

    /// What its engine says, asked by its own command line.
    pub(crate) fn docker(&self, args: &[&str]) -> Result<String, String> {
        said(self.command(args).stdin(Stdio::null()))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(args).env("DOCKER_HOST", self.tcp());
        command.env("DOCKER_TLS_VERIFY", "1").env("DOCKER_CERT_PATH", self.certs());
        command
    }

    /// Runs a command on that host.
    pub(crate) fn on_host(&self, script: &str) -> Result<String, String> {
        let container = fs::read_to_string(self.folder.join("container")).unwrap();
        said(Command::new("docker").args(["exec", &container, "sh", "-c", script]))
    }

    /// The containers of a project there.
    pub(crate) fn containers(&self, project: &Project) -> Vec<String> {
        let filter = format!("label=dev.testdock.workspace={}", project.root);
        let ids = self.docker(&["ps", "-aq", "--filter", &filter]).unwrap();
        ids.lines().map(str::to_owned).collect()
    }
}

fn said(command: &mut Command) -> Result<String, String> {
    let out = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stderr)) }
}
