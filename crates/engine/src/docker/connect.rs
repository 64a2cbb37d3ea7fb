//! Reaching the engine: which one, how, and what to do when it does not answer.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::time::Duration;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};
use testdock_core::model::{Fault, RunError};

mod endpoint;

use endpoint::{Address, Endpoint, Environment};

/// The oldest API that has what Testdock uses; engines since 20.10 speak it.
const OLDEST_API: ClientVersion = ClientVersion { major_version: 1, minor_version: 41 };

/// An engine behind a network that drops packets never refuses; nobody waits longer than this.
const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

/// A local engine accepts at once, but a loaded one may take its time to answer.
const LOCAL_PATIENCE: Duration = Duration::from_secs(15);

/// Seconds that a single request may take to be answered; streams may go on longer.
const REQUEST_TIMEOUT: u64 = 120;

/// Connects to the engine at `host`; without one, to the engine that the `docker` command would use.
pub(crate) async fn connect(host: Option<&str>) -> Result<Docker, RunError> {
    let environment = Environment::of_process();
    reach(&endpoint::resolve(host, &environment)?).await
}

/// The address of the engine at `host`, or of the active one, as people know it.
pub(crate) fn address(host: Option<&str>) -> Result<String, RunError> {
    let endpoint = endpoint::resolve(host, &Environment::of_process())?;
    Ok(endpoint.address.to_string())
}

/// An address that is reached without TLS.
#[derive(Debug)]
pub(crate) enum Plain {
    /// A socket's path.
    Unix(String),
    /// Host and port.
    Tcp(String),
}

/// How the engine at `host`, or the active one, is reached without TLS; `None` where it is not.
pub(crate) fn plain(host: Option<&str>) -> Option<Plain> {
    let endpoint = endpoint::resolve(host, &Environment::of_process()).ok()?;
    match (endpoint.address, endpoint.tls) {
        (Address::Unix(path), _) => Some(Plain::Unix(path)),
        (Address::Tcp(address), None) => Some(Plain::Tcp(address)),
        (Address::Tcp(_), Some(_)) | (Address::Pipe(_), _) => None,
    }
}

async fn reach(endpoint: &Endpoint) -> Result<Docker, RunError> {
    let docker = client(endpoint).map_err(|e| unreachable(endpoint, &e))?;
    let patience = match endpoint.address {
        Address::Tcp(_) => NETWORK_PATIENCE,
        Address::Unix(_) | Address::Pipe(_) => LOCAL_PATIENCE,
    };
    let docker = match tokio::time::timeout(patience, docker.negotiate_version()).await {
        Ok(answer) => answer.map_err(|e| unreachable(endpoint, &e))?,
        Err(_) => return Err(silent(endpoint, patience)),
    };
    if docker.client_version() < OLDEST_API {
        return Err(too_old(endpoint, docker.client_version()));
    }
    Ok(docker)
}

fn client(endpoint: &Endpoint) -> Result<Docker, Error> {
    match (&endpoint.address, &endpoint.tls) {
        (Address::Tcp(host), None) => {
            Docker::connect_with_http(host, REQUEST_TIMEOUT, API_DEFAULT_VERSION)
        }
        (Address::Tcp(host), Some(certs)) => Docker::connect_with_ssl(
            host,
            &certs.join("key.pem"),
            &certs.join("cert.pem"),
            &certs.join("ca.pem"),
            REQUEST_TIMEOUT,
            API_DEFAULT_VERSION,
        ),
        #[cfg(unix)]
        (Address::Unix(path), _) => {
            Docker::connect_with_unix(path, REQUEST_TIMEOUT, API_DEFAULT_VERSION)
        }
        #[cfg(windows)]
        (Address::Pipe(path), _) => {
            Docker::connect_with_named_pipe(path, REQUEST_TIMEOUT, API_DEFAULT_VERSION)
        }
        #[cfg(not(unix))]
        (Address::Unix(path), _) => Err(Error::UnsupportedURISchemeError { uri: path.clone() }),
        #[cfg(not(windows))]
        (Address::Pipe(path), _) => Err(Error::UnsupportedURISchemeError { uri: path.clone() }),
    }
}

fn unreachable(endpoint: &Endpoint, error: &Error) -> RunError {
    let (cause, help) = diagnose(endpoint, error);
    failed(endpoint, &cause, &help)
}

fn silent(endpoint: &Endpoint, patience: Duration) -> RunError {
    failed(
        endpoint,
        &format!("no answer within {} s", patience.as_secs()),
        match endpoint.address {
            Address::Tcp(_) => "check the address and the firewall",
            Address::Unix(_) | Address::Pipe(_) => "restart it (systemctl restart docker)",
        },
    )
}

fn too_old(endpoint: &Endpoint, version: ClientVersion) -> RunError {
    failed(
        endpoint,
        &format!("its API {version} is older than {OLDEST_API}"),
        "install Docker 20.10 or newer",
    )
}

fn failed(endpoint: &Endpoint, cause: &str, remedy: &str) -> RunError {
    let address = &endpoint.address;
    let origin = endpoint.origin.as_ref();
    let origin = origin.map_or_else(String::new, |o| format!(" (the address comes from {o})"));
    RunError::new(Fault::Interpreter, format!("cannot reach Docker at {address}: {cause}"))
        .help(format!("{remedy}, or set interpreter.host, or run with --local{origin}"))
}

/// What went wrong and what mends it.
fn diagnose(endpoint: &Endpoint, error: &Error) -> (String, String) {
    let pair = |cause: &str, help: &str| (cause.to_owned(), help.to_owned());
    let start = match endpoint.address {
        Address::Tcp(_) => "start it, or check host and port",
        Address::Unix(_) => "start it (systemctl start docker)",
        Address::Pipe(_) => "start Docker Desktop",
    };
    match error {
        Error::SocketNotFoundError(_) => return pair("no such file", start),
        Error::CertPathError { path } | Error::CertParseError { path } => {
            let cause = format!("cannot read the certificate {}", path.display());
            return (cause, "put it there, or correct DOCKER_CERT_PATH".to_owned());
        }
        Error::DockerResponseServerError { message, .. } if message.contains("HTTPS server") => {
            let help = "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH";
            return pair("it speaks TLS only", help);
        }
        Error::JsonDataError { .. } | Error::APIVersionParseError {} => {
            return pair("what answers there is no Docker engine", "check the address");
        }
        _ => {}
    }
    match io_kind(error) {
        Some(ErrorKind::NotFound) => pair("no such file", start),
        Some(ErrorKind::PermissionDenied) => pair(
            "permission denied",
            "add yourself to the group docker (sudo usermod -aG docker $USER, then log in again)",
        ),
        Some(ErrorKind::ConnectionRefused) => pair("connection refused", start),
        _ => pair(&innermost(error), "check the address"),
    }
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let error: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(error), |e| (*e).source())
}

fn io_kind(error: &Error) -> Option<ErrorKind> {
    if let Error::IOError { err } = error {
        return Some(err.kind()); // transparent, so it is not among its own causes
    }
    causes(error)
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .map(std::io::Error::kind)
        .last()
}

fn innermost(error: &Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests;
