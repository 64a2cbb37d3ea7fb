//! The compose tool: version 2 as a part of `docker`, or version 1.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};
use testdock_core::interpreter::{Folder, compose_reads};
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::Compose;
use testdock_core::views::terminal::shell_quoted;
use tokio::process::Command;

use super::super::printed::Tail;
use super::telling::{marked, telling, warnings};
use crate::scan::host;
use crate::supervisor::hex;
use crate::text;

/// Which engine the tool speaks to, and how. The project's `.env` would say it as well: what stands in the environment goes
/// before that, though it is empty.
const ENGINE: [&str; 4] =
    ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/// The tool, for one service of one workspace.
pub(super) struct Tool<'a> {
    pub(super) root: &'a Utf8Path,
    pub(super) compose: &'a Compose,
    pub(super) host: Option<&'a str>,
}

impl<'a> Tool<'a> {
    pub(super) fn new(root: &'a Utf8Path, compose: &'a Compose, host: Option<&'a str>) -> Self {
        Self { root, compose, host }
    }

    /// What the files come to: asked once for each content of all that the tool reads.
    pub(super) async fn config(&self) -> Result<String, RunError> {
        if let Some(text) = self.known_config() {
            return Ok(text);
        }
        let remembered = self.remembered();
        let (text, said) = self.output(&[], &["config"]).await?;
        let text = marked(&warnings(&said)) + &text;
        if let Some(path) = &remembered {
            // It will be asked again.
            let _ = keep(path, &text);
        }
        Ok(text)
    }

    /// The same, without asking.
    pub(super) fn known_config(&self) -> Option<String> {
        std::fs::read_to_string(self.remembered()?).ok()
    }

    /// Runs the tool, with further files laid over the service's own.
    pub(super) async fn run(&self, over: &[&Utf8Path], words: &[&str]) -> Result<String, RunError> {
        Ok(self.output(over, words).await?.0)
    }

    /// What the tool prints, and what it says beside that.
    async fn output(
        &self,
        over: &[&Utf8Path],
        words: &[&str],
    ) -> Result<(String, String), RunError> {
        let mut command = self.command(over).await?;
        command.args(words);
        let out = match command.output().await {
            Ok(out) => out,
            Err(error) => return Err(self.failed(words, &error.to_string()).await),
        };
        let said = String::from_utf8_lossy(&out.stderr);
        if out.status.success() {
            return Ok((String::from_utf8_lossy(&out.stdout).into_owned(), said.into_owned()));
        }
        let error = self.failed(words, &telling(&said)).await;
        // What a build printed, and then what the tool says of it.
        let mut log = Tail::default();
        log.push(&String::from_utf8_lossy(&out.stdout));
        log.push(&said);
        let log = log.text().trim();
        Err(RunError { log: (log.lines().count() > 1).then(|| log.into()), ..error })
    }

    /// The files, in words.
    pub(super) fn files(&self) -> String {
        let files: Vec<&str> = self.compose.files.iter().map(|file| file.as_str()).collect();
        files.join(", ")
    }

    async fn failed(&self, words: &[&str], why: &str) -> RunError {
        let files = self.files();
        let service = &self.compose.service;
        let (fault, message) = match words {
            ["config"] => (Fault::Configuration, format!("cannot resolve {files}: {why}")),
            _ => (
                Fault::Interpreter,
                format!("cannot start what service {service} of {files} needs: {why}"),
            ),
        };
        let line = self.line(words).await;
        RunError::new(fault, message).help(format!("see what the tool says: {line}"))
    }

    /// The command line that a person would type in the workspace.
    pub(super) async fn line(&self, words: &[&str]) -> String {
        let (program, first) = program().await.unwrap_or(PROGRAMS[0]);
        let all = [program].into_iter().chain(first.iter().copied()).chain(self.options(&[]));
        all.chain(words.iter().copied()).map(shell_quoted).collect::<Vec<_>>().join(" ")
    }

    /// What comes before the tool's own command, with further files laid over the service's own.
    fn options<'o>(&'o self, over: &'o [&Utf8Path]) -> impl Iterator<Item = &'o str> {
        let Compose { files, env_files, profiles, project, .. } = self.compose;
        let files = files.iter().map(|file| file.as_str());
        let files = files.chain(over.iter().map(|file| file.as_str()));
        let env_files = env_files.iter().map(|file| file.as_str());
        ["-p", project]
            .into_iter()
            .chain(files.flat_map(|file| ["-f", file]))
            .chain(env_files.flat_map(|file| ["--env-file", file]))
            .chain(profiles.iter().flat_map(|profile| ["--profile", profile]))
    }

    async fn command(&self, over: &[&Utf8Path]) -> Result<Command, RunError> {
        let (program, first) = program().await?;
        let mut command = Command::new(program);
        command.args(first).args(self.options(over));
        for name in ENGINE.iter().filter(|name| std::env::var_os(name).is_none()) {
            command.env(name, "");
        }
        if let Some(host) = self.host {
            command.env("DOCKER_HOST", host);
        }
        command.current_dir(self.root).stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }

    /// The file with what these files came to; `None` where not all that shapes it can be told.
    fn remembered(&self) -> Option<Utf8PathBuf> {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        add(&format!("{:?} {} {:?}", self.compose, self.root, self.host));
        let mut words = BTreeSet::new();
        let read = |path: &str| text::read(&self.root.join(path)).ok();
        let env = |name: &str| std::env::var(name).ok();
        let host = host(&env, &|_, _| false);
        let folder = Folder { root: self.root, read: &read, folders: &|_| Vec::new(), host };
        for path in compose_reads(self.compose, folder) {
            let path = path.strip_prefix(self.root).ok()?;
            let text = read(path.as_str()).unwrap_or_default();
            add(path.as_str());
            add(&text);
            let names = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            words.extend(names.map(str::to_owned));
        }
        // A variable that the files name shapes what they come to.
        for (name, value) in std::env::vars() {
            if words.contains(&name) || name.starts_with("COMPOSE_") {
                add(&format!("{name}={value}"));
            }
        }
        let cache = etcetera::choose_base_strategy().ok()?.cache_dir();
        let dir = Utf8PathBuf::from_path_buf(cache).ok()?.join("testdock/compose");
        Some(dir.join(hex(&hash.finalize()[..16])))
    }
}

const PROGRAMS: [(&str, &[&str]); 2] = [("docker", &["compose"]), ("docker-compose", &[])];

/// How the tool is called here; an error says what to install.
pub(crate) async fn name() -> Result<String, RunError> {
    let (program, first) = program().await?;
    Ok([program].iter().chain(first).copied().collect::<Vec<_>>().join(" "))
}

/// Whether it is a program of its own, as version 1 is.
pub(super) async fn is_alone() -> Result<bool, RunError> {
    Ok(program().await?.1.is_empty())
}

/// Version 2 where it is there, else version 1.
async fn program() -> Result<(&'static str, &'static [&'static str]), RunError> {
    for (program, first) in PROGRAMS {
        let mut command = Command::new(program);
        command.args(first).arg("version").stdin(Stdio::null()).kill_on_drop(true);
        if command.output().await.is_ok_and(|out| out.status.success()) {
            return Ok((program, first));
        }
    }
    Err(RunError::new(
        Fault::Interpreter,
        "cannot resolve compose files: there is neither `docker compose` nor `docker-compose`",
    )
    .help("install the compose plugin of Docker (docker-compose-plugin, or docker-compose)"))
}

/// Variables of the caller's may stand in it: it is for the caller's eyes.
fn keep(path: &Utf8Path, text: &str) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Utf8Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
