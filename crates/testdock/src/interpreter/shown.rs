//! `testdock interpreter show`: the whole truth about an interpreter, and about a container.

use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use testdock_core::containers::mask;
use testdock_core::interpreter::{Found, Image, Registered};
use testdock_core::model::RunError;
use testdock_core::plan::{Interpreter, Limits, MountFrom, Options, Source, User};
use testdock_core::views::{InterpreterView, age_words, bytes_words, memory_words};
use testdock_engine::interpreters::{self, About, Shown};
use testdock_engine::world::World;

use super::container_line;
use crate::print;

/// An interpreter: what it is made from, its image, how its containers are made, those that there are.
pub(super) async fn interpreter(
    world: &World,
    root: &Utf8Path,
    registered: &Registered,
) -> Result<(), RunError> {
    let choice = registered.choice.as_ref().map_err(Clone::clone)?;
    let interpreter = &choice.interpreter;
    print::line(&format!("{}: {}", registered.name, interpreter.source));
    line("why", &choice.why);
    if let Some(file) = &registered.file {
        line("file", file.as_str());
    }
    if interpreter.source == Source::Local {
        return Ok(());
    }
    let about = interpreters::about(world, root, interpreter).await?;
    let view = InterpreterView::new(registered, Some(&about.standing), None);
    line("engine", &view.engine);
    line("state", &format!("{}: {}", view.state.as_str(), view.detail));
    image(&about);
    match about.interpreter.source.borrowed() {
        Some(_) => brought(&about.interpreter),
        None => options(&about.interpreter),
    }
    about.containers.iter().for_each(container);
    view.error.map_or(Ok(()), Err)
}

/// How long ago an interpreter's image was made.
pub(super) fn age(found: &Found) -> Option<Duration> {
    let created = image_of(found).map(|image| image.created).filter(|created| *created > 0)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    now.checked_sub(Duration::from_secs(created.try_into().ok()?))
}

fn image_of(found: &Found) -> Option<&Image> {
    match found {
        Found::Ready(image) | Found::Warm(image) => Some(image),
        Found::Unreachable(_)
        | Found::Invalid(_)
        | Found::Unread
        | Found::Absent
        | Found::Stale => None,
    }
}

fn image(about: &About) {
    let found = &about.standing.found;
    let Some(image) = image_of(found) else {
        return;
    };
    let age = age(found).map(|age| format!(", made {} ago", age_words(age))).unwrap_or_default();
    line("image", &format!("{}, {}{age}", image.name, bytes_words(image.size)));
    line("id", &image.id);
    about.digests.iter().for_each(|digest| line("digest", digest));
    if !about.inputs.is_empty() {
        line("inputs", &format!("{} (the hash of what it was built from)", about.inputs));
    }
}

/// What the tests bring into a container that is there.
fn brought(interpreter: &Interpreter) {
    line("user", &user_words(&interpreter.options.user));
    variables(interpreter);
}

fn variables(interpreter: &Interpreter) {
    for (name, value) in &interpreter.options.env {
        line("env", &format!("{name}={}", mask::value(name, value)));
    }
}

/// How the containers are made.
fn options(interpreter: &Interpreter) {
    let options = &interpreter.options;
    line("user", &user_words(&options.user));
    line("workdir", options.workdir.as_deref().unwrap_or("as the image lets it be"));
    line("network", options.network.as_deref().unwrap_or("the engine's default"));
    limits(&options.limits);
    for (name, value) in
        [("security", options.security_opt.join(" ")), ("allowed", powers(options))]
    {
        if !value.is_empty() {
            line(name, &value);
        }
    }
    for mount in &options.mounts {
        let from = match &mount.from {
            MountFrom::Host { path, .. } => path.to_string(),
            MountFrom::Volume(name) => {
                format!("volume {}", name.as_deref().unwrap_or("of its own"))
            }
            MountFrom::Memory(_) => "memory".to_owned(),
        };
        let how = if mount.read_only { ", read-only" } else { "" };
        let label = match &mount.from {
            MountFrom::Host { label: Some(_), .. } => ", with a label for SELinux",
            _ => "",
        };
        line("mount", &format!("{} is {from}{how}{label}", mount.target));
    }
    variables(interpreter);
    interpreter.granted.iter().for_each(|grant| line("beyond", &grant.what));
    interpreter.unheeded.iter().for_each(|unheeded| line("without", unheeded));
}

fn powers(options: &Options) -> String {
    let privileged = options.privileged.then(|| "privileged".to_owned());
    let caps = options.cap_add.iter().map(|cap| format!("cap-add={cap}"));
    privileged.into_iter().chain(caps).collect::<Vec<_>>().join(" ")
}

fn user_words(user: &User) -> String {
    match user {
        User::Host => "you, by uid and gid".to_owned(),
        User::Image => "as the image says".to_owned(),
        User::Named(name) => name.clone(),
        User::Alias(name) => format!("{name}, where it has your uid; else you, at its home"),
    }
}

fn limits(limits: &Limits) {
    let mut words = Vec::new();
    words.extend(
        limits.cpus_milli.map(|milli| format!("{}.{:03} processors", milli / 1000, milli % 1000)),
    );
    words.extend(limits.memory.map(|bytes| format!("{} of memory", memory_words(bytes))));
    words.extend(limits.pids.map(|pids| format!("{pids} processes")));
    if !words.is_empty() {
        line("limits", &words.join(", "));
    }
}

/// A container that there is.
pub(super) fn container(shown: &Shown) {
    print::line(&container_line(&shown.container));
    line("id", &shown.container.id);
    line("image", &shown.container.image);
    line("user", if shown.user.is_empty() { "as the image says" } else { &shown.user });
    line("network", &shown.network);
    limits(&shown.limits);
    for mount in shown.paths.mounts() {
        let is_read_only = shown.read_only.contains(&mount.container);
        let how = if is_read_only { ", read-only" } else { "" };
        match &mount.host {
            Some(host) => line("mount", &format!("{} is {host}{how}", mount.container)),
            None => line("volume", &format!("{}{how}", mount.container)),
        }
    }
    for (name, value) in &shown.env {
        line("env", &format!("{name}={value}"));
    }
}

/// A value of several lines stays in its own.
fn line(name: &str, value: &str) {
    let value = value.replace('\n', "\\n");
    print::line(&format!("  {name:<8} {value}"));
}
