use expect_test::{Expect, expect};

use super::*;
use crate::config::{Layer, Origin, Suite, resolve};
use crate::paths::RelPath;
use crate::plan::{Options, Source};

/// The text of a file that cannot be read.
const UNREAD: &str = "\0";
pub(super) const DOCKERFILE: (&str, &str) = ("Dockerfile", "FROM python:3.12 AS test\n");

/// Asks for a choice, for a `testdock.toml` and the other files of a workspace; one named `$NAME` is a variable of the caller's.
pub(super) fn chosen(
    config: &str,
    name: Option<&str>,
    files: &[(&str, &str)],
) -> Result<Choice, crate::model::RunError> {
    let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), config);
    let resolution = resolve(&[layer], None);
    assert_eq!(resolution.problems, []);
    let read = |path: &str| {
        let own = ("testdock.toml", config);
        let own = (!config.is_empty()).then_some(&own);
        let found = files.iter().chain(own).find(|(name, _)| *name == path);
        found.filter(|(_, text)| *text != UNREAD).map(|(_, text)| text.to_string())
    };
    let folders = |dir: &str| {
        let dir = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let below = files.iter().filter_map(|(name, _)| name.strip_prefix(&dir));
        below.filter_map(|rest| Some(rest.split_once('/')?.0.to_owned())).collect()
    };
    let env = |name: &str| match name {
        "HOME" => Some("/home/me".to_owned()),
        "REGION" => Some("eu".to_owned()),
        name => read(&format!("${name}")),
    };
    let is_allowed = |name: &str, what: &str| name != "theirs" && !what.contains("theirs");
    let unread = |path: &camino::Utf8Path| {
        let file = path.strip_prefix("/w/shop").ok()?;
        files.contains(&(file.as_str(), UNREAD)).then(|| "it is not a regular file".to_owned())
    };
    let host = Host { env: &env, ids: Some((1000, 100)), is_allowed: &is_allowed, unread: &unread };
    choose(
        &resolution,
        name,
        "pytest",
        Folder { root: "/w/shop".into(), read: &read, folders: &folders, host },
    )
}

/// The choice and what was passed over.
fn check(config: &str, name: Option<&str>, files: &[(&str, &str)], expected: &Expect) {
    let text = match chosen(config, name, files) {
        Ok(choice) => {
            let passed = choice.passed_over.iter();
            let passed =
                passed.map(|passed| format!("  not {}: {}\n", passed.source, passed.reason));
            let passed = passed.collect::<String>();
            let source = source(&choice.interpreter.source);
            format!("{source}\n  {}\n{passed}", choice.why)
        }
        Err(error) => failure(&error),
    };
    expected.assert_eq(&text);
}

/// The choice, and all that it says of the container.
pub(super) fn check_container(config: &str, files: &[(&str, &str)], expected: &Expect) {
    let text = match chosen(config, None, files) {
        Ok(Choice { interpreter, why, .. }) => {
            let text = fields_of_container(&interpreter);
            let (source, rest) = text.split_once("\n--\n").unwrap();
            format!("{source}\n  {why}\n{rest}")
        }
        Err(error) => failure(&error),
    };
    expected.assert_eq(&text);
}

/// The source, and behind a line all that is said of the container.
pub(super) fn fields_of_container(interpreter: &crate::plan::Interpreter) -> String {
    let pull = if interpreter.pull { "pull: true\n" } else { "" };
    let options = news(&interpreter.options, &Options::default());
    let unheeded = interpreter.unheeded.iter().map(|it| format!("not {it}\n"));
    let unheeded = unheeded.collect::<String>();
    let beyond = interpreter.granted.iter().map(|grant| format!("beyond: {}\n", grant.what));
    let beyond = beyond.collect::<String>();
    format!("{}\n--\n{pull}{options}{beyond}{unheeded}", source(&interpreter.source))
}

pub(super) fn failure(error: &crate::model::RunError) -> String {
    let place = error.place.as_ref().map(|p| format!("{}:{}: ", p.path, p.line));
    let (place, help) = (place.unwrap_or_default(), error.help.clone().unwrap_or_default());
    format!("{place}{}\n  {help}\n", error.message)
}

fn source(source: &Source) -> String {
    match source {
        Source::Dockerfile(file) => {
            let fields = news(file, &crate::plan::Dockerfile::default());
            format!("Dockerfile\n{}", fields.trim_end())
        }
        source => format!("{source:?}"),
    }
}

/// The fields of `value` that are not those of `usual`, one a line.
pub(super) fn news<T: std::fmt::Debug>(value: &T, usual: &T) -> String {
    let usual = fields(&format!("{usual:?}"));
    let fields = fields(&format!("{value:?}")).into_iter().filter(|it| !usual.contains(it));
    fields.map(|field| format!("{field}\n")).collect()
}

/// The fields of a struct's debug text.
fn fields(text: &str) -> Vec<String> {
    let (_, inner) = text.split_once(" { ").unwrap();
    let inner = inner.strip_suffix(" }").unwrap();
    let mut fields = vec![String::new()];
    let mut depth = 0;
    for c in inner.chars() {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        match c {
            ',' if depth == 0 => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields.into_iter().map(|field| field.trim().to_owned()).collect()
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
            Dockerfile
            path: "ci/Dockerfile"
            context: "ci"
            target: Some("test")
            build_args: {"A": "1"}
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
            /w/shop/compose.yaml:1: cannot read compose.yaml: it has to be a mapping with `services`
              correct it
        "#]],
    );
    check(
        "[interpreter]\ndevcontainer = \"dev.json\"",
        None,
        &files,
        &expect![[r#"
            Image("node:20")
              `interpreter.devcontainer` is set by testdock.toml (a dev container)
              not compose.yaml: a setting names the source
              not Dockerfile: a setting names the source
        "#]],
    );
    check(
        "[interpreter]\njenkinsfile = \"Jenkinsfile\"",
        None,
        &[],
        &expect![[r#"
            cannot read Jenkinsfile: there is no such file in the workspace
              correct `interpreter.jenkinsfile` in testdock.toml
        "#]],
    );
    check(
        "[interpreters.node]\nuser = \"image\"",
        Some("node"),
        &files,
        &expect![[r#"
            interpreter `node` names no source
              write dockerfile = "Dockerfile" under [interpreters.node] in testdock.toml, or run without a container: local = true there, or --local
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
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and the workspace has a Dockerfile
              not testdock.toml: not there
              not .devcontainer/devcontainer.json: not there
              not Jenkinsfile: not there
              not compose.yaml: not there
              not testenvironments.json: not there
        "#]],
    );
    let any = ("Jenkinsfile", "pipeline { agent any\n// agent { docker 'x' }\n}");
    check(
        "[interpreter]\ntarget = \"test\"",
        None,
        &[DOCKERFILE, any],
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
            target: Some("test")
              no setting names a source, and the workspace has a Dockerfile
              not testdock.toml: it names no source
              not .devcontainer/devcontainer.json: not there
              not Jenkinsfile: it has no Docker agent
              not compose.yaml: not there
              not testenvironments.json: not there
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
            /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: it names no image, no Dockerfile and no compose file
              correct it, or write image or dockerfile under [interpreter] in testdock.toml
        "#]],
    );
    let built = "{ // a comment\n  // \"image\": \"old\"\n  \"build\": { \"dockerfile\": \"../ci/Dockerfile\" } }";
    check(
        "",
        None,
        &[(devcontainer, built), ("ci/Dockerfile", "FROM a")],
        &expect![[r#"
            Dockerfile
            path: "ci/Dockerfile"
            context: ".devcontainer"
              no setting names a source, and .devcontainer/devcontainer.json does: a dev container
              not testdock.toml: not there
        "#]],
    );
    check(
        "",
        None,
        &[(".devcontainer/a/devcontainer.json", "{ \"image\": \"node:22\" }")],
        &expect![[r#"
            Image("node:22")
              no setting names a source, and .devcontainer/a/devcontainer.json does: a dev container
              not testdock.toml: not there
        "#]],
    );
    let several = [
        (".devcontainer/a/devcontainer.json", "{ \"image\": \"node:22\" }"),
        (".devcontainer/b/devcontainer.json", "{ \"image\": \"node:24\" }"),
    ];
    check(
        "",
        None,
        &several,
        &expect![[r#"
            cannot tell where the tests run: there are .devcontainer/a/devcontainer.json and .devcontainer/b/devcontainer.json
              write devcontainer = ".devcontainer/a/devcontainer.json" under [interpreter] in testdock.toml, or another of them
        "#]],
    );
    check(
        "",
        None,
        &[
            several[0],
            several[1],
            (".devcontainer/devcontainer.json", "{ \"image\": \"node:20\" }"),
        ],
        &expect![[r#"
            Image("node:20")
              no setting names a source, and .devcontainer/devcontainer.json does: a dev container
              not testdock.toml: not there
        "#]],
    );
    check(
        "",
        None,
        &[(".devcontainer.json", "{ \"image\": \"node:22\" }")],
        &expect![[r#"
            Image("node:22")
              no setting names a source, and .devcontainer.json does: a dev container
              not testdock.toml: not there
        "#]],
    );
    let agent = "pipeline { agent { dockerfile { filename 'Dockerfile.ci'\n dir 'build' } } }";
    check(
        "",
        None,
        &[("Jenkinsfile", agent), ("build/Dockerfile.ci", "FROM a")],
        &expect![[r#"
            Dockerfile
            path: "build/Dockerfile.ci"
            context: "build"
            options: BuildOptions { extra_hosts: [], network: None, platform: None, secrets: {}, cache_from: [], labels: {}, shm_size: None, no_cache: false, tags: ["13534e6f3bddb485da88590a68b4948a242ebf2b"] }
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
              not testdock.toml: not there
              not .devcontainer/devcontainer.json: not there
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { docker { image 'maven:3' } }"), compose],
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no Dockerfile; Jenkinsfile: it has no Docker agent; docker-compose.yml: none of its services is built here, or has the workspace mounted
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { docker 'maven:3' }")],
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no compose file, no Dockerfile; Jenkinsfile: it has no Docker agent
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
    check(
        "",
        None,
        &[("Jenkinsfile", "agent { dockerfile true }"), DOCKERFILE],
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and the workspace has a Dockerfile
              not testdock.toml: not there
              not .devcontainer/devcontainer.json: not there
              not Jenkinsfile: it has no Docker agent
              not compose.yaml: not there
              not testenvironments.json: not there
        "#]],
    );
    check(
        "",
        None,
        &[compose, DOCKERFILE],
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and the workspace has a Dockerfile
              not testdock.toml: not there
              not .devcontainer/devcontainer.json: not there
              not Jenkinsfile: not there
              not docker-compose.yml: none of its services is built here, or has the workspace mounted
              not testenvironments.json: not there
        "#]],
    );
    check(
        "",
        None,
        &[compose],
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no Dockerfile; docker-compose.yml: none of its services is built here, or has the workspace mounted
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
}

/// It would decide where the tests run.
#[test]
fn what_cannot_be_read_is_not_passed_over() {
    check(
        "",
        None,
        &[("Jenkinsfile", UNREAD), DOCKERFILE],
        &expect![[r#"
        /w/shop/Jenkinsfile:1: cannot read Jenkinsfile: it is not a regular file
          correct it, or say where the tests run under [interpreter] in testdock.toml
    "#]],
    );
    let named = "[interpreter]\ndockerfile = \"image/Dockerfile\"";
    check(
        named,
        None,
        &[("image/Dockerfile", UNREAD)],
        &expect![[r#"
        /w/shop/image/Dockerfile:1: cannot read image/Dockerfile: it is not a regular file
          correct it, or say where the tests run under [interpreter] in testdock.toml
    "#]],
    );
    // What is not asked for does not matter.
    let named = "[interpreter]\nimage = \"x\"";
    check(
        named,
        None,
        &[("Jenkinsfile", UNREAD)],
        &expect![[r#"
        Image("x")
          `interpreter.image` is set by testdock.toml
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
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
}

/// Where the workspace goes, and whether it has a container at all, is the caller's word.
#[test]
fn another_engine_and_none_are_asked_for() {
    let elsewhere = "[interpreter]\nimage = \"a\"\nhost = \"tcp://theirs:2376\"";
    let here = "[interpreters.theirs]\nlocal = true";
    let said = [chosen(elsewhere, None, &[]), chosen(here, Some("theirs"), &[])].map(|chosen| {
        let error = chosen.unwrap_err();
        let what = error.ask.as_ref().unwrap().what.join(", ");
        format!("{}asks for {what}\n", failure(&error))
    });
    expect![[r#"
        testdock.toml has the tests run on the engine at tcp://theirs:2376, which gets the workspace, and you have not allowed that
          if you trust it, run `testdock interpreter allow` once; where nobody can be asked, pass --set 'interpreter.host = "tcp://theirs:2376"'
        asks for the engine at tcp://theirs:2376, which gets the workspace
        testdock.toml has the tests run on this machine itself, without a container, and you have not allowed that
          if you trust it, run `testdock interpreter allow theirs` once; where nobody can be asked, pass --set 'interpreters.theirs.local = true'
        asks for this machine itself, without a container
    "#]].assert_eq(&said.concat());
}

#[test]
fn the_settings_shape_the_container() {
    let config = "[interpreter]\nimage = \"a\"\nuser = \"1000:100\"\nworkdir = \"/w\"\nhost = \"ssh://b\"\nnetwork = \"n\"\nkeep-warm = \"0s\"\n\
                  limits = { cpus = 1.5, memory = \"1k\", pids = 3 }\nenv = { A = \"b\" }";
    check_container(
        config,
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            user: Named("1000:100")
            env: {"A": "b"}
            workdir: Some("/w")
            limits: Limits { cpus_milli: Some(1500), memory: Some(1024), pids: Some(3) }
            network: Some("n")
            security_opt: ["no-new-privileges"]
        "#]],
    );
    let config = "[interpreter]\ndockerfile = \"Dockerfile\"\nsecrets = { pip = \"env:TOKEN\", npm = \"~/.npmrc\" }\nbuild-network = \"host\"\nallow = [\"host-namespaces\"]\n\
                  mounts = [\"~/.m2:/m2\"]\nextra-hosts = { db = \"10.0.0.1\" }\nentrypoint = true\ninit = true\nshm-size = \"1g\"\n\
                  pull = \"always\"\nplatform = \"linux/arm64\"\nrun-args = [\"--cap-add=SYS_PTRACE\", \"-p\", \"80:80\"]";
    check_container(
        config,
        &[DOCKERFILE],
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
            options: BuildOptions { extra_hosts: ["db:10.0.0.1"], network: Some("host"), platform: Some("linux/arm64"), secrets: {"npm": File("/home/me/.npmrc"), "pip": Env("TOKEN")}, cache_from: [], labels: {}, shm_size: None, no_cache: false, tags: [] }
              `interpreter.dockerfile` is set by testdock.toml
            pull: true
            entrypoint: Image
            mounts: [Mount { target: "/m2", from: Host { path: "/home/me/.m2", make: true, label: None }, read_only: false }]
            extra_hosts: ["db:10.0.0.1"]
            cap_add: ["SYS_PTRACE"]
            security_opt: ["no-new-privileges"]
            init: true
            shm_size: Some(1073741824)
            platform: Some("linux/arm64")
            beyond: the host's own network (of the build)
            beyond: the host's /home/me/.m2
            not `--publish=80:80`: the tests run inside the container, so no port is published
        "#]],
    );
}

#[test]
fn what_reaches_beyond_the_container_is_known() {
    let with = |args: &str, more: &str| {
        format!("[interpreter]\nimage = \"a\"\nrun-args = [{args}]\n{more}")
    };
    check_container(
        &with("\"--privileged\"", ""),
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            security_opt: ["no-new-privileges"]
            privileged: true
            beyond: all privileges of the host (privileged)
        "#]],
    );
    let allowed = "allow = [\"privileged\"]";
    check_container(
        &with("\"--privileged\"", allowed),
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            security_opt: ["no-new-privileges"]
            privileged: true
            beyond: all privileges of the host (privileged)
        "#]],
    );
    check_container(
        &with("\"-v/:/host\"", allowed),
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            mounts: [Mount { target: "/host", from: Host { path: "/", make: true, label: None }, read_only: false }]
            security_opt: ["no-new-privileges"]
            beyond: the host's /
        "#]],
    );
    let socket = with("\"-v/var/run/docker.sock:/var/run/docker.sock\"", "");
    check_container(
        &socket,
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            mounts: [Mount { target: "/var/run/docker.sock", from: Host { path: "/var/run/docker.sock", make: true, label: None }, read_only: false }]
            security_opt: ["no-new-privileges"]
            beyond: the engine itself (/var/run/docker.sock)
        "#]],
    );
    check_container(
        &with("\"--network=host\"", ""),
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            network: Some("host")
            security_opt: ["no-new-privileges"]
            beyond: the host's own network (network=host)
        "#]],
    );
    check_container(
        &with("\"-v../../etc:/e\"", ""),
        &[],
        &expect![[r#"
            Image("a")
              `interpreter.image` is set by testdock.toml
            mounts: [Mount { target: "/e", from: Host { path: "/etc", make: true, label: None }, read_only: false }]
            security_opt: ["no-new-privileges"]
            beyond: the host's /etc
        "#]],
    );
    check_container(
        &with("\"--env\"", ""),
        &[],
        &expect![[r#"
            `interpreter.run-args`: `--env` lacks its value
              correct it in testdock.toml
        "#]],
    );
}

#[test]
fn init_writes_what_was_found_and_reads_back() {
    let files = [("Dockerfile", "FROM a")];
    let choice = chosen("", None, &files).unwrap();
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
    let text = init_document(Some(&choice), "python:3.12", &suites, &[]);
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
    for text in [text, init_document(None, "python:3.12", &[], &[])] {
        let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), &text);
        let resolution = resolve(&[layer], None);
        assert_eq!(resolution.problems, []);
        assert!(resolution.config.suites.is_empty() || resolution.config.suites == suites);
        let choice = chosen(&text, None, &files).unwrap();
        assert_ne!(choice.interpreter.source, Source::Local);
    }
}

#[test]
fn init_gives_a_folder_with_a_dockerfile_an_interpreter_of_its_own() {
    let own = |folder: &str, text: &str| OwnImage::of(&RelPath::new(folder), text);
    let images = [
        own("api", "FROM a\nCOPY requirements.txt .\nCOPY . .\n"),
        own("services/web", "FROM b\nCOPY services/web/package.json .\n"),
        own("local", "FROM c\n"),
    ];
    let suite = |(root, image): (&str, &OwnImage)| Suite {
        framework: Some("pytest".into()),
        root: root.into(),
        interpreter: Some(image.name.clone()),
        ..Suite::default()
    };
    let suites: Vec<Suite> =
        ["api", "services/web", "local"].into_iter().zip(&images).map(suite).collect();
    let text = init_document(None, "python:3.12", &suites, &images);
    expect![[r##"
        # Where and how this project's tests run; see `testdock explain` for every setting in force.

        [interpreters.api]
        dockerfile = "api/Dockerfile"
        context = "api"

        [interpreters.services-web]
        dockerfile = "services/web/Dockerfile"

        [interpreters.local-image]
        dockerfile = "local/Dockerfile"
        context = "local"

        [[suite]]
        framework = "pytest"
        root = "api"
        interpreter = "api"
        # args = ["-x"]
        # timeout = "10m"

        [[suite]]
        framework = "pytest"
        root = "services/web"
        interpreter = "services-web"
        # args = ["-x"]
        # timeout = "10m"

        [[suite]]
        framework = "pytest"
        root = "local"
        interpreter = "local-image"
        # args = ["-x"]
        # timeout = "10m"

        # The same settings again, laid over the others with `--profile ci`:
        # [profile.ci]
        # timeout = "30m"
    "##]]
    .assert_eq(&text);
    let layer = Layer::from_toml(Origin::Repository("testdock.toml".into()), &text);
    assert_eq!(resolve(&[layer], None).problems, []);
}

#[test]
fn init_is_proposed_where_the_parts_have_dockerfiles() {
    let error = chosen("", None, &[("api/Dockerfile", "FROM a"), ("web/a.ts", "")]).unwrap_err();
    let help = error.help.unwrap_or_default();
    let init = "if api/Dockerfile is for the tests of its folder, `testdock init` writes that down; or write image";
    assert!(help.starts_with(init), "{help}");
}

/// What is there and says nothing of where tests run is told with its reason.
#[test]
fn what_is_there_and_does_not_help() {
    let files = [
        ("Jenkinsfile", "pipeline { agent any }"),
        ("compose.yaml", "services: { db: { image: a } }"),
        (
            "testenvironments.json",
            r#"{ "environments": [{ "name": "a", "type": "wsl" }, { "name": "b", "type": "ssh" }] }"#,
        ),
    ];
    check(
        "",
        None,
        &files,
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no Dockerfile; Jenkinsfile: it has no Docker agent; compose.yaml: none of its services is built here, or has the workspace mounted; testenvironments.json: none of its environments is a container
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
    check(
        "",
        None,
        &files[1..2],
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no Dockerfile; compose.yaml: none of its services is built here, or has the workspace mounted
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
}

#[test]
fn a_flag_that_nobody_knows_needs_no_value() {
    let config = "[interpreter]\nimage = \"a\"\nrun-args = [\"--frob\"]";
    let unheeded = chosen(config, None, &[]).unwrap().interpreter.unheeded;
    assert_eq!(unheeded, ["`--frob`: Testdock does not know it"]);
}

#[test]
fn a_name_that_is_nearly_right_is_asked_about() {
    let config = "[interpreters.bad]\nimage = \"a\"";
    let help = chosen(config, Some("bda"), &[]).unwrap_err().help.unwrap();
    assert!(help.starts_with("did you mean `bad`? "), "{help}");
}
