use expect_test::{Expect, expect};

use super::*;
use crate::config::{Layer, Origin, Suite, resolve};
use crate::plan::Source;

const DOCKERFILE: (&str, &str) = ("Dockerfile", "FROM python:3.12 AS test\n");

/// The choice for a `testdock.toml` and the other files of a workspace.
fn check(config: &str, name: Option<&str>, files: &[(&str, &str)], expected: &Expect) {
    let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), config);
    let resolution = resolve(&[layer], None);
    assert_eq!(resolution.problems, []);
    let read = |path: &str| {
        let found = files.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.to_string())
    };
    let text = match choose(&resolution, name, "pytest", &read) {
        Ok(choice) => {
            let passed = choice.passed_over.iter();
            let passed =
                passed.map(|passed| format!("  not {}: {}\n", passed.source, passed.reason));
            let passed = passed.collect::<String>();
            format!("{:?}\n  {}\n{passed}", choice.interpreter.source, choice.why)
        }
        Err(error) => format!("{}\n  {}\n", error.message, error.help.unwrap_or_default()),
    };
    expected.assert_eq(&text);
}

#[test]
fn settings_come_first() {
    let files = [DOCKERFILE, ("compose.yaml", ""), ("ci/Dockerfile", "FROM a\nFROM b AS test\n")];
    check(
        "[interpreter]\nimage = \"python:3.12\"",
        None,
        &files,
        &expect![[r#"
            Image("python:3.12")
              `interpreter.image` is set by testdock.toml
              not compose.yaml: a setting names the source
              not Dockerfile: a setting names the source
        "#]],
    );
    check(
        "[interpreter]\nlocal = true",
        None,
        &files,
        &expect![[r#"
        Local
          `interpreter.local` is set by testdock.toml
          not compose.yaml: a setting names the source
          not Dockerfile: a setting names the source
    "#]],
    );
    check(
        "[interpreter]\ndockerfile = \"ci/Dockerfile\"\ncontext = \"ci\"\ntarget = \"test\"\nbuild-args = { A = \"1\" }",
        None,
        &files,
        &expect![[r#"
            Dockerfile(Dockerfile { path: "ci/Dockerfile", context: "ci", target: Some("test"), build_args: {"A": "1"} })
              `interpreter.dockerfile` is set by testdock.toml
              not compose.yaml: a setting names the source
              not Dockerfile: a setting names the source
        "#]],
    );
    check(
        "[interpreters.node]\nimage = \"node:22\"",
        Some("node"),
        &files,
        &expect![[r#"
            Image("node:22")
              `interpreters.node.image` is set by testdock.toml
              not compose.yaml: a setting names the source
              not Dockerfile: a setting names the source
        "#]],
    );
}

#[test]
fn a_setting_that_cannot_work_says_so() {
    let files = [DOCKERFILE, ("compose.yaml", ""), ("dev.json", "{\"image\": \"node:20\"}")];
    check(
        "[interpreter]\ndockerfile = \"Dockerfil\"",
        None,
        &files,
        &expect![[r#"
            cannot build Dockerfil: there is no such file in the workspace
              correct `interpreter.dockerfile` in testdock.toml
        "#]],
    );
    check(
        "[interpreter]\ndockerfile = \"Dockerfile\"\ntarget = \"tests\"",
        None,
        &files,
        &expect![[r#"
            cannot build Dockerfile: it has no stage `tests`; did you mean `test`?
              correct Dockerfile, or `interpreter.target`
        "#]],
    );
    check(
        "[interpreter]\ncompose = { service = \"web\" }",
        None,
        &files,
        &expect![[r#"
            `interpreter.compose` is not supported yet
              write dockerfile = "Dockerfile" under [interpreter] in testdock.toml instead
        "#]],
    );
    check(
        "[interpreter]\ndevcontainer = \"dev.json\"",
        None,
        &files,
        &expect![[r#"
            `interpreter.devcontainer` is not supported yet
              write image = "node:20" under [interpreter] in testdock.toml instead
        "#]],
    );
    check(
        "[interpreter]\njenkinsfile = \"Jenkinsfile\"",
        None,
        &[],
        &expect![[r#"
            `interpreter.jenkinsfile` is not supported yet
              write image = "python:3.12" under [interpreter] in testdock.toml instead
        "#]],
    );
    check(
        "[interpreters.node]\nuser = \"image\"",
        Some("node"),
        &files,
        &expect![[r#"
            interpreter `node` names no source
              write dockerfile = "Dockerfile" under [interpreters.node] in testdock.toml, or pass --local to run without a container
        "#]],
    );
    check(
        "",
        Some("node"),
        &files,
        &expect![[r#"
            no interpreter is named `node`
              define it as [interpreters.node] in testdock.toml
        "#]],
    );
}

#[test]
fn the_dockerfile_is_found() {
    check(
        "",
        None,
        &[DOCKERFILE],
        &expect![[r#"
        Dockerfile(Dockerfile { path: "Dockerfile", context: "", target: None, build_args: {} })
          no setting names a source, and the workspace has a Dockerfile
          not testdock.toml: it names no source
          not .devcontainer/devcontainer.json: not there
          not Jenkinsfile: not there
          not compose.yaml: not there
    "#]],
    );
    let any = ("Jenkinsfile", "pipeline { agent any\n// agent { docker 'x' }\n}");
    check(
        "[interpreter]\ntarget = \"test\"",
        None,
        &[DOCKERFILE, any],
        &expect![[r#"
            Dockerfile(Dockerfile { path: "Dockerfile", context: "", target: Some("test"), build_args: {} })
              no setting names a source, and the workspace has a Dockerfile
              not testdock.toml: it names no source
              not .devcontainer/devcontainer.json: not there
              not Jenkinsfile: it has no Docker agent
              not compose.yaml: not there
        "#]],
    );
}

#[test]
fn nothing_that_outranks_the_dockerfile_is_passed_over() {
    let devcontainer = ".devcontainer/devcontainer.json";
    let compose = ("docker-compose.yml", "services: {}");
    check(
        "",
        None,
        &[DOCKERFILE, (devcontainer, "{}")],
        &expect![[r#"
            found .devcontainer/devcontainer.json, which Testdock cannot use yet
              write dockerfile = "Dockerfile" under [interpreter] in testdock.toml
        "#]],
    );
    let built = "{ // a comment\n  // \"image\": \"old\"\n  \"build\": { \"dockerfile\": \"../ci/Dockerfile\" } }";
    check(
        "",
        None,
        &[(devcontainer, built), ("ci/Dockerfile", "FROM a")],
        &expect![[r#"
            found .devcontainer/devcontainer.json, which Testdock cannot use yet
              write dockerfile = "ci/Dockerfile" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "",
        None,
        &[(".devcontainer.json", "{ \"image\": \"node:22\" }")],
        &expect![[r#"
            found .devcontainer.json, which Testdock cannot use yet
              write image = "node:22" under [interpreter] in testdock.toml
        "#]],
    );
    let agent = "pipeline { agent { dockerfile { filename 'Dockerfile.ci'\n dir 'build' } } }";
    check(
        "",
        None,
        &[("Jenkinsfile", agent), ("build/Dockerfile.ci", "FROM a")],
        &expect![[r#"
            found Jenkinsfile, which Testdock cannot use yet
              write dockerfile = "build/Dockerfile.ci" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { docker { image 'maven:3' } }"), compose],
        &expect![[r#"
            found Jenkinsfile, which Testdock cannot use yet
              write image = "maven:3" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { docker 'maven:3' }")],
        &expect![[r#"
            found Jenkinsfile, which Testdock cannot use yet
              write image = "maven:3" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { dockerfile true }"), DOCKERFILE],
        &expect![[r#"
            found Jenkinsfile, which Testdock cannot use yet
              write dockerfile = "Dockerfile" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "",
        None,
        &[compose, DOCKERFILE],
        &expect![[r#"
        found docker-compose.yml, which Testdock cannot use yet
          write dockerfile = "Dockerfile" under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "",
        None,
        &[compose],
        &expect![[r#"
        found docker-compose.yml, which Testdock cannot use yet
          write image = "python:3.12" under [interpreter] in testdock.toml
    "#]],
    );
}

#[test]
fn nothing_found_proposes_an_image() {
    check(
        "",
        None,
        &[],
        &expect![[r#"
        found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no compose file, no Dockerfile
          write image = "python:3.12" under [interpreter] in testdock.toml, or pass --local to run without a container
    "#]],
    );
}

#[test]
fn the_settings_shape_the_container() {
    let config = "[interpreter]\nimage = \"a\"\nuser = \"1000:100\"\nworkdir = \"/w\"\nhost = \"ssh://b\"\nnetwork = \"n\"\nkeep-warm = \"0s\"\n\
                  limits = { cpus = 1.5, memory = \"1k\", pids = 3 }\nenv = { A = \"b\" }";
    let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), config);
    let choice = choose(&resolve(&[layer], None), None, "pytest", &|_| None).unwrap();
    expect![[r#"
        Interpreter {
            name: "default",
            source: Image(
                "a",
            ),
            host: Some(
                "ssh://b",
            ),
            user: Named(
                "1000:100",
            ),
            env: {
                "A": "b",
            },
            workdir: Some(
                "/w",
            ),
            keep_warm: 0ns,
            limits: Limits {
                cpus_milli: Some(
                    1500,
                ),
                memory: Some(
                    1024,
                ),
                pids: Some(
                    3,
                ),
            },
            network: Some(
                "n",
            ),
        }
    "#]]
    .assert_debug_eq(&choice.interpreter);
}

#[test]
fn init_writes_what_was_found_and_reads_back() {
    let resolution = resolve(&[], None);
    let read = |path: &str| (path == "Dockerfile").then(|| "FROM a".to_owned());
    let choice = choose(&resolution, None, "pytest", &read).unwrap();
    let suites = [
        Suite {
            framework: Some("pytest".into()),
            root: "services/billing".into(),
            ..Suite::default()
        },
        Suite {
            command: Some(vec!["make".into(), "check \"all\"".into()]),
            reports: vec!["build/**/*.xml".parse().unwrap()],
            ..Suite::default()
        },
    ];
    let text = init_document(Some(&choice), "python:3.12", &suites);
    expect![[r##"
        # Where and how this project's tests run; see `testdock explain` for every setting in force.

        [interpreter]
        dockerfile = "Dockerfile"
        # target = "test"                    # the stage to build
        # env = { LOG_LEVEL = "debug" }       # environment variables of the tests
        # limits = { cpus = 2, memory = "2g" }
        # user = "host"                       # or "image", "1000:1000"
        # keep-warm = "10m"                   # how long an idle container waits for the next run

        [[suite]]
        framework = "pytest"
        root = "services/billing"
        # args = ["-x"]
        # timeout = "10m"

        [[suite]]
        command = ["make", 'check "all"']
        reports = ["build/**/*.xml"]
        # args = ["-x"]
        # timeout = "10m"

        # The same settings again, laid over the others with `--profile ci`:
        # [profile.ci]
        # timeout = "30m"
    "##]]
    .assert_eq(&text);
    for text in [text, init_document(None, "python:3.12", &[])] {
        let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), &text);
        let resolution = resolve(&[layer], None);
        assert_eq!(resolution.problems, []);
        assert!(resolution.config.suites.is_empty() || resolution.config.suites == suites);
        let choice = choose(&resolution, None, "pytest", &read).unwrap();
        assert_ne!(choice.interpreter.source, Source::Local);
    }
}
