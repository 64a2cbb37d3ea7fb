//! All that the newest run said of a test, as Markdown: for a hover, or a document of its own.

use std::fmt::Write;

use super::markdown::{Extent, plain, push_block};
use super::words::{count_words, duration_words};
use camino::Utf8Path;

use crate::id::TestId;
use crate::model::{Failure, Place, Provenance, TestResult, Totals};
use crate::session::{Folder, Record, Stale};

/// What is known of a test, or of all tests below a group; `None` where none of them ever ran.
pub fn details(folder: &Folder, id: &TestId, extent: Extent) -> Option<String> {
    if let Some(record) = folder.standing(id) {
        return Some(record_details(record, extent));
    }
    let below: Vec<&Record> = folder.records_below(id).collect();
    if below.is_empty() {
        return None;
    }
    let totals = Totals::of(below.iter().map(|record| record.result.outcome));
    let mut text = format!("**{}**\n", count_words(&totals));
    let (bad, good): (Vec<&Record>, Vec<&Record>) =
        below.into_iter().partition(|r| r.result.outcome.is_bad());
    let count = bad.len() + good.len();
    for record in bad.into_iter().chain(good).take(extent.tests) {
        let _ = write!(text, "\n### {}\n\n", plain(&record.result.id.label()));
        text.push_str(&record_details(record, extent));
    }
    if count > extent.tests {
        let _ = write!(text, "\n… and {} more\n", count - extent.tests);
    }
    Some(text)
}

fn record_details(record: &Record, extent: Extent) -> String {
    let mut text = headline(record);
    let result = &record.result;
    if let Some(reason) = &result.reason {
        let _ = write!(text, "\n{}\n", plain(reason));
    }
    for failure in &result.failures {
        push_failure(&mut text, failure, extent);
    }
    push_block(&mut text, "Output", &result.output, extent);
    if let Some(provenance) = &record.provenance {
        let _ = write!(text, "\n_{}_\n", provenance_words(provenance));
    }
    text
}

fn headline(record: &Record) -> String {
    let result: &TestResult = &record.result;
    let time = result
        .duration
        .map(|duration| format!(" in {}", duration_words(duration)))
        .unwrap_or_default();
    let stale = match record.stale {
        None => "",
        Some(Stale::Edited) => ", before the last edit",
        Some(Stale::Remembered) => ", in an earlier session",
        Some(Stale::NotReached) => ", not reached by the last run",
        Some(Stale::Elsewhere) => ", somewhere else than it would run now",
    };
    format!("**{}**{time}{stale}\n", result.outcome.as_str())
}

/// One failure as a page: what went wrong, the trace, and a link to where it is. `link` is a file's address.
pub fn failure_page(
    failure: &Failure,
    root: &Utf8Path,
    link: impl Fn(&Place) -> Option<String>,
) -> String {
    let headline = failure.headline();
    let (title, more) = headline.split_once('\n').unwrap_or((&headline, ""));
    let mut text = format!("{}\n", plain(title));
    let has_trace = !headline.contains(failure.detail.trim());
    let is_told = |line: &str| failure.detail.contains(line.trim());
    if !has_trace || !more.lines().all(is_told) {
        push_block(&mut text, "", more, Extent::DOCUMENT);
    }
    if has_trace {
        push_block(&mut text, "", &failure.detail, Extent::DOCUMENT);
    }
    let link = |place: &Place| Some((place.path.clone(), place.line, link(place)?));
    if let Some((path, line, address)) = failure.place.as_ref().and_then(link) {
        let path = plain(path.strip_prefix(root).unwrap_or(&path).as_str());
        // Between angle brackets brackets need no partner.
        let _ = write!(text, "\n[{path}:{line}](<{address}#L{line}>)\n");
    }
    text
}

fn push_failure(text: &mut String, failure: &Failure, extent: Extent) {
    let headline = failure.headline();
    push_block(text, "", &headline, extent);
    if let Some((expected, actual)) = &failure.diff {
        push_block(text, "Expected", expected, extent);
        push_block(text, "Actual", actual, extent);
    }
    if !headline.contains(failure.detail.trim()) {
        push_block(text, "Trace", &failure.detail, extent);
    }
}

fn provenance_words(provenance: &Provenance) -> String {
    let how = match (provenance.container.is_empty(), provenance.warm) {
        (true, _) => "",
        (false, true) => ", warm container",
        (false, false) => ", new container",
    };
    let profile = provenance.profile.as_ref().map(|name| format!(", profile {}", plain(name)));
    let profile = profile.unwrap_or_default();
    format!("ran in {}{how}{profile}", plain(&provenance.interpreter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(failure: &Failure) -> String {
        let link = |place: &Place| Some(format!("file://{}", place.path));
        failure_page(failure, Utf8Path::new("/shop"), link)
    }

    #[test]
    fn a_failure_says_what_where_and_how_it_came() {
        let place = Place { path: "/shop/tests/test_a(1].py".into(), line: 7, column: None };
        let failure = Failure {
            kind: "AssertionError".to_owned(),
            message: "AssertionError: <b>assert</b> 1 == `2`\nwhere 1 = one()".to_owned(),
            detail: ">   assert one() == two\nE   where 1 = one()\nE   ```\n".to_owned(),
            place: Some(place),
            ..Failure::default()
        };
        let expected = "\
AssertionError: \\<b\\>assert\\</b\\> 1 == \\`2\\`

````text
>   assert one() == two
E   where 1 = one()
E   ```
````

[tests/test_a(1\\].py:7](<file:///shop/tests/test_a(1].py#L7>)
";
        assert_eq!(page(&failure), expected);
    }

    #[test]
    fn what_the_message_says_alone_is_not_lost() {
        let message = "no tea\nno pot".to_owned();
        let failure = Failure { message: message.clone(), ..Failure::default() };
        let expected = "no tea\n\n```text\nno pot\n```\n";
        assert_eq!(page(&failure), expected);
        assert_eq!(page(&Failure { detail: message, ..failure }), expected);
        assert_eq!(page(&Failure::default()), "the test failed\n");
    }
}
