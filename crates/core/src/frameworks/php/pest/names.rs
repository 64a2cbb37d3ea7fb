//! What Pest makes of the names of files and tests.

/// Methods that it made begin with this.
const METHOD: &str = "__pest_evaluable_";
/// Classes that it made begin with this.
const CLASS: &str = "P\\";

/// The class that stands for the file at a path from the project's root.
pub(in super::super) fn class(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let mut letters = folder.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let folder: String = first.into_iter().chain(letters).collect();
    let whole = format!("{}\\{stem}", folder.replace('/', "\\"));
    whole.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '\\').collect()
}

/// The class of a file as it is named to PHPUnit, without what says that Pest made it; `None` for another class.
pub(in super::super) fn made(class: &str) -> Option<&str> {
    class.strip_prefix(CLASS)
}

/// The path that such a class may stand for.
pub(in super::super) fn path(class: &str) -> String {
    let mut letters = class.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    let path: String = first.into_iter().chain(letters).collect();
    format!("{}.php", path.replace('\\', "/"))
}

/// A test's description: its own, in those of the blocks around it.
pub(in super::super) fn description<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    let own = names.pop().unwrap_or_default();
    let blocks: String = names.iter().map(|name| format!("`{name}` → ")).collect();
    blocks + own
}

/// The other way round.
pub(in super::super) fn names(description: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = description;
    while let Some((block, inner)) = rest.strip_prefix('`').and_then(|it| it.split_once("` → ")) {
        names.push(block.to_owned());
        rest = inner;
    }
    names.push(rest.to_owned());
    names
}

/// The method that stands for a test.
pub(in super::super) fn method(description: &str) -> String {
    let letter = |c: char| match c {
        '_' => "__".to_owned(),
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => c.to_string(),
        _ => "_".to_owned(),
    };
    METHOD.chars().map(String::from).chain(description.chars().map(letter)).collect()
}

/// What such a method's name tells of the description.
pub(in super::super) fn guess(method: &str) -> String {
    let method = method.strip_prefix(METHOD).unwrap_or(method);
    method.replace("__", "\0").replace('_', " ").replace('\0', "_")
}

/// What stays the same of a method's name, however it is written.
pub(in super::super) fn gist(name: &str) -> String {
    let own = name.strip_prefix(METHOD);
    let own = own.unwrap_or_else(|| name.strip_prefix("test").unwrap_or(name));
    own.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
