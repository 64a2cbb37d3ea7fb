//! Containers and images as people look at them: whose they are, how they stand, what they print.
//!
//! Plain data and decisions; `testdock-engine` fills the one and acts on the other.

pub mod find;
pub mod logs;
pub mod mask;
pub mod origin;

mod groups;
mod json;
mod terminal;
mod words;

pub use groups::{Group, GroupKind, Project, groups};
pub use json::{container_json, line_json};
pub use origin::Origin;
pub use terminal::{LogLines, harmless, list_lines};
pub use words::{age_words, image_words, ports_words, status_words};

use std::fmt;

use camino::Utf8PathBuf;

/// What there is on one engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// All containers, those that stopped included.
    pub containers: Vec<Container>,
    /// The images that Testdock has built.
    pub images: Vec<Image>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The engine's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of its image, or its id where it has none.
    pub image: String,
    /// The id of its image.
    pub image_id: String,
    /// How it stands.
    pub state: State,
    /// The same for people, with how long: `up 5 minutes`.
    pub status: String,
    /// What its health check says, where it has one.
    pub health: Option<Health>,
    /// Its ports that can be reached from outside.
    pub ports: Vec<Port>,
    /// Whose it is.
    pub origin: Origin,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

/// How a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was never started.
    Created,
    /// It runs.
    Running,
    /// Its processes are frozen.
    Paused,
    /// It died, and is started again.
    Restarting,
    /// It is asked to end.
    Stopping,
    /// It has ended.
    Exited,
    /// It is going.
    Removing,
    /// It could not be removed whole.
    Dead,
    /// A word that this Testdock does not know.
    Unknown,
}

impl State {
    /// What an engine calls it.
    pub fn of(word: &str) -> Self {
        let all = [
            Self::Created,
            Self::Running,
            Self::Paused,
            Self::Restarting,
            Self::Stopping,
            Self::Exited,
            Self::Removing,
            Self::Dead,
        ];
        all.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Unknown)
    }

    /// The engine's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Stopping => "stopping",
            Self::Exited => "exited",
            Self::Removing => "removing",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it has processes.
    pub fn is_alive(self) -> bool {
        match self {
            Self::Running | Self::Paused | Self::Restarting | Self::Stopping => true,
            Self::Created | Self::Exited | Self::Removing | Self::Dead | Self::Unknown => false,
        }
    }

    /// What can be done with a container that stands so.
    pub fn actions(self) -> &'static [Action] {
        use Action::{Remove, Restart, Start, Stop};
        match self {
            Self::Running | Self::Paused | Self::Restarting => &[Stop, Restart, Remove],
            Self::Created | Self::Exited => &[Start, Remove],
            Self::Stopping | Self::Dead => &[Remove],
            Self::Removing => &[],
            Self::Unknown => &[Start, Stop, Restart, Remove],
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a health check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It passes.
    Healthy,
    /// It fails.
    Unhealthy,
    /// It was not passed yet.
    Starting,
}

impl Health {
    /// The engine's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Starting => "starting",
        }
    }
}

/// A port of a container that is published on its engine's machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The address that it listens on; empty for all.
    pub address: String,
    /// Its number there.
    pub outside: u16,
    /// Its number in the container.
    pub inside: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// An image that Testdock has built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The engine's id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// Bytes, layers that it shares with others included.
    pub size: u64,
    /// When it was made: seconds since the epoch.
    pub created: i64,
    /// The workspace that it was built from, where its label says so.
    pub workspace: Option<Utf8PathBuf>,
    /// Whether a container is made of it.
    pub in_use: bool,
}

/// What can be done with a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start it.
    Start,
    /// Ask it to end, and end it where it does not.
    Stop,
    /// Both.
    Restart,
    /// Remove it with what it wrote, running or not.
    Remove,
}

impl Action {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Remove => "remove",
        }
    }

    /// What was done by it.
    pub fn past(self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Stop => "stopped",
            Self::Restart => "restarted",
            Self::Remove => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn container(name: &str, origin: Origin) -> Container {
        Container {
            id: format!("id of {name}"),
            name: name.to_owned(),
            image: "image".to_owned(),
            image_id: "sha256:1".to_owned(),
            state: State::Running,
            status: "up 5 minutes".to_owned(),
            health: None,
            ports: Vec::new(),
            origin,
            created: 0,
        }
    }

    pub(super) fn ours(name: &str, workspace: &str, interpreter: &str) -> Container {
        let origin =
            Origin::Interpreter { workspace: workspace.into(), name: interpreter.to_owned() };
        container(name, origin)
    }

    pub(super) fn compose(name: &str, project: &str, service: &str, directory: &str) -> Container {
        let origin = Origin::Compose {
            project: project.to_owned(),
            service: service.to_owned(),
            directory: Some(directory.into()),
            is_served: false,
        };
        container(name, origin)
    }

    #[test]
    fn an_engines_word_is_known_or_unknown() {
        for word in ["created", "running", "exited", "dead"] {
            assert_eq!(State::of(word).as_str(), word);
        }
        assert_eq!(State::of("dreaming"), State::Unknown);
    }

    #[test]
    fn what_can_be_done_follows_from_the_state() {
        assert!(!State::Running.actions().contains(&Action::Start));
        assert!(State::Exited.actions().contains(&Action::Start));
        assert_eq!(State::Removing.actions(), []);
    }
}
