//! Where the merged report goes: it takes the place of one of an earlier call, and of nothing else that
//! is still needed.

use std::fs::{self, File};
use std::io::{self, Read, Write};

use anyhow::{Result, ensure};
use camino::Utf8Path;
use tempfile::NamedTempFile;
use testdock_engine::reports::Named;
use testdock_junit::{FlatSuite, Form, write_as};

use crate::print;

/// How a merged report calls itself.
const NAME: &str = "testdock report";

/// A merged report of an earlier call is not counted again; any other that is to be read stays.
pub(super) fn leave_out(files: &mut Vec<Named>, target: &Utf8Path, cwd: &Utf8Path) -> Result<()> {
    let Ok(target) = cwd.join(target).canonicalize() else {
        return Ok(());
    };
    let is_target =
        |file: &Named| fs::canonicalize(cwd.join(&file.path)).is_ok_and(|it| it == target);
    let Some(at) = files.iter().position(is_target) else {
        return Ok(());
    };
    let path = &files[at].path;
    ensure!(
        files.len() > 1 && is_ours(&target),
        "the merged report would take the place of {path}, which is to be read: name another file"
    );
    print::note(&format!("{path} is left out: the merged report goes there"));
    files.remove(at);
    Ok(())
}

/// Whether a file begins as a merged report does.
fn is_ours(path: &std::path::Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(256).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains(&format!("name=\"{NAME}\""))
}

/// Writes it whole, or leaves what is there.
pub(super) fn write(target: &Utf8Path, suites: &[FlatSuite<'_>]) -> io::Result<()> {
    let xml = write_as(Form::Jenkins, NAME, suites);
    let target = target.canonicalize_utf8().unwrap_or_else(|_| target.to_owned());
    match (fs::metadata(&target), target.parent()) {
        // A pipe or a terminal is written to, not replaced.
        (Ok(there), _) if !there.is_file() => File::create(&target)?.write_all(&xml),
        (there, Some(folder)) => {
            fs::create_dir_all(folder)?;
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(&xml)?;
            let permissions = match there {
                Ok(there) => there.permissions(),
                Err(_) => created(&target)?.permissions(),
            };
            file.as_file().set_permissions(permissions)?;
            file.persist(&target).map(drop).map_err(|error| error.error)
        }
        (_, None) => Err(io::ErrorKind::NotFound.into()),
    }
}

/// A new file as this process makes them, whose permissions are the right ones.
fn created(target: &Utf8Path) -> io::Result<fs::Metadata> {
    File::create(target)?.metadata()
}
