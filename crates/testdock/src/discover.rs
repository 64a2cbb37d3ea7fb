//! `testdock discover`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::json;
use testdock_core::frameworks::{ItemKind, TestItem};
use testdock_core::paths::RelPath;
use testdock_core::views::{number_words, printable_line, terminal};
use testdock_core::workspace::FileTests;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::{DiscoverArguments, Format};
use crate::project::Project;
use crate::{exit, print};

pub(crate) fn discover(arguments: &DiscoverArguments) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let scanner = Scanner::new(project.settings.clone(), Depth::Tests);
    let (workspace, files) = scanner.read(&project.root);
    if let Some(problem) = workspace.problems.first() {
        for line in terminal::error_lines(&problem.to_error(), &project.cwd) {
            print::note(&line);
        }
        return Ok(exit::USAGE.into());
    }
    let wanted = |path: &String| {
        let found = project.path(path);
        found.with_context(|| {
            format!("cannot list the tests of {path}: it is not in {}", project.root)
        })
    };
    let wanted: Vec<RelPath> = arguments.paths.iter().map(wanted).collect::<Result<_>>()?;
    let mut tests = scanner.find_all(&project.root, &workspace, &files);
    tests.retain(|file| {
        wanted.is_empty() || wanted.iter().any(|dir| file.path.strip(dir).is_some())
    });
    let count = tests
        .iter()
        .flat_map(|file| file.items.iter())
        .filter(|i| i.kind != ItemKind::Group)
        .count();
    print::lines(tests.iter().flat_map(|file| lines(file, arguments.format)))?;
    if arguments.format == Format::Human {
        let (count, files) = (number_words(count, "test"), number_words(tests.len(), "file"));
        print::note(&format!("{count} in {files}; nothing was run"));
    }
    Ok(if count == 0 { exit::NO_TESTS.into() } else { exit::PASSED.into() })
}

fn lines(file: &FileTests, format: Format) -> impl Iterator<Item = String> {
    file.items.iter().filter_map(move |item| match format {
        Format::Human => {
            (item.kind != ItemKind::Group).then(|| printable_line(item.id.to_string()).into_owned())
        }
        Format::Json => Some(json(file, item).to_string()),
    })
}

fn json(file: &FileTests, item: &TestItem) -> serde_json::Value {
    json!({
        "id": item.id,
        "kind": item.kind.as_str(),
        "framework": file.suite.framework.name(),
        "path": file.path.as_str(),
        "line": item.name.start.line + 1,
    })
}
