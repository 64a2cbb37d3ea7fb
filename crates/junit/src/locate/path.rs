//! Paths as tools write them.

/// What source files end in. A place without such an ending is none: `12:30:45`, `ratio 3:4`,
/// `host:443`.
const EXTENSIONS: &[&str] = &[
    "adb", "ads", "bash", "bats", "c", "cbl", "cc", "cjs", "cl", "clj", "cljc", "cljs", "cls",
    "cmake", "coffee", "cpp", "cppm", "cr", "cs", "cts", "cu", "cxx", "d", "dart", "el", "elm",
    "erb", "erl", "ex", "exs", "f", "f03", "f08", "f90", "f95", "feature", "for", "fs", "fsx",
    "gd", "gleam", "go", "gradle", "groovy", "h", "hcl", "hh", "hpp", "hrl", "hs", "hxx", "inl",
    "java", "jl", "js", "jsx", "kt", "kts", "lhs", "lisp", "lua", "m", "md", "mjs", "ml", "mli",
    "mm", "mts", "nim", "nix", "odin", "pas", "pf", "php", "phpt", "pl", "pm", "ps1", "psm1",
    "purs", "py", "pyi", "pyx", "r", "rake", "rb", "re", "res", "rkt", "robot", "rs", "rst", "s",
    "sc", "scala", "scm", "sh", "sol", "sql", "story", "sv", "svelte", "swift", "t", "tcl", "tf",
    "toit", "trigger", "ts", "tsx", "v", "vala", "vb", "vhd", "vhdl", "vue", "zig", "zsh",
];

/// Source files whose names say it.
const NAMES: &[&str] = &["CMakeLists.txt", "Dockerfile", "GNUmakefile", "Jenkinsfile", "Makefile"];

/// Whether this is the path of a source file.
pub(crate) fn is_source(path: &str) -> bool {
    let name = file_name(path);
    NAMES.contains(&name)
        || name.rsplit_once('.').is_some_and(|(stem, extension)| {
            !stem.is_empty()
                && extension.len() <= 7
                && EXTENSIONS.binary_search(&extension.to_ascii_lowercase().as_str()).is_ok()
        })
}

/// The last part of a path, whatever its separators.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file's name without its endings that say what it is: `calc` of `calc.test.ts`.
pub(super) fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The path in what a tool writes for one: without what a URL has around it, without a `./` before
/// it, and without the name of a test behind it.
pub fn clean(written: &str) -> Option<String> {
    let written = written.trim();
    let url = if written.contains(':') { written.split_once(":/") } else { None };
    let path = match url {
        Some(("file", rest)) => local(rest),
        Some(("res", rest)) => rest.trim_start_matches('/').to_owned(),
        // One letter is a drive.
        Some((scheme, rest)) if scheme.len() > 1 && !scheme.contains(['/', '\\']) => served(rest),
        _ => without_query(written).to_owned(),
    };
    let path = path.strip_prefix("./").or_else(|| path.strip_prefix(".\\")).unwrap_or(&path);
    let path = path.split_once("::").map_or(path, |(path, _)| path);
    (!path.is_empty()).then(|| path.to_owned())
}

/// The path of a `file:` URL, behind its first slash: `file:///C:/x` means `C:/x`, `file:///x` and
/// `file:/x` mean `/x`.
fn local(rest: &str) -> String {
    let path = rest.strip_prefix('/').map_or(rest, |rest| rest.strip_prefix('/').unwrap_or(rest));
    absolute(&decode(path))
}

fn absolute(path: &str) -> String {
    match path.as_bytes() {
        [drive, b':', ..] if drive.is_ascii_alphabetic() => path.to_owned(),
        _ => format!("/{path}"),
    }
}

/// What test servers and bundlers serve at an address, behind its first slash: a query that names
/// it, or the path.
fn served(rest: &str) -> String {
    let path = match rest.strip_prefix('/') {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => rest,
    };
    let path = path.split_once("?p=").map_or(path, |(_, path)| path);
    let path = path.rsplit_once("webpack:/").map_or(path, |(_, path)| path.trim_start_matches('/'));
    let path = without_query(path);
    let path =
        ["base/", "_karma_webpack_/"].iter().find_map(|it| path.strip_prefix(it)).unwrap_or(path);
    match ["absolute/", "@fs/"].iter().find_map(|it| path.strip_prefix(it)) {
        Some(path) => absolute(path),
        None => path.to_owned(),
    }
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// Resolves `%20` and the like; what is no UTF-8 then stays as it was.
fn decode(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_can_be_searched() {
        assert!(EXTENSIONS.is_sorted());
    }

    #[test]
    fn urls_become_paths() {
        let cases = [
            ("file:///home/me/my%20x.ts", "/home/me/my x.ts"),
            ("file:///C:/x/y.js", "C:/x/y.js"),
            ("http://localhost:9876/base/spec/a.js?c0ffee", "spec/a.js"),
            ("http://localhost:1/__cypress/tests?p=cypress/e2e/a.cy.js", "cypress/e2e/a.cy.js"),
            ("webpack:///./src/a.js", "src/a.js"),
            ("webpack://app/./src/a.js", "src/a.js"),
            ("webpack:/src/a.js", "src/a.js"),
            ("webpack-internal:///./src/a.js", "src/a.js"),
            ("http://localhost:9876/_karma_webpack_/webpack:/src/a.ts", "src/a.ts"),
            ("http://localhost:9876/_karma_webpack_/src/a.ts", "src/a.ts"),
            ("http://localhost:9876/absolute/w/a.js?c0ffee", "/w/a.js"),
            ("http://localhost:5173/@fs/w/a.ts?t=1", "/w/a.ts"),
            ("http://localhost:5173/@fs/C:/w/a.ts", "C:/w/a.ts"),
            ("file:/w/a.feature", "/w/a.feature"),
            ("res://test/a.gd", "test/a.gd"),
            ("tests/a.php::adds", "tests/a.php"),
            ("./spec/a_spec.rb", "spec/a_spec.rb"),
            ("C:\\x\\y.cs", "C:\\x\\y.cs"),
        ];
        for (written, expected) in cases {
            assert_eq!(clean(written).as_deref(), Some(expected), "{written}");
        }
    }
}
