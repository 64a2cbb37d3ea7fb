//! The tests of a file while they are being found.

use std::collections::HashSet;
use std::ops::Deref;

use super::TestItem;
use crate::id::TestId;

/// Tests in the order in which they stand; of those with the same id, the first.
#[derive(Debug, Default)]
pub(super) struct Listed {
    items: Vec<TestItem>,
    ids: HashSet<TestId>,
}

impl Listed {
    /// Whether there is one with this id.
    pub(super) fn has(&self, id: &TestId) -> bool {
        self.ids.contains(id)
    }

    /// Adds one behind all others.
    pub(super) fn push(&mut self, item: TestItem) {
        self.insert(self.items.len(), item);
    }

    /// Adds one before that at the place `at`.
    pub(super) fn insert(&mut self, at: usize, item: TestItem) {
        if self.ids.insert(item.id.clone()) {
            self.items.insert(at, item);
        }
    }

    /// Takes out those from the place `at` on.
    pub(super) fn split_off(&mut self, at: usize) -> Vec<TestItem> {
        let taken = self.items.split_off(at);
        for item in &taken {
            self.ids.remove(&item.id);
        }
        taken
    }

    /// Takes out those that are not wanted.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&TestItem) -> bool) {
        self.items.retain(is_wanted);
        self.ids = self.items.iter().map(|item| item.id.clone()).collect();
    }
}

impl Deref for Listed {
    type Target = [TestItem];

    fn deref(&self) -> &[TestItem] {
        &self.items
    }
}

impl Extend<TestItem> for Listed {
    fn extend<T: IntoIterator<Item = TestItem>>(&mut self, items: T) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl From<Listed> for Vec<TestItem> {
    fn from(listed: Listed) -> Self {
        listed.items
    }
}
