//! The steps of a build that BuildKit was asked for directly, as it tells them to whoever knows the build's name.

use std::error::Error;
use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};

use bollard::moby::buildkit::v1::StatusRequest;
use bollard::moby::buildkit::v1::control_client::ControlClient;
use bollard::models::{BuildInfo, BuildInfoAux};
use hyper_util::rt::TokioIo;
use tokio::io::Join;
use tonic::transport::Endpoint;

use super::progress::Progress;
use super::tell;
use crate::docker::takeover::{self, Input, Output};
use crate::runner::Events;

/// BuildKit sends no longer messages.
const LONGEST: usize = 16 << 20;

/// Follows a build on the engine at `host` to its end. Where the engine's connection cannot be taken over, nothing is told.
pub(super) async fn follow(host: Option<String>, build: String, events: Events) -> Progress {
    let mut progress = Progress::default();
    if let Err(error) = listen(host.as_deref(), build, &mut progress, &events).await {
        tracing::debug!(%error, "the steps of a build are not told");
    }
    progress
}

async fn listen(
    host: Option<&str>,
    build: String,
    progress: &mut Progress,
    events: &Events,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Some((read, write)) = takeover::grpc(host).await? else {
        return Ok(());
    };
    let taken = Taken(Some(tokio::io::join(read, write)));
    let channel = Endpoint::from_static("http://engine").connect_with_connector(taken).await?;
    let mut client = ControlClient::new(channel).max_decoding_message_size(LONGEST);
    let mut told = client.status(StatusRequest { r#ref: build }).await?.into_inner();
    while let Some(status) = told.message().await? {
        let aux = Some(BuildInfoAux::BuildKit(status));
        tell(events, progress.take(BuildInfo { aux, ..BuildInfo::default() })).await;
    }
    Ok(())
}

/// The one connection that there is.
struct Taken(Option<Join<Output, Input>>);

impl<Uri> tower_service::Service<Uri> for Taken {
    type Response = TokioIo<Join<Output, Input>>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().map(TokioIo::new).ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}
