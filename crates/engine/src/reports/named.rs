//! The files that somebody names: by path, by folder, by pattern.

use std::collections::HashSet;

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;
use ignore::WalkBuilder;

use super::literal_base;

/// A file that was named, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// How to call it: the path as it was written, or as it was found.
    pub path: String,
    /// Why it cannot be read, where that is known.
    pub problem: Option<String>,
}

/// The files that are meant, each once, in the order in which they were named.
///
/// A path is itself; a folder means every `.xml` file in it, however deep; what is neither and has a
/// wildcard is a pattern. `-` is standard input.
pub fn named(written: &[String], cwd: &Utf8Path) -> Vec<Named> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for written in written {
        let found = one(written, cwd).unwrap_or_else(|problem| {
            vec![Named { path: written.clone(), problem: Some(problem) }]
        });
        all.extend(found.into_iter().filter(|it| seen.insert(identity(&it.path, cwd))));
    }
    all
}

fn one(written: &str, cwd: &Utf8Path) -> Result<Vec<Named>, String> {
    let file = |path: String| Named { path, problem: None };
    let path = cwd.join(written);
    if written == "-" || path.is_file() {
        return Ok(vec![file(written.to_owned())]);
    }
    let (base, pattern) = if path.is_dir() {
        (written.trim_end_matches('/').to_owned(), "**/*.xml".to_owned())
    } else if written.contains(['*', '?', '[', '{']) {
        let base = literal_base(written);
        let pattern = written.trim_start_matches("./").strip_prefix(&base).unwrap_or(written);
        (base, pattern.trim_start_matches('/').to_owned())
    } else {
        // A pipe, say, can be read as well; what cannot is told when it is opened.
        return Ok(vec![file(written.to_owned())]);
    };
    let found = matching(&cwd.join(&base), &pattern)?;
    if found.is_empty() {
        return Err(match path.is_dir() {
            true => "there is no .xml file in this folder".to_owned(),
            false => "no file matches this pattern".to_owned(),
        });
    }
    let shown = |rest: Utf8PathBuf| file(Utf8Path::new(&base).join(rest).into_string());
    Ok(found.into_iter().map(shown).collect())
}

/// The files below a folder that match, relative to it, sorted. What git keeps for itself and what
/// npm brings holds no reports.
fn matching(base: &Utf8Path, pattern: &str) -> Result<Vec<Utf8PathBuf>, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| format!("this is no pattern: {error}"))?.compile_matcher();
    let walk = WalkBuilder::new(base)
        .standard_filters(false)
        .filter_entry(|entry| {
            entry.depth() == 0
                || !(entry.file_name() == ".git" || entry.file_name() == "node_modules")
        })
        .build();
    let below = |entry: ignore::DirEntry| {
        let path = Utf8Path::from_path(entry.path())?.strip_prefix(base).ok()?;
        (glob.is_match(path) && may_be_report(&entry)).then(|| path.to_owned())
    };
    let mut found: Vec<Utf8PathBuf> = walk.flatten().filter_map(below).collect();
    found.sort();
    Ok(found)
}

/// A file, or a link to one or to nothing, which is told when it is opened. A pipe that merely lies
/// there may never say anything.
fn may_be_report(entry: &ignore::DirEntry) -> bool {
    let is_file = |kind: std::fs::FileType| {
        kind.is_file()
            || kind.is_symlink() && entry.path().metadata().map_or(true, |there| there.is_file())
    };
    entry.file_type().is_some_and(is_file)
}

/// What tells one file from another, however it is written.
fn identity(path: &str, cwd: &Utf8Path) -> Utf8PathBuf {
    cwd.join(path).canonicalize_utf8().unwrap_or_else(|_| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_files_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(dir.path()).unwrap();
        std::fs::create_dir(cwd.join("folder.xml")).unwrap();
        std::fs::write(cwd.join("file.xml"), "").unwrap();
        let link = |to: &str, path: &str| std::os::unix::fs::symlink(to, cwd.join(path)).unwrap();
        link("/dev/zero", "device.xml");
        link(".", "loop.xml");
        link("gone", "broken.xml");
        let _socket = std::os::unix::net::UnixListener::bind(cwd.join("socket.xml")).unwrap();
        let found: Vec<String> =
            named(&[".".to_owned()], cwd).into_iter().map(|it| it.path).collect();
        assert_eq!(found, ["./broken.xml", "./file.xml"]);
    }

    #[test]
    fn paths_folders_and_patterns_are_files() {
        let dir = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(dir.path()).unwrap();
        for path in [
            "a.xml",
            "b[1].xml",
            "out/c.xml",
            "out/deep/d.xml",
            "out/e.txt",
            "out/node_modules/f.xml",
        ] {
            std::fs::create_dir_all(cwd.join(path).parent().unwrap()).unwrap();
            std::fs::write(cwd.join(path), "").unwrap();
        }
        let check = |written: &[&str], expected: &[&str]| {
            let written: Vec<String> = written.iter().map(|it| (*it).to_owned()).collect();
            let show =
                |it: Named| it.problem.map_or(it.path.clone(), |why| format!("{}: {why}", it.path));
            let found: Vec<String> = named(&written, cwd).into_iter().map(show).collect();
            assert_eq!(found, expected, "{written:?}");
        };
        check(&["out", "a.xml"], &["out/c.xml", "out/deep/d.xml", "a.xml"]);
        check(&["*.xml", "./a.xml"], &["a.xml", "b[1].xml"]);
        check(&["./*.xml", "./out/d*/*.xml"], &["a.xml", "b[1].xml", "out/deep/d.xml"]);
        check(&["out/*.xml"], &["out/c.xml"]);
        check(&["**/d.xml"], &["out/deep/d.xml"]);
        check(&["b[1].xml", "-", "gone.xml"], &["b[1].xml", "-", "gone.xml"]);
        check(&["no/*.xml"], &["no/*.xml: no file matches this pattern"]);
        check(
            &["a[.xml"],
            &[
                "a[.xml: this is no pattern: error parsing glob 'a[.xml': unclosed character class; missing ']'",
            ],
        );
        let absolute = format!("{cwd}/out/*.xml");
        check(&[&absolute], &[&format!("{cwd}/out/c.xml")]);
    }
}
