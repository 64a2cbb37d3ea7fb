//! The proxies that Docker's own configuration gives to containers and builds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use testdock_core::plan::Interpreter;

use crate::docker::connect::address;

#[derive(Debug, Default, Deserialize)]
struct Config {
    #[serde(default)]
    proxies: BTreeMap<String, Proxies>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Proxies {
    http_proxy: Option<String>,
    https_proxy: Option<String>,
    no_proxy: Option<String>,
    ftp_proxy: Option<String>,
    all_proxy: Option<String>,
}

/// The variables for the engine at `host`, in capitals and without, as the `docker` command sets them.
pub(in super::super) fn proxies(host: Option<&str>) -> BTreeMap<String, String> {
    let text = config_file().and_then(|path| std::fs::read_to_string(path).ok());
    let address = address(host).unwrap_or_default();
    text.map(|text| said(&text, &address)).unwrap_or_default()
}

pub(super) fn lay(interpreter: &mut Interpreter) {
    for (name, value) in proxies(interpreter.host.as_deref()) {
        interpreter.options.env.entry(name).or_insert(value);
    }
}

fn config_file() -> Option<PathBuf> {
    let given = std::env::var_os("DOCKER_CONFIG").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let dir = given.or_else(|| Some(std::env::home_dir()?.join(".docker")))?;
    Some(Path::new(&dir).join("config.json"))
}

/// What a `config.json` says for an engine; one that cannot be read says nothing, here as elsewhere.
fn said(text: &str, address: &str) -> BTreeMap<String, String> {
    let mut config: Config = serde_json::from_str(text).unwrap_or_default();
    let Some(found) = config.proxies.remove(address).or_else(|| config.proxies.remove("default"))
    else {
        return BTreeMap::new();
    };
    let pairs = [
        ("HTTP_PROXY", found.http_proxy),
        ("HTTPS_PROXY", found.https_proxy),
        ("NO_PROXY", found.no_proxy),
        ("FTP_PROXY", found.ftp_proxy),
        ("ALL_PROXY", found.all_proxy),
    ];
    let both = |(name, value): (&str, Option<String>)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some([(name.to_owned(), value.clone()), (name.to_lowercase(), value)])
    };
    pairs.into_iter().filter_map(both).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engines_own_go_before_the_default_ones() {
        let text = r#"{ "auths": {}, "proxies": {
            "default": { "httpProxy": "http://a:1", "noProxy": "localhost", "ftpProxy": "" },
            "tcp://box:2376": { "httpsProxy": "http://me:pw@b:2" } } }"#;
        let named = |address: &str| -> Vec<String> {
            said(text, address).iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        assert_eq!(
            named("unix:///run/docker.sock"),
            [
                "HTTP_PROXY=http://a:1",
                "NO_PROXY=localhost",
                "http_proxy=http://a:1",
                "no_proxy=localhost"
            ]
        );
        assert_eq!(
            named("tcp://box:2376"),
            ["HTTPS_PROXY=http://me:pw@b:2", "https_proxy=http://me:pw@b:2"]
        );
        assert_eq!(said("{", ""), BTreeMap::new());
        assert_eq!(said("{}", ""), BTreeMap::new());
    }
}
