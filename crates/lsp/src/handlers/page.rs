//! Texts too long for a message: what a test said, and how things stand.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use lsp_types::{MessageType, ShowDocumentParams, Uri};
use testdock_core::frameworks::Suite;
use testdock_core::session::{Folder, Session};
use testdock_core::views::{
    Extent, count_words, details, doctor_page, doctor_text, number_words, plain,
};
use testdock_engine::doctor::examine;
use tower_lsp::jsonrpc::Result;

use super::request;
use crate::ext::PageFormat;
use crate::messages;
use crate::shared::Shared;

/// Lines that a message box can hold.
const MESSAGE_LINES: usize = 12;

/// Shows what the newest run said of a test, as a document where the client can show one; answers
/// with the text in any case.
pub(crate) async fn of_test(shared: &Arc<Shared>, id: String) -> Result<String> {
    let asked = id.clone();
    let found = shared.handle.ask(move |session| {
        let (folder, id) = request::test(session, &asked)?;
        Ok((id.label(), details(folder, &id, Extent::DOCUMENT)))
    });
    let (label, text) = found.await.unwrap_or_else(|| Err(request::gone()))?;
    let text = text.unwrap_or_else(|| "It was not run yet.\n".to_owned());
    let text = format!("# {}\n\n{text}", plain(&id));
    if shared.client_can().show_document {
        show(shared, &label, text.clone());
    } else {
        let lines = text.lines().filter(|line| !line.is_empty());
        let short: Vec<&str> = lines.take(MESSAGE_LINES).collect();
        messages::show(&shared.outbox, MessageType::INFO, &short.join("\n"));
    }
    Ok(text)
}

fn show(shared: &Arc<Shared>, label: &str, text: String) {
    let name = file_name(label);
    let task = shared.clone();
    shared.spawn(async move {
        let writer = task.clone();
        let written = tokio::task::spawn_blocking(move || write(&writer, &name, &text)).await;
        match written.map_err(io::Error::other).flatten() {
            Ok(path) => open(&task, &path).await,
            Err(error) => tracing::warn!(%error, "cannot write the output of a test"),
        }
    });
}

/// Into a private directory, gone with the server.
fn write(shared: &Shared, name: &str, text: &str) -> io::Result<PathBuf> {
    let mut pages = shared.pages.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = match pages.take() {
        Some(directory) => directory,
        None => tempfile::Builder::new().prefix("testdock-").tempdir()?,
    };
    let path = pages.insert(directory).path().join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

async fn open(shared: &Shared, path: &Path) {
    let Some(uri) = Uri::from_file_path(path) else {
        return;
    };
    let params =
        ShowDocumentParams { uri, external: Some(false), take_focus: Some(true), selection: None };
    if let Err(error) = shared.client.show_document(params).await {
        tracing::warn!(%error, "the client does not show a document");
    }
}

/// A test's label as a file name that any system takes.
fn file_name(label: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }
    };
    let name: String = label.chars().map(safe).take(60).collect();
    format!("{name}.md")
}

/// How things stand in the server, folder by folder.
pub(crate) async fn status(shared: &Arc<Shared>) -> String {
    let text = shared.handle.ask(|session| {
        let folders = session.folders().map(|folder| describe(session, folder));
        folders.collect::<Vec<_>>().join("\n")
    });
    text.await.unwrap_or_default()
}

fn describe(session: &Session, folder: &Folder) -> String {
    let mut text = format!("# {} ({})\n\n", folder.name, folder.root);
    let workspace = &folder.workspace;
    for suite in &workspace.suites {
        let name = suite.name.as_deref().unwrap_or(suite.framework.name());
        let root = Some(suite.root.as_str()).filter(|root| !root.is_empty());
        let root = root.unwrap_or("the workspace");
        let _ = writeln!(text, "- {name} in {root}: {}", interpreter(folder, suite));
    }
    let files = number_words(folder.files().count(), "file");
    let _ = match folder.scanning || !folder.is_resolved {
        true => writeln!(text, "- still being read: {files} with tests so far"),
        false => writeln!(text, "- tests in {files}"),
    };
    if workspace.suites.is_empty() {
        text.push_str("- no tests were found\n");
    }
    for problem in &workspace.problems {
        let words = messages::error_words(&problem.to_error());
        let _ = writeln!(text, "- {words}");
    }
    for run in session.runs().filter(|it| it.folder == folder.name && it.is_active()) {
        let totals = run.totals();
        let _ = writeln!(text, "- running: {}", count_words(&totals));
    }
    let runs = session.runs().filter(|run| run.folder == folder.name);
    if let Some(provenance) = runs.filter_map(|run| run.provenances.last()).last() {
        let interpreter = &provenance.interpreter;
        let _ = writeln!(text, "- the last run was in {interpreter}");
    }
    text
}

fn interpreter(folder: &Folder, suite: &Suite) -> String {
    match folder.workspace.interpreter(suite) {
        Ok(interpreter) => interpreter.source.to_string(),
        Err(error) => messages::error_words(&error),
    }
}

/// What is there and what is missing, folder by folder. It takes as long as the engine takes to
/// answer, a few seconds at most; the loop goes on meanwhile.
pub(crate) async fn doctor(shared: &Arc<Shared>, format: PageFormat) -> String {
    let folders = shared.handle.ask(|session| {
        let folders = session.folders().map(|folder| (folder.name.clone(), folder.root.clone()));
        folders.collect::<Vec<_>>()
    });
    let mut pages = Vec::new();
    for (name, root) in folders.await.unwrap_or_default() {
        let findings = examine(shared.scanner.clone(), root).await;
        pages.push(match format {
            PageFormat::Text => doctor_text(&findings),
            PageFormat::Markdown => doctor_page(&name, &findings),
        });
    }
    match format {
        PageFormat::Text => pages.concat(),
        PageFormat::Markdown => format!("# Testdock: Doctor\n\n{}", pages.join("\n")),
    }
}
