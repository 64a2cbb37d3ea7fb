//! What an engine makes of users: in some a container's uid is another one on the host.

use bollard::Docker;
use testdock_core::plan::{Options, User};

use super::connect::socket;
use super::note::Note;

/// How an engine's uids stand to the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// They are the same.
    Plain,
    /// The container's root is the caller, and nobody else in it is.
    Rootless,
    /// All are others, unless a container asks to be left out.
    Remapped,
}

/// The nature of the engine at `host`, asked once for each time that it starts. One elsewhere shares no files
/// with this machine, so that its uids do not matter.
pub(super) async fn of(docker: &Docker, host: Option<&str>) -> Nature {
    let Some(path) = socket(host) else {
        return Nature::Plain;
    };
    let note = Note::on_engine(&path, "the security options of an engine");
    if let Some(known) = note.as_ref().and_then(Note::read) {
        return by(&known);
    }
    let Ok(info) = docker.info().await else {
        return Nature::Plain;
    };
    let options = info.security_options.unwrap_or_default().join("\n");
    if let Some(note) = note {
        note.write(&options);
    }
    by(&options)
}

fn by(options: &str) -> Nature {
    let has = |name: &str| {
        let name = format!("name={name}");
        options.lines().any(|line| line.split(',').any(|field| field == name))
    };
    match (has("rootless"), has("userns")) {
        (true, _) => Nature::Rootless,
        (_, true) => Nature::Remapped,
        _ => Nature::Plain,
    }
}

/// Makes the tests the caller, whatever the engine makes of uids: so what they write is the caller's.
pub(super) fn adapt(options: &mut Options, nature: Nature) {
    match nature {
        Nature::Plain => {}
        Nature::Rootless => options.user = User::Named("0:0".to_owned()),
        Nature::Remapped => {
            options.namespaces.users.get_or_insert_with(|| "host".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_says_what_it_makes_of_users() {
        assert_eq!(by("name=seccomp,profile=default\nname=cgroupns"), Nature::Plain);
        assert_eq!(by("name=seccomp,profile=default\nname=rootless"), Nature::Rootless);
        assert_eq!(by("name=seccomp,profile=default\nname=userns"), Nature::Remapped);
        assert_eq!(by(""), Nature::Plain);
    }

    #[test]
    fn the_caller_is_the_caller() {
        let adapted = |nature| {
            let mut options = Options::default();
            adapt(&mut options, nature);
            (options.user, options.namespaces.users)
        };
        assert_eq!(adapted(Nature::Plain), (User::Host, None));
        assert_eq!(adapted(Nature::Rootless), (User::Named("0:0".to_owned()), None));
        assert_eq!(adapted(Nature::Remapped), (User::Host, Some("host".to_owned())));
    }
}
