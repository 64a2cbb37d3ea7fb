//! What decides never touches the world: no files, no environment, no processes, no network, no clock,
//! nothing asynchronous.
//!
//! Methods that do I/O on a path (`path.exists()`) need types to be told from others: they are forbidden
//! in `crates/core/clippy.toml`.

use syn::visit::{self, Visit};

use crate::{File, assert_none, files};

const PURE: &[&str] = &["crates/core/src/", "crates/junit/src/"];

const FORBIDDEN: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
];

fn complaints(files: &[File]) -> Vec<String> {
    let pure = |file: &&File| {
        file.is_rust() && !file.is_test() && PURE.iter().any(|folder| file.path.starts_with(folder))
    };
    files.iter().filter(pure).flat_map(complaints_of).collect()
}

fn complaints_of(file: &File) -> Vec<String> {
    let mut search = Search::default();
    match syn::parse_file(&file.text) {
        Ok(tree) => search.visit_file(&tree),
        Err(error) => search.found.push(error.to_string()),
    }
    search.found.iter().map(|found| format!("{}: {found}", file.path)).collect()
}

#[derive(Default)]
struct Search {
    found: Vec<String>,
}

impl Search {
    fn judge(&mut self, path: &str) {
        let forbidden = FORBIDDEN.iter().any(|name| is_within(path, name));
        if forbidden {
            self.found.push(path.to_owned());
        }
    }

    fn judge_use(&mut self, prefix: &str, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                self.judge_use(&joined(prefix, &path.ident.to_string()), &path.tree);
            }
            syn::UseTree::Name(name) => self.judge(&joined(prefix, &name.ident.to_string())),
            syn::UseTree::Rename(name) => self.judge(&joined(prefix, &name.ident.to_string())),
            syn::UseTree::Glob(_) => self.judge(&joined(prefix, "*")),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.judge_use(prefix, item));
            }
        }
    }
}

impl<'tree> Visit<'tree> for Search {
    fn visit_item_mod(&mut self, module: &'tree syn::ItemMod) {
        if !module.attrs.iter().any(is_test_only) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'tree syn::ItemUse) {
        self.judge_use("", &item.tree);
    }

    fn visit_path(&mut self, path: &'tree syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.judge(&names.join("::"));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'tree syn::Macro) {
        let tokens = call.tokens.to_string().replace(' ', "");
        for name in FORBIDDEN.iter().filter(|name| tokens.contains(&format!("{name}::"))) {
            self.found.push(format!("{name} in a macro"));
        }
        visit::visit_macro(self, call);
    }

    fn visit_signature(&mut self, signature: &'tree syn::Signature) {
        if signature.asyncness.is_some() {
            self.found.push(format!("async fn {}", signature.ident));
        }
        visit::visit_signature(self, signature);
    }
}

fn is_test_only(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}

fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

#[test]
fn what_decides_never_touches_the_world() {
    assert_none(complaints(&files()));
}

mod check {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        expected.assert_eq(&complaints(&[File::new("crates/core/src/plan.rs", text)]).join("\n"));
    }

    #[test]
    fn paths_imports_and_macros_are_seen() {
        check(
            r#"
            use std::{collections::BTreeMap, fs::{self, File}, time::{Duration, Instant}};
            use std::env as surroundings;
            use std::net::*;
            fn read() -> std::io::Result<String> { ::std::fs::read_to_string("x") }
            fn log() { format!("{:?}", std::env::var("HOME")); }
            async fn wait() { tokio::task::yield_now() }
            "#,
            &expect![[r#"
                crates/core/src/plan.rs: std::fs::self
                crates/core/src/plan.rs: std::fs::File
                crates/core/src/plan.rs: std::time::Instant
                crates/core/src/plan.rs: std::env
                crates/core/src/plan.rs: std::net::*
                crates/core/src/plan.rs: std::fs::read_to_string
                crates/core/src/plan.rs: std::env in a macro
                crates/core/src/plan.rs: async fn wait
                crates/core/src/plan.rs: tokio::task::yield_now"#]],
        );
    }

    #[test]
    fn words_that_only_look_alike_are_free() {
        check(
            r#"
            //! Never std::fs.
            use std::time::Duration;
            use crate::tokio_like;
            const HELP: &str = "std::fs::read";
            fn process(env: &str, version: &str) { process(env, env!("CARGO_PKG_VERSION")) }
            "#,
            &expect![],
        );
    }

    #[test]
    fn tests_may_do_as_they_like() {
        check("#[cfg(test)] mod tests { use std::fs; }", &expect![]);
        let file = File::new("crates/core/src/plan/tests.rs", "use std::fs;");
        assert_none(complaints(&[file]));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_passed_over() {
        check(
            "fn fn",
            &expect!["crates/core/src/plan.rs: expected identifier, found keyword `fn`"],
        );
    }
}
