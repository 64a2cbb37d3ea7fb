//! What the tests of all frameworks begin with, and how they show what something came to.

use std::sync::Arc;

use super::{Conclusion, Kind, Known, Source, Suite, TestItem};
use crate::id::TestId;
use crate::interpreter;
use crate::paths::{Mount, PathMap, RelPath};
use crate::plan::{self, Job, Site};
use crate::resolve::Contents;

/// The files of a workspace, by paths and texts.
pub(super) type Files<'f> = &'f [(&'f str, &'f str)];

/// A workspace at `/w`, which is `/app` in the container.
pub(super) fn site() -> Site {
    let mount = Mount { container: "/app".into(), host: Some("/w".into()) };
    Site {
        root: "/w".into(),
        paths: PathMap::new([mount]),
        helpers: "/h".into(),
        cache: None,
        scratch: "/s".into(),
    }
}

/// What is seen in a workspace of these files.
pub(super) fn seen_in<T>(files: Files<'_>, look: impl FnOnce(Contents<'_>) -> T) -> T {
    let mut paths: Vec<RelPath> = files.iter().map(|(path, _)| RelPath::new(path)).collect();
    paths.sort();
    let read =
        |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, it)| (*it).to_owned());
    look(Contents { root: "/w".into(), files: &paths, read: &read })
}

/// Tests of a framework's suite at a folder of these files.
pub(super) fn job(
    kind: &Kind,
    root: &str,
    files: Files<'_>,
    selection: &[&str],
    exclude: &[&str],
) -> Job {
    let root = RelPath::new(root);
    let suite = Suite::new(root.clone(), seen_in(files, |contents| (kind.at)(&root, contents)));
    let sources = files.iter().map(|(path, text)| (RelPath::new(path), *text));
    let sources = sources.filter(|(path, _)| suite.framework.is_test_file(&suite, path));
    let read = |path: &RelPath| {
        files.iter().find(|(name, _)| *name == path.as_str()).map(|(_, text)| Arc::from(*text))
    };
    let (mut parts, mut bare) = (Vec::new(), Vec::new());
    let known = Known::new(sources.map(|(path, text)| {
        let mut source = Source::new(&path, text).beside(&read);
        let items = suite.framework.discover(&suite, &mut source);
        let of = |names| TestId { names, ..suite.of_file(path.clone()) };
        parts.extend(source.take_parts().into_iter().map(|part| (part.file, of(part.names))));
        if items.is_empty() && suite.framework.may_have_more(text) {
            bare.push(path.clone());
        }
        (path, items.into())
    }));
    let known = known.with_parts(parts).with_bare(bare);
    let interpreter = interpreter::plan("default", &Default::default(), plan::Source::Local);
    let ids = |texts: &[&str]| texts.iter().map(|text| text.parse::<TestId>().unwrap()).collect();
    Job { selection: ids(selection), exclude: ids(exclude), known, ..Job::new(suite, interpreter) }
}

/// The arguments that select what a job is about, a line for each command.
pub(super) fn steps(job: &Job, site: &Site) -> String {
    let invocation = job.suite.framework.invocation(job, site);
    invocation.steps.iter().map(|step| step.join(" ") + "\n").collect()
}

/// What was found, a line for each: kind, line, names, whether the name has gaps, tags.
pub(super) fn listed<'i>(items: impl IntoIterator<Item = &'i TestItem>) -> String {
    let lines = items.into_iter().map(|item| {
        let gaps = if item.pattern.is_some() { " (gaps)" } else { "" };
        let tags: String = item.tags.iter().map(|tag| format!(" #{tag}")).collect();
        let (kind, line) = (item.kind.as_str(), item.name.start.line + 1);
        format!("{kind} {line} {}{gaps}{tags}\n", item.id.names.join(" > "))
    });
    lines.collect()
}

/// What a run came to: a line for each test, one for each failure and each of its frames.
pub(super) fn shown(conclusion: &Conclusion) -> String {
    let mut text = String::new();
    for result in &conclusion.results {
        let reason = result.reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
        text.push_str(&format!("{} {}{reason}\n", result.outcome.as_str(), result.id));
        for failure in &result.failures {
            let place = failure.place.as_ref().map(|it| format!("{}:{}", it.path, it.line));
            let message = failure.message.replace('\n', "⏎");
            text.push_str(&format!("    {}: {message}\n", place.unwrap_or_default()));
            for frame in &failure.frames {
                let place = &frame.place;
                text.push_str(&format!("      {}:{} {}\n", place.path, place.line, frame.name));
            }
        }
        if !result.output.is_empty() {
            let begin: String = result.output.chars().take(80).collect();
            let more = if begin.len() < result.output.len() { " …" } else { "" };
            text.push_str(&format!("    printed {begin:?}{more}\n"));
        }
    }
    for warning in &conclusion.warnings {
        text.push_str(&format!("warning: {warning}\n"));
    }
    if let Some(broken) = &conclusion.broken {
        text.push_str(&format!("broken: {}\n", broken.message));
    }
    text
}
