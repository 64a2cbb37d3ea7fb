//! Real reports of some sixty tools, where they lie beside the checkout or where
//! `TESTDOCK_JUNIT_CORPUS` says: what the command counts and where it points.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{objects, report};

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/junit");
    let path = std::env::var_os("TESTDOCK_JUNIT_CORPUS").map_or_else(beside, PathBuf::from);
    if path.join("INDEX.tsv").exists() {
        return Some(path);
    }
    println!("skipped: no corpus of reports at {}", path.display());
    None
}

/// The rows of a table with tabs, by the names in its first line.
fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

fn all(corpus: &Path) -> HashMap<String, Value> {
    let told = report(corpus, &["dev", "dev/**/*[!l]", "--format", "json"]);
    let objects = objects(&told).into_iter();
    objects.map(|object| (object["path"].as_str().unwrap().to_owned(), object)).collect()
}

#[test]
fn every_case_is_told() {
    let Some(corpus) = corpus() else { return };
    let told = all(&corpus);
    let rows = table(&corpus.join("INDEX.tsv"));
    let rows: Vec<_> = rows.iter().filter(|row| corpus.join(&row["path"]).exists()).collect();
    assert!(rows.len() > 100);
    for row in rows {
        let object = &told[&row["path"]];
        let (cases, expected) =
            (object["cases"].as_array().unwrap().len(), row["testcase"].parse::<usize>().unwrap());
        assert_eq!(object["totals"]["cases"], cases, "{}", row["path"]);
        let right = if row["status"] == "ok" { cases == expected } else { cases >= expected };
        assert!(right, "{}: {cases} cases, not {expected}", row["path"]);
    }
}

#[test]
fn the_places_are_those_of_the_sources() {
    let Some(corpus) = corpus() else { return };
    let told = all(&corpus);
    let rows = table(&corpus.join("TRUTH.tsv"));
    let (mut right, mut wrong) = (0, Vec::new());
    for row in rows.iter().filter(|row| told.contains_key(&row["xml"])) {
        let object = &told[&row["xml"]];
        let is_case = |case: &&Value| {
            case["name"].as_str().unwrap_or_default() == row["name"]
                && case["classname"].as_str().unwrap_or_default() == row["classname"]
        };
        let cases = object["cases"].as_array().unwrap().iter().filter(is_case);
        let statuses = cases.flat_map(|case| case["statuses"].as_array().unwrap());
        let places = statuses.flat_map(|status| {
            let frames = status["frames"].as_array().unwrap();
            std::iter::once(&status["location"]).chain(frames).filter(|place| !place.is_null())
        });
        let places: Vec<&Value> = places.collect();
        let lines = [&row["line"], &row["alt_line"]];
        let fits = |place: &&Value| {
            let path = place["path"].as_str().unwrap();
            let line = place["line"].to_string();
            lines.contains(&&line) && (row["file"].ends_with(path) || path.ends_with(&row["file"]))
        };
        match places.iter().any(fits) {
            true => right += 1,
            false if places.is_empty() => {}
            false => wrong.push(format!("{} {}: {places:?}", row["xml"], row["name"])),
        }
    }
    assert!(
        wrong.len() * 100 <= right && right > 100,
        "{right} right, wrong:\n{}",
        wrong.join("\n")
    );
}
