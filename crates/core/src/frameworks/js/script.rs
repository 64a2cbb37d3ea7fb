//! What a script of `package.json` says behind `mocha`, which many projects configure nowhere else.

use super::settings;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// Options that have a value, and those that have none.
const VALUED: &[&str] = &[
    "--require",
    "-r",
    "--extension",
    "--spec",
    "--file",
    "--ignore",
    "--exclude",
    "--config",
    "--ui",
    "-u",
    "--timeout",
    "-t",
    "--import",
    "--node-option",
    "-n",
];
const PLAIN: &[&str] = &["--recursive", "--exit", "--check-leaks", "--sort", "-S"];
/// What is said by Testdock's own reporter, and whether in colour.
const DROPPED_VALUED: &[&str] = &["--reporter", "-R"];
const DROPPED: &[&str] = &["--color", "--colors", "--no-color", "--no-colors", "-c", "-C"];

/// The arguments of the package's `test` script, or of the only one that calls Mocha. None where one of them is not understood.
pub(super) fn arguments(root: &RelPath, contents: Contents<'_>) -> Vec<String> {
    let package = settings::first(root, &["package.json"], contents).unwrap_or_default();
    let scripts = package["scripts"].as_object();
    let calls = scripts.into_iter().flatten().filter_map(|(name, text)| {
        let words = behind_mocha(text.as_str()?)?;
        Some((name == "test", words))
    });
    let mut calls: Vec<(bool, Vec<String>)> = calls.collect();
    let only = if calls.len() == 1 { calls.pop() } else { calls.into_iter().find(|it| it.0) };
    only.and_then(|(_, words)| heeded(words)).unwrap_or_default()
}

/// The files, folders and globs among arguments.
pub(super) fn specs(arguments: &[String]) -> Vec<&str> {
    let mut specs = Vec::new();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word.strip_prefix("--spec=") {
            Some(spec) => specs.push(spec),
            None if word == "--spec" => specs.extend(words.next()),
            None if VALUED.contains(&word) => drop(words.next()),
            None if word.starts_with('-') => {}
            None => specs.push(word),
        }
    }
    specs
}

/// The words of a script between `mocha` and the next command.
fn behind_mocha(script: &str) -> Option<Vec<String>> {
    let words = shlex::split(script)?;
    let at = words.iter().position(|word| word == "mocha" || word.ends_with("/mocha"))?;
    let is_end = |word: &&String| matches!(word.as_str(), "&&" | "||" | ";" | "|" | "&");
    let behind = words[at + 1..].iter().take_while(|word| !is_end(word));
    Some(behind.cloned().collect())
}

fn heeded(words: Vec<String>) -> Option<Vec<String>> {
    let mut heeded = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        // What the shell would make something else of.
        if word.contains(['$', '`', '>', '<', ';', '&']) {
            return None;
        }
        let name = word.split_once('=').map_or(&*word, |(name, _)| name);
        let is_alone = name.len() < word.len();
        if DROPPED_VALUED.contains(&name) {
            if !is_alone {
                words.next()?;
            }
        } else if VALUED.contains(&name) {
            heeded.push(word.clone());
            if !is_alone {
                heeded.push(words.next()?);
            }
        } else if PLAIN.contains(&&*word) || !word.starts_with('-') {
            heeded.push(word);
        } else if !DROPPED.contains(&&*word) {
            return None;
        }
    }
    Some(heeded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::sample::seen_in;

    fn check(scripts: &str, expected: &[&str], of_specs: &[&str]) {
        let package = format!(r#"{{"scripts": {scripts}}}"#);
        let files = [("package.json", &*package)];
        let words = seen_in(&files, |contents| arguments(&RelPath::default(), contents));
        assert_eq!(words, expected, "{scripts}");
        assert_eq!(specs(&words), of_specs, "{scripts}");
    }

    #[test]
    fn plain_words_behind_mocha_are_heeded() {
        check(
            r#"{"test": "NODE_ENV=test nyc mocha --recursive -R dot --require ./setup.js 'spec/**/*.spec.js' && eslint ."}"#,
            &["--recursive", "--require", "./setup.js", "spec/**/*.spec.js"],
            &["spec/**/*.spec.js"],
        );
        check(
            r#"{"unit": "node_modules/.bin/mocha --extension=ts --spec it --spec=more", "lint": "eslint"}"#,
            &["--extension=ts", "--spec", "it", "--spec=more"],
            &["it", "more"],
        );
        check(r#"{"a": "mocha a", "b": "mocha b"}"#, &[], &[]);
        check(r#"{"a": "mocha a", "test": "mocha b"}"#, &["b"], &["b"]);
        for unread in
            ["mocha $FILES", "mocha --grep x", "mocha 'a", "mocha > log", "mocha --require"]
        {
            check(&serde_json::json!({ "test": unread }).to_string(), &[], &[]);
        }
    }
}
