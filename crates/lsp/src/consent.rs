//! Asks the user for what reaches beyond a container.

use std::io;
use std::sync::Arc;

use lsp_types::{MessageActionItem, MessageType};
use testdock_core::model::{Ask, RunError};

use crate::handlers::request::{self, Request, Target};
use crate::handlers::workspace;
use crate::messages;
use crate::runs::Origin;
use crate::shared::Shared;

/// What the user can press; any other answer is a no.
const ALLOW: &str = "Allow from Now On";

/// Asks for what `error` says is not allowed, and repeats the last run where it is allowed now and `repeat` says so.
pub(crate) fn ask(shared: &Arc<Shared>, error: &RunError, repeat: bool) {
    let Some(ask) = error.ask.clone() else {
        return;
    };
    let words = format!("Testdock: {}", error.message);
    let at_client = shared.clone();
    shared.spawn(async move {
        if !is_allowed(&at_client, &words).await {
            return;
        }
        if let Err(error) = allow(&at_client, &ask) {
            let words = format!("Testdock: cannot write down what you allow: {error}");
            return messages::show(&at_client.outbox, MessageType::ERROR, &words);
        }
        // Where tests run is read with the folder.
        workspace::reopen(&at_client);
        if repeat {
            let again = Request::new(Target::Last, Origin::Editor);
            if let Err(error) = request::start(&at_client, again).await {
                tracing::debug!(%error, "nothing to repeat");
            }
        }
    });
}

fn allow(shared: &Shared, ask: &Ask) -> io::Result<()> {
    let nowhere = || io::Error::other("there is no folder for it");
    shared.store.as_ref().ok_or_else(nowhere)?.allow(ask)
}

/// A client that cannot ask shows at least what the matter is.
async fn is_allowed(shared: &Shared, words: &str) -> bool {
    let action =
        |title: &str| MessageActionItem { title: title.to_owned(), properties: Default::default() };
    let actions = vec![action(ALLOW), action("Not Now")];
    let words = messages::unlinked(words);
    let answer = shared.client.show_message_request(MessageType::WARNING, &words, Some(actions));
    match answer.await {
        Ok(answer) => answer.is_some_and(|it| it.title == ALLOW),
        Err(error) => {
            tracing::debug!(%error, "the client cannot ask");
            messages::show(&shared.outbox, MessageType::WARNING, &words);
            false
        }
    }
}
