//! What a container has printed.

use bollard::Docker;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt as _;

/// So many lines show why something failed.
const LINES: &str = "20";

/// The end of a container's log; nothing where the engine does not have it.
pub(super) async fn end_of_log(docker: &Docker, id: &str) -> String {
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true).tail(LINES).build();
    let mut pieces = docker.logs(id, Some(options));
    let mut said = String::new();
    while let Some(Ok(piece)) = pieces.next().await {
        said.push_str(&String::from_utf8_lossy(&piece.into_bytes()));
    }
    said.trim().to_owned()
}

/// So much of an output shows why something failed.
const TAIL: usize = 4096;

/// The end of an output.
#[derive(Debug, Default)]
pub(super) struct Tail(String);

impl Tail {
    pub(super) fn push(&mut self, text: &str) {
        self.0.push_str(text);
        if self.0.len() > TAIL {
            let cut = self.0.len() - TAIL;
            let cut = (cut..).find(|at| self.0.is_char_boundary(*at)).unwrap_or(cut);
            self.0.drain(..cut);
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}
