//! Report files: those that a run wrote into the workspace, and those that somebody names.

mod coming;
mod named;

pub(crate) use coming::{Homecoming, Received};
pub use named::{Named, named};

use std::collections::HashMap;
use std::fs;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::ReportFile;

/// A longer report is not read.
const MAX_REPORT: u64 = 256 << 20;

/// The reports of the workspace as they were before a run.
#[derive(Debug)]
pub(crate) struct Snapshot {
    root: Utf8PathBuf,
    globs: GlobSet,
    /// The directories to look in: what stands in front of the first wildcard.
    bases: Vec<Utf8PathBuf>,
    before: HashMap<Utf8PathBuf, Stamp>,
}

/// What changes when a file is written.
type Stamp = (Option<SystemTime>, u64);

impl Snapshot {
    /// The state before a run of the reports that match these globs.
    pub(crate) fn take(root: &Utf8Path, patterns: &[String]) -> Result<Self, RunError> {
        let mut snapshot = Self {
            root: root.to_owned(),
            globs: globs(patterns)?,
            bases: patterns.iter().map(|p| root.join(literal_base(p))).collect(),
            before: HashMap::new(),
        };
        snapshot.before = snapshot.now();
        Ok(snapshot)
    }

    /// The workspace.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The reports that are new or were written since.
    pub(crate) fn changed(&self) -> Result<Vec<ReportFile>, RunError> {
        let mut paths: Vec<_> = self.now().into_iter().collect();
        paths.sort();
        paths.retain(|(path, stamp)| self.before.get(path) != Some(stamp));
        paths.iter().map(|(path, (_, len))| self.read(path, *len)).collect()
    }

    fn read(&self, path: &Utf8Path, len: u64) -> Result<ReportFile, RunError> {
        let name = path.strip_prefix(&self.root).unwrap_or(path).to_string();
        let error = |why: String| {
            RunError::new(Fault::Process, format!("cannot read the report {name}: {why}"))
        };
        if len > MAX_REPORT {
            return Err(error(format!("it is {} MiB long", len >> 20)));
        }
        let bytes = fs::read(path).map_err(|e| error(e.to_string()))?;
        Ok(ReportFile { name, bytes })
    }

    /// Links are not followed: what they lead to may lie outside the workspace.
    fn now(&self) -> HashMap<Utf8PathBuf, Stamp> {
        let mut found = HashMap::new();
        for base in self.bases.iter().filter(|base| self.inside(base)) {
            let walk = WalkBuilder::new(base)
                .standard_filters(false)
                .filter_entry(|e| e.file_name() != ".git")
                .build();
            for entry in walk.flatten() {
                if let Some((path, stamp)) = self.report(&entry) {
                    found.insert(path, stamp);
                }
            }
        }
        found
    }

    fn report(&self, entry: &ignore::DirEntry) -> Option<(Utf8PathBuf, Stamp)> {
        if !entry.file_type().is_some_and(|t| t.is_file()) {
            return None;
        }
        let path = Utf8Path::from_path(entry.path())?;
        if !self.globs.is_match(path.strip_prefix(&self.root).ok()?) {
            return None;
        }
        let meta = entry.metadata().ok()?;
        Some((path.to_owned(), (meta.modified().ok(), meta.len())))
    }

    fn inside(&self, base: &Utf8Path) -> bool {
        match (base.canonicalize_utf8(), self.root.canonicalize_utf8()) {
            (Ok(base), Ok(root)) => base.starts_with(root),
            _ => false,
        }
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, RunError> {
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern.trim_start_matches("./"));
        globs.add(glob.map_err(|e| bad_glob(pattern, &e))?);
    }
    globs.build().map_err(|e| bad_glob("", &e))
}

/// The directory or file that `pattern` names before its first wildcard.
fn literal_base(pattern: &str) -> String {
    let literal = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    pattern.split('/').take_while(literal).filter(|p| *p != ".").collect::<Vec<_>>().join("/")
}

fn bad_glob(pattern: &str, error: &globset::Error) -> RunError {
    RunError::new(
        Fault::Configuration,
        format!("cannot use the pattern `{pattern}` for reports: {error}"),
    )
    .help("write a glob such as build/**/*.xml")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn only_what_this_run_wrote_and_only_inside() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x.xml"), "outside").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("build/a/old.xml", "old");
        write("build/a/again.xml", "first");
        std::os::unix::fs::symlink(outside.path(), root.join("build/link")).unwrap();
        let globs = ["build/**/*.xml", "../**/*.xml", "report.xml"].map(String::from).to_vec();
        let snapshot = Snapshot::take(root, &globs).unwrap();
        write("build/a/again.xml", "second");
        write("build/b/new.xml", "new");
        write("build/b/new.txt", "no");
        write("report.xml", "top");
        let found: Vec<_> = snapshot
            .changed()
            .unwrap()
            .into_iter()
            .map(|r| (r.name, String::from_utf8(r.bytes).unwrap()))
            .collect();
        expect![[r#"
            [
                (
                    "build/a/again.xml",
                    "second",
                ),
                (
                    "build/b/new.xml",
                    "new",
                ),
                (
                    "report.xml",
                    "top",
                ),
            ]
        "#]]
        .assert_debug_eq(&found);
    }

    #[test]
    fn a_wrong_glob_is_named() {
        let error = Snapshot::take(Utf8Path::new("/"), &["a[".into()]).unwrap_err();
        assert!(error.message.contains("`a[`"), "{}", error.message);
    }
}
