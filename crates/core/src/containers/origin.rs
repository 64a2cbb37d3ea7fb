//! Whose a container is: its labels tell.

use std::collections::HashMap;

use camino::Utf8PathBuf;

/// The interpreter's name in the configuration; no image has it, and a container inherits its image's.
pub const INTERPRETER: &str = "dev.testdock.interpreter";
/// The workspace on the host.
pub const WORKSPACE: &str = "dev.testdock.workspace";
/// A container that only looks into an image, and is gone at once.
pub const HELPER: &str = "dev.testdock.helper";

/// A service that Testdock had the compose tool start: for which interpreter of the workspace.
pub const SERVES: &str = "dev.testdock.serves";

const COMPOSE_PROJECT: &str = "com.docker.compose.project";
const COMPOSE_SERVICE: &str = "com.docker.compose.service";
const COMPOSE_DIRECTORY: &str = "com.docker.compose.project.working_dir";

/// Testcontainers' languages do not agree on one.
const TESTCONTAINERS_SESSION: [&str; 2] =
    ["org.testcontainers.sessionId", "org.testcontainers.session-id"];

/// Whose a container is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Testdock made it, to run tests in.
    Interpreter {
        /// The workspace that it is for.
        workspace: Utf8PathBuf,
        /// The interpreter's name in the configuration.
        name: String,
    },
    /// A service of a compose project.
    Compose {
        /// The project.
        project: String,
        /// The service.
        service: String,
        /// Where the project was started.
        directory: Option<Utf8PathBuf>,
        /// Whether Testdock had it started.
        is_served: bool,
    },
    /// A test made it, by way of Testcontainers.
    Testcontainers {
        /// All that one process has made.
        session: String,
    },
    /// Somebody else's.
    Other,
}

impl Origin {
    /// What the labels tell; `None` for a container that nobody is to see.
    pub fn of(labels: &HashMap<String, String>) -> Option<Self> {
        let label = |key: &str| labels.get(key).filter(|value| !value.is_empty()).cloned();
        if labels.contains_key(HELPER) {
            return None;
        }
        if let Some(name) = label(INTERPRETER) {
            let workspace = label(WORKSPACE).unwrap_or_default().into();
            return Some(Self::Interpreter { workspace, name });
        }
        if let Some(project) = label(COMPOSE_PROJECT) {
            return Some(Self::Compose {
                project,
                service: label(COMPOSE_SERVICE).unwrap_or_default(),
                directory: label(COMPOSE_DIRECTORY).map(Into::into),
                is_served: label(SERVES).is_some(),
            });
        }
        let session = TESTCONTAINERS_SESSION.into_iter().find_map(label);
        Some(session.map_or(Self::Other, |session| Self::Testcontainers { session }))
    }

    /// Whether Testdock made it.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Interpreter { .. })
    }

    /// Whether Testdock made it, or had it started.
    pub fn is_by_us(&self) -> bool {
        self.is_ours() || matches!(self, Self::Compose { is_served: true, .. })
    }

    /// What people call the container within its project: the interpreter's or the service's name.
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Interpreter { name, .. } => Some(name),
            Self::Compose { service, .. } if !service.is_empty() => Some(service),
            Self::Compose { .. } | Self::Testcontainers { .. } | Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &[(&str, &str)], expected: Option<&Origin>) {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(Origin::of(&labels).as_ref(), expected);
    }

    #[test]
    fn labels_tell_whose_a_container_is() {
        let ours = Origin::Interpreter { workspace: "/shop".into(), name: "default".into() };
        check(&[(INTERPRETER, "default"), (WORKSPACE, "/shop")], Some(&ours));
        let service = Origin::Compose {
            project: "shop".into(),
            service: "db".into(),
            directory: Some("/shop".into()),
            is_served: true,
        };
        assert!(service.is_by_us() && !service.is_ours());
        check(
            &[
                (SERVES, "default"),
                ("com.docker.compose.project", "shop"),
                ("com.docker.compose.service", "db"),
                ("com.docker.compose.project.working_dir", "/shop"),
            ],
            Some(&service),
        );
        for label in TESTCONTAINERS_SESSION {
            check(&[(label, "4f")], Some(&Origin::Testcontainers { session: "4f".into() }));
        }
        check(&[("maintainer", "me")], Some(&Origin::Other));
    }

    #[test]
    fn a_container_of_our_image_is_not_ours_and_a_helper_is_nobodys() {
        check(&[(WORKSPACE, "/shop")], Some(&Origin::Other));
        check(&[(HELPER, "look")], None);
    }
}
