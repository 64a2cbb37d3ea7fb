//! `docs/protocol.md` and the code say the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use testdock_lsp::ext;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md");
    std::fs::read_to_string(path).expect("the document is there")
}

/// All that is written in backticks and looks like a name of ours.
fn named(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("well formed");
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_method_is_documented_and_every_documented_one_exists() {
    let found = named(&document(), r"(?m)^### `([a-zA-Z$]+/[a-zA-Z/]+)`");
    let expected = ext::METHODS.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(found, expected);
}

/// So that none goes by the list above, which the examples are held against too.
#[test]
fn every_method_has_its_name_from_one_place() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lsp/src");
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("text");
    let served = named(&read(source.join("serve.rs")), r"custom_method\(\s*([^,]+),");
    assert!(served.len() > 10 && served.iter().all(|it| it.starts_with("ext::")), "{served:?}");
    let files = walk(&source).into_iter().filter(|it| !it.starts_with(source.join("ext")));
    for file in files {
        let text = read(file.clone());
        let own = named(&text, r"impl (?:Notification|Request) for (\w+)");
        assert!(own.is_empty(), "{}: {own:?} belong to ext", file.display());
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    paths.flat_map(files).collect()
}

#[test]
fn every_command_is_documented_and_every_documented_one_exists() {
    let found = named(&document(), r"(?m)^\| `(testdock\.[a-zA-Z]+)` \|");
    let commands = ext::command::ALL.iter().map(|it| (*it).to_owned());
    assert_eq!(found, commands.collect());
}

#[test]
fn every_setting_is_documented_and_every_documented_one_exists() {
    let document = document();
    let (_, section) = document.split_once("\n## Settings\n").expect("a section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let found = named(section, r"(?m)^\| `([a-zA-Z]+)` \|");
    let settings = ext::SETTINGS.iter().map(|it| (*it).to_owned());
    assert_eq!(found, settings.collect());
}

#[test]
fn the_examples_are_json() {
    let document = document();
    let blocks: Vec<&str> = document.split("```json\n").skip(1).collect();
    assert!(blocks.len() > 10);
    for block in blocks {
        let example = block.split("\n```").next().unwrap_or_default();
        if let Err(error) = serde_json::from_str::<serde_json::Value>(example) {
            panic!("{error} in\n{example}");
        }
    }
}

/// Each example of a notification or request is one that the code understands.
#[test]
fn the_examples_are_what_the_code_reads() {
    let document = document();
    check::<ext::ChangeTestStateParams>(&document, "experimental/changeTestState");
    check::<ext::DiscoverTestResults>(&document, "experimental/discoveredTests");
    check::<ext::QueuedTestsParams>(&document, "testdock/queuedTests");
    check::<ext::FileMarksParams>(&document, "testdock/marks");
    check::<ext::WatchTreeParams>(&document, "testdock/watchTree");
    check::<ext::TreeChangedParams>(&document, "testdock/treeChanged");
    check::<ext::NamesParams>(&document, "testdock/names");
    check::<ext::EndRunTestParams>(&document, "experimental/endRunTest");
    check::<ext::RunTestParams>(&document, "experimental/runTest");
    check::<ext::RunName>(&document, "experimental/abortRunTest");
    check::<ext::RunOutput>(&document, "experimental/appendOutputToRunTest");
    check::<ext::TrustParams>(&document, "testdock/trust");
    check::<ext::ContainersSnapshot>(&document, "testdock/containers");
    check::<ext::WatchContainersParams>(&document, "testdock/watchContainers");
    check::<ext::ContainersSnapshot>(&document, "testdock/containersChanged");
    check::<ext::ContainerActionParams>(&document, "testdock/containerAction");
    check::<ext::ObjectParams>(&document, "testdock/inspectContainer");
    check::<ext::ObjectParams>(&document, "testdock/removeImage");
    check::<ext::OpenLogsParams>(&document, "testdock/openLogs");
    check::<ext::CloseLogsParams>(&document, "testdock/closeLogs");
    check::<ext::LogTextParams>(&document, "testdock/logText");
    check::<ext::LogEndedParams>(&document, "testdock/logEnded");
}

/// The first example below a method's heading reads back as it is written.
fn check<T: serde::de::DeserializeOwned + serde::Serialize>(document: &str, method: &str) {
    let heading = format!("### `{method}`\n");
    let (_, section) = document.split_once(&heading).expect("a heading");
    let (_, example) = section.split_once("```json\n").expect("an example");
    let example = example.split("\n```").next().unwrap_or_default();
    let written: serde_json::Value = serde_json::from_str(example).expect("JSON");
    let read: T = serde_json::from_str(example).unwrap_or_else(|error| panic!("{method}: {error}"));
    let again = serde_json::to_value(read).expect("JSON");
    for (key, value) in written.as_object().into_iter().flatten() {
        assert_eq!(again.get(key), Some(value), "{method}: `{key}`");
    }
}
