//! The build context as a streamed tar: a tree of any size passes through a few buffers.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use tar::{Builder, EntryType, Header};
use testdock_core::interpreter::dockerignore::Matcher;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How large the pieces are, and how many may wait for the network.
pub(super) const PIECE: usize = 256 * 1024;
const PIECES_WAITING: usize = 4;

/// What to send.
pub(super) struct Context {
    /// The directory.
    pub(super) dir: PathBuf,
    /// Which of its files stay at home.
    pub(super) ignore: Arc<Matcher>,
    /// A file that is sent whatever `ignore` says, from anywhere: its name in the tar and its text.
    pub(super) extra: Option<(String, Vec<u8>)>,
    /// Who owns what is sent, whoever does here: the root of the engine's containers.
    pub(super) owner: Ids,
}

/// The numbers of a user and of a group.
pub(super) type Ids = (u64, u64);

/// Starts sending. The task ends with the stream, and says what could not be read.
pub(super) fn stream(
    context: Context,
) -> (BoxStream<'static, io::Result<Bytes>>, JoinHandle<io::Result<()>>) {
    pieces(move |pieces| write(&context, pieces))
}

/// What `write` writes, as a stream; the task ends with it.
pub(super) fn pieces<T: Send + 'static>(
    write: impl FnOnce(Pieces) -> io::Result<T> + Send + 'static,
) -> (BoxStream<'static, io::Result<Bytes>>, JoinHandle<io::Result<T>>) {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING);
    let task = tokio::task::spawn_blocking(move || {
        let outcome = write(Pieces(sender.clone()));
        if let Err(error) = &outcome {
            // One that ends in the middle must not look like a small one.
            let _ = sender.blocking_send(Err(io::Error::new(error.kind(), error.to_string())));
        }
        outcome
    });
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    (Box::pin(pieces), task)
}

/// Calls `visit` with every file, directory and link that is sent, in order. `dir` lies at `prefix`
/// in the context; empty for the context itself.
pub(super) fn walk(
    dir: &Path,
    prefix: &str,
    ignore: &Matcher,
    visit: &mut dyn FnMut(&str, &Path, &Metadata) -> io::Result<()>,
) -> io::Result<()> {
    for (name, path) in sorted_entries(dir)? {
        let relative = match prefix {
            "" => name,
            prefix => format!("{prefix}/{name}"),
        };
        let metadata = std::fs::symlink_metadata(&path).map_err(|e| about(&path, &e))?;
        let ignored = ignore.is_ignored(&relative);
        if !ignored {
            visit(&relative, &path, &metadata)?;
        }
        if metadata.is_dir() && !(ignored && ignore.can_skip_directories()) {
            walk(&path, &relative, ignore, visit)?;
        }
    }
    Ok(())
}

/// The entries of `dir` in the order of their names: the same tree makes the same tar everywhere.
fn sorted_entries(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(dir).map_err(|e| about(dir, &e))?;
    let mut entries = entries
        .map(|entry| {
            let path = entry.map_err(|e| about(dir, &e))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), path))
        })
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

pub(super) fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn write(context: &Context, pieces: Pieces) -> io::Result<()> {
    let mut tar = Builder::new(BufWriter::with_capacity(PIECE, pieces));
    walk(&context.dir, "", &context.ignore, &mut |name, path, metadata| {
        append(&mut tar, name, path, metadata, context.owner)
    })?;
    if let Some((name, text)) = &context.extra {
        append_text(&mut tar, name, text, context.owner)?;
    }
    tar.into_inner()?.flush()
}

fn append(
    tar: &mut Builder<impl Write>,
    name: &str,
    path: &Path,
    metadata: &Metadata,
    owner: Ids,
) -> io::Result<()> {
    if metadata.is_file() {
        let file = File::open(path).map_err(|e| about(path, &e))?;
        append_file(tar, name, file, metadata, owner)
    } else {
        append_other(tar, name, path, metadata, owner)
    }
}

/// Appends a file as its owner's.
pub(super) fn append_file(
    tar: &mut Builder<impl Write>,
    name: &str,
    file: File,
    metadata: &Metadata,
    owner: Ids,
) -> io::Result<()> {
    let size = metadata.len();
    let mut header = header(EntryType::Regular, metadata, owner);
    header.set_size(size);
    // The header is out: a file that changes its length now still has to fill exactly its place.
    tar.append_data(&mut header, name, file.chain(io::repeat(0)).take(size))
}

/// Appends a directory or a link; anything else has no place in a container.
pub(super) fn append_other(
    tar: &mut Builder<impl Write>,
    name: &str,
    path: &Path,
    metadata: &Metadata,
    owner: Ids,
) -> io::Result<()> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        let target = std::fs::read_link(path).map_err(|e| about(path, &e))?;
        tar.append_link(&mut header(EntryType::Symlink, metadata, owner), name, target)
    } else if kind.is_dir() {
        let mut header = header(EntryType::Directory, metadata, owner);
        tar.append_data(&mut header, format!("{name}/"), io::empty())
    } else {
        Ok(())
    }
}

fn header(kind: EntryType, metadata: &Metadata, (uid, gid): Ids) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode(metadata));
    header.set_mtime(mtime(metadata));
    header.set_uid(uid);
    header.set_gid(gid);
    header.set_size(0);
    header
}

/// A text that is no file here.
fn append_text(
    tar: &mut Builder<impl Write>,
    name: &str,
    text: &[u8],
    (uid, gid): Ids,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(uid);
    header.set_gid(gid);
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, name, text)
}

#[cfg(unix)]
pub(super) fn owner(metadata: &Metadata) -> Ids {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.uid().into(), metadata.gid().into())
}

/// Windows knows no numbers for them.
#[cfg(not(unix))]
pub(super) fn owner(_: &Metadata) -> Ids {
    (0, 0)
}

#[cfg(unix)]
pub(super) fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

/// Windows knows no modes; scripts must be able to run.
#[cfg(not(unix))]
pub(super) fn mode(_: &Metadata) -> u32 {
    0o755
}

fn mtime(metadata: &Metadata) -> u64 {
    let modified = metadata.modified().ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.map_or(0, |time| time.as_secs())
}

/// Writes into the stream; fails when nobody takes it any more.
pub(super) struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(data)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
