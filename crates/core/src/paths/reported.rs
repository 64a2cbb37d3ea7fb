//! Which file of the workspace a path in a report means.
//!
//! Tools write paths as they see them: absolute in a container or on a build machine that is gone,
//! relative to where they ran, below a package or a module, or a bare name. A path that may be
//! several files is none.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{PathMap, RelPath};

/// The files of a workspace, to be asked for.
#[derive(Debug, Clone, Default)]
pub struct Files {
    paths: Vec<RelPath>,
    /// Where in `paths` the files of a name stand.
    by_name: HashMap<Box<str>, Vec<usize>>,
    /// Go's modules by their names, and where they lie.
    modules: Vec<(String, RelPath)>,
}

impl Files {
    /// These files.
    pub fn new(paths: Vec<RelPath>) -> Self {
        let mut by_name: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for (index, path) in paths.iter().enumerate() {
            by_name.entry(file_name(path.as_str()).into()).or_default().push(index);
        }
        Self { paths, by_name, modules: Vec::new() }
    }

    /// The files whose text [`Files::read`] wants, since names stand in them.
    pub fn telling(&self) -> Vec<RelPath> {
        self.named("go.mod").cloned().collect()
    }

    /// Takes in the text of such a file.
    pub fn read(&mut self, path: &RelPath, text: &str) {
        let name = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        let folder = path.as_str().strip_suffix("go.mod").map(RelPath::new);
        if let (Some(name), Some(folder)) = (name, folder) {
            self.modules.push((name.trim().trim_matches('"').to_owned(), folder));
        }
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &RelPath) -> bool {
        self.named(file_name(path.as_str())).any(|known| known == path)
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &RelPath> {
        self.by_name.get(name).into_iter().flatten().map(|&index| &self.paths[index])
    }

    /// The one file that a path, or the end of it, is the end of, or that is the end of the path. The
    /// more parts agree, the better; where two agree equally there is none.
    fn by_end(&self, path: &str) -> Option<RelPath> {
        let wanted: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let mut best: Option<(usize, &RelPath)> = None;
        let mut is_tie = false;
        for file in self.named(wanted.last()?) {
            let parts: Vec<&str> = file.as_str().split('/').collect();
            let agree =
                wanted.iter().rev().zip(parts.iter().rev()).take_while(|(a, b)| a == b).count();
            if agree < wanted.len() && agree < parts.len() {
                continue;
            }
            match best {
                Some((most, _)) if agree < most => {}
                Some((most, _)) if agree == most => is_tie = true,
                _ => (best, is_tie) = (Some((agree, file)), false),
            }
        }
        best.filter(|_| !is_tie).map(|(_, file)| file.clone())
    }

    /// A path below a Go module's name.
    fn in_module(&self, path: &str) -> Option<RelPath> {
        let below = |(name, folder): &(String, RelPath)| {
            let rest = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
            Some((name.len(), folder.join(rest)))
        };
        let found = self.modules.iter().filter_map(below).filter(|(_, path)| self.has(path));
        found.max_by_key(|(length, _)| *length).map(|(_, path)| path)
    }

    /// A source file of the Java platform: Kotlin leaves out folders that all packages share.
    fn in_package(&self, path: &str) -> Option<RelPath> {
        const ENDS: [&str; 5] = [".kt", ".scala", ".groovy", ".java", ".clj"];
        let mut rest = Some(path).filter(|path| ENDS.iter().any(|end| path.ends_with(end)))?;
        while let Some((_, shorter)) = rest.split_once('/') {
            rest = shorter;
            if let Some(file) = self.by_end(rest) {
                return Some(file);
            }
        }
        None
    }
}

/// What a report says of the file beside its path.
#[derive(Debug, Clone, Copy, Default)]
pub struct Near<'c> {
    /// The file of the test.
    pub file: Option<&'c str>,
    /// The class, package or suite of the test.
    pub group: Option<&'c str>,
}

/// Finds the files that a tool's paths mean.
#[derive(Debug, Clone, Copy)]
pub struct Finder<'w> {
    /// The files that are there.
    pub files: &'w Files,
    /// How the tool saw them.
    pub paths: &'w PathMap,
    /// The workspace folder.
    pub root: &'w Utf8Path,
    /// Where the tool ran.
    pub base: &'w RelPath,
}

impl Finder<'_> {
    /// The file that a path means, if it is one.
    pub fn find(&self, written: &str, near: Near<'_>) -> Option<RelPath> {
        let path = written.replace('\\', "/");
        let found =
            if is_absolute(&path) { self.absolute(&path) } else { self.relative(&path, near) };
        found.or_else(|| {
            let decoded = decoded(&path)?;
            self.find(&decoded, near)
        })
    }

    /// The file that a class or a suite is named after: by its path, or by what is a module of Python or
    /// a class of the Java platform.
    pub fn find_class(&self, name: &str) -> Option<RelPath> {
        const ENDS: [&str; 5] = ["java", "kt", "scala", "groovy", "clj"];
        if name.contains(['/', '\\']) || self.files.named(name).next().is_some() {
            return self.find(name, Near::default());
        }
        let outer = name.split('$').next().unwrap_or(name).replace('-', "_");
        let parts: Vec<&str> = outer.split('.').collect();
        if parts.len() < 2 {
            return None;
        }
        let python = (1..=parts.len()).rev().find_map(|count| {
            let path = format!("{}.py", parts[..count].join("/"));
            [self.base, &RelPath::default()]
                .into_iter()
                .map(|folder| folder.join(&path))
                .find(|path| self.files.has(path))
        });
        python.or_else(|| {
            let path = parts.join("/");
            ENDS.iter().find_map(|end| {
                let path = format!("{path}.{end}");
                self.files.by_end(&path).or_else(|| self.files.in_package(&path))
            })
        })
    }

    /// The same, on this machine.
    pub fn find_on_host(&self, written: &str, near: Near<'_>) -> Option<Utf8PathBuf> {
        self.find(written, near).map(|path| path.on(self.root))
    }

    /// What a mount shows is certain, also where git ignores it; a machine that is gone, and a home
    /// folder, are known by the end of the path.
    fn absolute(&self, path: &str) -> Option<RelPath> {
        if let Some(host) = self.paths.to_host(path)
            && let Some(path) = RelPath::below(self.root, &host)
        {
            return Some(path);
        }
        if self.paths.hides(path) {
            return None;
        }
        self.files.by_end(path).or_else(|| self.files.in_package(path))
    }

    fn relative(&self, path: &str, near: Near<'_>) -> Option<RelPath> {
        let at = |folder: &RelPath| Some(folder.resolve(path)?).filter(|path| self.files.has(path));
        let files = self.files;
        at(self.base)
            .or_else(|| at(&RelPath::default()))
            .or_else(|| self.beside(path, near.file?))
            .or_else(|| self.in_group(path, near.group?))
            .or_else(|| files.in_module(path))
            .or_else(|| files.by_end(path))
            .or_else(|| files.in_package(path))
    }

    /// The test's own file, or one beside it.
    fn beside(&self, path: &str, own: &str) -> Option<RelPath> {
        if own == path {
            return None;
        }
        let own = self.find(own, Near::default())?;
        if own.as_str().ends_with(&format!("/{path}")) {
            return Some(own);
        }
        own.parent().resolve(path).filter(|path| self.files.has(path))
    }

    /// Go tells a file by its bare name, and its folder by the package.
    fn in_group(&self, path: &str, group: &str) -> Option<RelPath> {
        if path.contains('/') || !path.ends_with(".go") {
            return None;
        }
        let path = format!("{group}/{path}");
        self.files.in_module(&path).or_else(|| self.files.by_end(&path))
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '~']) || matches!(path.as_bytes(), [_, b':', b'/', ..])
}

/// `%20` and the like resolved, if there are any and what comes out is text.
fn decoded(path: &str) -> Option<String> {
    let mut pieces = path.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    let mut any = false;
    for piece in pieces {
        let code = piece.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        bytes.extend_from_slice(&piece.as_bytes()[if code.is_some() { 2 } else { 0 }..]);
        any |= code.is_some_and(|code| code != b'%');
    }
    String::from_utf8(bytes).ok().filter(|_| any)
}

#[cfg(test)]
mod tests {
    use super::super::Mount;
    use super::*;

    /// A workspace, and how a container sees it.
    fn finder(check: impl FnOnce(Finder<'_>)) {
        let mut files = Files::new(
            [
                "a_test.go",
                "web/src/a.test.ts",
                "web/src/my app.swift",
                "api/src/a.test.ts",
                "api/pkg/calc_test.go",
                "api/go.mod",
                "other/pkg/calc_test.go",
                "svc/src/test/java/com/example/FooTest.java",
                "svc/src/test/kotlin/calc/CalcSpec.kt",
                "svc/tests/test_a.py",
                "tests/testthat/test-calc.R",
                "setup.py",
            ]
            .map(RelPath::new)
            .to_vec(),
        );
        assert_eq!(files.telling(), [RelPath::new("api/go.mod")]);
        files.read(&RelPath::new("api/go.mod"), "// shop\nmodule example.com/shop\n\ngo 1.22\n");
        let mount = |container: &str, host: Option<&str>| Mount {
            container: container.into(),
            host: host.map(Into::into),
        };
        let paths =
            PathMap::new([mount("/app", Some("/home/me/shop")), mount("/app/node_modules", None)]);
        check(Finder {
            files: &files,
            paths: &paths,
            root: Utf8Path::new("/home/me/shop"),
            base: &RelPath::new("svc"),
        });
    }

    #[test]
    fn paths_of_all_kinds_lead_to_files() {
        let cases = [
            // As the container sees it, there or ignored by git.
            ("/app/svc/tests/test_a.py", "svc/tests/test_a.py"),
            ("/app/target/made.rs", "target/made.rs"),
            ("/app/node_modules/x/setup.py", "none"),
            // Relative to where the tool ran, and to the workspace.
            ("tests/test_a.py", "svc/tests/test_a.py"),
            ("web/src/a.test.ts", "web/src/a.test.ts"),
            ("../web/src/a.test.ts", "web/src/a.test.ts"),
            ("../../../setup.py", "setup.py"),
            // From a machine that is gone.
            ("/home/runner/work/shop/shop/web/src/a.test.ts", "web/src/a.test.ts"),
            ("C:\\builds\\shop\\svc\\tests\\test_a.py", "svc/tests/test_a.py"),
            ("~/shop/setup.py", "setup.py"),
            // Packages and modules.
            ("com/example/FooTest.java", "svc/src/test/java/com/example/FooTest.java"),
            ("com/example/calc/CalcSpec.kt", "svc/src/test/kotlin/calc/CalcSpec.kt"),
            ("example.com/shop/pkg/calc_test.go", "api/pkg/calc_test.go"),
            ("example.com/root/a_test.go", "a_test.go"),
            // The end of a path, where it is the only one.
            ("test-calc.R", "tests/testthat/test-calc.R"),
            ("web/src/my%20app.swift", "web/src/my app.swift"),
            ("my%20app.swift", "web/src/my app.swift"),
            ("src/a.test.ts", "none"),
            ("calc_test.go", "none"),
            ("/elsewhere/src/a.test.ts", "none"),
            ("nothing.py", "none"),
            ("", "none"),
            ("100%.py", "none"),
        ];
        finder(|finder| {
            for (written, expected) in cases {
                let found = finder.find(written, Near::default());
                assert_eq!(found.as_ref().map_or("none", RelPath::as_str), expected, "{written}");
            }
        });
    }

    #[test]
    fn classes_lead_to_files() {
        let cases = [
            ("web/src/a.test.ts", "web/src/a.test.ts"),
            ("test-calc.R", "tests/testthat/test-calc.R"),
            ("tests.test_a.TestC", "svc/tests/test_a.py"),
            ("com.example.FooTest$Inner", "svc/src/test/java/com/example/FooTest.java"),
            ("com.example.calc.CalcSpec", "svc/src/test/kotlin/calc/CalcSpec.kt"),
            ("FooTest", "none"),
            ("some.other.Thing", "none"),
            ("", "none"),
        ];
        finder(|finder| {
            for (class, expected) in cases {
                let found = finder.find_class(class);
                assert_eq!(found.as_ref().map_or("none", RelPath::as_str), expected, "{class}");
            }
        });
    }

    #[test]
    fn what_stands_near_decides_between_files() {
        let cases = [
            (
                "calc_test.go",
                Near { group: Some("example.com/shop/pkg"), file: None },
                "api/pkg/calc_test.go",
            ),
            (
                "calc_test.go",
                Near { group: Some("other/pkg"), file: None },
                "other/pkg/calc_test.go",
            ),
            (
                "a.test.ts",
                Near { file: Some("web/src/a.test.ts"), group: None },
                "web/src/a.test.ts",
            ),
            (
                "src/a.test.ts",
                Near { file: Some("/app/api/src/a.test.ts"), group: None },
                "api/src/a.test.ts",
            ),
            (
                "a.test.ts",
                Near { file: Some("web/src/my app.swift"), group: None },
                "web/src/a.test.ts",
            ),
            ("a.test.ts", Near { file: Some("a.test.ts"), group: None }, "none"),
        ];
        finder(|finder| {
            for (written, near, expected) in cases {
                let found = finder.find(written, near);
                assert_eq!(
                    found.as_ref().map_or("none", RelPath::as_str),
                    expected,
                    "{written} {near:?}"
                );
            }
        });
    }
}
