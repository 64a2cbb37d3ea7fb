//! Which tests the selectors of a command line mean.

use std::io::Read;

use anyhow::{Context, Result, ensure};
use camino::Utf8Path;
use testdock_core::frameworks::TestItem;
use testdock_core::id::TestId;
use testdock_core::paths::RelPath;
use testdock_core::views::from_printed_line;
use testdock_engine::scan::{Depth, Scanner};

use crate::project::Project;

/// Nothing is named so.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Nothing(String);

/// The tests that are named, with those that a file names, one a line.
pub(crate) fn selected(
    named: &[String],
    file: Option<&Utf8Path>,
    project: &Project,
) -> Result<Vec<TestId>> {
    let read = file.map(read).transpose()?.unwrap_or_default();
    let meant = named.iter().chain(&read).map(|text| meant(text, project));
    Ok(meant.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn read(file: &Utf8Path) -> Result<Vec<String>> {
    let text = if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read the selectors in {file}"))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let selectors: Vec<String> = lines.map(str::to_owned).collect();
    ensure!(!selectors.is_empty(), "{file} selects no test");
    Ok(selectors)
}

fn meant(text: &str, project: &Project) -> Result<Vec<TestId>> {
    let text = from_printed_line(text);
    if let Some((file, line)) = place(&text, project) {
        let ids = at_line(project, &file, line);
        let nothing = || {
            format!(
                "no test stands at {file}:{line}; `testdock discover {file}` lists what there is"
            )
        };
        ensure!(!ids.is_empty(), Nothing(nothing()));
        return Ok(ids);
    }
    let mut id: TestId = text.parse().unwrap_or_default();
    let written = text.split("::").next().unwrap_or_default();
    let is_path = id.suite.is_none() && id.folder.is_none();
    if let Some(path) = project.path(written).filter(|_| is_path) {
        // What tools say of a file that is not there differs, down to tests that failed.
        let is_there = !matches!(path.on(&project.root).try_exists(), Ok(false));
        let nothing = || {
            let root = &project.root;
            format!("there is no {path} in {root}; `testdock discover` lists what there is")
        };
        ensure!(is_there, Nothing(nothing()));
        id.file = path;
    }
    Ok(vec![id])
}

/// The file and the line of `spec/cart_spec.rb:16`, also with a column, where no file has that whole name.
fn place(text: &str, project: &Project) -> Option<(RelPath, u32)> {
    let is_file = |path: &RelPath| path.on(&project.root).is_file();
    if project.path(text).is_some_and(|path| is_file(&path)) {
        return None;
    }
    let numbered = |text: &str| {
        let (path, number) = text.rsplit_once(':')?;
        Some((path.to_owned(), number.parse::<u32>().ok()?))
    };
    let (path, number) = numbered(text)?;
    let (path, line) = numbered(&path).unwrap_or((path, number));
    project.path(&path).filter(is_file).map(|path| (path, line))
}

/// What stands at a line: the innermost of the tests and groups around it, of each suite.
fn at_line(project: &Project, file: &RelPath, line: u32) -> Vec<TestId> {
    let scanner = Scanner::new(project.settings.clone(), Depth::Tests);
    let (workspace, _) = scanner.read(&project.root);
    let found = scanner.find(&project.root, &workspace, std::slice::from_ref(file));
    let items = found.iter().flat_map(|file| file.items.iter());
    let around: Vec<&TestItem> = items.filter(|item| item.range.has_line(line)).collect();
    let is_innermost = |item: &&&TestItem| {
        let mut same = around.iter().filter(|other| other.id.suite == item.id.suite);
        !same.any(|other| item.gives_way_to(other))
    };
    around.iter().filter(is_innermost).map(|item| item.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;
    use testdock_engine::scan::Settings;

    use super::*;

    const TESTS: &str = "import pytest

class TestCart:
    def test_total(self):
        assert True

    @pytest.mark.slow
    def test_tax(self):
        pass

def test_whole(): pass

class TestBase:
    def test_base(self): pass

class TestDerived(TestBase):
    size = 1
    def test_own(self): pass
";

    fn check(text: &str, expected: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        let spec = "describe 'a' do\n  it('b') { }\n  it('b') { }\nend\n";
        let files = [
            ("tests/test_a.py", TESTS),
            ("tests/odd:3", ""),
            ("tests/a.js", ""),
            ("spec/b_spec.rb", spec),
        ];
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (cwd, settings) = (root.clone(), Settings::default());
        let project = Project { root, cwd, settings, call: String::new() };
        let ids = selected(&[text.to_owned()], None, &project);
        let ids = ids.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        let shown = ids.unwrap_or_else(|error| vec![error.to_string()]);
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn a_line_means_what_stands_around_it() {
        check("tests/test_a.py:5", &["tests/test_a.py::TestCart::test_total"]);
        check("tests/test_a.py:7", &["tests/test_a.py::TestCart::test_tax"]);
        check("tests/test_a.py:8:4", &["tests/test_a.py::TestCart::test_tax"]);
        check("tests/test_a.py:3", &["tests/test_a.py::TestCart"]);
        check("tests/test_a.py:11", &["tests/test_a.py::test_whole"]);
        // What a class inherits is run with the class, and not with each of its tests.
        check("tests/test_a.py:17", &["tests/test_a.py::TestDerived"]);
        check("tests/test_a.py:18", &["tests/test_a.py::TestDerived::test_own"]);
        check("spec/b_spec.rb:3", &["spec/b_spec.rb::a::b[#2]"]);
        check(
            "tests/test_a.py:1",
            &[
                "no test stands at tests/test_a.py:1; `testdock discover tests/test_a.py` lists what there is",
            ],
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        let settings = Settings::default();
        let project = Project { root: root.clone(), cwd: root, settings, call: String::new() };
        for named in ["tests/none.py", "tests/none.py:3", "none/", "none.py::test_a"] {
            let error = selected(&[named.to_owned()], None, &project).unwrap_err();
            assert!(error.is::<Nothing>() && error.to_string().contains("there is no "), "{error}");
        }
        // A test without a file, as a report may have it.
        assert!(selected(&["::shop.Cart::adds".to_owned()], None, &project).is_ok());
    }

    #[test]
    fn what_is_no_place_is_an_id() {
        check("tests/test_a.py", &["tests/test_a.py"]);
        check("tests/odd:3", &["tests/odd:3"]);
        check("tests/a.js::line␤break", &["tests/a.js::line\nbreak"]);
        check("unit//tests/test_a.py:5", &["unit//tests/test_a.py:5"]);
    }
}
