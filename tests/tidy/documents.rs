//! Documents whose links lead somewhere, and a changelog that is kept.

use std::sync::LazyLock;

use regex::Regex;

use crate::{File, assert_none, files};

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\]\(([^)\s]+)\)").expect("the pattern is well formed"));

/// Links that lead nowhere: to a file that is not there, or a heading that its file lacks.
fn dead_links(files: &[File]) -> Vec<String> {
    let documents = files.iter().filter(|file| file.path.ends_with(".md"));
    let dead = |document: &File| -> Vec<String> {
        let links = LINK.captures_iter(&document.text).map(|found| found.extract::<1>().1[0]);
        let dead = links.filter(|link| !leads_somewhere(link, document, files));
        dead.map(|link| format!("{}: {link} leads nowhere", document.path)).collect()
    };
    documents.flat_map(dead).collect()
}

fn leads_somewhere(link: &str, document: &File, files: &[File]) -> bool {
    if link.contains("://") || link.starts_with("mailto:") {
        return true;
    }
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let target =
        if path.is_empty() { document.path.clone() } else { resolve(&document.path, path) };
    let Some(file) = files.iter().find(|file| file.path == target) else {
        let folder = format!("{}/", target.trim_end_matches('/'));
        return files.iter().any(|file| file.path.starts_with(&folder));
    };
    heading.is_empty() || headings(&file.text).any(|slug| slug == heading)
}

/// The path of a link, seen from the repository's root.
fn resolve(document: &str, link: &str) -> String {
    let mut path: Vec<&str> = document.split('/').collect();
    path.pop();
    for part in link.split('/') {
        match part {
            "." => (),
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    path.join("/")
}

/// The names by which a document's headings are linked to.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

fn has_unreleased(changelog: &str) -> bool {
    changelog.lines().any(|line| line == "## [Unreleased]")
}

#[test]
fn every_link_leads_somewhere() {
    assert_none(dead_links(&files()));
}

#[test]
fn the_changelog_has_a_place_for_what_comes() {
    let files = files();
    let changelog = files.iter().find(|file| file.path == "CHANGELOG.md");
    assert!(changelog.is_some_and(|file| has_unreleased(&file.text)));
}

mod check {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_dead_link_is_seen() {
        let document = "
# One `thing`, two
[a](architecture.md) [b](../README.md) [c](../crates) [d](https://example.org) [e](#one-thing-two)
[f](gone.md) [g](README.md) [h](#two) [i](architecture.md#none)";
        let files = [
            File::new("README.md", ""),
            File::new("docs/architecture.md", "## Purpose"),
            File::new("docs/guide.md", document),
            File::new("crates/core/src/lib.rs", ""),
        ];
        expect![[r#"
            docs/guide.md: gone.md leads nowhere
            docs/guide.md: README.md leads nowhere
            docs/guide.md: #two leads nowhere
            docs/guide.md: architecture.md#none leads nowhere"#]]
        .assert_eq(&dead_links(&files).join("\n"));
    }

    #[test]
    fn a_changelog_without_a_place_is_seen() {
        assert!(has_unreleased("# Changelog\n\n## [Unreleased]\n"));
        assert!(!has_unreleased("# Changelog\n\n## [1.0.0]\n\nUnreleased\n"));
    }
}
