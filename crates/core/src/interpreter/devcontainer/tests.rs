use expect_test::{Expect, expect};

use super::super::tests::check_container;

const PATH: &str = ".devcontainer/devcontainer.json";

fn check(text: &str, expected: &Expect) {
    let files = [(PATH, text), ("Dockerfile", "FROM a AS dev\n"), ("ci/Dockerfile", "FROM b\n")];
    check_container("", &files, expected);
}

#[test]
fn an_image_with_comments_and_trailing_commas() {
    check(
        "\u{feff}{ // which\n \"image\": \"node:22\", /* that */\n}",
        &expect![[r#"
        Image("node:22")
          no setting names a source, and .devcontainer/devcontainer.json does: a dev container
        workdir: Some("/workspaces/shop")
    "#]],
    );
}

#[test]
fn every_property() {
    check(
        r#"{
  "name": "Shop",
  "build": { "dockerfile": "../Dockerfile", "context": "..", "target": "dev", "args": { "R": "${localEnv:REGION}" },
             "cacheFrom": "c", "options": ["--add-host=a:1.1.1.1", "--frob=1"] },
  "workspaceMount": "source=${localWorkspaceFolder},target=/src/${localWorkspaceFolderBasename},type=bind,consistency=cached",
  "workspaceFolder": "/src/${localWorkspaceFolderBasename}",
  "mounts": ["source=cache-${devcontainerId},target=/cache,type=volume", { "type": "bind", "source": "${localEnv:HOME}/.npm", "target": "/npm" }],
  "containerEnv": { "A": "1", "B": "b" },
  "remoteEnv": { "PATH": "${containerEnv:PATH}:${containerWorkspaceFolder}/bin", "B": null, "N": "${localEnv:NOWHERE:fallback}" },
  "remoteUser": "node", "containerUser": "root",
  "runArgs": ["--shm-size=1g", "-p", "80:80", "--workdir=/x"],
  "init": true, "capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"],
  "features": { "ghcr.io/devcontainers/features/git:1": {} },
  "initializeCommand": "make", "postCreateCommand": "npm ci", "onCreateCommand": ["a", "b c"],
  "postStartCommand": { "one": "x", "two": ["y"] }, "postAttachCommand": "z",
  "customizations": { "vscode": {} }, "forwardPorts": [80], "frobnicate": 1, "overrideCommand": false,
}"#,
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
            target: Some("dev")
            build_args: {"R": "eu"}
            options: BuildOptions { extra_hosts: ["a:1.1.1.1"], network: None, platform: None, secrets: {}, cache_from: ["c"], labels: {}, shm_size: None, no_cache: false, tags: [] }
              no setting names a source, and .devcontainer/devcontainer.json does: the dev container `Shop`
            user: Alias("node")
            env: {"A": "1", "N": "fallback", "PATH": "${containerEnv:PATH}:/src/shop/bin"}
            workdir: Some("/src/shop")
            entrypoint: Image
            mounts: [Mount { target: "/cache", from: Volume(Some("cache-781452f4a7f064e1708e07e9e5e8c0c7e97a00cd")), read_only: false }, Mount { target: "/npm", from: Host { path: "/home/me/.npm", make: false, label: None }, read_only: false }]
            cap_add: ["SYS_PTRACE"]
            security_opt: ["seccomp=unconfined"]
            init: true
            shm_size: Some(1073741824)
            beyond: the host's /home/me/.npm
            not `--frob=1`: Testdock's builds do not know it
            not `onCreateCommand`: not run; lifecycle = true under [interpreter] runs it in each new container
            not `postCreateCommand`: not run; lifecycle = true under [interpreter] runs it in each new container
            not `postStartCommand`: not run; lifecycle = true under [interpreter] runs it in each new container
            not `initializeCommand`: Testdock runs nothing of it on your machine
            not `postAttachCommand`: nobody attaches
            not the feature `ghcr.io/devcontainers/features/git:1`: Testdock installs no features; the image has to have it
            not `frobnicate`: Testdock does not know it
            not `--publish=80:80`: the tests run inside the container, so no port is published
            not the build argument `R`: no `ARG` of Dockerfile asks for it
        "#]],
    );
}

#[test]
fn lifecycle_commands_run_where_that_is_asked_for() {
    let text = r#"{ "dockerFile": "../Dockerfile", "context": "..", "postCreateCommand": "npm ci", "onCreateCommand": ["a", "${containerWorkspaceFolder}"],
        "postStartCommand": { "one": "x", "two": ["y"] } }"#;
    check_container(
        "[interpreter]\nlifecycle = true\nsetup = [\"make ready\"]",
        &[(PATH, text), ("Dockerfile", "FROM a\n")],
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and .devcontainer/devcontainer.json does: a dev container
            workdir: Some("/workspaces/shop")
            setup: [Setup { name: "onCreateCommand", argv: ["a", "/workspaces/shop"] }, Setup { name: "postCreateCommand", argv: ["sh", "-c", "npm ci"] }, Setup { name: "postStartCommand", argv: ["sh", "-c", "x"] }, Setup { name: "postStartCommand", argv: ["y"] }, Setup { name: "interpreter.setup", argv: ["sh", "-c", "make ready"] }]
        "#]],
    );
}

#[test]
fn what_cannot_be_used_says_why() {
    check(
        "{ \"image\": \"a\"\n \"name\": 1 }",
        &expect![[r#"
            /w/shop/.devcontainer/devcontainer.json:1: cannot read .devcontainer/devcontainer.json: expected comma
              correct it; comments and trailing commas are fine
        "#]],
    );
    check(
        "{",
        &expect![[r#"
            /w/shop/.devcontainer/devcontainer.json:1: cannot read .devcontainer/devcontainer.json: unterminated object
              correct it; comments and trailing commas are fine
        "#]],
    );
    check(
        "{ \"image\": [] }",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot read .devcontainer/devcontainer.json: invalid type: sequence, expected a string
          correct it; comments and trailing commas are fine
    "#]],
    );
    check(
        "{}",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: it names no image, no Dockerfile and no compose file
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "{ \"build\": { \"dockerfile\": \"Dockerfile\" } }",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: the workspace has no .devcontainer/Dockerfile
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "{ \"build\": { \"dockerfile\": \"../../Dockerfile\" } }",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: `../../Dockerfile` lies outside of the workspace, which Testdock does not use
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "{ \"image\": \"a\", \"privileged\": true }",
        &expect![[r#"
            Image("a")
              no setting names a source, and .devcontainer/devcontainer.json does: a dev container
            workdir: Some("/workspaces/shop")
            privileged: true
            beyond: all privileges of the host (privileged)
        "#]],
    );
    check(
        "{ \"image\": \"a\", \"mounts\": [\"x\"] }",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: the mount `x` has no target
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "{ \"image\": \"a\", \"runArgs\": [\"x\"] }",
        &expect![[r#"
        /w/shop/.devcontainer/devcontainer.json:1: cannot use .devcontainer/devcontainer.json: runArgs: `x` is no flag of docker run
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "{ \"image\": \"a${what}${\", \"updateRemoteUserUID\": false, \"remoteUser\": \"me\" }",
        &expect![[r#"
        Image("a${what}${")
          no setting names a source, and .devcontainer/devcontainer.json does: a dev container
        user: Named("me")
        workdir: Some("/workspaces/shop")
        not `${what}`: Testdock does not know it
    "#]],
    );
}

/// All services run where the file names none.
#[test]
fn the_services_beside_a_compose_service() {
    let compose = "services: { app: { build: . }, db: { image: a }, mail: { image: b } }";
    let check = |run: &str, expected: &Expect| {
        let text = format!(
            r#"{{ "dockerComposeFile": "../compose.yaml", "service": "app", "workspaceFolder": "/w" {run} }}"#
        );
        check_container("", &[(PATH, &text), ("compose.yaml", compose)], expected);
    };
    check(
        "",
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: All, exec: false, user: None, entrypoint: None })
          no setting names a source, and .devcontainer/devcontainer.json does: a dev container in service `app`
    "#]],
    );
    check(
        r#", "runServices": ["db"]"#,
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: Named(["db"]), exec: false, user: None, entrypoint: None })
          no setting names a source, and .devcontainer/devcontainer.json does: a dev container in service `app`
    "#]],
    );
}

/// Whoever names a service that is not there is the place to mend.
#[test]
fn a_service_that_the_compose_files_lack() {
    check_container(
        "",
        &[
            (PATH, r#"{ "dockerComposeFile": "../compose.yaml", "service": "ap" }"#),
            ("compose.yaml", "services: { app: { build: . } }"),
        ],
        &expect![[r#"
            /w/shop/.devcontainer/devcontainer.json:1: cannot use compose.yaml: it has no service `ap`
              did you mean `app`? there are: app
        "#]],
    );
}

#[test]
fn a_compose_file_that_is_not_there_is_the_dev_containers_mistake() {
    let text = r#"{ "dockerComposeFile": "no.yaml", "service": "web" }"#;
    let error = super::super::tests::chosen("", None, &[(".devcontainer.json", text)]).unwrap_err();
    assert_eq!(
        error.message,
        "cannot use .devcontainer.json: dockerComposeFile names no.yaml, which is not in the workspace"
    );
    assert!(!error.help.unwrap().contains("interpreter.compose"));
}
