//! Finds CMake projects with tests.

use super::LISTS;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// The outermost project around each file that makes tests.
pub(super) fn detect(contents: Contents<'_>) -> Vec<RelPath> {
    let lists = contents.files.iter().filter(|path| {
        let (directory, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        name == LISTS && !directory.split('/').any(is_foreign)
    });
    let lists: Vec<&RelPath> = lists.collect();
    let mut roots: Vec<RelPath> = Vec::new();
    for directory in lists.iter().map(|path| path.parent()) {
        // Files are sorted, but `a-b/…` comes before `a/…`, and the workspace's own after both.
        if roots.iter().all(|root| directory.strip(root).is_none()) {
            roots.retain(|root| root.strip(&directory).is_none());
            roots.push(directory);
        }
    }
    let has_tests = |root: &RelPath| {
        let mut own = lists.iter().filter(|path| path.strip(root).is_some());
        own.any(|path| (contents.read)(path.as_str()).is_some_and(|text| makes_tests(&text)))
    };
    roots.retain(has_tests);
    roots.sort();
    roots
}

/// Whether CMake is told of tests.
fn makes_tests(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["enable_testing", "include(ctest)", "add_test(", "_discover_tests("]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a file, named from the project's directory, may say what a test is.
pub(super) fn is_test_file(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_source = matches!(end, "cpp" | "cc" | "cxx" | "c++" | "C" | "cu" | "hpp" | "hh" | "h");
    (is_source || name == LISTS) && !directory.split('/').any(is_foreign)
}

/// Directories of other people's code, or of what was built.
fn is_foreign(part: &str) -> bool {
    part.starts_with('.')
        || part.starts_with("cmake-build")
        || matches!(
            part,
            "3rdparty"
                | "_deps"
                | "build"
                | "extern"
                | "external"
                | "node_modules"
                | "third-party"
                | "third_party"
                | "thirdparty"
                | "vendor"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<String> {
        let mut paths: Vec<RelPath> = files.iter().map(|(path, _)| RelPath::new(path)).collect();
        paths.sort();
        let read = |path: &str| {
            files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())
        };
        let found = detect(Contents { root: "/w".into(), files: &paths, read: &read });
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_outermost_project_with_tests_is_a_suite() {
        let project = "project(x)\nadd_subdirectory(tests)\n";
        let tests = "add_test(NAME a COMMAND a)\n";
        let files = [
            ("a-b/CMakeLists.txt", "include(CTest)"),
            ("a/CMakeLists.txt", project),
            ("a/src/CMakeLists.txt", ""),
            ("a/tests/CMakeLists.txt", tests),
            ("b/CMakeLists.txt", project),
            ("c/third_party/gtest/CMakeLists.txt", tests),
            ("d/build/_deps/catch2-src/CMakeLists.txt", tests),
        ];
        assert_eq!(detected(&files), ["a", "a-b"]);
        let with_top = [&files[..], &[("CMakeLists.txt", project)]].concat();
        assert_eq!(detected(&with_top), [""]);
    }

    #[test]
    fn sources_and_lists_are_read() {
        for path in ["a.cpp", "tests/CMakeLists.txt", "tests/typed.h"] {
            assert!(is_test_file(path), "{path}");
        }
        for path in ["a.c", "vendor/a.cpp", "build/CMakeLists.txt", "cmake-build-debug/a.cc"] {
            assert!(!is_test_file(path), "{path}");
        }
    }
}
