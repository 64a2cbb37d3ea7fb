//! What to do about an engine that does not answer: decided from facts about the machine, in words,
//! and as one command line where one mends it.

/// What matters of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Its system.
    pub system: System,
    /// What starts services there.
    pub services: Services,
    /// Whether the caller is its administrator.
    pub is_root: bool,
    /// Whether an engine is installed, as far as that can be seen.
    pub is_installed: bool,
}

/// A system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, and what is like it.
    Linux,
    /// Linux inside of Windows.
    Wsl,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

/// What starts services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Services {
    /// systemd.
    Systemd,
    /// Scripts in `/etc/init.d`.
    Init,
    /// Nothing that is known.
    Unknown,
}

/// In which way an engine does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at its address, or nobody listens there.
    Absent,
    /// The caller may not speak to it.
    Denied,
    /// It does not say a word.
    Silent,
}

/// A command that mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Starts the system's engine, or starts it again.
    Start {
        /// What starts services; where that is unknown, the engine itself is started.
        services: Services,
        /// Whether it runs, and does not speak.
        again: bool,
        /// Whether the caller has to become the administrator for it.
        sudo: bool,
    },
    /// Starts the caller's own engine.
    StartRootless,
    /// Starts Docker Desktop.
    StartDesktop(System),
    /// Starts Colima's machine.
    StartColima,
    /// Starts OrbStack.
    StartOrbStack,
    /// Starts Podman's socket, or its machine.
    StartPodman(System),
    /// Lets the caller speak to the system's engine.
    JoinGroup,
}

impl Remedy {
    /// A line for a shell of the machine.
    pub fn command(self) -> String {
        let line = match self {
            Self::Start { services, again, sudo } => {
                let verb = if again { "restart" } else { "start" };
                let line = match services {
                    Services::Systemd => format!("systemctl {verb} docker"),
                    Services::Init => format!("service docker {verb}"),
                    Services::Unknown => "dockerd".to_owned(),
                };
                return if sudo { format!("sudo {line}") } else { line };
            }
            Self::StartRootless => "systemctl --user start docker",
            Self::StartDesktop(System::Mac) => "open -a Docker",
            // A command of Docker Desktop itself: the same in every shell of Windows.
            Self::StartDesktop(System::Windows) => "docker desktop start",
            Self::StartDesktop(_) => "systemctl --user start docker-desktop",
            Self::StartColima => "colima start",
            Self::StartOrbStack => "open -a OrbStack",
            Self::StartPodman(System::Linux | System::Wsl) => {
                "systemctl --user start podman.socket"
            }
            Self::StartPodman(_) => "podman machine start",
            Self::JoinGroup => "sudo usermod -aG docker $USER",
        };
        line.to_owned()
    }

    /// What pressing a button for it does.
    pub fn title(self) -> &'static str {
        match self {
            Self::Start { again: true, .. } => "Restart Docker",
            Self::Start { .. } | Self::StartRootless => "Start Docker",
            Self::StartDesktop(_) => "Start Docker Desktop",
            Self::StartColima => "Start Colima",
            Self::StartOrbStack => "Start OrbStack",
            Self::StartPodman(_) => "Start Podman",
            Self::JoinGroup => "Join the Group docker",
        }
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// In words.
    pub words: String,
    /// The command that does it, where there is one.
    pub remedy: Option<Remedy>,
}

/// What to do about the engine at `address`.
pub fn advise(machine: Machine, address: &str, trouble: Trouble) -> Advice {
    let engine = Engine::at(address);
    match (trouble, engine) {
        (Trouble::Silent, Engine::Remote) => words("check the address and the firewall"),
        (_, Engine::Remote) => words("start it, or check host and port"),
        (Trouble::Denied, Engine::System) if !machine.is_root => joining(machine.system),
        (Trouble::Denied, _) => words("check who may use its socket"),
        (_, Engine::Other) => words("start the engine that listens there"),
        (trouble, engine) => starting(machine, engine, trouble == Trouble::Silent),
    }
}

/// What an address says of the engine behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    System,
    Desktop,
    Rootless,
    Colima,
    OrbStack,
    Podman,
    Remote,
    Other,
}

impl Engine {
    fn at(address: &str) -> Self {
        let holds = |part: &str| address.contains(part);
        match address.split_once("://") {
            Some(("npipe", _)) => Self::Desktop,
            Some(("unix", _)) if holds("/.colima/") => Self::Colima,
            Some(("unix", _)) if holds("/.orbstack/") => Self::OrbStack,
            Some(("unix", _)) if holds("podman") => Self::Podman,
            Some(("unix", _)) if holds("/.docker/desktop/") || holds("/.docker/run/") => {
                Self::Desktop
            }
            Some(("unix", "/var/run/docker.sock" | "/run/docker.sock")) => Self::System,
            Some(("unix", path)) if path.starts_with("/run/user/") => Self::Rootless,
            Some(("unix", _)) => Self::Other,
            _ => Self::Remote,
        }
    }
}

fn starting(machine: Machine, engine: Engine, again: bool) -> Advice {
    let Machine { system, services, is_root, is_installed } = machine;
    let remedy = match (engine, system) {
        (Engine::Colima, _) => Remedy::StartColima,
        (Engine::OrbStack, _) => Remedy::StartOrbStack,
        (Engine::Podman, _) => Remedy::StartPodman(system),
        (Engine::Rootless, _) => Remedy::StartRootless,
        (Engine::Desktop, System::Linux | System::Windows) | (_, System::Windows) => {
            Remedy::StartDesktop(system)
        }
        (_, System::Wsl) if !is_installed => {
            return words(
                "start Docker Desktop on Windows and turn on its integration for this \
                 distribution, or install Docker here",
            );
        }
        _ if !is_installed => {
            return words("install Docker (https://docs.docker.com/engine/install)");
        }
        (_, System::Mac) => Remedy::StartDesktop(system),
        _ if again && services == Services::Unknown => return words("restart it"),
        _ => Remedy::Start { services, again, sudo: !is_root },
    };
    let verb = if again { "restart" } else { "start" };
    Advice { words: format!("{verb} it ({})", remedy.command()), remedy: Some(remedy) }
}

fn joining(system: System) -> Advice {
    match system {
        System::Linux | System::Wsl => {
            let remedy = Remedy::JoinGroup;
            let words = format!(
                "add yourself to the group docker ({}, then log in again)",
                remedy.command()
            );
            Advice { words, remedy: Some(remedy) }
        }
        System::Mac | System::Windows => words("check who may use its socket"),
    }
}

fn words(words: &str) -> Advice {
    Advice { words: words.to_owned(), remedy: None }
}

#[cfg(test)]
mod tests;
