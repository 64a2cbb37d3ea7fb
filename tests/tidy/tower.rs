//! Who may depend on whom.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::{assert_none, root};

/// What one crate of the workspace may use.
struct Storey {
    name: &'static str,
    ours: &'static [&'static str],
    others: Others,
}

enum Others {
    Any,
    /// These alone.
    Only(&'static [&'static str]),
    /// Not these, nor anything that brings them along.
    Never(&'static [&'static str]),
}

/// What comes with it would make a decision wait, or touch the world.
const WORLD: &[&str] = &[
    "async-std",
    "bollard",
    "futures-util",
    "hyper",
    "lsp-types",
    "ls-types",
    "mio",
    "reqwest",
    "tokio",
    "tower-lsp",
    "tower-lsp-server",
];

const TOWER: &[Storey] = &[
    Storey {
        name: "testdock-junit",
        ours: &[],
        others: Others::Only(&["encoding_rs", "memchr", "quick-junit", "quick-xml", "thiserror"]),
    },
    Storey { name: "testdock-core", ours: &["testdock-junit"], others: Others::Never(WORLD) },
    Storey {
        name: "testdock-engine",
        ours: &["testdock-core", "testdock-junit"],
        others: Others::Never(&["lsp-types", "ls-types", "tower-lsp", "tower-lsp-server"]),
    },
    Storey {
        name: "testdock-lsp",
        ours: &["testdock-core", "testdock-engine", "testdock-junit"],
        others: Others::Never(&["bollard"]),
    },
    Storey {
        name: "testdock",
        ours: &["testdock-core", "testdock-engine", "testdock-junit", "testdock-lsp"],
        others: Others::Any,
    },
    Storey { name: "xtask", ours: &[], others: Others::Any },
];

/// A crate of the workspace, and what it names in its manifest.
struct Member {
    name: String,
    uses: Vec<Use>,
}

struct Use {
    name: String,
    kind: DependencyKind,
}

/// Crate → what it brings along, from the lock file.
type Lock = BTreeMap<String, Vec<String>>;

fn complaints(members: &[Member], lock: &Lock) -> Vec<String> {
    members.iter().flat_map(|member| complaints_of(member, members, lock)).collect()
}

fn complaints_of(member: &Member, members: &[Member], lock: &Lock) -> Vec<String> {
    let name = &member.name;
    let Some(storey) = TOWER.iter().find(|storey| storey.name == name) else {
        return vec![format!(
            "{name} has no place in the tower: give it a row in tests/tidy/tower.rs"
        )];
    };
    let (ours, others): (Vec<&Use>, Vec<&Use>) =
        member.uses.iter().partition(|used| members.iter().any(|other| other.name == used.name));
    let mut complaints = Vec::new();
    for used in ours {
        if !storey.ours.contains(&used.name.as_str()) {
            complaints.push(format!("{name} must not use {}", used.name));
        }
    }
    // What a crate tests itself with is its own affair.
    for used in others.into_iter().filter(|used| used.kind != DependencyKind::Development) {
        if let Some(complaint) = storey.others.complaint(&used.name, lock) {
            complaints.push(format!("{name} must not use {complaint}"));
        }
    }
    complaints
}

impl Others {
    fn complaint(&self, used: &str, lock: &Lock) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Only(allowed) => (!allowed.contains(&used)).then(|| used.to_owned()),
            Self::Never(forbidden) => {
                let brought = brought_by(used, lock);
                let found = forbidden.iter().find(|name| brought.contains(**name))?;
                Some(format!("{found} (by way of {used})"))
            }
        }
    }
}

/// A crate and all that comes with it.
fn brought_by<'l>(name: &'l str, lock: &'l Lock) -> BTreeSet<&'l str> {
    let mut brought = BTreeSet::new();
    let mut next = vec![name];
    while let Some(name) = next.pop() {
        if brought.insert(name) {
            next.extend(lock.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    brought
}

fn our_members() -> Vec<Member> {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .expect("cargo knows this workspace");
    let member = |package: cargo_metadata::Package| Member {
        name: package.name.to_string(),
        uses: package
            .dependencies
            .into_iter()
            .map(|d| Use { name: d.name, kind: d.kind })
            .collect(),
    };
    metadata.packages.into_iter().map(member).collect()
}

/// Versions of one crate are taken together: the answer may only become stricter by it.
fn read_lock(text: &str) -> Lock {
    let lock: toml::Table = toml::from_str(text).expect("cargo writes TOML");
    let mut brought = Lock::new();
    for package in lock["package"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
        let names = dependencies.into_iter().flatten().filter_map(toml::Value::as_str);
        // An entry reads "name" or "name version".
        let names = names.filter_map(|entry| entry.split(' ').next()).map(str::to_owned);
        brought.entry(name.to_owned()).or_default().extend(names);
    }
    brought
}

#[test]
fn nothing_points_up() {
    let lock =
        std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file is committed");
    assert_none(complaints(&our_members(), &read_lock(&lock)));
}

mod check {
    use expect_test::{Expect, expect};

    use super::*;

    fn member(name: &str, uses: &[&str]) -> Member {
        let normal = |name: &&str| Use { name: (*name).to_owned(), kind: DependencyKind::Normal };
        Member { name: name.to_owned(), uses: uses.iter().map(normal).collect() }
    }

    fn check(members: &[Member], expected: &Expect) {
        let lock = read_lock(
            r#"
            [[package]]
            name = "bollard"
            dependencies = ["hyper 1.0.0"]
            [[package]]
            name = "innocent"
            dependencies = ["middle"]
            [[package]]
            name = "middle"
            dependencies = ["innocent", "tokio 1.2.3"]
            [[package]]
            name = "tokio"
            "#,
        );
        expected.assert_eq(&complaints(members, &lock).join("\n"));
    }

    #[test]
    fn a_lower_crate_must_not_use_a_higher_one() {
        let members = [
            member("testdock-lsp", &["testdock-core"]),
            member("testdock-core", &["testdock-lsp", "testdock-junit"]),
            member("testdock-junit", &["testdock-core"]),
        ];
        check(
            &members,
            &expect![[r#"
            testdock-core must not use testdock-lsp
            testdock-junit must not use testdock-core"#]],
        );
    }

    #[test]
    fn a_forbidden_crate_is_found_behind_others() {
        check(
            &[member("testdock-core", &["regex", "innocent"])],
            &expect!["testdock-core must not use tokio (by way of innocent)"],
        );
        check(
            &[member("testdock-lsp", &["tokio", "bollard"])],
            &expect!["testdock-lsp must not use bollard (by way of bollard)"],
        );
    }

    #[test]
    fn junit_uses_parsers_only() {
        check(
            &[member("testdock-junit", &["quick-xml", "regex"])],
            &expect!["testdock-junit must not use regex"],
        );
    }

    #[test]
    fn what_a_crate_tests_itself_with_is_free() {
        let tokio = Use { name: "tokio".to_owned(), kind: DependencyKind::Development };
        check(&[Member { name: "testdock-core".to_owned(), uses: vec![tokio] }], &expect![]);
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        check(
            &[member("testdock-gui", &[])],
            &expect![
                "testdock-gui has no place in the tower: give it a row in tests/tidy/tower.rs"
            ],
        );
    }
}
