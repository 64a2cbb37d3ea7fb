//! The files whose content shapes an image.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use sha2::{Digest, Sha256};
use testdock_core::interpreter::dockerfile::DockerfileFacts;
use testdock_core::interpreter::dockerignore::Matcher;

use super::super::context::{about, mode, walk};
use super::recipe::field_of;

/// Files that say what to install. Where a build copies the whole workspace and then runs commands,
/// these are what the commands go by; the sources beside them come from the mount.
const MANIFESTS: [&str; 18] = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements*.txt",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "go.mod",
    "go.sum",
    "Cargo.lock",
    "Gemfile.lock",
    "composer.lock",
    "pom.xml",
    "*.gradle*",
];

/// Paths and globs of a context: all that is copied by name, and what a command needs of a copy that the mount hides: what says
/// what to install, and the files that it names.
pub(super) fn of(facts: &DockerfileFacts, context: &Path) -> BTreeSet<String> {
    let mounted_at = facts.workspace_copied_to.last().map(String::as_str);
    let inputs = facts.build_inputs(mounted_at);
    let mut paths = inputs.paths;
    if inputs.hidden_is_read {
        paths.extend(MANIFESTS.map(str::to_owned));
        paths.extend(inputs.named.into_iter().filter(|path| context.join(path).is_file()));
    }
    paths
}

/// Whether `copy` puts the whole build context into the image.
pub(in super::super) fn is_whole_context(
    copy: &testdock_core::interpreter::dockerfile::Copy,
) -> bool {
    let whole = |source: &String| matches!(source.trim_matches('/'), "" | ".");
    copy.from.is_none() && copy.sources.iter().any(whole)
}

/// Adds the content of all that `path` of the context means.
pub(super) fn hash(
    context: &Path,
    path: &str,
    ignore: &Matcher,
    hash: &mut Sha256,
) -> io::Result<()> {
    let (base, glob) = split(path);
    let start = context.join(base);
    let Ok(metadata) = std::fs::metadata(&start) else {
        field_of(hash, b"absent");
        return Ok(());
    };
    if !metadata.is_dir() {
        return add(base, &start, &metadata, hash);
    }
    walk(&start, base, ignore, &mut |name, path, metadata| {
        let in_git = name == ".git" || name.starts_with(".git/"); // changes with every look at it
        match &glob {
            Some(glob) if !means(glob, name) => Ok(()),
            _ if in_git => Ok(()),
            _ => add(name, path, metadata, hash),
        }
    })
}

/// The directory that a glob starts from, and the glob; or the path itself.
fn split(path: &str) -> (&str, Option<GlobMatcher>) {
    if path == "." {
        return ("", None);
    }
    let Some(special) = path.find(['*', '?', '[']) else {
        return (path, None);
    };
    let base = path[..special].rsplit_once('/').map_or("", |(base, _)| base);
    let glob = GlobBuilder::new(path).literal_separator(true).build();
    (base, glob.ok().map(|glob| glob.compile_matcher()))
}

/// Whether the glob means the file or a directory that it lies in.
fn means(glob: &GlobMatcher, name: &str) -> bool {
    let ends = name.match_indices('/').map(|(slash, _)| slash);
    ends.chain([name.len()]).any(|end| glob.is_match(&name[..end]))
}

fn add(name: &str, path: &Path, metadata: &Metadata, hash: &mut Sha256) -> io::Result<()> {
    field_of(hash, name.as_bytes());
    field_of(hash, &mode(metadata).to_le_bytes());
    if metadata.is_symlink() {
        let target = std::fs::read_link(path).map_err(|e| about(path, &e))?;
        field_of(hash, target.to_string_lossy().as_bytes());
    } else if metadata.is_file() {
        let mut content = Sha256::new();
        let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut content));
        copied.map_err(|e| about(path, &e))?;
        hash.update(content.finalize());
    }
    Ok(())
}
