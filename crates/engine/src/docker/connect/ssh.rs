//! The engine behind a login: `ssh HOST docker system dial-stdio` carries each connection, as the `docker`
//! command's own do. So whatever a person has set up for `ssh` (names, keys, jumps) holds here too.
//!
//! Connections share one login that stays for a minute after the last of them, also for the next
//! Testdock: a login takes many turns, a further connection one.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{LazyLock, Mutex};
use std::task::{Context, Poll, ready};

use bollard::Docker;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::login::Login;
use super::over;

/// Seconds that `ssh` waits for the host.
pub(super) const PATIENCE: u64 = 10;
/// Of what `ssh` says the end is kept.
const TAIL: usize = 4096;

/// A client whose connections go through `login`.
pub(super) fn client(login: Login) -> Result<Docker, bollard::errors::Error> {
    over(Dialer(login), "http://docker")
}

#[derive(Clone)]
struct Dialer(Login);

impl<Uri> tower_service::Service<Uri> for Dialer {
    type Response = TokioIo<Tunnel>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<TokioIo<Tunnel>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(dial(&self.0).map(TokioIo::new))
    }
}

/// Starts a connection. Whether it comes about is seen by its first answer.
pub(super) fn dial(login: &Login) -> io::Result<Tunnel> {
    let mut command = Command::new("ssh");
    command
        // Nobody is there to be asked: a language server has no terminal.
        .args(["-T", "-o", "BatchMode=yes"])
        .args(["-o", &format!("ConnectTimeout={PATIENCE}")])
        .args(["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"])
        .args(sharing(login))
        .args(login.words())
        .args(login.command())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // An interrupt at the terminal is for Testdock, which still has to hear how the run ends.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|error| {
        io::Error::other(Failure {
            login: login.clone(),
            said: format!("cannot start ssh: {error}"),
        })
    })?;
    let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
    Ok(Tunnel {
        input: Some(child.stdin.take().ok_or_else(missing)?),
        output: child.stdout.take().ok_or_else(missing)?,
        state: State::Silent(Some((child, login.clone()))),
    })
}

/// The options by which connections share a login, unless the person has set up that already.
fn sharing(login: &Login) -> Vec<String> {
    // Asked once for each: the answer costs a process.
    static KNOWN: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    known.entry(login.to_string()).or_insert_with(|| share(login).unwrap_or_default()).clone()
}

fn share(login: &Login) -> Option<Vec<String>> {
    if cfg!(windows) {
        return None; // its ssh cannot
    }
    let settings = std::process::Command::new("ssh").arg("-G").args(login.words()).output().ok()?;
    let settings = String::from_utf8_lossy(&settings.stdout).to_lowercase();
    let shared = settings.lines().find_map(|line| line.strip_prefix("controlpath "));
    if shared.is_some_and(|path| path != "none") {
        return None;
    }
    let path = sockets()?.join("testdock-%C");
    let path = format!("ControlPath={}", path.display());
    let options = ["ControlMaster=auto", "ControlPersist=60", &path];
    Some(options.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]).collect())
}

/// A directory for sockets that is the caller's alone, with a path that is short enough for them.
fn sockets() -> Option<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let own = std::env::home_dir().map(|home| home.join(".ssh"));
    [runtime, own].into_iter().flatten().find(|dir| dir.is_dir() && dir.as_os_str().len() < 40)
}

/// A connection that a process carries.
pub(super) struct Tunnel {
    input: Option<ChildStdin>,
    output: ChildStdout,
    state: State,
}

enum State {
    /// Nothing has come yet.
    Silent(Option<(Child, Login)>),
    /// Nothing came; why is being asked.
    Ending(Pin<Box<dyn Future<Output = io::Error> + Send + Sync>>),
    /// It stands.
    #[expect(dead_code, reason = "the process ends with it")]
    Speaking(Child),
    Over,
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tunnel = &mut *self;
        if let State::Ending(why) = &mut tunnel.state {
            let why = ready!(why.as_mut().poll(cx));
            tunnel.state = State::Over;
            return Poll::Ready(Err(why));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut tunnel.output).poll_read(cx, buffer))?;
        if let State::Silent(process) = &mut tunnel.state
            && let Some((child, login)) = process.take()
        {
            if buffer.filled().len() > before {
                tunnel.state = State::Speaking(child);
            } else {
                tunnel.state = State::Ending(Box::pin(ended(child, login)));
                return Pin::new(tunnel).poll_read(cx, buffer);
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Why a process ended that has connected nothing.
async fn ended(mut child: Child, login: Login) -> io::Error {
    let mut said = Vec::new();
    if let Some(errors) = child.stderr.take() {
        // What does not come is no reason to fail in another way.
        let _ = errors.take(TAIL as u64).read_to_end(&mut said).await;
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    io::Error::other(Failure { login, said })
}

impl AsyncWrite for Tunnel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A pipe is shut down by closing it.
        self.input = None;
        Poll::Ready(Ok(()))
    }
}

impl Connection for Tunnel {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// A login that did not come about, or an engine that is not there behind it.
#[derive(Debug)]
pub(super) struct Failure {
    login: Login,
    /// What `ssh`, or `docker` over there, said.
    said: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause())
    }
}

impl StdError for Failure {}

/// The failure that an error is, or brings along.
pub(super) fn failure<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Failure> {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.and_then(|inner| inner.downcast_ref()).or_else(|| error.downcast_ref())
}

/// What is found in what was said, and what mends it; `HOST` stands for the login.
const REMEDIES: &[(&str, &str)] = &[
    ("cannot start ssh", "install OpenSSH's client"),
    (
        "IDENTIFICATION HAS CHANGED",
        "ask whoever keeps the host whether its key was replaced; if so, forget the old one: ssh-keygen -R HOST",
    ),
    ("Host key verification failed", "log in once by hand and accept the host's key: ssh HOST"),
    ("Permission denied (", "let your key in there (ssh-copy-id HOST), or load it: ssh-add"),
    ("Could not resolve", "check the host's name"),
    (
        "docker: not found",
        "install docker's command line there, or put it on the PATH of a login without a terminal",
    ),
    (
        "docker: command not found",
        "install docker's command line there, or put it on the PATH of a login without a terminal",
    ),
    ("permission denied while trying to connect", "add the user over there to the group docker"),
    ("Cannot connect to the Docker daemon", "start the engine over there"),
];

impl Failure {
    /// In one line.
    pub(super) fn cause(&self) -> String {
        let mut lines = self.said.lines().map(str::trim).filter(|line| !line.is_empty());
        let found = REMEDIES.iter().find(|(words, _)| self.said.contains(words));
        let line = found.and_then(|(words, _)| lines.clone().find(|line| line.contains(words)));
        let line = line.or(lines.next_back()).unwrap_or("ssh ended without a word");
        line.trim_start_matches("ssh: ").trim_matches(['@', ' ']).to_owned()
    }

    /// What mends it.
    pub(super) fn help(&self) -> String {
        let found = REMEDIES.iter().find(|(words, _)| self.said.contains(words));
        let help =
            found.map_or("see whether this works: ssh HOST docker version", |(_, help)| help);
        help.replace("HOST", &self.login.host)
    }
}
