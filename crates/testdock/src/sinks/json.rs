//! One JSON object a line.

use testdock_core::session::{Change, Session};
use testdock_core::views;
use testdock_engine::drive::Sink;

use super::Finish;

/// Shows a run as JSON lines on standard output.
#[derive(Debug)]
pub(crate) struct Json {
    pub(crate) finish: Finish,
}

impl Sink for Json {
    fn show(&mut self, session: &Session, change: &Change) {
        if let Some(line) = views::json_line(session, change) {
            crate::print::line(&line);
        }
        self.finish.look(session, change);
    }
}
