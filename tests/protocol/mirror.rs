//! The extension for VS Code speaks the protocol as the code and the page have it: each method, command and
//! setting, each type and each field of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use testdock_lsp::ext;

/// A type's fields, or its words; of each whether it may be absent.
type Shape = BTreeMap<String, bool>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn mirror() -> String {
    read("editors/vscode/src/protocol.ts")
}

/// What the code says: its structs and its enums of words.
fn ours() -> BTreeMap<String, Shape> {
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^pub (struct|enum) (\w+) \{\n((?s:.*?))^\}").expect("well formed")
    });
    let folder = root().join("crates/lsp/src/ext");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let mut types = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        for found in TYPE.captures_iter(&text) {
            let shape = if &found[1] == "struct" { fields(&found[3]) } else { words(&found[3]) };
            types.insert(found[2].to_owned(), shape);
        }
    }
    types.retain(|name, _| !OTHERS.contains(&name.as_str()));
    types
}

fn fields(body: &str) -> Shape {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)(?:^ *#\[serde\(rename = "(\w+)".*\n)?^    pub (\w+): (Option<)?"#)
            .expect("well formed")
    });
    let name = |found: &regex::Captures<'_>| match found.get(1) {
        Some(renamed) => renamed.as_str().to_owned(),
        None => camel(&found[2]),
    };
    FIELD.captures_iter(body).map(|found| (name(&found), found.get(3).is_some())).collect()
}

fn words(body: &str) -> Shape {
    static VARIANT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^    ([A-Z]\w*)").expect("well formed"));
    let word = |name: &str| format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    VARIANT.captures_iter(body).map(|found| (word(&found[1]), false)).collect()
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}{}{}", part[..1].to_uppercase(), &part[1..]))
}

/// What the extension says.
fn theirs() -> BTreeMap<String, Shape> {
    let interface =
        Regex::new(r"(?m)^export interface (\w+) \{\n((?s:.*?))^\}").expect("well formed");
    let field = Regex::new(r"(?m)^    (\w+)(\?)?:").expect("well formed");
    let union = Regex::new(r"(?m)^export type (\w+) =((?s:.*?));\n\n").expect("well formed");
    let word = Regex::new(r"'(\w+)'").expect("well formed");
    let text = format!("{}\n", mirror());
    let mut types = BTreeMap::new();
    for found in interface.captures_iter(&text) {
        let fields = field.captures_iter(&found[2]);
        let shape = fields.map(|it| (it[1].to_owned(), it.get(2).is_some())).collect();
        types.insert(found[1].to_owned(), shape);
    }
    for found in union.captures_iter(&text) {
        let words = word.captures_iter(&found[2]).map(|it| (it[1].to_owned(), false));
        types.insert(found[1].to_owned(), words.collect());
    }
    types
}

/// What a client with run ids is never sent.
const OTHERS: [&str; 1] = ["AppendOutputParams"];

#[test]
fn every_type_is_mirrored() {
    let theirs = theirs();
    let ours = ours();
    assert!(ours.len() > 20, "the types are found");
    for (name, shape) in &ours {
        let their = theirs.get(name).unwrap_or_else(|| panic!("{name} is not mirrored"));
        let names = |shape: &Shape| shape.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(their), names(shape), "{name}");
        for (field, _) in shape.iter().filter(|(_, is_optional)| **is_optional) {
            assert!(their[field], "{name}: `{field}` may be absent");
        }
    }
}

#[test]
fn every_field_is_on_the_page() {
    let page = read("docs/protocol.md");
    for (name, shape) in ours() {
        for field in shape.keys() {
            let forms = [format!("\"{field}\""), format!("`{field}`"), format!("{field}?")];
            // Arguments of commands stand in a row of a table.
            let stands = forms.iter().any(|form| page.contains(form))
                || page.contains(&format!("{{ {field}"))
                || page.contains(&format!(", {field} }}"));
            assert!(stands, "{name}: docs/protocol.md does not name `{field}`");
        }
    }
}

#[test]
fn every_method_is_mirrored() {
    let method = Regex::new(r"'([a-zA-Z]+/[a-zA-Z/]+)'").expect("well formed");
    let mirror = mirror();
    let theirs: BTreeSet<&str> =
        method.captures_iter(&mirror).map(|it| it.extract::<1>().1[0]).collect();
    for method in ext::METHODS {
        assert!(theirs.contains(method), "{method} is not mirrored");
    }
}

#[test]
fn every_command_is_mirrored() {
    let mirror = mirror();
    for command in ext::command::ALL {
        assert!(mirror.contains(&format!("'{command}'")), "{command} is not mirrored");
    }
}

/// Settings that are the extension's own affair.
const OWN: [&str; 4] = ["codeLens", "diagnostics", "server.path", "trace.server"];

#[test]
fn every_setting_is_in_the_settings_page() {
    let manifest: serde_json::Value =
        serde_json::from_str(&read("editors/vscode/package.json")).expect("JSON");
    let settings = manifest["contributes"]["configuration"]["properties"].as_object();
    let settings = settings.expect("settings").keys();
    let theirs: BTreeSet<&str> =
        settings.map(|key| key.strip_prefix("testdock.").unwrap_or(key)).collect();
    assert_eq!(theirs, ext::SETTINGS.into_iter().chain(OWN).collect());
}
