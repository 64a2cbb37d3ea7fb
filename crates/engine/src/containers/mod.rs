//! The containers of whole engines, not only our own: what there is, live; acts upon them; what they
//! print; commands in them.
//!
//! An engine is named by its address, `None` for the active one. Whatever waits for one can be dropped
//! at any time: what was begun on the engine is finished there, and nothing is left behind here.

mod act;
mod engines;
mod exec;
mod list;
mod logs;
mod watch;

pub use act::{act, inspect, remove_image};
pub use engines::{Engine, engines};
pub use exec::{Command, Control, Printed, Process, Size, environment, exec};
pub use list::list;
pub use logs::{Entry, Logs, Source, logs};
pub use watch::watch;

use jiff::Zoned;
use testdock_core::containers::logs::Moment;
use testdock_core::model::{Fault, RunError};

use crate::docker::{engine_error, said, status};
use crate::world::World;

/// The time that people write, seen from here and now.
pub fn moment(text: &str) -> Result<Moment, RunError> {
    Moment::of_people(text, &Zoned::now())
}

/// A request that failed. Where the engine did not answer it is reached for once more, which says why.
async fn failed(
    world: &World,
    host: Option<&str>,
    what: &str,
    error: &bollard::errors::Error,
) -> RunError {
    match status(error) {
        Some(404) => RunError::new(Fault::Interpreter, format!("cannot {what}: it is not there"))
            .help("see which there are: testdock containers"),
        Some(_) => RunError::new(Fault::Interpreter, format!("cannot {what}: {}", said(error))),
        None => {
            world.forget(host);
            match world.engine(host).await {
                Ok(_) => engine_error(what, error),
                Err(unreachable) => unreachable,
            }
        }
    }
}

/// An id as people know it.
fn short(id: &str) -> &str {
    let id = id.trim_start_matches("sha256:");
    let is_id = id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id { &id[..12] } else { id }
}
