//! Gathers the tests of languages that hold them in classes and their methods.

use std::sync::Arc;

use tree_sitter::Node;

use super::listed::Listed;
use super::{ItemKind, Source, TestItem};
use crate::id::TestId;

/// What surrounds a member: the classes, and the tags that they give to all they hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    pub(super) names: Vec<String>,
    pub(super) tags: Vec<Arc<str>>,
}

impl Around {
    /// What surrounds the members of a class within it.
    pub(super) fn within(&self, class: String, tags: Vec<Arc<str>>) -> Self {
        let mut inside = self.clone();
        inside.names.push(class);
        inside.tags.extend(tags);
        inside
    }
}

/// The tests that were found so far in a file.
pub(super) struct Classes<'w, 's> {
    pub(super) source: &'w Source<'s>,
    file: TestId,
    items: Listed,
}

impl<'w, 's> Classes<'w, 's> {
    pub(super) fn new(source: &'w Source<'s>, file: TestId) -> Self {
        Self { source, file, items: Listed::default() }
    }

    pub(super) fn into_items(self) -> Vec<TestItem> {
        self.items.into()
    }

    /// Where the items of a class begin, for [`Classes::close`].
    pub(super) fn open(&self) -> usize {
        self.items.len()
    }

    /// Takes in a class whose members were looked at since `opened`: it is a group, where one is a test.
    pub(super) fn close(&mut self, opened: usize, class: Node<'_>, name: Node<'_>, inside: Around) {
        if self.items.len() > opened {
            let id = TestId { names: inside.names, ..self.file.clone() };
            let item = self.source.item(id, ItemKind::Group, class, name);
            self.items.insert(opened, TestItem { tags: inside.tags, ..item });
        }
    }

    /// Takes in a method. Overloaded ones are one test to their tools, which are told the name.
    pub(super) fn method(&mut self, kind: ItemKind, method: Node<'_>, name: Node<'_>, of: Around) {
        let hash = self.source.hash(method);
        self.inherited(kind, (method, name), hash, of);
    }

    /// Takes in a method that stands elsewhere, at the class that has it; it is as new as its own text.
    pub(super) fn inherited(
        &mut self,
        kind: ItemKind,
        (node, name): (Node<'_>, Node<'_>),
        hash: u64,
        of: Around,
    ) {
        let id = TestId { names: of.names, ..self.file.clone() };
        let item = self.source.item(id, kind, node, name);
        self.items.push(TestItem { tags: of.tags, hash, ..item });
    }
}
