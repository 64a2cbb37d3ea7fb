//! The clients name no method, command or field that the server does not have. (That for VS Code, which has
//! types, is held closer: see `mirror`.)

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use testdock_lsp::ext;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of all files of a kind below a folder.
fn texts(folder: &Path, extension: &str) -> String {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| {
        if path.is_dir() {
            texts(&path, extension)
        } else if path.extension().is_some_and(|it| it == extension) {
            std::fs::read_to_string(path).expect("text")
        } else {
            String::new()
        }
    };
    paths.map(text).collect()
}

/// All that a pattern's first group finds.
fn found(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("well formed");
    pattern.captures_iter(text).map(|it| it[1].to_owned()).collect()
}

/// What `named` has and `known` has not.
#[track_caller]
fn check<'k>(named: &BTreeSet<String>, known: impl IntoIterator<Item = &'k str>) {
    assert!(!named.is_empty());
    let known: BTreeSet<&str> = known.into_iter().collect();
    let strange: Vec<&String> = named.iter().filter(|it| !known.contains(it.as_str())).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn neovim_speaks_as_the_server_does() {
    let lua = texts(&root().join("editors/nvim/lua"), "lua");
    let mut methods = found(&lua, r#""((?:testdock|experimental)/\w+)""#);
    let asked = found(&lua, r#"ask\("(\w+)""#);
    methods.extend(asked.into_iter().map(|name| format!("testdock/{name}")));
    check(&methods, ext::METHODS);
    check(&found(&lua, r#""(testdock\.run\w*|testdock\.[a-z]+[A-Z]\w*)""#), ext::command::ALL);
}

#[test]
fn jetbrains_speaks_as_the_server_does() {
    let java = texts(&root().join("editors/jetbrains/src/main/java"), "java");
    check(&found(&java, r#"@Json(?:Request|Notification)\("([^"]+)"\)"#), ext::METHODS);
    let path = "editors/jetbrains/src/main/java/dev/testdock/jetbrains/logic/Protocol.java";
    let mirror = std::fs::read_to_string(root().join(path)).expect("it is there");
    let declared = Regex::new(r"public (?:final )?\w+(?:<\w+>)? ([^;{]+?);").expect("well formed");
    let names = declared.captures_iter(&mirror).map(|it| it[1].to_owned());
    let names: Vec<String> =
        names.flat_map(|it| it.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    let name = |part: &String| part.split('=').next().unwrap_or_default().trim().to_owned();
    let named: BTreeSet<String> = names.iter().map(name).collect();
    assert!(named.len() >= 20, "{named:?}");
    let rust = texts(&root().join("crates/lsp/src/ext"), "rs");
    let mut known = found(&rust, r"pub (\w+): ");
    known.extend(found(&rust, r#"rename = "(\w+)""#));
    known.insert("tag".to_owned());
    known.extend(["start", "end", "line", "character", "uri"].map(str::to_owned));
    let camel = |name: &String| {
        let mut upper = false;
        let mut out = String::new();
        for c in name.chars() {
            match c {
                '_' => upper = true,
                c if upper => {
                    out.extend(c.to_uppercase());
                    upper = false;
                }
                c => out.push(c),
            }
        }
        out
    };
    let known: BTreeSet<String> = known.iter().map(camel).collect();
    check(&named, known.iter().map(String::as_str));
}
