//! What people must be told in words: runs that could not run.

use lsp_types::notification::{LogMessage, ShowMessage};
use lsp_types::{LogMessageParams, MessageType, ShowMessageParams};
use testdock_core::model::{End, Fault, RunError};
use testdock_core::views::duration_words;

use crate::ext::{self, EndKind, RemedyParams};
use crate::outbox::Outbox;
use crate::shared::Shared;

/// Shows a message.
pub(crate) fn show(outbox: &Outbox, typ: MessageType, message: &str) {
    outbox.notify::<ShowMessage>(ShowMessageParams { typ, message: unlinked(message) });
}

/// Some editors make links of `[text](address)` in messages, and run commands by them: what a project wrote makes none.
pub(crate) fn unlinked(message: &str) -> String {
    message.replace("](", "] (")
}

/// Puts a message into the client's log.
pub(crate) fn log(outbox: &Outbox, typ: MessageType, message: String) {
    outbox.notify::<LogMessage>(LogMessageParams { typ, message });
}

/// What went wrong, and the remedy.
pub(crate) fn error_words(error: &RunError) -> String {
    let place = error.place.as_ref();
    let place = place.map(|place| format!("{}:{}: ", place.path, place.line));
    let help = error.help.as_ref().map(|help| format!("; {help}"));
    format!("{}{}{}", place.unwrap_or_default(), error.message, help.unwrap_or_default())
}

/// Tells that a run was refused.
pub(crate) fn refused(shared: &Shared, error: &RunError) {
    tell(shared, weight(error, MessageType::WARNING), error);
}

/// Where there was nothing to run, nothing is wrong.
fn weight(error: &RunError, otherwise: MessageType) -> MessageType {
    match error.fault {
        Fault::NoTests => MessageType::INFO,
        Fault::Interpreter | Fault::Configuration | Fault::Process => otherwise,
    }
}

/// Tells of an error: with the command that mends it, where there is one and the client has a button.
fn tell(shared: &Shared, typ: MessageType, error: &RunError) {
    match error.remedy.filter(|_| shared.client_can().remedies) {
        Some(remedy) => shared.outbox.notify::<ext::Remedy>(RemedyParams {
            message: unlinked(&error_words(error)),
            title: remedy.title().to_owned(),
            command: remedy.command(),
        }),
        None => show(&shared.outbox, typ, &format!("Testdock: {}", error_words(error))),
    }
}

/// Tells of an end that no test explains.
pub(crate) fn ended(shared: &Shared, how: &End) {
    match how {
        End::Completed | End::Cancelled => {}
        End::TimedOut(limit) => show(
            &shared.outbox,
            MessageType::WARNING,
            &format!(
                "Testdock: the run was stopped: it took longer than {}",
                duration_words(*limit)
            ),
        ),
        End::Broken(error) => tell(shared, weight(error, MessageType::ERROR), error),
    }
}

/// How a run ended, in a word.
pub(crate) fn end_kind(how: &End) -> EndKind {
    match how {
        End::Completed | End::Broken(RunError { fault: Fault::NoTests, .. }) => EndKind::Completed,
        End::Cancelled => EndKind::Cancelled,
        End::TimedOut(_) => EndKind::TimedOut,
        End::Broken(_) => EndKind::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_no_links() {
        let message = "unknown key `[Mend it](command:x)`";
        assert_eq!(unlinked(message), "unknown key `[Mend it] (command:x)`");
    }
}
