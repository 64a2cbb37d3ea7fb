//! Service messages, for TeamCity and the test runners of IDEs.

use testdock_core::session::{Change, Session};
use testdock_core::views::{Reader, Teamcity};
use testdock_engine::drive::Sink;

use super::Finish;

/// Shows a run as service messages on standard output.
#[derive(Debug)]
pub(crate) struct ServiceMessages {
    finish: Finish,
    view: Teamcity,
}

impl ServiceMessages {
    pub(crate) fn new(finish: Finish) -> Self {
        // Set by TeamCity in every build, and nowhere else.
        let in_build = std::env::var_os("TEAMCITY_VERSION").is_some();
        let reader = if in_build { Reader::Build } else { Reader::Ide };
        Self { finish, view: Teamcity::new(reader) }
    }
}

impl Sink for ServiceMessages {
    fn show(&mut self, session: &Session, change: &Change) {
        for line in self.view.lines(session, change) {
            crate::print::line(&line);
        }
        self.finish.look(session, change);
    }
}
