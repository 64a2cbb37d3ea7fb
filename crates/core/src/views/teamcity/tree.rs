//! The tree that an IDE shows: nodes with numbers, each below one that was told before.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::message::Message;
use crate::frameworks::ItemKind;
use crate::id::{RunId, TestId};
use crate::session::{Folder, Session};

/// The nodes that were told.
#[derive(Debug, Default)]
pub(super) struct Tree {
    last: u32,
    /// What holds tests. It stays open to the end: nothing can be put below one that was finished.
    groups: BTreeMap<TestId, u32>,
    tests: BTreeMap<TestId, u32>,
}

const ROOT: u32 = 0;

impl Tree {
    pub(super) fn is_empty(&self) -> bool {
        self.last == ROOT
    }

    /// A test begins: what tells of it and of all that holds it where that was not told before. One that starts others is
    /// what holds them.
    pub(super) fn start(&mut self, session: &Session, run: &RunId, id: &TestId) -> Vec<String> {
        let item = folder(session, run).and_then(|folder| folder.item(id));
        if item.is_none_or(|item| item.kind != ItemKind::Parametrised) {
            return self.test(session, run, id).1;
        }
        let mut lines = Vec::new();
        self.group(session, run, id, &mut lines);
        lines
    }

    /// The node of what holds others, if that is what a test is.
    pub(super) fn holder(&self, id: &TestId) -> Option<String> {
        self.groups.get(id).map(u32::to_string)
    }

    /// The node of a test by itself, below its own where it holds others; and what was not told before.
    pub(super) fn test(
        &mut self,
        session: &Session,
        run: &RunId,
        id: &TestId,
    ) -> (String, Vec<String>) {
        if let Some(node) = self.tests.get(id) {
            return (node.to_string(), Vec::new());
        }
        let mut lines = Vec::new();
        let own = self.groups.get(id).copied();
        let mut above = || id.holder().map_or(ROOT, |it| self.group(session, run, &it, &mut lines));
        let parent = own.unwrap_or_else(&mut above);
        let node = self.next();
        self.tests.insert(id.clone(), node);
        lines.push(started("testStarted", node, parent, session, run, id));
        (node.to_string(), lines)
    }

    fn group(
        &mut self,
        session: &Session,
        run: &RunId,
        id: &TestId,
        lines: &mut Vec<String>,
    ) -> u32 {
        if let Some(node) = self.groups.get(id) {
            return *node;
        }
        let parent = id.holder().map_or(ROOT, |it| self.group(session, run, &it, lines));
        let node = self.next();
        self.groups.insert(id.clone(), node);
        lines.push(started("testSuiteStarted", node, parent, session, run, id));
        node
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// Finishes all that holds tests, the innermost first.
    pub(super) fn close(&mut self) -> Vec<String> {
        let mut nodes: Vec<u32> = std::mem::take(&mut self.groups).into_values().collect();
        nodes.sort_unstable_by(|a, b| b.cmp(a));
        let end =
            |node: u32| Message::new("testSuiteFinished").with("nodeId", &node.to_string()).line();
        nodes.into_iter().map(end).collect()
    }

    /// A node that stands for something that is no test.
    pub(super) fn note(&mut self, name: &str) -> Vec<String> {
        let node = self.next();
        let message = |kind| Message::new(kind).with("nodeId", &node.to_string());
        vec![
            message("testSuiteStarted").with("parentNodeId", "0").with("name", name).line(),
            message("testSuiteFinished").line(),
        ]
    }

    /// A node that says what went wrong beside the tests.
    pub(super) fn error(
        &mut self,
        name: &str,
        text: &str,
        details: &str,
        hint: Option<&str>,
    ) -> Vec<String> {
        let node = self.next().to_string();
        let message = |kind| Message::new(kind).with("nodeId", &node);
        let start = message("testStarted").with("parentNodeId", "0").with("name", name);
        let failed = message("testFailed").with("message", text).with("error", "true");
        vec![
            start.with_some("locationHint", hint).line(),
            failed.with("details", details).line(),
            message("testFinished").line(),
        ]
    }
}

fn started(
    kind: &str,
    node: u32,
    parent: u32,
    session: &Session,
    run: &RunId,
    id: &TestId,
) -> String {
    let name = match (&id.suite, id.file.is_root() && id.names.is_empty()) {
        (Some(suite), true) => suite.to_string(),
        _ => id.label(),
    };
    Message::new(kind)
        .with("nodeId", &node.to_string())
        .with("parentNodeId", &parent.to_string())
        .with("name", &name)
        .with("metainfo", &id.to_string())
        .with_some("locationHint", hint(session, run, id).as_deref())
        .line()
}

pub(super) fn folder<'s>(session: &'s Session, run: &RunId) -> Option<&'s Folder> {
    let name = &session.run(run)?.folder;
    session.folders().find(|it| it.name == *name)
}

/// Where a test stands, as far as its file was read.
fn hint(session: &Session, run: &RunId, id: &TestId) -> Option<String> {
    let folder = folder(session, run)?;
    let line = folder.definition(id).map(|item| item.name.start.line + 1);
    (!id.file.is_root()).then(|| location(&id.file.on(&folder.root), line))
}

/// A place as the IDE's own locator reads it: no escapes, the line from 1.
pub(super) fn location(path: &Utf8Path, line: Option<u32>) -> String {
    let path = path.as_str().replace('\\', "/");
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("file://{path}{line}")
}
