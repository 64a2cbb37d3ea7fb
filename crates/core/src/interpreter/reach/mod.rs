//! What reaches beyond a container is the user's to grant: nothing of it is done in silence.
//!
//! A power that the caller names (`allow`) is granted. Any other is asked about ([`unsaid`]), also where a file of the workspace
//! names it: whoever wrote the file is not who runs it.

mod powers;
#[cfg(test)]
mod tests;

use camino::{Utf8Path, Utf8PathBuf};

use super::folder::clean;
use super::registered::DEFAULT;
use crate::config::Power;
use crate::model::{Ask, Fault, RunError};
use crate::plan::{Allowed, Grant, Interpreter, Secret, Source};

use powers::of_reads;
pub(super) use powers::{of_mounts, of_path, powers};

/// What an interpreter is to have beyond its container, and by whose word; `more` is asked for beside what its own options
/// ask for.
pub(super) fn granted(
    interpreter: &Interpreter,
    more: Vec<(Power, String)>,
    root: &Utf8Path,
) -> Vec<Grant> {
    let Interpreter { allow, options, source, reads, .. } = interpreter;
    let (own, theirs): (Vec<_>, Vec<_>) =
        options.mounts.iter().partition(|mount| allow.mounts.contains(mount));
    let asked = [powers(options, source), of_mounts(theirs, root), of_reads(reads, root), more];
    let asked = asked.concat().into_iter();
    let grants = asked.map(|(power, what)| grant(interpreter, power, &what));
    let own = of_mounts(own, root).into_iter();
    let own = own.map(|(power, what)| Grant { power, what: spelt(&what), by: None });
    let engine = options.testcontainers.then(|| testcontainers(allow));
    grants.chain(own).chain(engine).collect()
}

/// Something beyond the container.
fn grant(interpreter: &Interpreter, power: Power, what: &str) -> Grant {
    let Interpreter { allow, name, .. } = interpreter;
    let by = match allow.powers.contains(&power) {
        true => allow.by.clone(),
        false => Some(format!("the interpreter `{name}`")),
    };
    Grant { power, what: spelt(what), by }
}

/// The engine itself, which a setting of its own gives.
fn testcontainers(allow: &Allowed) -> Grant {
    let power = Power::DockerSocket;
    let by_caller = allow.by.is_none() && allow.powers.contains(&power);
    let by = allow.testcontainers_by.clone().filter(|_| !by_caller);
    Grant { power, what: "the engine itself (testcontainers)".to_owned(), by }
}

/// What an interpreter is to have beyond its container, once the links are followed that its mounts lead through; a build's
/// secrets are the workspace's own files. `real` tells where a path of the host really leads.
pub fn reach(
    interpreter: &Interpreter,
    root: &Utf8Path,
    real: &dyn Fn(&Utf8Path) -> Utf8PathBuf,
) -> Vec<Grant> {
    let real_root = real(root);
    let mounts = interpreter.options.mounts.iter();
    let mounts = mounts.filter_map(|mount| Some((mount.host_path()?, mount.read_only)));
    let mounts = mounts.chain(interpreter.beside.iter().map(|path| (path, false)));
    let way = |path: &Utf8PathBuf| {
        let leads = real(path);
        let through = if leads == *path { String::new() } else { format!(", by way of {path}") };
        (leads, through)
    };
    let mut grants = interpreter.granted.clone();
    for (path, read_only) in mounts {
        let (leads, through) = way(path);
        let Some(power) = powers::power_of(&leads, &real_root) else {
            continue;
        };
        let what = format!("{}{through}", powers::shown(&leads, read_only));
        // What the path says by itself is known; where a link of the workspace leads, the path does not say.
        let is_straight = leads == *path || !path.starts_with(root);
        if !(is_straight && powers::power_of(path, root) == Some(power)) {
            grants.push(grant(interpreter, power, &what));
        }
    }
    for (leads, through) in secret_files(&interpreter.source).map(way) {
        if !leads.starts_with(&real_root) {
            let what = format!("{}{through} (a secret of the build)", powers::shown(&leads, true));
            grants.push(grant(interpreter, Power::HostFiles, &what));
        }
    }
    let build = read_by_build(&interpreter.source, root).map(|path| (path, "of the build"));
    let reads =
        interpreter.reads.iter().map(|path| (path.clone(), "read for variables and services"));
    for (path, whose) in build.chain(reads).filter(|(path, _)| path.starts_with(root)) {
        let leads = real(&path);
        if !leads.starts_with(&real_root) {
            let what =
                format!("what is outside of the workspace, {leads}, by way of {path} ({whose})");
            grants.push(grant(interpreter, Power::HostFiles, &what));
        }
    }
    grants
}

/// What of `grants` the caller has not allowed, as an error that asks for it.
pub fn unsaid(
    interpreter: &Interpreter,
    grants: &[Grant],
    root: &Utf8Path,
    is_allowed: &dyn Fn(&str) -> bool,
) -> Option<RunError> {
    let open: Vec<&Grant> =
        grants.iter().filter(|it| it.by.is_some() && !is_allowed(&it.what)).collect();
    let by = spelt(open.first()?.by.as_ref()?);
    let mut powers: Vec<&str> = open.iter().map(|it| it.power.as_str()).collect();
    powers.extend(interpreter.allow.powers.iter().map(|power| power.as_str()));
    powers.sort_unstable();
    powers.dedup();
    let what: Vec<String> = open.iter().map(|it| it.what.clone()).collect();
    let message = format!(
        "{by} gives the container {}, which reaches beyond it, and you have not allowed that",
        what.join(" and ")
    );
    let settings = format!("{}.allow = {}", table(&interpreter.name), list(&powers));
    Some(open_question(interpreter, message, &settings, (root, by, what)))
}

/// The error that asks whether the workspace's own files may say `where` tests run; `settings` says it in the caller's place.
pub(super) fn unplaced(
    interpreter: &Interpreter,
    by: &str,
    place: &str,
    settings: &str,
    root: &Utf8Path,
) -> RunError {
    let (by, place) = (spelt(by), spelt(place));
    let message = format!("{by} has the tests run on {place}, and you have not allowed that");
    open_question(interpreter, message, settings, (root, by, vec![place]))
}

fn open_question(
    interpreter: &Interpreter,
    message: String,
    settings: &str,
    (root, by, what): (&Utf8Path, String, Vec<String>),
) -> RunError {
    let name = &interpreter.name;
    let argument = if name == DEFAULT { String::new() } else { format!(" {name}") };
    let error = RunError::new(Fault::Configuration, message).help(format!(
        "if you trust it, run `testdock interpreter allow{argument}` once; where nobody can be asked, pass \
         --set '{settings}'"
    ));
    let ask = Ask { root: root.to_owned(), interpreter: name.clone(), by, what };
    RunError { ask: Some(Box::new(ask)), ..error }
}

/// What a build begins with.
fn read_by_build(source: &Source, root: &Utf8Path) -> impl Iterator<Item = Utf8PathBuf> {
    let paths = match source {
        Source::Dockerfile(file) => Some([&file.path, &file.context]),
        Source::Image(_) | Source::Compose(_) | Source::Local => None,
    };
    paths.into_iter().flatten().map(|path| clean(&path.on(root)))
}

/// The files that a build gets as secrets.
fn secret_files(source: &Source) -> impl Iterator<Item = &Utf8PathBuf> {
    let secrets = match source {
        Source::Dockerfile(file) => Some(file.options.secrets.values()),
        Source::Image(_) | Source::Compose(_) | Source::Local => None,
    };
    secrets.into_iter().flatten().filter_map(|secret| match secret {
        Secret::File(path) => Some(path),
        Secret::Env(_) => None,
    })
}

/// Words of the workspace's in a question: none of them may steer a screen, or turn the line around.
fn spelt(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let spell = |c: char| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(spell).collect()
}

/// The table of the settings of an interpreter.
fn table(name: &str) -> String {
    if name == DEFAULT { "interpreter".to_owned() } else { format!("interpreters.{name}") }
}

fn list(words: &[&str]) -> String {
    let quoted = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
    format!("[{}]", quoted.join(", "))
}
