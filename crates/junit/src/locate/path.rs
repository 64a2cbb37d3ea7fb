//! Paths as tools write them.

/// What source files end in. A place without such an ending is none: `12:30:45`, `ratio 3:4`,
/// `host:443`.
const EXTENSIONS: &[&str] = &[
    "adb", "ads", "bash", "bats", "c", "cbl", "cc", "cjs", "cl", "clj", "cljc", "cljs", "coffee",
    "cpp", "cppm", "cr", "cs", "cts", "cu", "cxx", "d", "dart", "el", "elm", "erb", "erl", "ex",
    "exs", "f", "f90", "feature", "fs", "fsx", "gleam", "go", "gradle", "groovy", "h", "hh", "hpp",
    "hrl", "hs", "hxx", "inl", "java", "jl", "js", "jsx", "kt", "kts", "lhs", "lisp", "lua", "m",
    "md", "mjs", "ml", "mli", "mm", "mts", "nim", "nix", "odin", "pas", "php", "phpt", "pl", "pm",
    "ps1", "purs", "py", "pyi", "pyx", "r", "rake", "rb", "re", "res", "rkt", "robot", "rs", "rst",
    "s", "sc", "scala", "scm", "sh", "sol", "sql", "story", "sv", "svelte", "swift", "t", "tcl",
    "ts", "tsx", "v", "vala", "vb", "vhd", "vhdl", "vue", "zig", "zsh",
];

/// Whether this is the path of a source file.
pub(super) fn is_source(path: &str) -> bool {
    let name = file_name(path);
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
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

/// A path without what a URL has around it, and without a `./` before it.
pub(super) fn clean(written: &str) -> Option<String> {
    let written = written.trim();
    let path = match written.split_once("://") {
        Some(("file", rest)) => decode(without_drive_slash(rest)),
        Some((_, rest)) => in_url(rest).to_owned(),
        None => without_query(written).to_owned(),
    };
    let path = path.strip_prefix("./").or_else(|| path.strip_prefix(".\\")).unwrap_or(&path);
    (!path.is_empty()).then(|| path.to_owned())
}

/// `file:///C:/x` means `C:/x`, `file:///x` means `/x`.
fn without_drive_slash(rest: &str) -> &str {
    match rest.as_bytes() {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => &rest[1..],
        _ => rest,
    }
}

/// What a server serves at an address, as far as test servers have it: a query that names it, or
/// the path.
fn in_url(rest: &str) -> &str {
    if let Some((_, path)) = rest.split_once("?p=") {
        return path;
    }
    let path = rest.split_once('/').map_or(rest, |(_, path)| path);
    let path = without_query(path);
    path.strip_prefix("base/").or_else(|| path.strip_prefix("@fs/")).unwrap_or(path)
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
            ("./spec/a_spec.rb", "spec/a_spec.rb"),
            ("C:\\x\\y.cs", "C:\\x\\y.cs"),
        ];
        for (written, expected) in cases {
            assert_eq!(clean(written).as_deref(), Some(expected), "{written}");
        }
    }
}
