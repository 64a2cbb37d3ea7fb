//! The images that tests run in: made once, under a tag that is the hash of the recipe, for all of them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use super::docker::docker;
use super::{skip, turn};

/// The base of the fixtures' Dockerfiles, where `cargo xtask test` names no other.
pub(crate) const PUBLIC: &str = "python:3.12-slim";

/// Names the variable in which `cargo xtask` tells the base images that are there.
pub(crate) const BASES: &str = "TESTDOCK_TEST_BASES";

/// Names the variable with which a base image that is not there is a failure.
pub(crate) const REQUIRE_BASES: &str = "TESTDOCK_REQUIRE_BASES";

const REQUIREMENTS: &str = include_str!("../../../fixtures/python-pytest/requirements.txt");

/// Installs a package. There are proxies that stop where requests are sent ahead through the network of a
/// rootless engine.
const APT: &str = "apt-get update -o Acquire::http::Pipeline-Depth=0 && apt-get install \
                   -o Acquire::http::Pipeline-Depth=0 -y --no-install-recommends";

/// An image with Python; `None`, with a word of why, where no engine has one.
pub(crate) fn base() -> Option<String> {
    let name = std::env::var("TESTDOCK_TEST_BASE").unwrap_or_else(|_| PUBLIC.to_owned());
    match docker(&["image", "inspect", "-f", "{{.Id}}", &name]) {
        Ok(_) => Some(name),
        Err(why) if std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_some() => {
            panic!("{why}; `cargo xtask test` brings an engine and the image")
        }
        Err(why) => skip(&why),
    }
}

/// The base image of a fixture; `None`, with a word of why, where it is not there.
pub(crate) fn base_of(fixture: &str) -> Option<String> {
    let public = public_base_of(fixture);
    if public == PUBLIC {
        return base();
    }
    let name = told(&public).unwrap_or(public);
    match docker(&["image", "inspect", "-f", "{{.Id}}", &name]) {
        Ok(_) => Some(name),
        Err(why) if std::env::var_os(REQUIRE_BASES).is_some() => panic!("{why}"),
        Err(why) => skip(&format!("{why}; `cargo xtask frameworks {fixture}` brings it")),
    }
}

/// The public image that a fixture's Dockerfile begins with.
pub(crate) fn public_base_of(fixture: &str) -> String {
    let dockerfile = std::fs::read_to_string(super::expected::fixture(fixture).join("Dockerfile"));
    let dockerfile = dockerfile.unwrap();
    let base = dockerfile.lines().find_map(|line| line.strip_prefix("ARG BASE="));
    base.unwrap().trim().to_owned()
}

/// The image that stands for a public one, of those that `cargo xtask` found.
pub(crate) fn told(public: &str) -> Option<String> {
    let told = std::env::var(BASES).unwrap_or_default();
    let mut pairs = told.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == public).map(|(_, tag)| tag.to_owned())
}

/// An image with pytest, of the version that the fixture asks for.
pub(crate) fn pytest() -> Option<String> {
    let packages: Vec<&str> = REQUIREMENTS.split_whitespace().collect();
    let recipe = format!(
        "FROM {}\nRUN pip install --no-cache-dir {} pytest-xdist==3.8.0\n",
        base()?,
        packages.join(" ")
    );
    Some(made("pytest", &recipe))
}

/// The same with Testcontainers, and a database driver that needs no library.
pub(crate) fn testcontainers() -> Option<String> {
    let packages = "testcontainers==4.9.0 pg8000==1.31.2";
    let recipe = format!("FROM {}\nRUN pip install --no-cache-dir {packages}\n", pytest()?);
    Some(made("testcontainers", &recipe))
}

/// A Postgres that is started as the public image is: user and database by variables.
pub(crate) fn postgres() -> Option<String> {
    let start = r#"set -e; PATH=$(echo /usr/lib/postgresql/*/bin):$PATH; export PGDATA=/tmp/data; \
initdb -A trust -U "$POSTGRES_USER" >/dev/null; echo "host all all 0.0.0.0/0 trust" >>$PGDATA/pg_hba.conf; \
pg_ctl -w -o "-k /tmp -c listen_addresses=" start >/dev/null; createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB"; \
pg_ctl -w stop >/dev/null; exec postgres -k /tmp -c listen_addresses=*"#;
    let recipe = format!(
        "FROM {}\nRUN {APT} postgresql\n\
         USER postgres\nENTRYPOINT {}\n",
        base()?,
        serde_json::json!(["sh", "-c", start.replace("\\\n", "")])
    );
    Some(made("postgres", &recipe))
}

/// A registry that knows one person.
pub(crate) fn registry() -> Option<String> {
    let config = "version: 0.1\\nstorage: {filesystem: {rootdirectory: /tmp/registry}}\\n\
                  http: {addr: 0.0.0.0:5000}\\nauth: {htpasswd: {realm: test, path: /tmp/people}}\\n";
    let start = "htpasswd -Bbn me s3cret >/tmp/people && exec docker-registry serve /registry.yml";
    let recipe = format!(
        "FROM {}\nRUN {APT} docker-registry apache2-utils\n\
         RUN printf '{config}' >/registry.yml\nENTRYPOINT {}\n",
        base()?,
        serde_json::json!(["sh", "-c", start])
    );
    Some(made("registry", &recipe))
}

fn made(name: &str, recipe: &str) -> String {
    let hash = Sha256::digest(recipe);
    let hash: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("testdock/test-{name}:{hash}");
    // Each test is a process of its own: one builds, the others wait for it.
    let _turn = turn();
    if docker(&["image", "inspect", &tag]).is_err() {
        build(recipe, &tag);
    }
    tag
}

fn build(recipe: &str, tag: &str) {
    let mut build = Command::new("docker")
        .args(["build", "--tag", tag, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = build.stdin.take().unwrap();
    stdin.write_all(recipe.as_bytes()).unwrap();
    drop(stdin);
    let out = build.wait_with_output().unwrap();
    let log = [out.stdout, out.stderr].concat();
    assert!(out.status.success(), "cannot build {tag}:\n{}", String::from_utf8_lossy(&log));
}
