//! What a run wrote where the workspace does not see it, and comes back to the workspace itself: reports, and
//! the outputs that its suite declares. They are in its copy of the workspace, or in a folder that the image made.

use std::fs;
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobSet;
use testdock_core::model::RunError;
use testdock_core::paths::PathMap;
use testdock_core::plan::{Invocation, Job, ReportFile, Reports, Site};

use super::{globs, literal_base};
use crate::pump::Sent;

/// What came of one run.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) reports: Vec<ReportFile>,
    /// What did not come to the workspace, and why: the tests ran all the same.
    pub(crate) warnings: Vec<String>,
}

/// What comes back of one run.
#[derive(Debug)]
pub(crate) struct Homecoming {
    root: Utf8PathBuf,
    paths: PathMap,
    /// The patterns of reports, then those of outputs; from the workspace's root.
    patterns: Vec<String>,
    reports: GlobSet,
    all: GlobSet,
    has_reports: bool,
}

impl Homecoming {
    /// What comes back of `job`; `None` where the workspace sees all of it: it `is_shared`, and no volume lies there.
    pub(crate) fn of(
        root: &Utf8Path,
        site: &Site,
        invocation: &Invocation,
        job: &Job,
        is_shared: bool,
    ) -> Result<Option<Self>, RunError> {
        let reports = match &invocation.reports {
            Reports::Workspace(patterns) => patterns.clone(),
            Reports::None | Reports::Scratch(_) => Vec::new(),
        };
        let outputs = job.suite.outputs.iter().map(|glob| job.suite.root.join(glob).to_string());
        let patterns: Vec<String> = reports.iter().cloned().chain(outputs).collect();
        let through = site.paths.through_volumes();
        let is_hidden = |pattern: &String| {
            let place = through.to_container(&root.join(literal_base(pattern)));
            place.is_some_and(|place| site.paths.hides(&place))
        };
        if is_shared && !patterns.iter().any(is_hidden) {
            return Ok(None);
        }
        Ok(Some(Self {
            root: root.to_owned(),
            paths: through,
            has_reports: !reports.is_empty(),
            reports: globs(&reports)?,
            all: globs(&patterns)?,
            patterns,
        }))
    }

    /// The workspace, where reports come from it.
    pub(crate) fn reporting(&self) -> Option<&Utf8Path> {
        self.has_reports.then_some(&self.root)
    }

    /// Where to look in the container: a directory or file, and a pattern for names.
    pub(crate) fn searches(&self) -> Vec<(String, String)> {
        let search = |pattern: &String| {
            let base = self.root.join(literal_base(pattern));
            let name = pattern.rsplit('/').next().unwrap_or_default();
            // The shell's patterns have no braces, and `**` is a single star to them.
            let is_known = !name.contains(['{', '\\', '[']);
            let name = if is_known { name.replace("**", "*") } else { "*".to_owned() };
            Some((self.paths.to_container(&base)?, name))
        };
        self.patterns.iter().filter_map(search).collect()
    }

    /// Writes what came to where it belongs, and answers with the reports.
    pub(crate) fn receive(&self, sent: Sent) -> Received {
        let mut received = Received::default();
        let reports = &mut received.reports;
        for file in sent.reports {
            // What has no path was made for Testdock alone.
            if !file.name.starts_with('/') {
                reports.push(file);
                continue;
            }
            let Some(below) = self.place(&file.name) else {
                continue;
            };
            let written = match sent.cut.contains(&file.name) {
                true => Err(io::Error::other("it is too long to come from there")),
                false => self.write(&below, &file.bytes),
            };
            if let Err(error) = written {
                let warning =
                    format!("cannot write {below}, which the tests wrote in their copy: {error}");
                received.warnings.push(warning);
            }
            let is_known = reports.iter().any(|report: &ReportFile| report.name == below);
            if self.reports.is_match(&below) && !is_known {
                reports.push(ReportFile { name: below.into_string(), bytes: file.bytes });
            }
        }
        received
    }

    /// Where in the workspace a file of the container belongs that was asked for.
    fn place(&self, name: &str) -> Option<Utf8PathBuf> {
        let host = self.paths.to_host(name)?;
        let below = host.strip_prefix(&self.root).ok()?;
        self.all.is_match(below).then(|| below.to_owned())
    }

    /// Never through a link: it may lead out of the workspace.
    fn write(&self, below: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
        let mut dir = self.root.clone();
        for part in below.parent().into_iter().flat_map(Utf8Path::components) {
            dir.push(part);
            match dir.symlink_metadata() {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(io::Error::other(format!("{dir} is no directory"))),
                Err(_) => fs::create_dir(&dir)?,
            }
        }
        let target = self.root.join(below);
        let mut file = tempfile::NamedTempFile::new_in(&dir)?;
        file.write_all(bytes)?;
        readable(file.path())?;
        file.persist(target).map(drop).map_err(|e| e.error)
    }
}

/// As a file is that somebody writes without further ado.
#[cfg(unix)]
fn readable(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::path::Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::sync::Arc;

    use testdock_core::frameworks::Suite;
    use testdock_core::frameworks::command::Command;
    use testdock_core::paths::{Mount, RelPath};
    use testdock_core::plan::{Interpreter, Source};

    use super::*;

    /// What comes back of a container with volumes at these places.
    fn homecoming(root: &Utf8Path, volumes: &[&str], is_shared: bool) -> Option<Homecoming> {
        let mount = |container: &str, host| Mount { container: container.into(), host };
        let volumes = volumes.iter().map(|place| mount(place, None));
        let reports = vec!["build/**/*.xml".to_owned()];
        let suite = Suite {
            outputs: vec!["out/{a,b}.txt".to_owned()],
            ..Suite::new(RelPath::new("svc"), Arc::new(Command::new(reports)))
        };
        let site = Site {
            root: root.to_owned(),
            paths: PathMap::new(volumes.chain([mount("/app", Some(root.to_owned()))])),
            helpers: String::new(),
            cache: None,
            scratch: String::new(),
        };
        let job = Job::new(suite, Interpreter::new("x", Source::Local));
        let invocation = job.suite.framework.invocation(&job, &site);
        Homecoming::of(root, &site, &invocation, &job, is_shared).unwrap()
    }

    /// What the image made stays its own, also where reports are written into it.
    #[test]
    fn what_is_written_into_a_volume_comes_back() {
        let root = Utf8Path::new("/w");
        let coming = |volume| homecoming(root, &[volume], true);
        assert!(
            coming("/app/svc/build/lib").is_none() && coming("/app/svc/node_modules").is_none()
        );
        for volume in ["/app/svc/build", "/app/svc", "/app/svc/out"] {
            let searches = coming(volume).unwrap().searches();
            assert_eq!(searches[0].0, "/app/svc/build", "{volume}");
        }
    }

    #[test]
    fn what_was_declared_comes_back_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.join("svc/build")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.join("svc/build/link")).unwrap();
        let coming = homecoming(root, &[], false).unwrap();
        let searches = coming.searches();
        let pairs: Vec<_> =
            searches.iter().map(|(dir, name)| (dir.as_str(), name.as_str())).collect();
        assert_eq!(pairs, [("/app/svc/build", "*.xml"), ("/app/svc/out", "*")]);

        let file = |name: &str| ReportFile { name: name.into(), bytes: name.into() };
        let names = [
            "r.xml",
            "/app/svc/build/a/r.xml",
            "/app/svc/out/a.txt",
            "/app/svc/out/c.txt",
            "/etc/x.xml",
        ];
        let sent = |names: &[&str]| Sent {
            reports: names.iter().copied().map(file).collect(),
            ..Sent::default()
        };
        let received = coming.receive(sent(&names));
        assert_eq!(received.warnings, [""; 0]);
        let names: Vec<_> = received.reports.iter().map(|report| report.name.as_str()).collect();
        assert_eq!(names, ["r.xml", "svc/build/a/r.xml"]);
        assert_eq!(fs::read(root.join("svc/out/a.txt")).unwrap(), b"/app/svc/out/a.txt");
        assert!(!root.join("svc/out/c.txt").exists());

        // What cannot be written is said; the report counts.
        fs::create_dir(root.join("svc/out/b.txt")).unwrap();
        let mut sent =
            sent(&["/app/svc/build/link/r.xml", "/app/svc/out/b.txt", "/app/svc/out/a.txt"]);
        sent.cut.insert("/app/svc/out/a.txt".into());
        fs::remove_file(root.join("svc/out/a.txt")).unwrap();
        let received = coming.receive(sent);
        assert_eq!(received.reports.len(), 1);
        let said = ["is no directory", "svc/out/b.txt", "too long"];
        for (warning, said) in received.warnings.iter().zip(said) {
            assert!(warning.contains(said), "{warning}");
        }
        assert_eq!(received.warnings.len(), said.len());
        assert!(!root.join("svc/out/a.txt").exists());
        assert!(fs::read_dir(outside.path()).unwrap().next().is_none());
    }
}
