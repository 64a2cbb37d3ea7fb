//! What programs of each library are told to run some of their tests.
//!
//! A filter may mean more than was asked for: what is not selected is not told.

use std::collections::BTreeSet;

use super::selection::{HIDDEN, Key, Kind};

/// A longer filter is none: an environment or an argument holds no more.
const LONGEST: usize = 64 * 1024;

/// The variable of a program of GoogleTest. One that is itself wanted runs all of its tests.
pub(super) fn of_googletest(wanted: &BTreeSet<Key>, unwanted: &BTreeSet<Key>) -> String {
    let patterns = |keys: &BTreeSet<Key>, is_out: bool| {
        // A case that is left out runs, and is not told.
        let meant = keys.iter().filter(|key| !is_out || !key.name.ends_with(']'));
        let patterns = meant.filter_map(|key| match &key.kind {
            Kind::Google { filter, .. } => Some(filter.as_str()),
            Kind::Program | Kind::Case { .. } => None,
        });
        patterns.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(":")
    };
    if wanted.iter().any(|key| key.kind == Kind::Program) {
        return String::new();
    }
    let (wanted, unwanted) = (patterns(wanted, false), patterns(unwanted, true));
    let out = if unwanted.is_empty() { unwanted } else { format!("-{unwanted}") };
    Some(wanted + &out).filter(|it| it.len() <= LONGEST).unwrap_or_default()
}

/// For programs of Catch2 and doctest: the texts that one contains with a test that is wanted, and the arguments that
/// select it, a line each. Catch2 reads names from a file.
pub(super) fn of_cases(
    wanted: &BTreeSet<Key>,
    unwanted: &BTreeSet<Key>,
    scratch: &str,
) -> Vec<(&'static str, String)> {
    let cases = |keys| cases(keys).collect::<Vec<(&Key, &str)>>();
    let (wanted, unwanted) = (cases(wanted), cases(unwanted));
    let mut files = Vec::new();
    if !wanted.is_empty() {
        // A text of several lines is looked for by its first one.
        let titles = wanted.iter().filter_map(|(_, title)| title.lines().next());
        let titles: String = titles.map(|title| format!("{title}\n")).collect();
        let names = wanted.iter().filter_map(|(key, _)| quoted(key));
        let names: String = names.map(|name| format!("{name}\n")).collect();
        files.push(("titles", titles));
        files.push(("cases", names));
        files.push(("catch2", format!("-f\n{scratch}/cases\n")));
        files.extend(listed("--test-case=", &wanted));
    } else if !unwanted.is_empty() {
        let out = unwanted.iter().filter_map(|(key, _)| quoted(key)).filter(|it| !it.contains(';'));
        let out: String = out.map(|name| format!("~{name}")).collect();
        // Catch2 2 runs what is hidden where it is told what not to run.
        let out = format!("{out}~[{HIDDEN}]\n");
        files.extend(Some(("catch2", out)).filter(|(_, out)| out.len() <= LONGEST));
        files.extend(listed("--test-case-exclude=", &unwanted));
    }
    files
}

fn cases(keys: &BTreeSet<Key>) -> impl Iterator<Item = (&Key, &str)> {
    keys.iter().filter_map(|key| match &key.kind {
        Kind::Case { title, is_hidden: false } => Some((key, title.as_str())),
        Kind::Case { .. } | Kind::Program | Kind::Google { .. } => None,
    })
}

/// A name as Catch2 takes it; it has no way to say one of several lines.
fn quoted(key: &Key) -> Option<String> {
    let mut text = String::from('"');
    for c in key.name.chars() {
        match c {
            '\n' => return None,
            '"' | '\\' | ',' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text.push_str(if key.is_start { "*\"" } else { "\"" });
    Some(text)
}

/// The argument of doctest with these names. How it escapes has changed: `?` means any character in each version of it.
fn listed(option: &str, cases: &[(&Key, &str)]) -> Option<(&'static str, String)> {
    let name = |(key, title): &(&Key, &str)| {
        let name: String = key
            .name
            .chars()
            .map(|c| if matches!(c, ',' | '\\' | '"' | ';' | '\n') { '?' } else { c })
            .collect();
        // It has blanks in front of these.
        let before = if title.starts_with("Scenario: ") { "*" } else { "" };
        format!("{before}{name}{}", if key.is_start { "*" } else { "" })
    };
    let names: Vec<String> = cases.iter().map(name).collect();
    let argument = format!("{option}{}\n", names.join(","));
    (argument.len() <= LONGEST).then_some(("doctest", argument))
}
