//! What can be done at a test, or at a failure.

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
    CodeActionTriggerKind, Command, Diagnostic, NumberOrString,
};
use serde_json::{Value, json};
use testdock_core::id::TestId;
use testdock_core::paths::RelPath;
use testdock_core::session::{Folder, Session};

use crate::ext::command;
use crate::shared::Shared;
use crate::{from_proto, to_proto};

/// Kinds of what is offered.
pub(crate) fn kinds() -> Vec<CodeActionKind> {
    vec![CodeActionKind::QUICKFIX, run_kind()]
}

/// What runs tests where nothing is wrong.
fn run_kind() -> CodeActionKind {
    CodeActionKind::from("testdock.run")
}

pub(crate) async fn code_action(
    shared: &Shared,
    params: CodeActionParams,
) -> Option<CodeActionResponse> {
    let path = from_proto::path(&params.text_document.uri)?;
    let path = shared.folders.of_client(&path);
    let is_literal = shared.client_can().action_literals;
    let actions = shared.handle.ask(move |session| {
        let folder = session.folder_of(&path)?;
        let file = RelPath::below(&folder.root, &path)?;
        let mut actions = at_diagnostics(session, &params.context.diagnostics);
        let position = from_proto::position(params.range.start);
        if let Some(item) = folder.test_at(&file, position) {
            actions.extend(at_test(session, folder, &item.id, &actions));
        }
        // An editor that looks by itself whether there is anything is not to find something on every line.
        let is_asked = params.context.trigger_kind != Some(CodeActionTriggerKind::AUTOMATIC);
        if is_asked && !folder.tests_in(&file).is_empty() {
            actions.extend(in_file(session, folder, file));
        }
        if !actions.is_empty() && !folder.failed().is_empty() {
            actions.push(run_failed());
        }
        let wanted = params.context.only.unwrap_or_default();
        actions.retain(|action| is_wanted(&wanted, action));
        Some(actions)
    });
    let actions = actions.await??.into_iter();
    let answer = actions.map(|action| match action.command.clone() {
        Some(command) if !is_literal => CodeActionOrCommand::Command(command),
        _ => CodeActionOrCommand::CodeAction(action),
    });
    Some(answer.collect())
}

/// For each test that failed here: run it again, show what it said.
fn at_diagnostics(session: &Session, diagnostics: &[Diagnostic]) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    for diagnostic in diagnostics {
        let Some((id, label)) = test_of(session, diagnostic) else {
            continue;
        };
        let kind = CodeActionKind::QUICKFIX;
        let again = run(&format!("Run again {label}"), &id, kind.clone());
        let show = show(&format!("Show output of {label}"), &id, kind);
        actions.extend(
            [again, show]
                .map(|action| CodeAction { diagnostics: Some(vec![diagnostic.clone()]), ..action }),
        );
    }
    actions
}

fn test_of(session: &Session, diagnostic: &Diagnostic) -> Option<(String, String)> {
    let Some(NumberOrString::String(code)) = &diagnostic.code else {
        return None;
    };
    let ours = diagnostic.source.as_deref() == Some("testdock");
    let (folder, id) = from_proto::test(session, code).filter(|_| ours)?;
    let folder = session.folders().find(|it| it.name == folder)?;
    folder.record(&id)?;
    Some((code.clone(), id.label()))
}

/// Runs the test at the cursor and shows its output, where a diagnostic does not offer it already.
fn at_test(
    session: &Session,
    folder: &Folder,
    test: &TestId,
    offered: &[CodeAction],
) -> Vec<CodeAction> {
    let id = to_proto::id(session, folder, test);
    let label = test.label();
    let mut actions = vec![run(&format!("Run {label}"), &id, run_kind())];
    if folder.records_below(test).next().is_some() {
        actions.push(show(&format!("Show output of {label}"), &id, run_kind()));
    }
    let is_new = |action: &CodeAction| offered.iter().all(|it| does(it) != does(action));
    actions.into_iter().filter(is_new).collect()
}

/// Runs all of a file that holds tests, or of the workspace, wherever the cursor is.
fn in_file(session: &Session, folder: &Folder, file: RelPath) -> [CodeAction; 2] {
    let id = to_proto::id(session, folder, &TestId::of_file(file));
    let all = action("Run all tests", command::RUN, None, run_kind());
    [run("Run file", &id, run_kind()), all]
}

fn does(action: &CodeAction) -> Option<(&str, &Option<Vec<Value>>)> {
    let command = action.command.as_ref()?;
    Some((&command.command, &command.arguments))
}

fn run(title: &str, id: &str, kind: CodeActionKind) -> CodeAction {
    action(title, command::RUN, Some(json!({ "ids": [id] })), kind)
}

fn show(title: &str, id: &str, kind: CodeActionKind) -> CodeAction {
    action(title, command::SHOW_OUTPUT, Some(json!({ "id": id })), kind)
}

fn run_failed() -> CodeAction {
    action("Run failed tests", command::RUN_FAILED, None, run_kind())
}

fn action(title: &str, name: &str, argument: Option<Value>, kind: CodeActionKind) -> CodeAction {
    let arguments = argument.map(|argument| vec![argument]);
    CodeAction {
        title: title.to_owned(),
        kind: Some(kind),
        command: Some(Command::new(title.to_owned(), name.to_owned(), arguments)),
        ..CodeAction::default()
    }
}

/// A client may want some kinds only; a kind means those below it.
fn is_wanted(wanted: &[CodeActionKind], action: &CodeAction) -> bool {
    let kind = action.kind.as_ref().map_or("", CodeActionKind::as_str);
    let below = |wanted: &CodeActionKind| {
        let wanted = wanted.as_str();
        let rest = kind.strip_prefix(wanted);
        wanted.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
    };
    wanted.is_empty() || wanted.iter().any(below)
}
