//! Options of a container that only its image can settle: who a user is, what a variable holds.

use bollard::Docker;
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::model::RunError;
use testdock_core::plan::{Interpreter, Mount, MountFrom, Options, User};

use super::image::Image;
use super::look;
use super::nature::{self, Nature, Said};
use super::own::Own;

/// An interpreter with nothing left open.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) interpreter: Interpreter,
    /// Whether what the tests write is the caller's.
    pub(super) is_caller: bool,
}

/// Settles what is open of an interpreter.
pub(super) async fn settle(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    image: &Image,
    own: &Own,
    said: &Said,
) -> Result<Settled, RunError> {
    let nature = said.nature;
    let mut is_caller = nature.is_caller(&interpreter.options);
    let mut settled = interpreter.clone();
    settled.unheeded.extend(said.unkept(&interpreter.options.limits));
    // A dev container's own variables lie over the image's.
    let plain = interpreter.options.env.iter().filter(|(_, value)| !value.contains(OPEN));
    let set = plain.map(|(name, value)| format!("{name}={value}"));
    let known: Vec<String> = set.chain(image.env.iter().cloned()).collect();
    for value in settled.options.env.values_mut() {
        if value.contains(OPEN) {
            *value = filled(value, &known);
        }
    }
    if let User::Alias(name) = &interpreter.options.user {
        let passwd = look::passwd(docker, image).await?;
        is_caller = take_user(&mut settled, name, &passwd, nature);
    }
    if settled.options.testcontainers && !image.copied_to.is_empty() {
        settled.unheeded.push(format!(
            "the image's own copy of the project in {}: what starts containers needs the workspace at its own path",
            image.copied_to.join(", ")
        ));
    }
    if settled.options.testcontainers && settled.options.workdir.is_none() {
        // What the tests mount is the engine's to find.
        settled.options.workdir =
            own.there(root).filter(|there| there != root).map(Utf8PathBuf::into_string);
    }
    if is_caller {
        nature::adapt(&mut settled.options, nature);
    }
    if settled.options.user == User::Host && !settled.options.only_own_group {
        settled.options.groups.extend(further_groups());
        settled.options.groups.sort();
        settled.options.groups.dedup();
    }
    Ok(Settled { interpreter: settled, is_caller })
}

/// The groups that the caller is in beside its own: what they share in the workspace the tests can use.
#[cfg(target_os = "linux")]
fn further_groups() -> Vec<String> {
    let own = rustix::process::getgid();
    let all = rustix::process::getgroups().unwrap_or_default();
    all.into_iter().filter(|group| *group != own).map(|group| group.as_raw().to_string()).collect()
}

/// An engine in a virtual machine knows none of them.
#[cfg(not(target_os = "linux"))]
fn further_groups() -> Vec<String> {
    Vec::new()
}

const OPEN: &str = "${containerEnv:";

/// A value with the container's variables filled in; one that it lacks has its default, or nothing.
pub(crate) fn filled(value: &str, known: &[String]) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once(OPEN) {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let (name, default) = name.split_once(':').unwrap_or((name, ""));
        let found = known.iter().filter_map(|line| line.split_once('=')).find(|(n, _)| *n == name);
        // An image that says nothing of PATH has the engine's.
        let usual = if name == "PATH" { USUAL_PATH } else { default };
        out.push_str(found.map_or(usual, |(_, value)| value));
        rest = after;
    }
    out + rest
}

const USUAL_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The image's user of that name, where it is the caller by number; else the caller, at home there. Says whether
/// it is the caller.
fn take_user(interpreter: &mut Interpreter, name: &str, passwd: &str, nature: Nature) -> bool {
    let line = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = line.into_iter().find(|fields| fields.first() == Some(&name));
    let (Some(uid), Some(home)) = (
        found.as_ref().and_then(|fields| fields.get(2)?.parse::<u32>().ok()),
        found.as_ref().and_then(|fields| fields.get(5)),
    ) else {
        // The engine says that there is no such user.
        interpreter.options.user = User::Named(name.to_owned());
        return false;
    };
    let options = &mut interpreter.options;
    match nature.caller() {
        Some(caller) if caller != uid => {
            options.user = User::Host;
            let home_words = match caller != 0 && take_home(options, home) {
                true => "and its home is theirs",
                false => "in its home where that can be written",
            };
            options.env.entry("HOME".to_owned()).or_insert_with(|| (*home).to_owned());
            let why = if nature == Nature::Rootless { " (the engine is rootless)" } else { "" };
            interpreter.unheeded.push(format!(
                "the user `{name}`: it has the uid {uid} in the image and you have {caller}{why}, so the tests \
                 run with yours, {home_words}"
            ));
        }
        _ => options.user = User::Named(name.to_owned()),
    }
    true
}

/// A user's home in a volume, which starts from the image, is given to whoever the tests are, and goes with the container.
/// Says whether there is room for it: not where something else lies.
fn take_home(options: &mut Options, home: &str) -> bool {
    let is_at = |dir: &str| dir.trim_end_matches('/') == home.trim_end_matches('/');
    let is_taken = is_at("/")
        || options.workdir.as_deref().is_some_and(is_at)
        || options.mounts.iter().any(|mount| mount.is_at(home));
    if !is_taken {
        let from = MountFrom::Volume(None);
        options.mounts.push(Mount { from, target: home.to_owned(), read_only: false });
    }
    !is_taken
}

#[cfg(test)]
mod tests {
    use testdock_core::plan::Source;

    use super::*;

    #[test]
    fn variables_of_the_image_are_filled_in() {
        let image = ["PATH=/opt/bin:/bin".to_owned(), "A=a=b".to_owned()];
        let cases = [
            ("${containerEnv:PATH}:/x", "/opt/bin:/bin:/x"),
            ("[${containerEnv:A}${containerEnv:B}]", "[a=b]"),
            ("${containerEnv:B:b}${other}", "b${other}"),
            ("${containerEnv:A", "a=b"),
        ];
        for (value, expected) in cases {
            assert_eq!(filled(value, &image), expected);
        }
        assert!(filled("${containerEnv:PATH}", &[]).contains("/usr/bin"));
    }

    #[test]
    fn a_home_is_given_where_nothing_else_lies() {
        let mut options = Options { workdir: Some("/srv".to_owned()), ..Options::default() };
        let mut taken = |home: &str| take_home(&mut options, home);
        assert!(["/", "", "/srv/"].iter().all(|home| !taken(home)));
        assert!(taken("/home/dev") && !taken("/home/dev/"));
    }

    #[cfg(unix)]
    #[test]
    fn a_user_of_the_image_is_taken_where_it_is_the_caller() {
        let me = rustix::process::getuid().as_raw();
        let passwd = format!(
            "root:x:0:0::/root:/bin/sh\nme:x:{me}:1::/home/me:\nodd\nyou:x:{}:1::/home/you:\n",
            me + 1
        );
        let taken_by = |nature: Nature, name: &str| {
            let mut interpreter = Interpreter::new("x", Source::Local);
            take_user(&mut interpreter, name, &passwd, nature);
            let home = interpreter.options.env.get("HOME").cloned();
            (interpreter.options.user, home, interpreter.unheeded.len())
        };
        let taken = |name: &str| taken_by(Nature::Plain, name);
        assert_eq!(taken("me"), (User::Named("me".into()), None, 0));
        assert_eq!(taken("you"), (User::Host, Some("/home/you".into()), 1));
        assert_eq!(taken("nobody"), (User::Named("nobody".into()), None, 0));
        // There the container's root is the caller.
        let taken = |name: &str| taken_by(Nature::Rootless, name);
        assert_eq!(taken("root"), (User::Named("root".into()), None, 0));
        assert_eq!(taken("you"), (User::Host, Some("/home/you".into()), 1));
    }
}
