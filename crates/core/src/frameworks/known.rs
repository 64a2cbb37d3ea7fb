//! What discovery found of one suite, for telling which test a tool means.

use std::sync::Arc;

use camino::Utf8Path;

use super::{ItemKind, Items, TestItem};
use crate::id::TestId;
use crate::model::Place;
use crate::paths::RelPath;

/// The tests of one suite as they stand in its files. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Known {
    files: Arc<[(RelPath, Items)]>,
    /// Files that are a part of another where their place does not tell so, and which.
    parts: Arc<[(RelPath, TestId)]>,
    /// Files of tests in which none was found.
    bare: Arc<[RelPath]>,
}

/// What joins the names of a case that is more than one name long.
pub(super) const JOINT: &str = " › ";

impl Known {
    /// The tests of these files.
    pub fn new(files: impl IntoIterator<Item = (RelPath, Items)>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self { files: files.into(), ..Self::default() }
    }

    /// The same, with what is known of files that are a part of another.
    #[must_use]
    pub fn with_parts(self, parts: impl IntoIterator<Item = (RelPath, TestId)>) -> Self {
        Self { parts: parts.into_iter().collect(), ..self }
    }

    /// The same, with files of tests in which none was found.
    #[must_use]
    pub fn with_bare(self, bare: impl IntoIterator<Item = RelPath>) -> Self {
        Self { bare: bare.into_iter().collect(), ..self }
    }

    /// The files of tests in which none was found; they may have some all the same, such as those that a class inherits
    /// from elsewhere, or keep others from running.
    pub fn bare(&self) -> impl Iterator<Item = &RelPath> {
        self.bare.iter()
    }

    /// The files that are a part of another where their place does not tell so, and which part.
    pub fn parts(&self) -> impl Iterator<Item = &(RelPath, TestId)> {
        self.parts.iter()
    }

    /// What part of another file this one is, where its place does not tell so.
    pub fn part(&self, file: &RelPath) -> Option<&TestId> {
        self.parts.iter().find(|(path, _)| path == file).map(|(_, id)| id)
    }

    /// The files that hold tests, in order.
    pub fn files(&self) -> impl Iterator<Item = &RelPath> {
        self.files.iter().map(|(path, _)| path)
    }

    /// All tests and groups, file by file.
    pub fn items(&self) -> impl Iterator<Item = &TestItem> {
        self.files.iter().flat_map(|(_, items)| items.iter())
    }

    /// The tests and groups of one file.
    pub fn in_file(&self, path: &RelPath) -> &[TestItem] {
        self.of_file(path).map_or(&[], |items| items)
    }

    fn of_file(&self, path: &RelPath) -> Option<&Items> {
        let at = self.files.binary_search_by(|(file, _)| file.cmp(path)).ok()?;
        Some(&self.files[at].1)
    }

    /// The test or group of that id.
    pub fn item(&self, id: &TestId) -> Option<&TestItem> {
        self.of_file(&id.file)?.get(id)
    }

    /// The test that an id means: itself, or the one that it is a case or a part of.
    pub fn definition(&self, id: &TestId) -> Option<&TestItem> {
        let above = std::iter::successors(Some(id.clone()), TestId::parent);
        above.filter(|id| !id.names.is_empty()).find_map(|id| self.item(&id))
    }

    /// The line where that test stands, in the workspace at `root`.
    pub fn place(&self, id: &TestId, root: &Utf8Path) -> Option<Place> {
        Some(self.definition(id)?.place(root))
    }

    /// The id of the test in `file` (an id without names) that a tool calls by these names, outermost first. Where a
    /// name that stands in the file has gaps, what filled them becomes the id's case, together with all names
    /// below it.
    pub fn resolve(&self, file: &TestId, names: &[&str]) -> TestId {
        let literal = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let exact = TestId { names: literal(names), ..file.clone() };
        if self.item(&exact).is_some() {
            return exact;
        }
        let mut id = file.clone();
        let mut first_gap = None;
        for (depth, name) in names.iter().enumerate() {
            let is_last = depth + 1 == names.len();
            match self.step(&id, name, is_last) {
                Some(item) => {
                    if item.pattern.is_some() {
                        first_gap.get_or_insert(depth);
                    }
                    id = item.id.clone();
                }
                // Nothing stands there under such a name: it appeared when it ran.
                None if first_gap.is_some() => return exact,
                None => {
                    id.names.extend(names[depth..].iter().map(|&name| name.to_owned()));
                    return id;
                }
            }
        }
        id.case = first_gap.map(|depth| names[depth..].join(JOINT));
        id
    }

    /// An id as a run tells of it: where only a name with gaps fits, as a case of that.
    pub fn told(&self, id: TestId) -> TestId {
        let Some(first) = self.in_file(&id.file).first().filter(|_| id.case.is_none()) else {
            return id;
        };
        let file = first.id.whole_file();
        let has_gaps = |depth: usize| {
            let above = TestId { names: id.names[..depth].to_vec(), ..file.clone() };
            self.item(&above).is_some_and(|item| item.pattern.is_some())
        };
        if (1..id.names.len()).any(has_gaps) {
            return id;
        }
        let names: Vec<&str> = id.names.iter().map(String::as_str).collect();
        let TestId { names, case, .. } = self.resolve(&file, &names);
        if case.is_some() { TestId { names, case, ..id } } else { id }
    }

    /// The names by which a tool calls a test, the other way round.
    pub fn names(&self, id: &TestId) -> Vec<String> {
        let Some(case) = &id.case else {
            return id.names.clone();
        };
        let mut above = id.whole_file();
        for name in &id.names {
            above.names.push(name.clone());
            if self.item(&above).is_some_and(|item| item.pattern.is_some()) {
                let mut names = id.names[..above.names.len() - 1].to_vec();
                let rest = id.names.len() - names.len();
                let case = without_turn(case);
                names.extend(case.splitn(rest, JOINT).map(str::to_owned));
                return names;
            }
        }
        id.names.clone()
    }

    /// The regular expression of each of a test's names, from the outermost on; `escaped` makes that of a plain text.
    pub fn levels(&self, id: &TestId, escaped: impl Fn(&str) -> String) -> Vec<String> {
        if id.case.is_some() {
            return self.names(id).iter().map(|name| escaped(name)).collect();
        }
        let mut above = id.whole_file();
        let mut levels = Vec::new();
        for name in &id.names {
            above.names.push(name.clone());
            let pattern = self.item(&above).and_then(|item| item.pattern.as_ref());
            levels.push(pattern.map_or_else(|| escaped(name), |pattern| pattern.regex(&escaped)));
        }
        levels
    }

    /// The same for a tool whose expressions look ahead: a name with gaps means none of what stands [beside](Self::beside) it.
    pub fn own_levels(&self, id: &TestId, escaped: impl Fn(&str) -> String) -> Vec<String> {
        let mut levels = self.levels(id, &escaped);
        let mut above = id.whole_file();
        for (name, level) in id.names.iter().zip(&mut levels).filter(|_| id.case.is_none()) {
            above.names.push(name.clone());
            let others = self.beside(&above).filter_map(|item| item.id.names.last());
            let others: Vec<String> = others.map(|name| escaped(name)).collect();
            if !others.is_empty() {
                *level = format!(r"(?!(?:{})\z){level}", others.join("|"));
            }
        }
        levels
    }

    /// What stands beside a test or group with gaps in its name, under a name of its own that would fit into that.
    pub fn beside<'k>(&'k self, id: &TestId) -> impl Iterator<Item = &'k TestItem> + use<'k> {
        let pattern = self.item(id).and_then(|item| item.pattern.as_ref());
        let above = &id.names[..id.names.len().saturating_sub(1)];
        let parent = TestId { names: above.to_vec(), ..id.whole_file() };
        self.below(&parent).filter(move |item| {
            let name = item.id.names.last().filter(|_| item.pattern.is_none());
            name.is_some_and(|name| pattern.is_some_and(|it| it.matches(name)))
        })
    }

    /// The tests and groups that stand right in a file or group.
    fn below<'k>(&'k self, parent: &TestId) -> impl Iterator<Item = &'k TestItem> + use<'k> {
        let items = self.in_file(&parent.file);
        let parent = parent.names.clone();
        items.iter().filter(move |item| {
            item.id.names.len() == parent.len() + 1
                && item.id.case.is_none()
                && item.id.names.starts_with(&parent)
        })
    }

    /// The item below `parent` that a name means: one of that very name, else the pattern that says most. The last of a test's
    /// names is none of a group of which no name is known.
    fn step(&self, parent: &TestId, name: &str, is_last: bool) -> Option<&TestItem> {
        let mut exact = parent.clone();
        exact.names.push(name.to_owned());
        let exact = self.item(&exact).filter(|item| item.pattern.is_none());
        exact.or_else(|| {
            let matching = self.below(parent).filter_map(|item| {
                let pattern = item.pattern.as_ref().filter(|pattern| pattern.matches(name))?;
                Some((pattern.weight(), item.kind != ItemKind::Group, item))
            });
            let meant = matching.filter(|(weight, is_test, _)| *is_test || *weight > 0 || !is_last);
            meant.max_by_key(|(weight, is_test, _)| (*weight, *is_test)).map(|(_, _, item)| item)
        })
    }
}

/// What fills the gaps, of a case that is one of several of the same.
fn without_turn(case: &str) -> &str {
    let is_turn = |text: &str| text.strip_prefix('#').is_some_and(|it| it.parse::<u32>().is_ok());
    let parts = case.rsplit_once(JOINT).filter(|(_, last)| is_turn(last));
    parts.map_or(case, |(filling, _)| filling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::{NamePattern, Range};

    fn item(id: &str, pattern: Option<&[&str]>) -> TestItem {
        TestItem {
            id: id.parse().unwrap(),
            kind: ItemKind::Test,
            range: Range::default(),
            name: Range::default(),
            hash: 0,
            pattern: pattern
                .map(|pieces| NamePattern::new(pieces.iter().map(|&piece| piece.to_owned()))),
            tags: Vec::new(),
        }
    }

    fn known() -> Known {
        let items = [
            item("a.js::sum", None),
            item("a.js::sum::adds", None),
            item("a.js::sum::adds ü", None),
            item("a.js::sum::adds %i", Some(&["adds ", ""])),
            item("a.js::sum::adds %i to %i", Some(&["adds ", " to ", ""])),
            item("a.js::with $x", Some(&["with ", ""])),
            item("a.js::with $x::works", None),
            item("a.js::with $x::works %i times", Some(&["works ", " times"])),
        ];
        Known::new([(RelPath::new("a.js"), Vec::from(items).into())])
    }

    fn check(names: &[&str], expected: &str) {
        let file = TestId::of_file(RelPath::new("a.js"));
        let id = known().resolve(&file, names);
        assert_eq!(id.to_string(), expected);
        assert_eq!(known().names(&id), names, "{expected}");
    }

    #[test]
    fn names_with_gaps_are_found_again_as_cases() {
        check(&["sum", "adds"], "a.js::sum::adds");
        check(&["sum", "adds 1"], "a.js::sum::adds %i[adds 1]");
        check(&["sum", "adds 1 to 2"], "a.js::sum::adds %i to %i[adds 1 to 2]");
        check(&["with 1", "works"], "a.js::with $x::works[with 1 › works]");
        check(
            &["with 1", "works 2 times"],
            "a.js::with $x::works %i times[with 1 › works 2 times]",
        );
    }

    #[test]
    fn who_asks_for_a_test_may_call_it_as_its_tool_does() {
        let told = |id: &str| known().told(id.parse().unwrap()).to_string();
        assert_eq!(told("a.js::sum::adds 1"), "a.js::sum::adds %i[adds 1]");
        for id in [
            "a.js",
            "a.js::sum::adds",
            "a.js::sum::adds %i",
            "a.js::sum::adds %i[adds 1]",
            "a.js::sum::made up",
            "a.js::with $x::works 2 times",
            "b.js::sum::adds 1",
        ] {
            assert_eq!(told(id), id);
        }
    }

    #[test]
    fn what_has_a_name_of_its_own_is_not_meant_by_one_with_gaps() {
        let beside = |id: &str| {
            let known = known();
            let names = known.beside(&id.parse().unwrap()).map(|item| item.id.names.join(" "));
            names.collect::<Vec<_>>()
        };
        assert_eq!(beside("a.js::sum::adds %i"), ["sum adds ü"]);
        assert_eq!(beside("a.js::sum::adds ü"), [""; 0]);
        assert_eq!(beside("a.js::with $x"), [""; 0]);
    }

    #[test]
    fn one_of_several_of_the_same_is_called_as_all_of_them() {
        let names = |id: &str| known().names(&id.parse().unwrap()).join(" / ");
        assert_eq!(names("a.js::sum::adds[#2]"), "sum / adds");
        assert_eq!(names("a.js::sum::adds %i[adds 1 › #2]"), "sum / adds 1");
        assert_eq!(names("a.js::sum::adds %i[adds 1 › #x]"), "sum / adds 1 › #x");
    }

    #[test]
    fn a_name_with_gaps_means_none_that_stands_beside_it() {
        let levels = |id: &str| known().own_levels(&id.parse().unwrap(), str::to_owned).join(" / ");
        assert_eq!(levels("a.js::sum::adds %i"), r"sum / (?!(?:adds ü)\z)adds .*");
        assert_eq!(levels("a.js::with $x::works"), "with .* / works");
        assert_eq!(levels("a.js::sum::adds %i[adds 1]"), "sum / adds 1");
    }

    #[test]
    fn what_stands_nowhere_keeps_its_name() {
        check(&["sum", "made up"], "a.js::sum::made up");
        check(&["other", "test"], "a.js::other::test");
        check(&["with 1", "made up"], "a.js::with 1::made up");
    }
}
