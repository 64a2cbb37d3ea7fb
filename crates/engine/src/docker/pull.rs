//! Getting an image from its registry.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::CreateImageInfo;
use bollard::query_parameters::CreateImageOptionsBuilder;
use futures_util::StreamExt;
use testdock_core::model::{Fault, RunError, RunEvent, Stage};

use crate::death::room_help;
use crate::runner::Events;

mod credentials;

pub(super) use credentials::{credentials_of, registry_of, server_key};

/// An engine reports every few kilobytes; nobody reads faster than this.
const REPORT_EVERY: Duration = Duration::from_millis(100);

/// Pulls the image `name`, and says how far it is.
pub(super) async fn pull(
    docker: &Docker,
    name: &str,
    platform: Option<&str>,
    events: &Events,
) -> Result<(), RunError> {
    let credentials = credentials_of(name, events).await;
    let options = CreateImageOptionsBuilder::new()
        .from_image(&with_tag(name))
        .platform(platform.unwrap_or_default())
        .build();
    let mut answers = docker.create_image(Some(options), None, credentials);
    let mut layers = Layers::default();
    let mut reported: Option<Instant> = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(info) => layers.take(info),
            // The line break of the last message, where it comes as a piece of its own, is an error to bollard.
            Err(Error::IOError { err }) if layers.is_done => {
                tracing::debug!(%err, "what came after a pull was lost");
                break;
            }
            Err(error) => return Err(failed(name, &error)),
        }
        if reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY) {
            reported = Some(Instant::now());
            let (image, progress) = (name.to_owned(), layers.to_string());
            let stage = Stage::Pulling { image, progress };
            events.send(RunEvent::Preparing(stage)).await;
        }
    }
    Ok(())
}

/// The engine pulls *all* tags of a name without one.
fn with_tag(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.contains([':', '@']) { name.to_owned() } else { format!("{name}:latest") }
}

/// What has arrived of an image.
#[derive(Default)]
struct Layers {
    by_id: HashMap<String, Layer>,
    /// The engine's last word was said.
    is_done: bool,
}

#[derive(Default)]
struct Layer {
    bytes: i64,
    complete: bool,
}

impl Layers {
    fn take(&mut self, info: CreateImageInfo) {
        let status = info.status.unwrap_or_default();
        self.is_done |= status.starts_with("Status: ");
        let Some(id) = info.id else {
            return;
        };
        let complete = match status.as_str() {
            "Already exists" | "Pull complete" => true,
            "Pulling fs layer" | "Waiting" | "Downloading" | "Verifying Checksum"
            | "Download complete" | "Extracting" => false,
            _ => return, // such as `Pulling from library/python`, whose id is a tag
        };
        let layer = self.by_id.entry(id).or_default();
        layer.complete = complete;
        if status == "Downloading" {
            let current = info.progress_detail.and_then(|p| p.current);
            layer.bytes = current.unwrap_or(layer.bytes);
        }
    }
}

impl std::fmt::Display for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.by_id.len();
        if all == 0 {
            return f.write_str("asking the registry");
        }
        let complete = self.by_id.values().filter(|layer| layer.complete).count();
        let bytes: i64 = self.by_id.values().map(|layer| layer.bytes).sum();
        write!(f, "{complete} of {all} layers, {} MB", bytes / 1_000_000)
    }
}

fn failed(name: &str, error: &Error) -> RunError {
    let cause = match error {
        Error::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        Error::DockerStreamError { error } => error.trim().to_owned(),
        other => other.to_string(),
    };
    let message = format!("cannot pull {name}: {cause}");
    RunError::new(fault(&cause), message).help(remedy(name, &cause))
}

fn fault(cause: &str) -> Fault {
    if cause.contains("invalid reference format") {
        Fault::Configuration
    } else {
        Fault::Interpreter
    }
}

/// Engines answer in prose; these phrases have been the same in all of them since 20.10.
pub(super) fn remedy(name: &str, cause: &str) -> String {
    let registry = registry_of(name);
    let cause = cause.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| cause.contains(phrase));
    if let Some(help) = room_help(&cause) {
        help.to_owned()
    } else if says(&["invalid reference format"]) {
        "write it as [registry/]name[:tag], in lower case".to_owned()
    } else if says(&["no matching manifest", "no match for platform"]) {
        "the image is not made for this engine's platform; choose another one".to_owned()
    } else if says(&["manifest unknown", "manifest for", "not found: "]) {
        "check the tag".to_owned()
    } else if says(&["toomanyrequests", "rate limit"]) {
        format!("wait, or log in (docker login{})", argument(registry))
    } else if says(&["denied", "unauthorized", "authentication", "credentials"]) {
        format!("check the name, or log in (docker login{})", argument(registry))
    } else if says(&["certificate", "x509"]) {
        format!("give the engine the certificate authority of {registry} (/etc/docker/certs.d)")
    } else {
        format!(
            "check that the engine can reach {registry}, or load the image by hand (docker load)"
        )
    }
}

fn argument(registry: &str) -> String {
    match registry {
        credentials::HUB => String::new(),
        other => format!(" {other}"),
    }
}

#[cfg(test)]
mod tests;
