//! What became of a container whose stream ended.

use std::collections::HashMap;
use std::time::Duration;

use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt as _;

use super::{Container, said, see};

/// What became of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It lives.
    Running,
    /// It has ended, or is being removed.
    Gone {
        /// Whether the kernel killed something in it for want of memory.
        out_of_memory: bool,
    },
    /// The engine does not answer.
    Unreachable(String),
}

/// How often a container is looked at that seems to live, and how long the pause is in between.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

impl Container {
    /// What became of it. A container's processes die before the engine notes that it has ended: so
    /// one that seems to live is looked at again.
    pub(crate) async fn fate(&self) -> Fate {
        let mut fate = self.look().await;
        for _ in 1..LOOKS {
            if fate != Fate::Running {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            fate = self.look().await;
        }
        fate
    }

    async fn look(&self) -> Fate {
        let found = see::container(&self.docker, &self.id).await;
        let state = match found {
            Ok(found) => found.state.unwrap_or_default(),
            Err(e) if see::is_absent(&e) => return self.gone().await,
            Err(e) => return Fate::Unreachable(said(&e)),
        };
        match state.running {
            Some(true) => Fate::Running,
            _ if state.oom_killed == Some(true) => Fate::Gone { out_of_memory: true },
            _ => self.gone().await,
        }
    }

    /// The container itself cannot be asked any more; the engine remembers.
    async fn gone(&self) -> Fate {
        let filters = HashMap::from([
            ("container", vec![self.id.clone()]),
            ("event", vec!["oom".to_owned()]),
        ]);
        let options = EventsOptionsBuilder::default()
            .since(&self.since.to_string())
            .until(&super::container::now().to_string())
            .filters(&filters)
            .build();
        let mut events = self.docker.events(Some(options));
        let first = tokio::time::timeout(Duration::from_secs(1), events.next()).await;
        Fate::Gone { out_of_memory: matches!(first, Ok(Some(Ok(_)))) }
    }
}
