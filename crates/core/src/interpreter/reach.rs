//! What reaches beyond a container is the user's to grant, by name: nothing of it is done in silence.

use camino::{Utf8Path, Utf8PathBuf};

use crate::config::Power;
use crate::model::{Fault, RunError};
use crate::plan::{Interpreter, MountFrom, Options, Secret, Source};

/// Refuses what nobody has granted; what was granted, in words. `title` is the table of the settings.
pub(super) fn refuse_powers(
    options: &Options,
    allow: &[Power],
    title: &str,
    root: &Utf8Path,
) -> Result<Vec<String>, RunError> {
    let asked = powers(options, root);
    if let Some((power, what)) = asked.iter().find(|(power, _)| !allow.contains(power)) {
        return Err(refused(*power, what, allow, title));
    }
    let socket = options.testcontainers.then(|| "the engine itself (testcontainers)".to_owned());
    Ok(asked.into_iter().map(|(_, what)| what).chain(socket).collect())
}

/// Refuses mounts that lead, by links, to what their names do not say, and those of the caller's home and
/// its keys; keys are no secret of a build's either. `real` tells where a path of the host really leads.
pub fn refuse_disguised(
    interpreter: &Interpreter,
    root: &Utf8Path,
    home: Option<&Utf8Path>,
    real: &dyn Fn(&Utf8Path) -> Option<Utf8PathBuf>,
) -> Result<(), RunError> {
    let title = match interpreter.name.as_str() {
        "default" => "interpreter".to_owned(),
        name => format!("interpreters.{name}"),
    };
    let refuse = |power: Power, path: &Utf8Path, leads: &Utf8Path| {
        let through = if leads == path { String::new() } else { format!(", by way of {path}") };
        let what = format!("the host's {leads}{through}");
        refused(power, &what, &interpreter.allow, &title)
    };
    let is_refused = |power: &Power| !interpreter.allow.contains(power);
    let keys =
        |leads: &Utf8Path| home.filter(|home| holds_keys(leads, home)).map(|_| Power::HostFiles);
    for mount in &interpreter.options.mounts {
        let MountFrom::Host { path, .. } = &mount.from else {
            continue;
        };
        let leads = real(path).unwrap_or_else(|| path.clone());
        let reached = power_of(&leads, root).or_else(|| keys(&leads)).filter(is_refused);
        if let Some(power) = reached {
            return Err(refuse(power, path, &leads));
        }
    }
    for path in secret_files(&interpreter.source) {
        let leads = real(path).unwrap_or_else(|| path.clone());
        if let Some(power) = keys(&leads).filter(is_refused) {
            return Err(refuse(power, path, &leads));
        }
    }
    Ok(())
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

fn refused(power: Power, what: &str, allow: &[Power], title: &str) -> RunError {
    let mut allowed: Vec<&str> = allow.iter().map(|power| power.as_str()).collect();
    allowed.push(power.as_str());
    let message = format!("the container is to have {what}, which nobody has allowed");
    let list = allowed.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    RunError::new(Fault::Configuration, message)
        .help(format!("write allow = [{list}] under [{title}] in testdock.toml if you trust it"))
}

/// Powers that reach beyond the container, and how they are asked for.
fn powers(options: &Options, root: &Utf8Path) -> Vec<(Power, String)> {
    let mut powers = Vec::new();
    if options.privileged {
        powers.push((Power::Privileged, "all privileges of the host (privileged)".to_owned()));
    }
    let capability = |cap: &&String| {
        let cap = cap.to_ascii_uppercase();
        ["ALL", "SYS_ADMIN", "SYS_MODULE"].contains(&cap.trim_start_matches("CAP_"))
    };
    for cap in options.cap_add.iter().filter(capability) {
        powers.push((Power::Privileged, format!("the capability {cap}")));
    }
    let spaces = &options.namespaces;
    let shared = [("network", &options.network), ("pid", &spaces.pid), ("ipc", &spaces.ipc)];
    for (space, _) in shared.into_iter().filter(|(_, mode)| mode.as_deref() == Some("host")) {
        powers.push((Power::HostNamespaces, format!("the host's own {space} ({space}=host)")));
    }
    for mount in &options.mounts {
        let MountFrom::Host { path, .. } = &mount.from else {
            continue;
        };
        match power_of(path, root) {
            Some(Power::DockerSocket) => {
                powers.push((Power::DockerSocket, format!("the engine itself ({path})")));
            }
            Some(power) => powers.push((power, format!("the host's {path}"))),
            None => {}
        }
    }
    powers
}

fn power_of(path: &Utf8Path, root: &Utf8Path) -> Option<Power> {
    if path.as_str().ends_with("docker.sock") {
        return Some(Power::DockerSocket);
    }
    is_system(path, root).then_some(Power::HostFiles)
}

/// Whether a path is the system's, or holds what is not this workspace's alone.
fn is_system(path: &Utf8Path, root: &Utf8Path) -> bool {
    const SYSTEM: [&str; 12] = [
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/proc",
        "/run",
        "/sbin",
        "/sys",
        "/usr",
        "/var",
        "/root/.ssh",
    ];
    let holds_homes = ["/", "/home", "/root", "/Users"].contains(&path.as_str());
    let in_system = SYSTEM.iter().any(|dir| path.starts_with(dir)) && !path.starts_with(root);
    // Volumes and caches that people share lie below these two; what is sensitive lies elsewhere.
    let shared = ["/var/tmp", "/var/cache", "/dev/shm"].iter().any(|dir| path.starts_with(dir));
    holds_homes || (in_system && !shared) || path.file_name() == Some(".ssh")
}

/// Whether a path is a home, or where keys lie in it.
fn holds_keys(path: &Utf8Path, home: &Utf8Path) -> bool {
    const KEYS: [&str; 8] =
        [".ssh", ".gnupg", ".aws", ".azure", ".config", ".docker", ".kube", ".local"];
    let is_above = home.starts_with(path) && !home.as_str().is_empty();
    is_above || KEYS.iter().any(|keys| path.starts_with(home.join(keys)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::paths::RelPath;
    use crate::plan::{BuildOptions, Dockerfile, Mount};

    fn refusal(path: &str, allow: &[Power]) -> Option<String> {
        let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
        let from = MountFrom::Host { path: path.into(), make: true };
        interpreter.options.mounts.push(Mount { target: "/x".into(), from, read_only: true });
        refusal_of(interpreter, allow)
    }

    fn refusal_of(mut interpreter: Interpreter, allow: &[Power]) -> Option<String> {
        interpreter.allow = allow.to_vec();
        let real = |path: &Utf8Path| -> Option<Utf8PathBuf> {
            match path.as_str() {
                "/w/link" => Some("/".into()),
                "/w/sock" => Some("/home/me/docker.sock".into()),
                "/w/keys" => Some("/home/me/.ssh/id".into()),
                _ => None,
            }
        };
        let home = Some(Utf8Path::new("/home/me"));
        let refused = refuse_disguised(&interpreter, "/w".into(), home, &real);
        refused.err().map(|error| format!("{}; {}", error.message, error.help.unwrap_or_default()))
    }

    #[test]
    fn a_link_is_what_it_leads_to() {
        let said = refusal("/w/link", &[]).unwrap();
        assert!(said.contains("the host's /, by way of /w/link"), "{said}");
        assert!(said.contains("allow = [\"host-files\"] under [interpreters.ci]"), "{said}");
        assert!(refusal("/w/sock", &[Power::HostFiles]).unwrap().contains("\"docker-socket\"]"));
        assert_eq!(refusal("/w/link", &[Power::HostFiles]), None);
        assert_eq!(refusal("/w/data", &[]), None);
    }

    #[test]
    fn keys_are_no_secret_of_a_builds() {
        let refusal = |path: &str, allow: &[Power]| {
            let secrets = BTreeMap::from([("key".to_owned(), Secret::File(path.into()))]);
            let file = Dockerfile {
                path: RelPath::new("Dockerfile"),
                context: RelPath::default(),
                target: None,
                build_args: BTreeMap::new(),
                options: Box::new(BuildOptions { secrets, ..BuildOptions::default() }),
            };
            refusal_of(Interpreter::new("ci", Source::Dockerfile(file)), allow)
        };
        for path in ["/home/me/.ssh/id", "/w/keys"] {
            assert!(refusal(path, &[]).unwrap().contains("the host's /home/me/.ssh/id"), "{path}");
            assert_eq!(refusal(path, &[Power::HostFiles]), None);
        }
        assert_eq!(refusal("/home/me/.npmrc", &[]), None);
    }

    #[test]
    fn a_home_and_its_keys_are_nobodys_but_ones_own() {
        for path in ["/home/me", "/home/me/.ssh", "/home/me/.config/gh", "/w/keys", "/home"] {
            assert!(refusal(path, &[]).is_some(), "{path}");
        }
        for path in ["/home/me/.m2", "/home/me/shop", "/home/me/.cache/pip", "/home/you"] {
            assert_eq!(refusal(path, &[]), None, "{path}");
        }
    }
}
