//! Runs on this machine, without a container.

use std::process::Stdio;
use std::sync::Arc;

use camino::Utf8PathBuf;
use etcetera::BaseStrategy as _;
use futures_util::StreamExt as _;
use testdock_core::model::{Fault, Provenance, RunError};
use testdock_core::paths::PathMap;
use testdock_core::plan::Options;
use tokio_util::io::ReaderStream;

use crate::pipes::{Piece, Pipes};
use crate::stand::{Seat, Stand};
use crate::supervisor::{Base, Command, SH};

/// This machine as a place to run commands.
pub(crate) fn stand(options: &Options) -> Stand {
    let provenance = Provenance {
        interpreter: "local".into(),
        paths: PathMap::identity(),
        ..Provenance::default()
    };
    Stand {
        env: options.env.clone(),
        shell: SH,
        provenance: Arc::new(provenance),
        base: Base { dir: dir().into_string(), lease: None },
        is_caller: true,
        seat: Seat::Here,
        claim: None,
    }
}

/// A directory that belongs to the caller alone.
fn dir() -> Utf8PathBuf {
    let strategy = etcetera::choose_base_strategy().ok();
    strategy
        .and_then(|s| s.runtime_dir().or_else(|| Some(s.cache_dir())))
        .and_then(|dir| Utf8PathBuf::from_path_buf(dir).ok())
        .unwrap_or_else(|| "/tmp".into())
        .join("testdock")
}

/// Starts a command.
pub(crate) fn start(command: &Command) -> Result<Pipes, RunError> {
    let [program, args @ ..] = command.argv.as_slice() else {
        return Err(RunError::new(Fault::Configuration, "cannot run an empty command"));
    };
    let mut process = tokio::process::Command::new(program);
    process
        .args(args)
        .envs(command.env.iter().map(|(k, v)| (k, v)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A terminal's interrupt is for us to act on.
    #[cfg(unix)]
    process.process_group(0);
    let failed = |e: std::io::Error| {
        RunError::new(Fault::Interpreter, format!("cannot start {program}: {e}"))
            .help("a local run needs a POSIX shell named sh")
    };
    let mut child = process.spawn().map_err(failed)?;
    let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(frames), Some(output)) = streams else {
        return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
    };
    // Nobody waits for its code, which comes in a frame; but somebody must, or it stays a zombie.
    tokio::spawn(async move { child.wait().await });
    let frames = ReaderStream::with_capacity(frames, 64 << 10).map(|b| b.map(Piece::Frames));
    let output = ReaderStream::with_capacity(output, 64 << 10).map(|b| b.map(Piece::Output));
    Ok(Pipes {
        pieces: futures_util::stream::select(frames, output).boxed(),
        input: Box::pin(input),
    })
}
