use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use super::*;

/// A workspace: its files, with a text where it matters.
fn roots(files: &[(&str, &str)]) -> Vec<PytestRoot> {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    detect(files.iter().map(|(path, _)| *path), |path| {
        texts.get(path).map(|text| (*text).to_owned())
    })
}

fn check(files: &[(&str, &str)], expected: &Expect) {
    let shown: Vec<String> = roots(files)
        .iter()
        .map(|root| {
            let config = root.config_file.as_deref().unwrap_or("no configuration");
            format!(
                "{:?} by {config}, testpaths {:?}, files {:?}\n",
                root.root, root.testpaths, root.python_files
            )
        })
        .collect();
    expected.assert_eq(&shown.concat());
}

#[test]
fn any_file_that_configures_pytest_makes_a_root() {
    check(
        &[
            ("a/pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['tests', 'more']\n"),
            ("b/pytest.ini", ""),
            (
                "c/tox.ini",
                "[tox]\nenvlist = py\n[pytest]\ntestpaths =\n    unit\n    # not now\n    'with space'\n",
            ),
            (
                "d/setup.cfg",
                "[metadata]\nname = d # x\n[tool:pytest]\npython_files: check_*.py *_spec.py ; all\n",
            ),
            ("e/.pytest.ini", "[pytest]\npython_files=t*.py"),
            ("f/pyproject.toml", "[tool.pytest]\npython_files = ['f_*.py']\n"),
            ("g/pytest.toml", "[pytest]\ntestpaths = ['g']\n"),
        ],
        &expect![[r#"
            "a" by a/pyproject.toml, testpaths ["tests", "more"], files ["test_*.py", "*_test.py"]
            "b" by b/pytest.ini, testpaths [], files ["test_*.py", "*_test.py"]
            "c" by c/tox.ini, testpaths ["unit", "with space"], files ["test_*.py", "*_test.py"]
            "d" by d/setup.cfg, testpaths [], files ["check_*.py", "*_spec.py", ";", "all"]
            "e" by e/.pytest.ini, testpaths [], files ["t*.py"]
            "f" by f/pyproject.toml, testpaths [], files ["f_*.py"]
            "g" by g/pytest.toml, testpaths ["g"], files ["test_*.py", "*_test.py"]
        "#]],
    );
}

#[test]
fn the_first_file_that_configures_pytest_decides() {
    check(
        &[
            ("tox.ini", "[pytest]\ntestpaths = late"),
            ("pyproject.toml", "[project]\nname = 'x'\n"),
            ("setup.cfg", "[tool:pytest]\ntestpaths = later"),
        ],
        &expect![[r#"
            "" by tox.ini, testpaths ["late"], files ["test_*.py", "*_test.py"]
        "#]],
    );
    check(
        &[
            ("pytest.ini", "[other]\nx = 1"),
            ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = 'x'"),
        ],
        &expect![[r#"
            "" by pytest.ini, testpaths [], files ["test_*.py", "*_test.py"]
        "#]],
    );
}

#[test]
fn without_configuration_the_project_around_the_tests_is_the_root() {
    check(
        &[
            ("README.md", ""),
            ("libs/a/pyproject.toml", "[project]\nname = 'a'"),
            ("libs/a/inner/setup.py", ""),
            ("libs/a/inner/tests/test_x.py", ""),
            ("libs/b/setup.py", ""),
            ("libs/b/src/b.py", ""),
        ],
        &expect![[r#"
            "libs/a" by no configuration, testpaths [], files ["test_*.py", "*_test.py"]
        "#]],
    );
    check(
        &[("x/y/conftest.py", "")],
        &expect![[r#"
            "" by no configuration, testpaths [], files ["test_*.py", "*_test.py"]
        "#]],
    );
    check(&[("setup.py", ""), ("contest.py", ""), (".venv/lib/test_x.py", "")], &expect![""]);
}

#[test]
fn a_nested_project_keeps_its_files() {
    let files = [
        ("pytest.ini", "[pytest]\n"),
        ("services/a/pyproject.toml", "[tool.pytest.ini_options]\n"),
        ("services/a/tests/test_a.py", ""),
        ("services/b/pyproject.toml", "[project]\nname = 'b'"),
        ("services/b/tests/test_b.py", ""),
    ];
    let roots = roots(&files);
    let owner = |path| owner(&roots, path).map(|root| root.root.as_str());
    assert_eq!(roots.len(), 2);
    assert_eq!(owner("services/a/tests/test_a.py"), Some("services/a"));
    assert_eq!(owner("services/b/tests/test_b.py"), Some(""));
    assert_eq!(owner("services/abc/test_c.py"), Some(""));
}

/// A file that configures pytest, and may do so for nobody.
fn stray(outer: &[(&str, &str)], inner: &[&str], expected: &[&str]) {
    let inner = inner.iter().map(|path| (*path, "[pytest]\n"));
    let files: Vec<(&str, &str)> = outer.iter().copied().chain(inner).collect();
    let roots: Vec<String> = roots(&files).into_iter().map(|root| root.root).collect();
    assert_eq!(roots, expected, "{files:?}");
}

#[test]
fn a_configuration_among_the_tests_of_another_makes_no_root() {
    let configured = ("pytest.ini", "[pytest]\n");
    let test = ("tests/test_a.py", "");
    let data = ["tests/data/pytest.toml", "tests/data/test_b.py", "tests/data/setup.py"];
    stray(&[configured, test], &data, &[""]);
    stray(&[("setup.py", ""), test], &data, &[""]);
    stray(&[test], &["sub/pytest.ini", "sub/test_b.py"], &["", "sub"]);
    stray(&[test], &["sub/pytest.ini", "sub/other.py"], &[""]);
}

#[test]
fn a_configuration_that_is_no_project_makes_no_root_in_another() {
    let configured = ("pytest.ini", "[pytest]\n");
    let sub = ["sub/pytest.ini", "sub/test_b.py"];
    stray(&[configured], &sub, &[""]);
    stray(&[configured], &[&sub[..], &["sub/setup.py"]].concat(), &["", "sub"]);
}

#[test]
fn the_outer_configuration_says_what_it_collects() {
    let tests = ("pytest.ini", "[pytest]\ntestpaths = tests\n");
    stray(&[tests], &["integration/pytest.ini", "integration/test_b.py"], &["", "integration"]);
    let all = ("pytest.ini", "[pytest]\ntestpaths = services/*/tests\n");
    let service = ["services/a/tox.ini", "services/a/setup.py", "services/a/tests/test_b.py"];
    stray(&[all], &service, &[""]);
}

#[test]
fn a_broken_file_configures_nothing() {
    check(
        &[("pyproject.toml", "[tool.pytest.ini_options\n"), ("tox.ini", "pytest]\n=")],
        &expect![""],
    );
}

fn files_of(root: &str, options: &str, paths: &[(&str, bool)]) {
    let config = format!("{root}pytest.ini");
    let roots = roots(&[(&config, &format!("[pytest]\n{options}\n"))]);
    let rules = FileRules::new(&roots[0]);
    for (path, expected) in paths {
        assert_eq!(rules.is_test_file(path), *expected, "{path} under {options:?}");
    }
}

#[test]
fn files_by_name_and_directory() {
    let paths = [
        ("test_a.py", true),
        ("deep/er/a_test.py", true),
        ("test_a.txt", false),
        ("a.py", false),
        ("conftest.py", false),
        ("build/test_a.py", false),
        ("deep/.hidden/test_a.py", false),
        ("x.egg/test_a.py", false),
        ("{arch}/test_a.py", false),
        ("builder/test_a.py", true),
    ];
    files_of("", "", &paths);
    files_of(
        "",
        "norecursedirs = deep/er",
        &[("deep/er/test_a.py", false), ("er/test_a.py", true), ("build/test_a.py", true)],
    );
    files_of("", "python_files = *.py tests/**/x", &[("a.py", true)]);
    files_of(
        "",
        "python_files = checks/*.py",
        &[("a/checks/b.py", true), ("checks/b.py", true), ("b.py", false)],
    );
}

#[test]
fn files_under_testpaths() {
    files_of(
        "",
        "testpaths = tests",
        &[("tests/test_a.py", true), ("tests2/test_a.py", false), ("test_a.py", false)],
    );
    files_of(
        "",
        "testpaths = ./build/",
        &[("build/test_a.py", true), ("build/dist/test_a.py", false)],
    );
    files_of("", "testpaths = .", &[("x/test_a.py", true)]);
    files_of(
        "",
        "testpaths = src/*/tests",
        &[("src/a/tests/b/test_c.py", true), ("src/tests/test_c.py", false)],
    );
    files_of(
        "",
        "testpaths = checks/all.py",
        &[("checks/all.py", true), ("checks/test_a.py", false)],
    );
    files_of("a/", "testpaths = tests", &[("a/tests/test_a.py", true), ("tests/test_a.py", false)]);
}
