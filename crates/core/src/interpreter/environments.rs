//! Visual Studio's `testenvironments.json`: an image or a Dockerfile, by name.

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::Deserialize;

use super::detect::Read;
use super::folder::{Folder, inside};
use super::found::{Found, at};
use crate::config::did_you_mean;
use crate::model::RunError;
use crate::paths::RelPath;
use crate::plan::{Dockerfile, Source};

/// Where the file lies.
pub(super) const FILE: &str = "testenvironments.json";

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    environments: Vec<Environment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    docker_image: Option<String>,
    docker_file: Option<String>,
    local_root: Option<String>,
}

/// What the file says; `named` is the environment that the settings name.
pub(super) fn read(text: &str, named: Option<&str>, folder: Folder<'_>) -> Result<Read, RunError> {
    let text = text.trim_start_matches('\u{feff}');
    let file: File = parse_to_serde_value(text, &ParseOptions::default()).map_err(|error| {
        let line = u32::try_from(error.line_display()).unwrap_or(1);
        let what = error.kind().to_string().to_lowercase();
        at(folder, FILE, line, format!("cannot read {FILE}: {what}")).help("correct it")
    })?;
    let refused = |refusal: Refusal| {
        let message = format!("cannot use {FILE}: {}", refusal.message);
        at(folder, FILE, 1, message).help(refusal.help)
    };
    let chosen = match named {
        Some(name) => file.named(name).map(Ok),
        None => file.only(),
    };
    match chosen.map_err(refused)? {
        Ok(environment) => {
            let found = environment.found(folder).map_err(refused)?;
            Ok(Read::Found(Box::new(found)))
        }
        Err(nothing) => Ok(Read::Nothing(nothing)),
    }
}

/// Why the file cannot be used.
struct Refusal {
    message: String,
    help: String,
}

fn refusal<T>(message: String, help: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { message, help: help.into() })
}

impl File {
    fn names(&self) -> String {
        let names: Vec<&str> = self.environments.iter().map(|it| it.name.as_str()).collect();
        names.join(", ")
    }

    fn named(&self, name: &str) -> Result<&Environment, Refusal> {
        if let Some(found) = self.environments.iter().find(|it| it.name == name) {
            return Ok(found);
        }
        let near = did_you_mean(name, self.environments.iter().map(|it| it.name.as_str()));
        let help = format!("{near}there are: {}", self.names());
        refusal(format!("it has no environment `{name}`"), help)
    }

    /// The only one, or the only one that is a container; the inner error says why there is none.
    fn only(&self) -> Result<Result<&Environment, String>, Refusal> {
        if let [only] = self.environments.as_slice() {
            return Ok(Ok(only));
        }
        let mut docker = self.environments.iter().filter(|it| it.kind == "docker");
        match (docker.next(), docker.next()) {
            (Some(only), None) => Ok(Ok(only)),
            (Some(first), Some(_)) => refusal(
                format!("which of its environments? {}", self.names()),
                format!(
                    "write test-environment = \"{}\" under [interpreter] in testdock.toml, or another one",
                    first.name
                ),
            ),
            (None, _) if self.environments.is_empty() => {
                Ok(Err("it has no environments".to_owned()))
            }
            (None, _) => Ok(Err("none of its environments is a container".to_owned())),
        }
    }
}

impl Environment {
    fn found(&self, folder: Folder<'_>) -> Result<Found, Refusal> {
        let mut found = Found::plain(self.source(folder)?);
        found.which = format!("its environment `{}`", self.name);
        if self.local_root.as_deref().is_some_and(|root| !matches!(root, "" | "." | "./")) {
            found.unheeded.push("`localRoot`: the workspace is the root".to_owned());
        }
        Ok(found)
    }

    fn source(&self, folder: Folder<'_>) -> Result<Source, Refusal> {
        let (name, kind) = (&self.name, &self.kind);
        match (&self.docker_image, &self.docker_file) {
            _ if kind != "docker" => refusal(
                format!(
                    "the environment `{name}` is of the type `{kind}`, in which Testdock runs no tests"
                ),
                "choose one of the type docker, or write image or dockerfile under [interpreter] in testdock.toml",
            ),
            (Some(image), _) => Ok(Source::Image(image.clone())),
            (None, Some(written)) => {
                let path = inside("", written).filter(|path| (folder.read)(path).is_some());
                match path {
                    Some(path) => Ok(Source::Dockerfile(Dockerfile {
                        path: RelPath::new(path),
                        ..Dockerfile::default()
                    })),
                    None => {
                        refusal(format!("the workspace has no {written}"), "correct dockerFile")
                    }
                }
            }
            (None, None) => refusal(
                format!("`{name}` has neither dockerImage nor dockerFile"),
                "give it one of them",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::tests::check_container;

    fn check(config: &str, text: &str, expected: &Expect) {
        let files = [("testenvironments.json", text), ("ci/Dockerfile", "FROM a\n")];
        check_container(config, &files, expected);
    }

    const THREE: &str = r#"{ "version": "1", "environments": [
        { "name": "linux", "type": "docker", "dockerImage": "dotnet/sdk:8.0" },
        { "name": "built", "type": "docker", "dockerFile": "./ci/Dockerfile", "localRoot": "src" },
        { "name": "sub", "type": "wsl", "wslDistribution": "Ubuntu" }, // a comment
    ] }"#;

    #[test]
    fn environments() {
        check(
            "",
            "\u{feff}{ \"environments\": [{ \"name\": \"a\", \"type\": \"docker\", \"dockerImage\": \"i\" }] }",
            &expect![[r#"
            Image("i")
              no setting names a source, and testenvironments.json does: its environment `a`
            security_opt: ["no-new-privileges"]
        "#]],
        );
        check(
            "",
            THREE,
            &expect![[r#"
            /w/shop/testenvironments.json:1: cannot use testenvironments.json: which of its environments? linux, built, sub
              write test-environment = "linux" under [interpreter] in testdock.toml, or another one
        "#]],
        );
        for name in ["built", "sub", "linx"] {
            let config = format!("[interpreter]\ntest-environment = \"{name}\"");
            let expected = match name {
                "built" => expect![[r#"
                    Dockerfile
                    path: "ci/Dockerfile"
                      `interpreter.test-environment` is set by testdock.toml (its environment `built`)
                    security_opt: ["no-new-privileges"]
                    not `localRoot`: the workspace is the root
                "#]],
                "sub" => expect![[r#"
                    /w/shop/testenvironments.json:1: cannot use testenvironments.json: the environment `sub` is of the type `wsl`, in which Testdock runs no tests
                      choose one of the type docker, or write image or dockerfile under [interpreter] in testdock.toml
                "#]],
                _ => expect![[r#"
                    /w/shop/testenvironments.json:1: cannot use testenvironments.json: it has no environment `linx`
                      did you mean `linux`? there are: linux, built, sub
                "#]],
            };
            check(&config, THREE, &expected);
        }
        check(
            "",
            r#"{ "environments": [{ "name": "a", "type": "ssh", "remoteUri": "x" }] }"#,
            &expect![[r#"
            /w/shop/testenvironments.json:1: cannot use testenvironments.json: the environment `a` is of the type `ssh`, in which Testdock runs no tests
              choose one of the type docker, or write image or dockerfile under [interpreter] in testdock.toml
        "#]],
        );
        check(
            "",
            r#"{ "environments": [{ "name": "a", "type": "docker", "dockerFile": "no" }] }"#,
            &expect![[r#"
            /w/shop/testenvironments.json:1: cannot use testenvironments.json: the workspace has no no
              correct dockerFile
        "#]],
        );
        check(
            "",
            r#"{ "environments": [{ "name": "a", "type": "docker" }] }"#,
            &expect![[r#"
            /w/shop/testenvironments.json:1: cannot use testenvironments.json: `a` has neither dockerImage nor dockerFile
              give it one of them
        "#]],
        );
        check(
            "",
            "{ \"environments\": [\n",
            &expect![[r#"
            /w/shop/testenvironments.json:2: cannot read testenvironments.json: unterminated array
              correct it
        "#]],
        );
        check(
            "",
            "{}",
            &expect![[r#"
                found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no compose file, no Dockerfile; testenvironments.json: it has no environments
                  if ci/Dockerfile is for the tests of its folder, `testdock init` writes that down; or write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
            "#]],
        );
    }
}
