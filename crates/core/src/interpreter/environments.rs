//! Visual Studio's `testenvironments.json`: an image or a Dockerfile, by name.

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::Deserialize;

use super::detect::Read;
use super::folder::{Folder, inside};
use super::found::{Found, at};
use crate::config::nearest;
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
    let file: File = parse_to_serde_value(text, &ParseOptions::default()).map_err(|error| {
        let line = u32::try_from(error.line_display()).unwrap_or(1);
        let what = error.kind().to_string().to_lowercase();
        at(folder, FILE, line, format!("cannot read {FILE}: {what}")).help("correct it")
    })?;
    let names: Vec<&str> = file.environments.iter().map(|it| it.name.as_str()).collect();
    let refuse = |message: String, help: String| {
        Err(at(folder, FILE, 1, format!("cannot use {FILE}: {message}")).help(help))
    };
    let environment = match (named, file.environments.as_slice()) {
        (Some(named), all) => match all.iter().find(|it| it.name == named) {
            Some(found) => found,
            None => {
                let near = nearest(named, names.iter().copied());
                let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                let help = format!("{near}there are: {}", names.join(", "));
                return refuse(format!("it has no environment `{named}`"), help);
            }
        },
        (None, [only]) => only,
        (None, []) => return Ok(Read::Nothing("it has no environments".to_owned())),
        (None, several) => {
            let docker: Vec<_> = several.iter().filter(|it| it.kind == "docker").collect();
            match docker.as_slice() {
                [only] => *only,
                [] => {
                    return Ok(Read::Nothing("none of its environments is a container".to_owned()));
                }
                [first, ..] => {
                    let help = format!(
                        "write test-environment = \"{}\" under [interpreter] in testdock.toml, or another one",
                        first.name
                    );
                    return refuse(
                        format!("which of its environments? {}", names.join(", ")),
                        help,
                    );
                }
            }
        }
    };
    let source = match (&environment.docker_image, &environment.docker_file) {
        _ if environment.kind != "docker" => {
            return refuse(
                format!(
                    "the environment `{}` is of the type `{}`, in which Testdock runs no tests",
                    environment.name, environment.kind
                ),
                "choose one of the type docker, or write image or dockerfile under [interpreter] in \
                 testdock.toml"
                    .to_owned(),
            );
        }
        (Some(image), _) => Source::Image(image.clone()),
        (None, Some(path)) => {
            let found = inside("", path).filter(|path| (folder.read)(path).is_some());
            let Some(path) = found else {
                return refuse(
                    format!("the workspace has no {path}"),
                    "correct dockerFile".to_owned(),
                );
            };
            Source::Dockerfile(Dockerfile { path: RelPath::new(path), ..Dockerfile::default() })
        }
        (None, None) => {
            let message = format!("`{}` has neither dockerImage nor dockerFile", environment.name);
            return refuse(message, "give it one of them".to_owned());
        }
    };
    let mut found = Found::plain(source);
    found.which = format!("its environment `{}`", environment.name);
    if environment.local_root.as_deref().is_some_and(|root| !matches!(root, "" | "." | "./")) {
        let why = "the workspace is the root";
        found.unheeded.push(format!("`localRoot`: {why}"));
    }
    Ok(Read::Found(Box::new(found)))
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
            r#"{ "environments": [{ "name": "a", "type": "docker", "dockerImage": "i" }] }"#,
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
            found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no compose file, no Dockerfile
              write image = "python:3.12" under [interpreter] in testdock.toml, or pass --local to run without a container
        "#]],
        );
    }
}
