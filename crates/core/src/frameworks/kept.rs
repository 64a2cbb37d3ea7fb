//! The tests of a file as they are kept between processes, in [postcard](https://postcard.jamesmunns.com)'s wire format.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ItemKind, NamePattern, Range, TestItem};
use crate::id::TestId;

/// A test without the parts of its id that all tests of the file have.
#[derive(Serialize, Deserialize)]
struct Kept<'k> {
    names: Cow<'k, [String]>,
    case: Option<Cow<'k, str>>,
    kind: ItemKind,
    range: Range,
    name: Range,
    hash: u64,
    pattern: Option<Cow<'k, NamePattern>>,
    tags: Vec<Cow<'k, str>>,
}

/// The tests of a file, whose id is `file`; `None` where one is said to stand in another.
pub fn encode(items: &[TestItem], file: &TestId) -> Option<Vec<u8>> {
    let is_there =
        |id: &TestId| (&id.folder, &id.suite, &id.file) == (&file.folder, &file.suite, &file.file);
    let kept: Option<Vec<Kept<'_>>> =
        items.iter().map(|item| is_there(&item.id).then(|| Kept::of(item))).collect();
    postcard::to_allocvec(&kept?).ok()
}

/// The same from what [`encode`] made of them; `None` where it is something else.
pub fn decode(bytes: &[u8], file: &TestId) -> Option<Vec<TestItem>> {
    let kept: Vec<Kept<'_>> = postcard::from_bytes(bytes).ok()?;
    Some(kept.into_iter().map(|kept| kept.into_item(file)).collect())
}

impl<'k> Kept<'k> {
    fn of(item: &'k TestItem) -> Self {
        Self {
            names: Cow::Borrowed(&item.id.names),
            case: item.id.case.as_deref().map(Cow::Borrowed),
            kind: item.kind,
            range: item.range,
            name: item.name,
            hash: item.hash,
            pattern: item.pattern.as_ref().map(Cow::Borrowed),
            tags: item.tags.iter().map(|tag| Cow::Borrowed(&**tag)).collect(),
        }
    }

    fn into_item(self, file: &TestId) -> TestItem {
        let id = TestId {
            folder: file.folder.clone(),
            suite: file.suite.clone(),
            file: file.file.clone(),
            names: self.names.into_owned(),
            case: self.case.map(Cow::into_owned),
        };
        TestItem {
            id,
            kind: self.kind,
            range: self.range,
            name: self.name,
            hash: self.hash,
            pattern: self.pattern.map(Cow::into_owned),
            tags: self.tags.iter().map(|tag| Arc::from(&**tag)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::Position;

    fn item(id: &str) -> TestItem {
        let at = |line, character| Position { line, character };
        TestItem {
            id: id.parse().unwrap_or_default(),
            kind: ItemKind::Parametrised,
            range: Range { start: at(3, 0), end: at(70_000, 1) },
            name: Range { start: at(4, 5), end: at(4, 9) },
            hash: u64::MAX - 1,
            pattern: Some(NamePattern::new(["adds ".to_owned(), String::new()])),
            tags: vec!["slow".into(), "größe".into()],
        }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let file: TestId = "unit//a/b.py".parse().unwrap_or_default();
        let items = [item("unit//a/b.py::A::b[1-ü]"), item("unit//a/b.py::c")];
        let bytes = encode(&items, &file).expect("of one file");
        assert_eq!(decode(&bytes, &file).expect("the same"), items);
        assert_eq!(encode(&[], &file).and_then(|it| decode(&it, &file)), Some(Vec::new()));
    }

    #[test]
    fn what_is_of_another_file_or_cut_is_not_kept() {
        let file: TestId = "a/b.py".parse().unwrap_or_default();
        for other in ["a/c.py::x", "unit//a/b.py::x"] {
            assert_eq!(encode(&[item(other)], &file), None, "{other}");
        }
        let bytes = encode(&[item("a/b.py::x")], &file).expect("of that file");
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end], &file), None, "{end} of {}", bytes.len());
        }
    }
}
