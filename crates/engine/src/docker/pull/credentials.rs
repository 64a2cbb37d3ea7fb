//! Who we are to a registry, as `docker login` and credential helpers have it.

use std::time::Duration;

use bollard::auth::DockerCredentials;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use testdock_core::model::RunEvent;

use crate::runner::Events;

/// The registry of names that name none.
pub(super) const HUB: &str = "docker.io";

/// The name under which `docker login` files [`HUB`].
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// A helper may ask a keychain, or a person; a pull does not wait for ever.
const HELPER_PATIENCE: Duration = Duration::from_secs(20);

/// The registry of the image `name`.
pub(crate) fn registry_of(name: &str) -> &str {
    match name.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
        _ => HUB,
    }
}

/// The credentials for the image `name`. Without them the pull is tried anonymously, which is right
/// for public images; what stands in the way is said as a warning.
pub(crate) async fn credentials_of(name: &str, events: &Events) -> Option<DockerCredentials> {
    let registry = registry_of(name).to_owned();
    let key = server_key(&registry).to_owned();
    let lookup = tokio::task::spawn_blocking(move || docker_credential::get_credential(&key));
    let warning = match tokio::time::timeout(HELPER_PATIENCE, lookup).await {
        Ok(Ok(Ok(credential))) => return Some(as_sent(credential, server_key(&registry))),
        Ok(Ok(Err(error))) if is_absence(&error) => return None,
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(_)) => return None,
        Err(_) => "the credential helper does not answer".to_owned(),
    };
    let text = format!("cannot read the credentials for {registry}: {}", warning.trim());
    events.send(RunEvent::Warning(text)).await;
    None
}

/// The name of `registry` in the Docker config and in what is sent to the engine.
pub(crate) fn server_key(registry: &str) -> &str {
    match registry {
        HUB | "index.docker.io" | "registry-1.docker.io" => HUB_KEY,
        other => other,
    }
}

fn as_sent(credential: DockerCredential, server: &str) -> DockerCredentials {
    let serveraddress = Some(server.to_owned());
    match credential {
        DockerCredential::IdentityToken(token) => {
            DockerCredentials { identitytoken: Some(token), serveraddress, ..Default::default() }
        }
        DockerCredential::UsernamePassword(username, password) => DockerCredentials {
            username: Some(username),
            password: Some(password),
            serveraddress,
            ..Default::default()
        },
    }
}

/// Whether nobody logged in, as opposed to a log-in that cannot be read. Helpers say it in prose.
fn is_absence(error: &CredentialRetrievalError) -> bool {
    match error {
        CredentialRetrievalError::NoCredentialConfigured
        | CredentialRetrievalError::ConfigNotFound => true,
        CredentialRetrievalError::ConfigReadError => true, // there is no such file, mostly
        CredentialRetrievalError::HelperFailure { stdout, stderr, .. } => {
            [stdout, stderr].iter().any(|text| text.contains("not found"))
        }
        _ => false,
    }
}
