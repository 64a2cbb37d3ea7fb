//! The interpreters of all open folders, in the protocol's terms.

use testdock_core::interpreter::{Field, Form, KINDS, Kind};
use testdock_core::session::{Folder, Session};
use testdock_core::views::InterpreterView;

use crate::ext::{
    FieldType, Interpreter, InterpreterField, InterpreterKind, InterpreterRemedy,
    InterpretersChanged, InterpretersSnapshot,
};
use crate::shared::Shared;

/// All of them, as they stand.
pub(crate) fn snapshot(shared: &Shared, session: &Session) -> InterpretersSnapshot {
    let of_folder = |folder| {
        let views = session.interpreters(folder).into_iter();
        views.filter_map(move |view| interpreter(shared, folder, view))
    };
    InterpretersSnapshot {
        seq: shared.next_seq(),
        interpreters: session.folders().flat_map(of_folder).collect(),
        kinds: KINDS.iter().map(kind).collect(),
    }
}

/// Tells a client that wants to know.
pub(crate) fn tell(shared: &Shared, session: &Session) {
    if shared.client_can().interpreters {
        shared.outbox.notify::<InterpretersChanged>(snapshot(shared, session));
    }
}

fn interpreter(shared: &Shared, folder: &Folder, view: InterpreterView) -> Option<Interpreter> {
    let remedy = view.error.as_ref().and_then(|error| error.remedy);
    Some(Interpreter {
        folder: folder.name.to_string(),
        folder_uri: shared.uri(&folder.root)?,
        name: view.name,
        kind: view.kind.to_owned(),
        source: view.source,
        uri: view.file.and_then(|file| shared.uri(&file)),
        engine: view.engine,
        state: view.state.as_str().to_owned(),
        detail: view.detail,
        help: view.error.and_then(|error| error.help),
        remedy: remedy.map(|remedy| InterpreterRemedy {
            title: remedy.title().to_owned(),
            command: remedy.command(),
        }),
        chosen: view.is_chosen,
    })
}

fn kind(kind: &Kind) -> InterpreterKind {
    InterpreterKind {
        id: kind.id.to_owned(),
        label: kind.label.to_owned(),
        description: kind.description.to_owned(),
        fields: kind.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> InterpreterField {
    let (form, choices) = match field.form {
        Form::Text | Form::Image => (FieldType::Text, [].as_slice()),
        Form::Path => (FieldType::Path, [].as_slice()),
        Form::Choice(choices) => (FieldType::Choice, choices),
    };
    InterpreterField {
        key: field.key.to_owned(),
        label: field.label.to_owned(),
        description: field.description.to_owned(),
        form,
        required: field.is_required,
        default: field.default.map(str::to_owned),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        advanced: field.is_advanced,
    }
}
