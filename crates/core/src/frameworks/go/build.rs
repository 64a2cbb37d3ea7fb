//! What the compiler says: what did not build, and where.

use std::collections::BTreeMap;

use crate::model::{Failure, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of all builds of a run, by the package that was built.
#[derive(Debug, Default)]
pub(super) struct Builds {
    output: BTreeMap<String, Vec<String>>,
    /// Whose complaints follow on the error stream.
    current: Option<String>,
}

impl Builds {
    /// Output of a build's event.
    pub(super) fn event(&mut self, import_path: &str, output: &str) {
        let lines = self.output.entry(import_path.to_owned()).or_default();
        lines.extend(output.lines().map(str::to_owned));
    }

    /// A line of the error stream, where older versions of Go say it: `# package`, then the complaints.
    pub(super) fn line(&mut self, line: &str) {
        if let Some(package) = line.strip_prefix("# ") {
            // vet repeats the name in brackets.
            if !package.starts_with('[') {
                self.current = Some(package.to_owned());
            }
        } else if let Some(current) = &self.current {
            self.output.entry(current.clone()).or_default().push(line.to_owned());
        }
    }

    /// Whether nothing lies where a command looked for packages.
    pub(super) fn is_missing(&self, pattern: &str) -> bool {
        let says_so = |line: &str| {
            line.ends_with("no such file or directory") || line.ends_with("directory not found")
        };
        pattern.starts_with("./") && self.says(pattern, says_so)
    }

    /// Whether the directory that a command looked at has no package.
    pub(super) fn is_empty(&self, pattern: &str) -> bool {
        pattern.starts_with('.') && self.says(pattern, |line| line.starts_with("no Go files in "))
    }

    fn says(&self, pattern: &str, what: impl Fn(&str) -> bool) -> bool {
        self.output.get(pattern).is_some_and(|lines| lines.iter().any(|line| what(line)))
    }

    /// What was said of a package that did not build, in whatever form: a disk that is full names no place.
    pub(super) fn said(&self, package: &str, failed: &str) -> Vec<&str> {
        let own = self.output.iter().filter(is_of(package, failed));
        let lines = own.flat_map(|(_, lines)| lines).map(|line| line.trim());
        lines.filter(|line| !line.is_empty() && !line.starts_with("# ")).collect()
    }

    /// Why a package did not build: its own complaints, or those of what it needs, which is no package
    /// `with_tests` that failed for itself.
    pub(super) fn failures(
        &self,
        package: &str,
        failed: &str,
        with_tests: impl Fn(&str) -> bool,
        scene: Scene<'_>,
    ) -> Vec<Failure> {
        let (own, others): (Vec<_>, Vec<_>) = self.output.iter().partition(is_of(package, failed));
        let complaints = |builds: &[(&String, &Vec<String>)]| {
            let lines = builds.iter().flat_map(|(_, lines)| lines.iter());
            complaints(&lines.map(String::as_str).collect::<Vec<_>>(), scene)
        };
        let failures = complaints(&own);
        if !failures.is_empty() {
            return failures;
        }
        let needed = others.into_iter().filter(|(built, _)| !with_tests(name(built)));
        complaints(&needed.collect::<Vec<_>>())
    }
}

/// The package that a build was for.
fn name(built: &str) -> &str {
    let name = built.split(' ').next().unwrap_or(built);
    name.strip_suffix("_test").unwrap_or(name)
}

/// Whether a build is that of a package, or the one that failed for it.
fn is_of(package: &str, failed: &str) -> impl Fn(&(&String, &Vec<String>)) -> bool {
    move |(built, _)| *built == failed || name(built) == package
}

/// Where paths in complaints begin.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) site: &'s Site,
    /// Where the command runs.
    pub(super) cwd: &'s RelPath,
}

/// `path:12:3: text`, tabbed lines below.
fn complaints(lines: &[&str], scene: Scene<'_>) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for line in lines {
        if let Some((place, text)) = complaint(line, scene) {
            failures.push(Failure {
                message: text.to_owned(),
                place: Some(place),
                ..Failure::default()
            });
        } else if let (Some(last), true) = (failures.last_mut(), line.starts_with('\t')) {
            last.message.push('\n');
            last.message.push_str(line);
        }
    }
    // What several builds of one package say is said once.
    let mut seen: Vec<Failure> = Vec::new();
    failures.retain(|failure| {
        let is_new = !seen.contains(failure);
        seen.extend(is_new.then(|| failure.clone()));
        is_new
    });
    failures
}

fn complaint<'l>(line: &'l str, scene: Scene<'_>) -> Option<(Place, &'l str)> {
    let Scene { site, cwd } = scene;
    let line = line.strip_prefix("vet: ").unwrap_or(line);
    let (path, rest) = line.split_once(".go:")?;
    let (number, rest) = rest.split_once(':')?;
    let (column, text) = match rest.split_once(':').map(|(column, text)| (column.parse(), text)) {
        Some((Ok(column), text)) => (Some(column), text),
        _ => (None, rest),
    };
    let place = site.place(cwd, &format!("{path}.go"), number.parse().ok()?, column)?;
    Some((place, text.trim()))
}

/// The file of a package that failures are about: a test file, where it has some.
pub(super) fn file(
    failures: &[Failure],
    package: &RelPath,
    has_tests: bool,
    site: &Site,
) -> Option<RelPath> {
    let places = failures.iter().filter_map(|failure| failure.place.as_ref());
    let mut files = places.filter_map(|place| RelPath::below(&site.root, &place.path));
    let end = if has_tests { "_test.go" } else { ".go" };
    files.find(|file| file.as_str().ends_with(end) && file.parent() == *package)
}
