//! The extension for VS Code speaks the protocol as the code and the page have it. Its types are written from the
//! code: `UPDATE_EXPECT=1` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use expect_test::expect_file;
use regex::{Captures, Regex};
use testdock_lsp::ext;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("well formed")
}

/// The code that says what the protocol is, file by file.
fn code() -> Vec<String> {
    let files = ["mod", "explorer", "interpreters", "marks", "remedy", "containers", "tree"];
    files.map(|file| read(&format!("crates/lsp/src/ext/{file}.rs"))).to_vec()
}

#[test]
fn every_file_is_read() {
    let folder = root().join("crates/lsp/src/ext");
    assert_eq!(std::fs::read_dir(folder).expect("the folder is there").count(), code().len());
}

/// What stands in braces: fields or variants, with what stands over each.
struct Type {
    name: String,
    attributes: String,
    is_struct: bool,
    body: String,
}

fn types() -> Vec<Type> {
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?m)((?:^#\[[^\n]*\n)*)^pub (struct|enum) (\w+) \{\n((?s:.*?))^\}")
    });
    let read = |found: Captures<'_>| Type {
        name: found[3].to_owned(),
        attributes: found[1].to_owned(),
        is_struct: &found[2] == "struct",
        body: found[4].to_owned(),
    };
    let code = code();
    let all = code.iter().flat_map(|text| TYPE.captures_iter(text).map(read));
    // What a client with run ids is never sent.
    all.filter(|it| it.name != "AppendOutputParams").collect()
}

struct Field {
    name: String,
    form: String,
    is_optional: bool,
}

/// The fields of a type, each in TypeScript.
fn fields(attributes: &str, body: &str) -> Vec<Field> {
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?m)((?:^ *#\[[^\n]*\n)*)^ +(?:pub )?(\w+): ([^\n]*),$"));
    let renamed = regex(r#"rename = "(\w+)""#);
    let default = regex(r"\bdefault\b");
    let read = |found: Captures<'_>| {
        let own = &found[1];
        let name = renamed.captures(own).map_or_else(|| camel(&found[2]), |it| it[1].to_owned());
        let inner = found[3].strip_prefix("Option<").and_then(|it| it.strip_suffix('>'));
        let may_be_absent = default.is_match(own) || default.is_match(attributes);
        Field {
            name,
            form: form(inner.unwrap_or(&found[3])),
            is_optional: inner.is_some() || may_be_absent,
        }
    };
    FIELD.captures_iter(body).map(read).collect()
}

fn form(rust: &str) -> String {
    if let Some(inner) = rust.strip_prefix("Vec<").and_then(|it| it.strip_suffix('>')) {
        return format!("{}[]", form(inner));
    }
    match rust {
        "String" | "Uri" | "Arc<str>" => "string".to_owned(),
        "bool" => "boolean".to_owned(),
        "u32" | "u64" | "i64" | "f64" | "usize" => "number".to_owned(),
        "BTreeMap<String, String>" => "Record<string, string>".to_owned(),
        other => other.rsplit("::").next().unwrap_or(other).to_owned(),
    }
}

/// The variants of a type: each word, and the fields that come with it.
fn variants(body: &str) -> Vec<(String, Vec<Field>)> {
    static VARIANT: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?m)^    ([A-Z]\w*)(?: \{\n((?s:.*?))^    \})?"));
    let word = |name: &str| format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    let read = |found: Captures<'_>| {
        let inner = found.get(2).map_or("", |it| it.as_str());
        (word(&found[1]), fields("", inner))
    };
    VARIANT.captures_iter(body).map(read).collect()
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}{}{}", part[..1].to_uppercase(), &part[1..]))
}

/// The constants for methods, from those of the code and from its notifications.
fn methods() -> Vec<(String, String)> {
    static METHOD: LazyLock<Regex> = LazyLock::new(|| {
        regex(concat!(
            r#"(?m)^pub const (\w+): &str = "(\w+/[\w/]+)";"#,
            r#"|^impl Notification for (\w+) \{\n(?s:.*?)const METHOD: &'static str = "(.*)";"#
        ))
    });
    let upper = regex("([a-z])([A-Z])");
    let read = |found: Captures<'_>| {
        let of = |number| found.get(number).map(|it| it.as_str().to_owned());
        let ours = of(1).zip(of(2));
        ours.or_else(|| Some((upper.replace_all(&of(3)?, "${1}_$2").to_uppercase(), of(4)?)))
    };
    let code = code();
    code.iter().flat_map(|text| METHOD.captures_iter(text).filter_map(read)).collect()
}

fn mirror() -> String {
    let mut text = "\
// What Testdock adds to the protocol, described in docs/protocol.md. Written from `crates/lsp/src/ext` by a test of the
// repository, never by hand.

import type { Location, Position, Range, TextDocumentIdentifier } from 'vscode-languageclient';

"
    .to_owned();
    for (name, method) in methods() {
        let _ = writeln!(text, "export const {name} = '{method}';");
    }
    text.push_str(
        "\n/** The commands of `workspace/executeCommand`. */\nexport const COMMANDS = [\n",
    );
    for command in ext::command::ALL {
        let _ = writeln!(text, "    '{command}',");
    }
    text.push_str("] as const;\n");
    for it in types() {
        text.push('\n');
        push_type(&mut text, &it);
    }
    text
}

fn push_type(text: &mut String, it: &Type) {
    let field = |field: &Field| {
        let mark = if field.is_optional { "?" } else { "" };
        format!("{}{mark}: {};", field.name, field.form)
    };
    if it.is_struct {
        let _ = writeln!(text, "export interface {} {{", it.name);
        for it in fields(&it.attributes, &it.body) {
            let _ = writeln!(text, "    {}", field(&it));
        }
        text.push_str("}\n");
    } else if it.attributes.contains("tag = \"tag\"") {
        let _ = write!(text, "export type {} =", it.name);
        for (word, fields) in variants(&it.body) {
            let rest: String = fields.iter().map(|it| format!(" {}", field(it))).collect();
            let rest = rest.trim_end_matches(';');
            let mark = if rest.is_empty() { "" } else { ";" };
            let _ = write!(text, "\n    | {{ tag: '{word}'{mark}{rest} }}");
        }
        text.push_str(";\n");
    } else {
        let words: Vec<String> =
            variants(&it.body).iter().map(|(word, _)| format!("'{word}'")).collect();
        let _ = writeln!(text, "export type {} = {};", it.name, words.join(" | "));
    }
}

#[test]
fn the_extension_has_the_types_of_the_code() {
    assert!(types().len() > 40, "the types are found");
    let found: BTreeSet<String> = methods().into_iter().map(|(_, method)| method).collect();
    assert_eq!(found, ext::METHODS.into_iter().map(str::to_owned).collect());
    expect_file!["../../editors/vscode/src/protocol.ts"].assert_eq(&mirror());
}

#[test]
fn every_field_is_on_the_page() {
    let page = read("docs/protocol.md");
    for it in types() {
        let names: Vec<String> = if it.is_struct {
            fields(&it.attributes, &it.body).into_iter().map(|field| field.name).collect()
        } else {
            variants(&it.body).into_iter().map(|(word, _)| word).collect()
        };
        for name in names {
            let stands = regex(&format!(r#"["`{{ ]{name}["`?,: }}]"#)).is_match(&page);
            assert!(stands, "{}: docs/protocol.md does not name `{name}`", it.name);
        }
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
