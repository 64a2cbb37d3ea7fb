//! Containers in groups: the open projects' first.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Container, Origin};

/// A project that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its folder, as it is called here.
    pub root: Utf8PathBuf,
    /// The same without symbolic links, where that differs: other tools write that down.
    pub real: Option<Utf8PathBuf>,
    /// The compose projects that its tests run in, as it is configured now.
    pub compose: Vec<String>,
}

impl Project {
    /// Whether a container was made for it.
    pub fn owns(&self, container: &Container) -> bool {
        match &container.origin {
            Origin::Interpreter { workspace, .. } => self.is(workspace),
            Origin::Compose { directory, .. } => {
                directory.as_ref().is_some_and(|directory| self.holds(directory))
            }
            Origin::Testcontainers { .. } | Origin::Other => false,
        }
    }

    /// Whether this is its folder.
    pub fn is(&self, folder: &Utf8Path) -> bool {
        self.folders().any(|own| own == folder)
    }

    /// Whether it is a service that its tests need, as it is configured now.
    pub fn uses(&self, container: &Container) -> bool {
        matches!(&container.origin, Origin::Compose { project, .. } if self.compose.contains(project))
    }

    fn holds(&self, folder: &Utf8Path) -> bool {
        self.folders().any(|own| folder.starts_with(own))
    }

    fn folders(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        std::iter::once(&self.root).chain(&self.real)
    }
}

/// What a group's containers have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// Testdock made them for one workspace.
    Interpreter,
    /// Services of one compose project.
    Compose,
    /// One process made them by way of Testcontainers.
    Testcontainers,
    /// Nothing.
    Other,
}

impl GroupKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interpreter => "interpreter",
            Self::Compose => "compose",
            Self::Testcontainers => "testcontainers",
            Self::Other => "other",
        }
    }
}

/// Containers that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its name for people.
    pub label: String,
    /// What they have in common.
    pub kind: GroupKind,
    /// By role and name.
    pub containers: Vec<&'a Container>,
}

/// All containers in groups: first what belongs to the open projects, then what to others.
pub fn groups<'a>(containers: &'a [Container], open: &[Project]) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<Key<'a>, Vec<&'a Container>> = BTreeMap::new();
    for container in containers {
        let is_foreign = !open.iter().any(|project| project.owns(container));
        groups.entry(key(container, is_foreign)).or_default().push(container);
    }
    groups.into_iter().map(group).collect()
}

/// What groups are sorted by: whether it is foreign, its kind, which of that kind.
type Key<'a> = (bool, GroupKind, &'a str);

fn key(container: &Container, is_foreign: bool) -> Key<'_> {
    match &container.origin {
        Origin::Interpreter { workspace, .. } => {
            (is_foreign, GroupKind::Interpreter, workspace.as_str())
        }
        Origin::Compose { project, .. } => (is_foreign, GroupKind::Compose, project),
        Origin::Testcontainers { session } => (is_foreign, GroupKind::Testcontainers, session),
        Origin::Other => (is_foreign, GroupKind::Other, ""),
    }
}

fn group<'a>(
    ((is_foreign, kind, which), mut containers): (Key<'a>, Vec<&'a Container>),
) -> Group<'a> {
    containers.sort_by_key(|it| (it.origin.role(), &it.name));
    let label = match kind {
        // Of another workspace the name alone says too little.
        GroupKind::Interpreter if is_foreign => which.to_owned(),
        GroupKind::Interpreter => Utf8Path::new(which).file_name().unwrap_or(which).to_owned(),
        GroupKind::Compose => which.to_owned(),
        GroupKind::Testcontainers => {
            format!("Testcontainers {}", which.get(..8).unwrap_or(which))
        }
        GroupKind::Other => "other containers".to_owned(),
    };
    Group { label, kind, containers }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::tests::{compose, container, ours};
    use super::*;

    fn check(containers: &[Container], open: &[&str], expected: &Expect) {
        let open = open.iter().map(|root| Project {
            root: (*root).into(),
            real: None,
            compose: Vec::new(),
        });
        let groups = groups(containers, &open.collect::<Vec<_>>());
        let line = |group: &Group<'_>| {
            let names: Vec<&str> = group.containers.iter().map(|it| it.name.as_str()).collect();
            format!("{} {}: {}", group.kind.as_str(), group.label, names.join(", "))
        };
        expected.assert_eq(&groups.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn the_open_projects_come_first() {
        let session = Origin::Testcontainers { session: "0123456789".into() };
        check(
            &[
                container("zoo", Origin::Other),
                ours("bank-1", "/src/bank", "default"),
                ours("shop-2", "/src/shop", "node"),
                ours("shop-1", "/src/shop", "default"),
                compose("other-db-1", "other", "db", "/src/other"),
                compose("shop-web-1", "shop", "web", "/src/shop/deploy"),
                compose("shop-db-1", "shop", "db", "/src/shop/deploy"),
                container("ryuk", session.clone()),
                container("postgres", session),
            ],
            &["/src/shop"],
            &expect![[r#"
                interpreter shop: shop-1, shop-2
                compose shop: shop-db-1, shop-web-1
                interpreter /src/bank: bank-1
                compose other: other-db-1
                testcontainers Testcontainers 01234567: postgres, ryuk
                other other containers: zoo"#]],
        );
    }

    #[test]
    fn a_folder_beside_is_not_the_open_one() {
        check(
            &[ours("a", "/src/shop-2", "default"), compose("b", "b", "db", "/src/shop-2")],
            &["/src/shop", "/src/shop-2/web"],
            &expect![[r#"
                interpreter /src/shop-2: a
                compose b: b"#]],
        );
    }

    #[test]
    fn a_project_opened_by_a_link_is_known_by_both_names() {
        let project =
            Project { root: "/link".into(), real: Some("/real".into()), compose: Vec::new() };
        assert!(project.owns(&ours("a", "/link", "default")));
        assert!(project.owns(&compose("b", "b", "db", "/real/deploy")));
        assert!(!project.owns(&compose("b", "b", "db", "/realer")));
    }
}
