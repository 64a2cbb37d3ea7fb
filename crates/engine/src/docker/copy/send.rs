//! Brings changes to a container: one command there takes away what is gone, and unpacks what comes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::UNIX_EPOCH;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::query_parameters::UploadToContainerOptionsBuilder;
use camino::Utf8PathBuf;
use futures_util::StreamExt as _;
use tar::Builder;
use tokio::io::AsyncWriteExt as _;

use crate::docker::context::{PIECE, Pieces, append_file, append_other, owner, pieces};
use crate::docker::said;

/// Arguments: whether something comes, what is gone.
const SCRIPT: &str = "comes=$1; shift; [ $# = 0 ] || rm -rf -- \"$@\" || exit 4; \
                      [ $comes = no ] || tar -xpf - -C / || exit 5; echo done";
/// What the kernel takes of arguments, with room for more.
const MAX_ARGS: usize = 96 << 10;

/// What comes: its place in the container without the first slash, and the file here.
pub(super) type Coming = Vec<(String, Utf8PathBuf)>;

/// How it went wrong.
#[derive(Debug)]
pub(super) enum Failure {
    /// The engine refused, or went away.
    Engine(bollard::errors::Error),
    /// The command there failed, and said so.
    Command(String),
    /// Something could not be read here.
    Here(io::Error),
}

/// Brings the changes; answers with what could not be read.
pub(super) async fn send(
    docker: &Docker,
    id: &str,
    gone: &[String],
    coming: Coming,
) -> Result<Vec<Utf8PathBuf>, Failure> {
    let mut batches = batches(gone);
    let last = batches.pop().unwrap_or_default();
    for batch in batches {
        run(docker, id, batch, None).await?;
    }
    if coming.is_empty() {
        run(docker, id, last, None).await?;
        return Ok(Vec::new());
    }
    match run(docker, id, last, Some(coming.clone())).await {
        // It has no tar, or root there may not do what this needs: then the engine does it, at its leisure.
        Err(Failure::Command(why)) if !is_full(&why) => {
            tracing::info!("unpacking in the container failed ({why}): the engine is to do it");
            upload(docker, id, coming).await
        }
        sent => sent,
    }
}

/// Whether a disk has no room.
pub(super) fn is_full(why: &str) -> bool {
    ["No space left", "no space left", "Disk quota", "disk quota"].iter().any(|it| why.contains(it))
}

fn batches(gone: &[String]) -> Vec<&[String]> {
    let mut batches = Vec::new();
    let (mut from, mut length) = (0, 0);
    for (at, path) in gone.iter().enumerate() {
        if length + path.len() > MAX_ARGS && at > from {
            batches.push(&gone[from..at]);
            (from, length) = (at, 0);
        }
        length += path.len() + 9;
    }
    batches.push(&gone[from..]);
    batches
}

/// Runs the command there, as root: what it meets may belong to anyone.
async fn run(
    docker: &Docker,
    id: &str,
    gone: &[String],
    coming: Option<Coming>,
) -> Result<Vec<Utf8PathBuf>, Failure> {
    let comes = if coming.is_some() { "yes" } else { "no" };
    let words = ["sh", "-c", SCRIPT, "testdock", comes].map(str::to_owned);
    let options = CreateExecOptions {
        attach_stdin: Some(coming.is_some()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        user: Some("0".to_owned()),
        cmd: Some(words.into_iter().chain(gone.iter().cloned()).collect()),
        ..CreateExecOptions::default()
    };
    let exec = docker.create_exec(id, options).await.map_err(Failure::Engine)?;
    let started = docker.start_exec(&exec.id, None::<StartExecOptions>).await;
    let StartExecResults::Attached { mut output, mut input } = started.map_err(Failure::Engine)?
    else {
        return Err(Failure::Command("nothing is attached".to_owned()));
    };
    let (mut stream, writer) = pieces(move |pieces| write(coming.unwrap_or_default(), pieces));
    let typing = async {
        while let Some(piece) = stream.next().await {
            // Who stops reading says why on the other stream.
            let Ok(piece) = piece else { break };
            if input.write_all(&piece).await.is_err() {
                break;
            }
        }
        let _ = input.shutdown().await;
        drop(stream);
    };
    let listening = async {
        let (mut printed, mut complaints) = (Vec::new(), Vec::new());
        while let Some(piece) = output.next().await {
            match piece? {
                LogOutput::StdOut { message } => printed.extend_from_slice(&message),
                other if complaints.len() < 4096 => {
                    complaints.extend_from_slice(&other.into_bytes())
                }
                _ => {}
            }
        }
        Ok::<_, bollard::errors::Error>((printed, complaints))
    };
    let ((), heard) = tokio::join!(typing, listening);
    let (printed, complaints) = heard.map_err(Failure::Engine)?;
    let written = writer.await.unwrap_or_else(|e| Err(io::Error::other(e)));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Here(error)),
        // The stream of a command whose engine or container died ends without a word.
        _ if !printed.ends_with(b"done\n") => {
            let why = String::from_utf8_lossy(&complaints);
            Err(Failure::Command(why.trim().to_owned()))
        }
        Err(error) => Err(Failure::Here(error)),
        Ok(unread) => Ok(unread),
    }
}

/// Has the engine itself unpack.
async fn upload(docker: &Docker, id: &str, coming: Coming) -> Result<Vec<Utf8PathBuf>, Failure> {
    let (stream, writer) = pieces(move |pieces| write(coming, pieces));
    let options = UploadToContainerOptionsBuilder::default().path("/").build();
    let body = bollard::body_try_stream(stream);
    let sent = docker.upload_to_container(id, Some(options), body).await;
    let written = writer.await.unwrap_or_else(|e| Err(io::Error::other(e)));
    match (sent, written) {
        (Err(error), _) if is_full(&said(&error)) => Err(Failure::Command(said(&error))),
        (Err(error), _) => Err(Failure::Engine(error)),
        (Ok(()), written) => written.map_err(Failure::Here),
    }
}

/// Writes what comes; what is gone meanwhile, or cannot be read, is left out and answered.
fn write(coming: Coming, pieces: Pieces) -> io::Result<Vec<Utf8PathBuf>> {
    let mut tar = Builder::new(BufWriter::with_capacity(PIECE, pieces));
    let mut unread = Vec::new();
    for (name, path) in coming {
        let Ok(metadata) = path.symlink_metadata() else {
            continue;
        };
        if !metadata.is_file() {
            append_other(&mut tar, &name, path.as_std_path(), &metadata, owner(&metadata))?;
            continue;
        }
        let opened = File::open(&path).and_then(|file| file.metadata().map(|now| (file, now)));
        let Ok((file, metadata)) = opened else {
            unread.push(path);
            continue;
        };
        // Whole seconds would make it older than what was made from it within the same one.
        let written = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        if let Some(at) = written {
            let time = format!("{}.{:09}", at.as_secs(), at.subsec_nanos());
            tar.append_pax_extensions([("mtime", time.as_bytes())])?;
        }
        append_file(&mut tar, &name, file, &metadata, owner(&metadata))?;
    }
    // Some tars wait for whole records.
    let mut out = tar.into_inner()?;
    out.flush()?;
    drop(out);
    Ok(unread)
}
