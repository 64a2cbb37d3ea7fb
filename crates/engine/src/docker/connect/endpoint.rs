//! Which engine: the setting, the environment, the active Docker context, the usual sockets.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use testdock_core::model::{Fault, RunError};

use super::login::Login;
use super::tcp::Tls;

/// Where an engine is, and who said so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) address: Address,
    /// How its connections are encrypted, where they are.
    pub(super) tls: Option<Tls>,
    /// Who chose it, in words; `None` for the default.
    pub(super) origin: Option<String>,
}

/// An engine's address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A socket's path.
    Unix(String),
    /// Host and port.
    Tcp(String),
    /// A Windows pipe.
    Pipe(String),
    /// A login on the host that the engine is on.
    Ssh(Login),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{path}"),
            Self::Tcp(host) => write!(f, "tcp://{host}"),
            Self::Pipe(path) => write!(f, "npipe://{path}"),
            Self::Ssh(login) => login.fmt(f),
        }
    }
}

/// What the process's environment says; a value, so that tests can make one up.
pub(super) struct Environment {
    var: Lookup,
    home: Option<PathBuf>,
}

type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Environment {
    pub(super) fn of_process() -> Self {
        Self { var: Box::new(|name| std::env::var(name).ok()), home: std::env::home_dir() }
    }

    #[cfg(test)]
    pub(super) fn of(home: &Path, vars: &[(&str, &str)]) -> Self {
        let vars: std::collections::BTreeMap<String, String> =
            vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { var: Box::new(move |name| vars.get(name).cloned()), home: Some(home.to_owned()) }
    }

    /// A variable that is set and not empty, as the `docker` command reads them.
    fn get(&self, name: &str) -> Option<String> {
        (self.var)(name).filter(|value| !value.is_empty())
    }

    fn config_dir(&self) -> Option<PathBuf> {
        let given = self.get("DOCKER_CONFIG").map(PathBuf::from);
        given.or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }

    /// What the environment says of TLS, when it asks for it.
    fn tls(&self) -> Option<Tls> {
        self.get("DOCKER_TLS_VERIFY")?;
        let given = self.get("DOCKER_CERT_PATH").map(PathBuf::from);
        Some(Tls { certs: given.or_else(|| self.config_dir())?, unverified: false })
    }
}

/// Finds the engine in the order of the `docker` command, after the setting.
pub(super) fn resolve(host: Option<&str>, env: &Environment) -> Result<Endpoint, RunError> {
    if let Some(host) = host {
        return endpoint(host, env.tls(), "interpreter.host");
    }
    if let Some(host) = env.get("DOCKER_HOST") {
        return endpoint(&host, env.tls(), "DOCKER_HOST");
    }
    match active_context(env)? {
        Some((name, origin)) => context(&name, &origin, env),
        None => Ok(usual(env)),
    }
}

fn endpoint(host: &str, tls: Option<Tls>, origin: &str) -> Result<Endpoint, RunError> {
    let (address, tls) = parse(host.trim(), tls, origin)?;
    Ok(Endpoint { address, tls, origin: Some(origin.to_owned()) })
}

fn parse(host: &str, tls: Option<Tls>, origin: &str) -> Result<(Address, Option<Tls>), RunError> {
    let Some((scheme, rest)) = host.split_once("://") else {
        return Err(bad_host(host, origin, "it has no scheme"));
    };
    match scheme {
        _ if rest.is_empty() => Err(bad_host(host, origin, "it is incomplete")),
        "unix" => Ok((Address::Unix(rest.to_owned()), None)),
        "npipe" => Ok((Address::Pipe(rest.to_owned()), None)),
        "tcp" | "http" | "https" => {
            let port = if tls.is_some() { 2376 } else { 2375 };
            Ok((Address::Tcp(with_port(rest, port)), tls))
        }
        "ssh" => {
            let login = Login::parse(rest).map_err(|why| bad_host(host, origin, why))?;
            Ok((Address::Ssh(login), None))
        }
        _ => Err(bad_host(host, origin, "its scheme is unknown")),
    }
}

/// Adds the engine's usual port where there is none: an HTTP client would take 80.
fn with_port(rest: &str, port: u16) -> String {
    let host = rest.trim_end_matches('/');
    let after_brackets = host.rsplit(']').next().unwrap_or(host);
    if after_brackets.contains(':') { host.to_owned() } else { format!("{host}:{port}") }
}

fn bad_host(host: &str, origin: &str, why: &str) -> RunError {
    let message = format!("cannot use the Docker address {host} from {origin}: {why}");
    RunError::new(Fault::Interpreter, message)
        .help("write unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host")
}

/// The engines that a machine usually has: the system's, unless that is not for the caller, who has a rootless
/// one, or Podman. The first stays the answer where neither may be used, since that is what the message should speak of.
fn usual(env: &Environment) -> Endpoint {
    let others = || {
        let own = env.get("XDG_RUNTIME_DIR").map(|dir| dir.trim_end_matches('/').to_owned());
        let own =
            ["docker.sock", "podman/podman.sock"].map(|it| Some(format!("{}/{it}", own.as_ref()?)));
        let all = own.into_iter().flatten().chain([PODMAN_SOCKET.to_owned()]);
        all.into_iter().find(|path| may_use(path))
    };
    let address = if cfg!(windows) {
        Address::Pipe("//./pipe/docker_engine".to_owned())
    } else if may_use(SYSTEM_SOCKET) {
        Address::Unix(SYSTEM_SOCKET.to_owned())
    } else {
        Address::Unix(others().unwrap_or_else(|| SYSTEM_SOCKET.to_owned()))
    };
    Endpoint { address, tls: None, origin: None }
}

#[cfg(unix)]
fn may_use(socket: &str) -> bool {
    rustix::fs::access(socket, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_use(_: &str) -> bool {
    false
}

const SYSTEM_SOCKET: &str = "/var/run/docker.sock";
const PODMAN_SOCKET: &str = "/run/podman/podman.sock";

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Config {
    current_context: Option<String>,
}

/// The name of the active context and who chose it; `None` for the default one.
fn active_context(env: &Environment) -> Result<Option<(String, String)>, RunError> {
    let named = |name: String, origin: String| {
        (!name.is_empty() && name != "default").then_some((name, origin))
    };
    if let Some(name) = env.get("DOCKER_CONTEXT") {
        return Ok(named(name, "DOCKER_CONTEXT".to_owned()));
    }
    let Some(path) = env.config_dir().map(|dir| dir.join("config.json")) else {
        return Ok(None);
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(None);
    };
    let config: Config = serde_json::from_str(&text).map_err(|e| {
        let message = format!("cannot read {}: {e}", path.display());
        RunError::new(Fault::Interpreter, message).help("correct it, or set interpreter.host")
    })?;
    let origin = format!("currentContext in {}", path.display());
    Ok(config.current_context.and_then(|name| named(name, origin)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextMeta {
    endpoints: ContextEndpoints,
}

#[derive(Deserialize)]
struct ContextEndpoints {
    docker: ContextEndpoint,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextEndpoint {
    host: String,
    #[serde(default, rename = "SkipTLSVerify")]
    skip_tls_verify: bool,
}

/// The engine of a Docker context, which lies in a directory named by the hash of its name.
fn context(name: &str, origin: &str, env: &Environment) -> Result<Endpoint, RunError> {
    let contexts = env.config_dir().unwrap_or_default().join("contexts");
    let id = format!("{:x}", Sha256::digest(name));
    let path = contexts.join("meta").join(&id).join("meta.json");
    let meta: ContextMeta = std::fs::read(&path)
        .map_err(|e| e.to_string())
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| e.to_string()))
        .map_err(|why| bad_context(name, origin, &path, &why))?;
    let certs = contexts.join("tls").join(&id).join("docker");
    let ContextEndpoint { host, skip_tls_verify: unverified } = meta.endpoints.docker;
    let is_encrypted = unverified || certs.is_dir();
    let tls = is_encrypted.then_some(Tls { certs, unverified });
    let origin = format!("the Docker context {name}, chosen by {origin}");
    endpoint(&host, tls, &origin)
}

fn bad_context(name: &str, origin: &str, path: &Path, why: &str) -> RunError {
    let path = path.display();
    let message = format!("cannot use the Docker context {name} from {origin}: {path}: {why}");
    RunError::new(Fault::Interpreter, message).help(
        "choose one that is there (docker context ls, docker context use), or set interpreter.host",
    )
}
