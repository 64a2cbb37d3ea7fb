//! The flags of `docker build`, as a Jenkins agent's `additionalBuildArgs` and a dev container's build
//! options write them.

use super::flags::{pair, size};
use super::folder::Folder;
use crate::plan::{Dockerfile, Secret};

/// Takes a list of flags into `file`; answers with those that cannot be honoured, and whether base
/// images are pulled anew.
pub(super) fn take(
    words: &[String],
    file: &mut Dockerfile,
    folder: Folder<'_>,
) -> Result<(Vec<String>, bool), String> {
    let mut unheeded = Vec::new();
    let mut pull = false;
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let name = match word {
            "-t" => "--tag",
            "-f" => "--file",
            "-m" => "--memory",
            "-q" => "--quiet",
            "-o" => "--output",
            word => word,
        };
        let Some(long) = name.strip_prefix("--") else {
            return Err(format!("`{word}` is no flag of docker build"));
        };
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        match name {
            "pull" => pull = value != Some("false"),
            "no-cache" => file.options.no_cache = value != Some("false"),
            "rm" | "force-rm" | "quiet" | "load" | "disable-content-trust" => {}
            name => {
                let value = value.or_else(|| words.next());
                let value = value.ok_or_else(|| format!("`--{name}` lacks its value"))?;
                if !option(name, value, file, folder)? {
                    unheeded.push(format!("`--{name}={value}`: Testdock's builds do not know it"));
                }
            }
        }
    }
    Ok((unheeded, pull))
}

/// Whether the flag is one that a build heeds.
fn option(
    name: &str,
    value: &str,
    file: &mut Dockerfile,
    folder: Folder<'_>,
) -> Result<bool, String> {
    let text = value.to_owned();
    let options = &mut file.options;
    match name {
        "add-host" => options.extra_hosts.push(text),
        "build-arg" => {
            // One without a value has the caller's.
            let value = match value.split_once('=') {
                Some((name, value)) => Some((name.to_owned(), value.to_owned())),
                None => (folder.host.env)(value).map(|found| (text, found)),
            };
            file.build_args.extend(value);
        }
        "cache-from" => options.cache_from.push(text),
        "label" => drop(options.labels.insert(pair(value).0, pair(value).1)),
        "network" => options.network = Some(text),
        "platform" => options.platform = Some(text),
        "progress" => {}
        "secret" => {
            let (id, secret) = secret(value, folder)?;
            options.secrets.insert(id, secret);
        }
        "shm-size" => options.shm_size = Some(size(name, value)?),
        "tag" => options.tags.push(text),
        "target" => file.target = Some(text),
        _ => return Ok(false),
    }
    Ok(true)
}

/// `id=ID,env=NAME` or `id=ID,src=FILE`
fn secret(written: &str, folder: Folder<'_>) -> Result<(String, Secret), String> {
    let field = |names: &[&str]| {
        let fields = written.split(',').filter_map(|field| field.split_once('='));
        fields.into_iter().find(|(name, _)| names.contains(name)).map(|(_, value)| value)
    };
    let id = field(&["id"]).ok_or_else(|| format!("the secret `{written}` has no id"))?;
    let secret = match (field(&["env"]), field(&["src", "source"])) {
        (Some(name), _) => Secret::Env(name.to_owned()),
        (None, Some(path)) => Secret::File(folder.host_path(path)),
        (None, None) => Secret::Env(id.to_owned()),
    };
    Ok((id.to_owned(), secret))
}
