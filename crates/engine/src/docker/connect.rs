//! Reaching the engine: which one, how, and what to do when it does not answer.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::time::Duration;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, BollardRequest, ClientVersion, Docker};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::rt::TokioExecutor;
use testdock_core::model::{Fault, RunError};
use testdock_core::remedy::{Machine, Trouble, advise};
use tokio::io::{AsyncRead, AsyncWrite};

mod endpoint;
mod login;
mod machine;
mod ssh;
mod tcp;

use super::note::Note;
use endpoint::{Address, Endpoint, Environment};

/// The oldest API that has what Testdock uses; engines since 20.10 speak it.
const OLDEST_API: ClientVersion = ClientVersion { major_version: 1, minor_version: 41 };

/// An engine behind a network that drops packets never refuses; nobody waits longer than this.
const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

/// A local engine accepts at once, but a loaded one may take its time to answer.
const LOCAL_PATIENCE: Duration = Duration::from_secs(15);

/// A login takes several turns, and `ssh` itself gives up on a silent host before.
const LOGIN_PATIENCE: Duration = Duration::from_secs(ssh::PATIENCE + 5);

/// Seconds that a single request may take to be answered; streams may go on longer.
const REQUEST_TIMEOUT: u64 = 120;

/// Connects to the engine at `host`; without one, to the engine that the `docker` command would use.
pub(crate) async fn connect(host: Option<&str>) -> Result<Docker, RunError> {
    let environment = Environment::of_process();
    reach(&endpoint::resolve(host, &environment)?, machine::here).await
}

/// The address of the engine at `host`, or of the active one, as people know it.
pub(crate) fn address(host: Option<&str>) -> Result<String, RunError> {
    let endpoint = endpoint::resolve(host, &Environment::of_process())?;
    Ok(endpoint.address.to_string())
}

/// The socket of the engine at `host`, or of the active one, where it has one on this machine.
pub(crate) fn socket(host: Option<&str>) -> Option<String> {
    match endpoint::resolve(host, &Environment::of_process()).ok()?.address {
        Address::Unix(path) => Some(path),
        Address::Tcp(_) | Address::Pipe(_) | Address::Ssh(_) => None,
    }
}

/// The two halves of a connection.
pub(crate) type Halves = (Pin<Box<dyn AsyncRead + Send>>, Pin<Box<dyn AsyncWrite + Send>>);

/// A bare connection to the engine at `host`, or the active one; `None` where it is an encrypted one.
pub(crate) async fn dial(host: Option<&str>) -> io::Result<Option<Halves>> {
    let Ok(endpoint) = endpoint::resolve(host, &Environment::of_process()) else {
        return Ok(None);
    };
    let halves: Halves = match (endpoint.address, endpoint.tls) {
        #[cfg(unix)]
        (Address::Unix(path), _) => {
            let (read, write) = tokio::net::UnixStream::connect(path).await?.into_split();
            (Box::pin(read), Box::pin(write))
        }
        (Address::Tcp(address), None) => {
            let (read, write) = tokio::net::TcpStream::connect(address).await?.into_split();
            (Box::pin(read), Box::pin(write))
        }
        (Address::Ssh(login), _) => {
            let (read, write) = tokio::io::split(ssh::dial(&login)?);
            (Box::pin(read), Box::pin(write))
        }
        _ => return Ok(None),
    };
    Ok(Some(halves))
}

/// `machine` is asked for when advice is needed.
async fn reach(endpoint: &Endpoint, machine: fn() -> Machine) -> Result<Docker, RunError> {
    let unreachable = |error: Error| unreachable(endpoint, machine(), &error);
    let docker = client(endpoint).map_err(unreachable)?;
    let patience = match endpoint.address {
        Address::Tcp(_) => NETWORK_PATIENCE,
        Address::Unix(_) | Address::Pipe(_) => LOCAL_PATIENCE,
        Address::Ssh(_) => LOGIN_PATIENCE,
    };
    let version = match tokio::time::timeout(patience, greet(&docker, endpoint)).await {
        Ok(answer) => answer.map_err(unreachable)?,
        Err(_) => return Err(silent(endpoint, machine(), patience)),
    };
    if version < OLDEST_API {
        return Err(too_old(endpoint, version));
    }
    Ok(docker)
}

/// Has the engine answer, and says which API it speaks. That is asked for once each time that it starts: Docker runs several
/// programs before it tells.
async fn greet(docker: &Docker, endpoint: &Endpoint) -> Result<ClientVersion, Error> {
    let note = match &endpoint.address {
        Address::Unix(path) => Note::on_engine(path, "the version of its API"),
        Address::Tcp(_) | Address::Pipe(_) | Address::Ssh(_) => None,
    };
    let known = note.as_ref().and_then(Note::read);
    if let Some(version) = known.as_deref().and_then(api) {
        docker.ping().await?;
        return Ok(version);
    }
    let told = docker.version().await?.api_version.unwrap_or_default();
    let version = api(&told).ok_or(Error::APIVersionParseError {})?;
    if let Some(note) = note {
        note.write(&told);
    }
    Ok(version)
}

fn api(version: &str) -> Option<ClientVersion> {
    let (major, minor) = version.split_once('.')?;
    Some(ClientVersion { major_version: major.parse().ok()?, minor_version: minor.parse().ok()? })
}

fn client(endpoint: &Endpoint) -> Result<Docker, Error> {
    match (&endpoint.address, &endpoint.tls) {
        (Address::Tcp(address), tls) => tcp::client(address, tls.as_ref()),
        (Address::Ssh(login), _) => ssh::client(login.clone()),
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

/// A client whose connections `connector` makes, and keeps for the next request.
fn over<C>(connector: C, address: &str) -> Result<Docker, Error>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let transport = move |request: BollardRequest| {
        let client = client.clone();
        async move { client.request(request).await.map_err(Error::from) }
    };
    Docker::connect_with_custom_transport(
        transport,
        Some(address),
        REQUEST_TIMEOUT,
        API_DEFAULT_VERSION,
    )
}

fn unreachable(endpoint: &Endpoint, machine: Machine, error: &Error) -> RunError {
    match diagnose(error) {
        Cause::Trouble(cause, trouble) => advised(endpoint, machine, cause, trouble),
        Cause::Other(cause, help) => failed(endpoint, &cause, &help),
    }
}

fn silent(endpoint: &Endpoint, machine: Machine, patience: Duration) -> RunError {
    let cause = format!("no answer within {} s", patience.as_secs());
    advised(endpoint, machine, &cause, Trouble::Silent)
}

fn too_old(endpoint: &Endpoint, version: ClientVersion) -> RunError {
    failed(
        endpoint,
        &format!("its API {version} is older than {OLDEST_API}"),
        "install Docker 20.10 or newer",
    )
}

fn advised(endpoint: &Endpoint, machine: Machine, cause: &str, trouble: Trouble) -> RunError {
    let advice = advise(machine, &endpoint.address.to_string(), trouble);
    RunError { remedy: advice.remedy, ..failed(endpoint, cause, &advice.words) }
}

fn failed(endpoint: &Endpoint, cause: &str, remedy: &str) -> RunError {
    let address = &endpoint.address;
    let origin = endpoint.origin.as_ref();
    let origin = origin.map_or_else(String::new, |o| format!(" (the address comes from {o})"));
    RunError::new(Fault::Interpreter, format!("cannot reach Docker at {address}: {cause}"))
        .help(format!("{remedy}, or set interpreter.host, or run without a container: interpreter.local = true, or --local{origin}"))
}

/// Why an engine was not reached.
enum Cause {
    /// In a way for which there is advice.
    Trouble(&'static str, Trouble),
    /// In another one; with what mends it.
    Other(String, String),
}

fn diagnose(error: &Error) -> Cause {
    let other = |cause: &str, help: &str| Cause::Other(cause.to_owned(), help.to_owned());
    if let Some(failure) = causes(error).find_map(ssh::failure) {
        return other(&failure.cause(), &failure.help());
    }
    match error {
        Error::SocketNotFoundError(_) => return Cause::Trouble("no such file", Trouble::Absent),
        Error::CertPathError { path } | Error::CertParseError { path } => {
            let cause = format!("cannot read the certificate {}", path.display());
            return other(&cause, "put it there, or correct DOCKER_CERT_PATH");
        }
        Error::DockerResponseServerError { message, .. } if message.contains("HTTPS server") => {
            return other("it speaks TLS only", "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH");
        }
        Error::JsonDataError { .. } | Error::APIVersionParseError {} => {
            return other("what answers there is no Docker engine", "check the address");
        }
        _ => {}
    }
    let bottom = innermost(error);
    if let Some((_, cause, help)) = HANDSHAKES.iter().find(|(words, ..)| bottom.contains(words)) {
        return other(cause, help);
    }
    match io_kind(error) {
        Some(ErrorKind::NotFound) => Cause::Trouble("no such file", Trouble::Absent),
        Some(ErrorKind::PermissionDenied) => Cause::Trouble("permission denied", Trouble::Denied),
        Some(ErrorKind::ConnectionRefused) => Cause::Trouble("connection refused", Trouble::Absent),
        _ => other(&bottom, "check the address"),
    }
}

/// How a handshake fails: the words for it, what it means, what mends it.
const HANDSHAKES: &[(&str, &str, &str)] = &[
    (
        "UnknownIssuer",
        "its certificate is signed by none of the authorities in ca.pem",
        "put the ca.pem of this engine into DOCKER_CERT_PATH, or the context",
    ),
    ("certificate: Expired", "its certificate has expired", "renew the engine's certificate"),
    ("NotValidYet", "its certificate is not valid yet", "compare the clocks here and there"),
    (
        "NotValidForName",
        "its certificate is for another name",
        "use the name in the certificate as the address, or have it made for this one",
    ),
    ("CertificateRequired", REFUSED, REFUSED_HELP),
    ("BadCertificate", REFUSED, REFUSED_HELP),
    ("UnknownCA", REFUSED, REFUSED_HELP),
    ("CertificateExpired", "the certificate cert.pem has expired", "renew it"),
];
const REFUSED: &str = "it takes no caller without a certificate that it knows";
const REFUSED_HELP: &str = "put cert.pem and key.pem that this engine's authority has signed into DOCKER_CERT_PATH, or the context";

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

/// What lies at the bottom of an error.
pub(super) fn innermost(error: &Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests;
