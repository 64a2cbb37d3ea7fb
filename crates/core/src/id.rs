//! What identifies a test and a run.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::nearest;
use crate::paths::RelPath;

/// A run, unique in a session; the client may choose it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub Arc<str>);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RunId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

/// The name of a workspace folder, unique in a session.
pub type FolderName = Arc<str>;

/// A test, a group of tests or a file of tests: the same in every run.
///
/// Its printed form is `[@folder//][suite//]file[::name…][[case]]`, and is used alike in the
/// protocol, in JSON, in selectors and in stored state. The folder is printed only where a session
/// has several, the suite only where the configuration names it. For pytest in a plain project it
/// is the node id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TestId {
    /// The workspace folder, in a session that has several.
    pub folder: Option<FolderName>,
    /// The suite, where the configuration names it.
    pub suite: Option<Arc<str>>,
    /// The file, relative to the workspace folder; empty where the report does not tell it.
    pub file: RelPath,
    /// The groups (classes, modules, describe blocks) and the test itself.
    pub names: Vec<String>,
    /// Which parameters, of a parametrised test.
    pub case: Option<String>,
}

impl TestId {
    /// The id of a whole file.
    pub fn of_file(file: RelPath) -> Self {
        Self { file, ..Self::default() }
    }

    /// The file, in its suite, in which it stands.
    pub fn whole_file(&self) -> Self {
        Self { names: Vec::new(), case: None, ..self.clone() }
    }

    /// The group or file that holds this test; `None` for a file.
    pub fn parent(&self) -> Option<Self> {
        let mut parent = self.clone();
        if parent.case.take().is_some() || parent.names.pop().is_some() {
            return Some(parent);
        }
        None
    }

    /// What holds it in a tree of tests: groups, the file, the suite where it has a name.
    pub fn holder(&self) -> Option<Self> {
        let is_place = |it: &Self| !it.names.is_empty() || !it.file.is_root();
        let suite = || Self { suite: self.suite.clone(), ..Self::default() };
        self.parent()
            .filter(is_place)
            .or_else(|| (self.suite.is_some() && is_place(self)).then(suite))
    }

    /// Whether `self` is `other` or holds it. An id without names or case holds all below it; a
    /// directory holds its files.
    pub fn holds(&self, other: &Self) -> bool {
        let same_place = self.folder == other.folder && self.suite == other.suite;
        let file = if self.names.is_empty() {
            other.file.strip(&self.file).is_some()
        } else {
            self.file == other.file
        };
        let names = other.names.starts_with(&self.names);
        let case = match &self.case {
            None => true,
            case => *case == other.case && self.names == other.names,
        };
        same_place && file && names && case
    }

    /// Which of `others` in the same file was probably meant by it.
    pub fn nearest<'t>(&self, others: impl IntoIterator<Item = &'t Self>) -> Option<&'t Self> {
        let word = |id: &Self| id.names.join("::").to_lowercase();
        let others = others.into_iter().filter(|it| it.file == self.file);
        let words: Vec<(String, &Self)> = others.map(|it| (word(it), it)).collect();
        let near = nearest(&word(self), words.iter().map(|(word, _)| word.as_str()))?;
        words.iter().find(|(word, _)| word == near).map(|(_, id)| *id)
    }

    /// The last part: what a tree shows for it.
    pub fn label(&self) -> String {
        match (&self.case, self.names.last()) {
            (Some(case), Some(name)) => format!("{name}[{case}]"),
            (_, Some(name)) => name.clone(),
            (_, None) => self.file.to_string(),
        }
    }
}

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(folder) = &self.folder {
            write!(f, "@{folder}//")?;
        }
        if let Some(suite) = &self.suite {
            write!(f, "{suite}//")?;
        }
        f.write_str(self.file.as_str())?;
        for name in &self.names {
            write!(f, "::{}", escape(name))?;
        }
        match &self.case {
            Some(case) => write!(f, "[{case}]"),
            None => Ok(()),
        }
    }
}

/// A name may hold the separators; a backslash before one, or before a backslash, makes it text.
fn escape(name: &str) -> Cow<'_, str> {
    if !name.contains(['\\', ':', '[']) {
        return name.into();
    }
    name.replace('\\', r"\\").replace("::", r"\::").replace('[', r"\[").into()
}

/// Never fails: any text is the id of something, perhaps of nothing that exists.
impl FromStr for TestId {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut id = Self::default();
        let mut rest = text;
        if let Some((folder, tail)) = rest.strip_prefix('@').and_then(|r| r.split_once("//")) {
            id.folder = Some(folder.into());
            rest = tail;
        }
        let head = rest.find("::").unwrap_or(rest.len());
        if let Some((suite, _)) = rest[..head].split_once("//") {
            id.suite = Some(suite.into());
            rest = &rest[suite.len() + 2..];
        }
        let (file, names) = rest.split_once("::").unwrap_or((rest, ""));
        id.file = RelPath::new(file);
        if !names.is_empty() {
            (id.names, id.case) = parse_names(names);
        }
        Ok(id)
    }
}

/// Splits `A::b[case]`; a case is everything between the first bare `[` and the final `]`.
fn parse_names(text: &str) -> (Vec<String>, Option<String>) {
    let mut names = vec![String::new()];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let name = names.last_mut().expect("never empty");
        if let Some(tail) = rest.strip_prefix(r"\::") {
            name.push_str("::");
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("::") {
            names.push(String::new());
            rest = tail;
        } else if let Some(escaped) = escaped(rest) {
            name.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else if c == '[' && rest.ends_with(']') {
            return (names, Some(rest[1..rest.len() - 1].to_owned()));
        } else {
            name.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    (names, None)
}

/// What a backslash makes text. Before anything else it is one itself, as in the names of PHP.
fn escaped(text: &str) -> Option<char> {
    let next = text.strip_prefix('\\')?.chars().next()?;
    matches!(next, '\\' | ':' | '[' | ']').then_some(next)
}

impl Serialize for TestId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TestId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> TestId {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for text in [
            "tests/test_a.py",
            "tests/test_a.py::test_x",
            "tests/test_a.py::TestC::test_x[1-a::b[c]]",
            "unit//tests/test_a.py::test_x",
            "@shop//unit//tests/test_a.py::test_x[]",
            "check//::pkg.Class::adds \\[two\\::numbers] \\\\",
        ] {
            assert_eq!(id(text).to_string(), text.replace("\\]", "]"), "{text}");
            assert_eq!(id(&id(text).to_string()), id(text), "{text}");
        }
    }

    #[test]
    fn a_backslash_before_a_letter_is_one() {
        let printed = id(r"tests/CartTest.php::Acme\\Tests\\CartTest::testA");
        assert_eq!(printed.names, [r"Acme\Tests\CartTest", "testA"]);
        assert_eq!(id(r"tests/CartTest.php::Acme\Tests\CartTest::testA"), printed);
    }

    #[test]
    fn parts_are_where_they_belong() {
        let id = id("@shop//unit//tests/test_a.py::TestC::test_x[a::b]");
        assert_eq!(id.folder.as_deref(), Some("shop"));
        assert_eq!(id.suite.as_deref(), Some("unit"));
        assert_eq!(id.file.as_str(), "tests/test_a.py");
        assert_eq!(id.names, ["TestC", "test_x"]);
        assert_eq!(id.case.as_deref(), Some("a::b"));
        assert_eq!(id.label(), "test_x[a::b]");
    }

    #[test]
    fn a_group_holds_its_tests_and_a_directory_its_files() {
        let test = id("tests/a.py::TestC::test_x[1]");
        for holder in ["", "tests", "tests/a.py", "tests/a.py::TestC", "tests/a.py::TestC::test_x"]
        {
            assert!(id(holder).holds(&test), "{holder}");
        }
        for other in ["test", "tests/a.py::TestC::test_x[2]", "tests/a.py::TestD", "u//tests/a.py"]
        {
            assert!(!id(other).holds(&test), "{other}");
        }
    }

    #[test]
    fn a_tree_has_suites_and_no_files_without_a_name() {
        let holders = |text: &str| {
            let next = |it: &TestId| it.holder();
            let chain = std::iter::successors(id(text).holder(), next);
            chain.map(|it| it.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            holders("unit//a.py::T::x[1]"),
            ["unit//a.py::T::x", "unit//a.py::T", "unit//a.py", "unit//"]
        );
        assert_eq!(holders("check//::x"), ["check//"]);
        assert_eq!(holders("a.py"), [""; 0]);
    }

    #[test]
    fn a_slip_of_the_pen_has_a_nearest_test() {
        let others = ["a.py::TestCart::test_total", "a.py::TestCart::test_tax", "b.py::test_totl"];
        let others = others.map(id);
        let nearest = |text: &str| id(text).nearest(&others).map(ToString::to_string);
        assert_eq!(nearest("a.py::TestCart::test_totl"), Some(others[0].to_string()));
        assert_eq!(nearest("a.py::testcart::test_tax"), Some(others[1].to_string()));
        assert_eq!(nearest("a.py::opens"), None);
        assert_eq!(nearest("c.py::test_totl"), None);
    }

    #[test]
    fn the_parents_lead_to_the_file() {
        let mut chain = vec![id("a.py::T::x[1]")];
        while let Some(parent) = chain.last().and_then(TestId::parent) {
            chain.push(parent);
        }
        let printed: Vec<String> = chain.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["a.py::T::x[1]", "a.py::T::x", "a.py::T", "a.py"]);
    }
}
