//! Every version stands once, in the workspace's table.

use toml::{Table, Value};

use crate::{File, assert_none, files};

const SECTIONS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

fn complaints(files: &[File]) -> Vec<String> {
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.flat_map(complaints_of).collect()
}

fn complaints_of(manifest: &File) -> Vec<String> {
    let table: Table = match toml::from_str(&manifest.text) {
        Ok(table) => table,
        Err(error) => return vec![format!("{}: {error}", manifest.path)],
    };
    if table.contains_key("workspace") {
        // A workspace of its own, as a fuzzer needs, has nothing to inherit.
        return Vec::new();
    }
    let everywhere = std::iter::once(&table);
    let targets = table.get("target").and_then(Value::as_table).into_iter();
    let targets = targets.flat_map(Table::values).filter_map(Value::as_table);
    let own = everywhere.chain(targets).flat_map(own_versions);
    own.map(|name| format!("{}: {name} needs `workspace = true`", manifest.path)).collect()
}

/// The dependencies that a manifest describes by itself.
fn own_versions(table: &Table) -> Vec<&str> {
    let sections = SECTIONS.iter().filter_map(|section| table.get(*section)?.as_table());
    let own = sections.flatten().filter(|(_, value)| !is_inherited(value));
    own.map(|(name, _)| name.as_str()).collect()
}

fn is_inherited(dependency: &Value) -> bool {
    dependency.get("workspace").and_then(Value::as_bool) == Some(true)
}

#[test]
fn every_version_stands_in_the_workspace_table() {
    assert_none(complaints(&files()));
}

mod check {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_version_in_a_crate_is_seen() {
        let manifest = r#"
            [dependencies]
            camino.workspace = true
            tokio = { workspace = true, features = ["fs"] }
            regex = "1"
            [dev-dependencies]
            tempfile = { version = "3" }
            [target.'cfg(unix)'.dependencies]
            rustix = { path = "../rustix" }
        "#;
        let apart = "[workspace]\n[dependencies]\nregex = '1'";
        let found = complaints(&[
            File::new("crates/core/Cargo.toml", manifest),
            File::new("crates/core/fuzz/Cargo.toml", apart),
        ]);
        expect![[r#"
            crates/core/Cargo.toml: regex needs `workspace = true`
            crates/core/Cargo.toml: tempfile needs `workspace = true`
            crates/core/Cargo.toml: rustix needs `workspace = true`"#]]
        .assert_eq(&found.join("\n"));
    }
}
