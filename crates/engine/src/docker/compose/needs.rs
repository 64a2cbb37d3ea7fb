//! What a service needs: brought up by the compose tool, and waited for.

use std::io::Write as _;
use std::time::Duration;

use bollard::Docker;
use camino::Utf8Path;
use testdock_core::containers::origin::{SERVES, WORKSPACE};
use testdock_core::interpreter::{ComposeNetwork, Condition, Dependency, compose_labels};
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use testdock_core::plan::Interpreter;
use tokio::time::{Instant, sleep};

use super::super::recipe::lease;
use super::super::see;
use super::PROJECT;
use super::claim::Claim;
use super::networks::ensure;
use super::ours::{forsake, remove_abandoned};
use super::reaper;
use super::service::{DEFINITION, Service, State, hash};
use super::tool::{self, Tool};
use crate::runner::Events;
use crate::text;

/// A service has so long to become what is asked of it.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The services that a compose service needs, in its project.
pub(super) struct Needs<'a> {
    pub(super) docker: &'a Docker,
    pub(super) tool: &'a Tool<'a>,
    pub(super) interpreter: &'a Interpreter,
    pub(super) all: &'a [Dependency],
    pub(super) networks: &'a [ComposeNetwork],
    pub(super) events: &'a Events,
}

impl Needs<'_> {
    /// Makes sure that all that is needed is there, and as the files say; it stays for as long as the claim is held.
    /// What somebody else has started is left as it is.
    pub(super) async fn bring_up(&self) -> Result<Claim, RunError> {
        // One at a time: two would make the same containers.
        let turn = Claim::turn(self.project()).await;
        self.remove_outdated().await?;
        let claim = Claim::begin(self.project()).await;
        self.start().await?;
        self.make_networks().await?;
        drop(turn);
        let deadline = Instant::now() + PATIENCE;
        for need in self.all {
            self.wait_for(need, deadline).await?;
        }
        Ok(claim)
    }

    fn project(&self) -> &str {
        &self.tool.compose.project
    }

    async fn find(&self, need: &Dependency) -> Result<Option<Service>, RunError> {
        Service::find(self.docker, self.project(), &need.service).await
    }

    /// Removes what Testdock had started and is not what the files say by now, or failed: what made it fail may be mended.
    async fn remove_outdated(&self) -> Result<(), RunError> {
        let mut outdated = Vec::new();
        for need in self.all {
            if let Some(found) = self.find(need).await?
                && found.is_ours()
                && (found.failed(need.condition) || found.is_outdated(self.docker, need).await)
            {
                outdated.push(need.service.as_str());
            }
        }
        if outdated.is_empty() {
            return Ok(());
        }
        let names = outdated.join(", ");
        let alone = match Claim::alone(self.project()) {
            Some(alone) => alone,
            None => {
                self.tell(format!("waiting for another run to end, which uses {names}")).await;
                Claim::alone_at_last(self.project()).await
            }
        };
        self.tell(format!("replacing {names}")).await;
        for service in outdated {
            forsake(self.docker, self.project(), service).await;
        }
        drop(alone);
        Ok(())
    }

    /// Has the tool start what does not run.
    async fn start(&self) -> Result<(), RunError> {
        let mut down = Vec::new();
        for need in self.all {
            let is_down = match self.find(need).await?.map(|found| found.state(need.condition)) {
                None | Some(State::Down) => true,
                Some(State::Ended(_)) => need.condition != Condition::Completed,
                Some(State::Well | State::Coming | State::Bad(..)) => false,
            };
            if is_down {
                down.push(need);
            }
        }
        if down.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = down.iter().map(|need| need.service.as_str()).collect();
        reaper::hire(self.tool, lease(self.interpreter));
        self.tell(format!("starting {}", names.join(", "))).await;
        let Err(error) = self.up(&down).await else {
            return Ok(());
        };
        // It makes networks before it builds.
        remove_abandoned(self.docker, self.project()).await;
        // The tool waits for some of them itself, and does not say what they said.
        for need in self.all {
            if let Some(found) = self.find(need).await?
                && found.failed(need.condition)
            {
                return Err(self.unwell(need, &found).await);
            }
        }
        Err(error)
    }

    /// Makes the networks of the tests that the tool has not made for what it started.
    async fn make_networks(&self) -> Result<(), RunError> {
        for network in self.networks {
            // In one that nobody made there is nobody to be reached.
            if network.is_plain {
                continue;
            }
            let labels = [(PROJECT, self.project()), (WORKSPACE, self.tool.root.as_str())];
            if ensure(self.docker, network, &self.interpreter.name, &labels).await? {
                reaper::hire(self.tool, lease(self.interpreter));
            }
        }
        Ok(())
    }

    /// Starts services, marked as ours; none that has a container is made anew.
    async fn up(&self, needs: &[&Dependency]) -> Result<(), RunError> {
        let main = self.tool.compose.files.first().map(|file| file.on(self.tool.root));
        let main = main.and_then(|path| text::read(&path).ok()).unwrap_or_default();
        let hashes: Vec<String> = needs.iter().map(|need| hash(&need.definition)).collect();
        let labels = needs.iter().zip(&hashes).map(|(need, hash)| {
            let labels = vec![
                (SERVES, self.interpreter.name.as_str()),
                (WORKSPACE, self.tool.root.as_str()),
                (DEFINITION, hash.as_str()),
            ];
            (need.service.as_str(), labels)
        });
        let over = compose_labels(&main, &labels.collect::<Vec<_>>());
        let failed = |e: std::io::Error| {
            RunError::new(Fault::Interpreter, format!("cannot write a temporary file: {e}"))
                .help("make room, or set TMPDIR")
        };
        let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().map_err(failed)?;
        file.write_all(over.as_bytes()).map_err(failed)?;
        let path = Utf8Path::from_path(file.path()).unwrap_or(Utf8Path::new(""));
        self.build(needs).await?;
        let services = needs.iter().map(|need| need.service.as_str());
        let words: Vec<&str> = ["up", "-d", "--no-recreate"].into_iter().chain(services).collect();
        self.tool.run(&[path], &words).await?;
        Ok(())
    }

    /// Has an older tool build what has no image yet: when it does so as it starts services, the container of a step that
    /// fails stays behind.
    async fn build(&self, needs: &[&Dependency]) -> Result<(), RunError> {
        if !tool::is_alone().await? {
            return Ok(());
        }
        let mut words = vec!["build", "--force-rm"];
        for need in needs.iter().filter(|need| need.is_built) {
            if !self.has_image(need).await {
                words.push(&need.service);
            }
        }
        if words.len() > 2 {
            self.tool.run(&[], &words).await?;
        }
        Ok(())
    }

    async fn has_image(&self, need: &Dependency) -> bool {
        let (project, service) = (self.project(), &need.service);
        let ours = ["_", "-"].map(|between| format!("{project}{between}{service}"));
        let names = need.image.as_ref().map_or(&ours[..], std::slice::from_ref);
        for name in names {
            if see::image(self.docker, name).await.is_ok() {
                return true;
            }
        }
        false
    }

    /// Says what is done now, or waited for.
    async fn tell(&self, doing: String) {
        self.events.send(RunEvent::Preparing(Stage::Services { doing })).await;
    }

    async fn wait_for(&self, need: &Dependency, deadline: Instant) -> Result<(), RunError> {
        let mut is_told = false;
        loop {
            let Some(found) = self.find(need).await? else {
                return Err(unwell(need, "it is gone", ""));
            };
            match (found.state(need.condition), need.condition) {
                // What has run to its end was started.
                (State::Well, _) | (State::Ended(0), Condition::Started) => return Ok(()),
                (State::Coming, _) if Instant::now() < deadline => {
                    if !std::mem::replace(&mut is_told, true) {
                        self.tell(format!("waiting for {} ({})", need.service, need.condition))
                            .await;
                    }
                    sleep(LOOK_AGAIN).await;
                }
                _ => return Err(self.unwell(need, &found).await),
            }
        }
    }

    /// Why a service is not as it has to be.
    async fn unwell(&self, need: &Dependency, found: &Service) -> RunError {
        let log = found.log(self.docker).await;
        let error = match found.state(need.condition) {
            State::Ended(code) => unwell(need, &format!("it ended with exit code {code}"), &log),
            State::Bad(why, said) if !said.trim().is_empty() => unwell(need, why, &said),
            State::Bad(why, _) => unwell(need, why, &log),
            State::Down => unwell(need, "it does not start", &log),
            State::Well | State::Coming => {
                unwell(need, "it is not ready after three minutes", &log)
            }
        };
        let service = &need.service;
        if found.is_ours() {
            let line = self.tool.line(&["logs", service]).await;
            return error.help(format!("see its log: {line}"));
        }
        error.help(format!(
            "Testdock did not start it, and leaves it as it is: {} makes it anew",
            self.tool.line(&["up", "-d", "--force-recreate", service]).await
        ))
    }
}

fn unwell(need: &Dependency, why: &str, log: &str) -> RunError {
    let service = &need.service;
    let message = format!("the service {service}, which the tests need, is not well: {why}");
    RunError {
        log: (!log.trim().is_empty()).then(|| log.trim().into()),
        ..RunError::new(Fault::Interpreter, message)
    }
}
