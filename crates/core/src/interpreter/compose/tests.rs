use expect_test::{Expect, expect};

use super::super::tests::{
    DOCKERFILE, check_container, chosen, failure, fields_of_container, news,
};
use super::*;

const WEB: &str = "services:\n  web:\n    build: .\n  db:\n    image: postgres:15\n";

fn check(config: &str, files: &[(&str, &str)], expected: &Expect) {
    check_container(config, files, expected);
}

#[test]
fn the_service_that_is_built_here_is_meant() {
    check(
        "",
        &[("compose.yaml", WEB)],
        &expect![[r#"
            Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "web", beside: Needed, exec: false, user: None, entrypoint: None })
              no setting names a source, and compose.yaml does: its service `web`
            security_opt: ["no-new-privileges"]
        "#]],
    );
    check(
        "",
        &[(
            "docker-compose.yml",
            "services: { only: { image: a, volumes: [.:/w] }, db: { image: b } }",
        )],
        &expect![[r#"
            Compose(Compose { files: ["docker-compose.yml"], env_files: [], profiles: [], project: "shop", service: "only", beside: Needed, exec: false, user: None, entrypoint: None })
              no setting names a source, and docker-compose.yml does: its service `only`
            security_opt: ["no-new-privileges"]
        "#]],
    );
    check(
        "[interpreter]\ncompose = { service = \"db\", exec = true, profiles = [\"p\"], env-file = [\"ci.env\", \"/w/shop/in.env\", \"/etc/out.env\"], project = \"Shop!\" }\nuser = \"image\"\nentrypoint = false\nenv = { A = \"1\" }",
        &[("compose.yaml", WEB), ("compose.override.yml", "services: { web: { image: x } }")],
        &expect![[r#"
            Compose(Compose { files: ["compose.yaml", "compose.override.yml"], env_files: ["ci.env", "in.env", "../../etc/out.env"], profiles: ["p"], project: "shop", service: "db", beside: Needed, exec: true, user: Some(Image), entrypoint: Some(false) })
              `interpreter.compose` is set by testdock.toml (its service `db`)
            user: Image
            env: {"A": "1"}
            security_opt: ["no-new-privileges"]
            beyond: what is outside of the workspace, /etc/out.env (read for variables and services)
        "#]],
    );
    check(
        "[interpreter]\ncompose = { file = \"ci/compose.yaml\", files = [\"ci/more.yaml\"] }",
        &[
            ("ci/compose.yaml", "name: fix\nservices: { a: { image: x } }"),
            ("ci/more.yaml", "services: { b: { build: . } }"),
            ("ci/.env", "X=1\nCOMPOSE_PROJECT_NAME='from env'\n"),
        ],
        &expect![[r#"
            Compose(Compose { files: ["ci/compose.yaml", "ci/more.yaml"], env_files: [], profiles: [], project: "fromenv", service: "b", beside: Needed, exec: false, user: None, entrypoint: None })
              `interpreter.compose` is set by testdock.toml (its service `b`)
            security_opt: ["no-new-privileges"]
        "#]],
    );
}

/// A database that is built in a folder of its own is not where the tests of those who need it run.
#[test]
fn what_a_service_needs_is_not_meant() {
    let meant = |services: &str| {
        let text = format!("services: {{ {services} }}");
        let choice = chosen("", None, &[("compose.yaml", &text)]);
        choice.map_or_else(|error| error.message, |choice| choice.why)
    };
    let app = "app: { image: a, volumes: [.:/w], depends_on";
    let from = |services: &str| meant(services).rsplit_once('`').map(|it| it.0.to_owned());
    let app_is_meant =
        Some("no setting names a source, and compose.yaml does: its service `app".to_owned());
    assert_eq!(from(&format!("{app}: [db] }}, db: {{ build: ./db }}")), app_is_meant);
    let far = "{ mid: { condition: service_healthy } } }, mid: { image: b, depends_on: [db] }";
    assert_eq!(from(&format!("{app}: {far}, db: {{ build: {{ context: db }} }}")), app_is_meant);
    // The workspace's own image, and the tool that tries it out from outside.
    let own = meant("e2e: { image: a, volumes: [.:/w], depends_on: [web] }, web: { build: . }");
    assert!(own.ends_with("its service `web`"), "{own}");
    let both = meant("web: { build: ./web, depends_on: [api] }, api: { build: ./api }");
    assert!(both.contains("cannot tell in which service"), "{both}");
    // Also where the one that needs it is built here itself.
    let built = "app: { build: ., volumes: ['.:/code'], depends_on: [db] }, db: { build: ./db }";
    assert_eq!(from(built), app_is_meant);
    assert_eq!(
        from("app: { build: ., depends_on: [db] }, db: { build: ./db, volumes: ['.:/w'] }"),
        app_is_meant
    );
}

/// The tool's own variables count where no setting names files, as they do for the tool.
#[test]
fn the_variables_of_the_tool() {
    const CI: (&str, &str) =
        ("ci/compose.yaml", "services: { web: { image: a, volumes: [.:/w] } }");
    let told = |config: &str, more: &[(&str, &str)]| {
        let files: Vec<_> = [("compose.yaml", WEB), ("compose.override.yaml", "{}"), CI]
            .iter()
            .chain(more)
            .copied()
            .collect();
        match chosen(config, None, &files) {
            Ok(choice) => {
                let Source::Compose(compose) = &choice.interpreter.source else { panic!() };
                let Compose { files, env_files, profiles, project, .. } = &**compose;
                format!("{files:?} {env_files:?} {profiles:?} {project}\n  {}\n", choice.why)
            }
            Err(error) => format!("{:?}: {}\n", error.place.map(|it| it.path), error.message),
        }
    };
    let both = (".env", "COMPOSE_FILE=compose.yaml:ci/compose.yaml\nCOMPOSE_PROFILES=a, b\n");
    let all = [
        told("", &[both]),
        told("", &[both, ("$COMPOSE_FILE", "/w/shop/ci/compose.yaml")]),
        told("", &[both, ("$COMPOSE_FILE", "")]),
        told("", &[both, ("$COMPOSE_PROFILES", "c"), ("$COMPOSE_PATH_SEPARATOR", ";")]),
        told("", &[both, ("$COMPOSE_ENV_FILES", "ci.env"), ("ci.env", "COMPOSE_PROJECT_NAME=ci")]),
        told("", &[(".env", "export COMPOSE_FILE = 'ci/compose.yaml' # ours")]),
        told("", &[(".env", "COMPOSE_FILE=../compose.yaml")]),
        told("[interpreter.compose]\nprofiles = [\"d\"]", &[both]),
        told("[interpreter.compose]\nfile = \"compose.yaml\"", &[both]),
        told("[interpreter.compose]\nfiles = [\"ci/compose.yaml\"]", &[both]),
    ];
    expect![[r#"
        ["compose.yaml", "ci/compose.yaml"] [] ["a", "b"] shop
          no setting names a source, and compose.yaml does: its service `web` of the files that COMPOSE_FILE in .env names
        ["ci/compose.yaml"] [] [] ci
          no setting names a source, and ci/compose.yaml does: its service `web` of the files that COMPOSE_FILE in the environment names
        ["compose.yaml", "compose.override.yaml"] [] ["a", "b"] shop
          no setting names a source, and compose.yaml does: its service `web`
        Some("/w/shop/.env"): cannot use compose.yaml:ci/compose.yaml, which COMPOSE_FILE in .env names: there is no such file in the workspace
        ["compose.yaml", "compose.override.yaml"] ["ci.env"] [] ci
          no setting names a source, and compose.yaml does: its service `web`
        ["ci/compose.yaml"] [".env"] [] ci
          no setting names a source, and ci/compose.yaml does: its service `web` of the files that COMPOSE_FILE in .env names
        Some("/w/shop/.env"): cannot use ../compose.yaml, which COMPOSE_FILE in .env names: it lies outside of the workspace
        ["compose.yaml", "ci/compose.yaml"] [] ["d"] shop
          `interpreter.compose` is set by testdock.toml (its service `web` of the files that COMPOSE_FILE in .env names)
        ["compose.yaml"] [] ["a", "b"] shop
          `interpreter.compose` is set by testdock.toml (its service `web`)
        ["compose.yaml", "compose.override.yaml", "ci/compose.yaml"] [] ["a", "b"] shop
          `interpreter.compose` is set by testdock.toml (its service `web`)
    "#]].assert_eq(&all.concat());
}

/// Further files lie over the one that is there, unless they name that themselves.
#[test]
fn further_files() {
    let files = |setting: &str, there: &[&str]| {
        let there: Vec<_> = there.iter().map(|name| (*name, WEB)).collect();
        let choice = chosen(&format!("[interpreter]\ncompose = {setting}"), None, &there).unwrap();
        let Source::Compose(compose) = &choice.interpreter.source else { panic!() };
        let files: Vec<&str> = compose.files.iter().map(|file| file.as_str()).collect();
        files.join(" ")
    };
    let further = r#"{ files = ["ci/more.yaml"] }"#;
    let all = ["compose.yaml", "compose.override.yaml", "ci/more.yaml"];
    assert_eq!(files(further, &all), all.join(" "));
    assert_eq!(files(further, &["ci/more.yaml"]), "ci/more.yaml");
    let named = r#"{ files = ["compose.yaml", "ci/more.yaml"] }"#;
    assert_eq!(files(named, &all), "compose.yaml ci/more.yaml");
    let set = r#"{ file = "compose.yaml", files = ["ci/more.yaml"] }"#;
    assert_eq!(files(set, &all), "compose.yaml ci/more.yaml");
}

/// A dev container has services run that the one of the tests does not need.
#[test]
fn services_that_run_beside() {
    let choice = chosen("", None, &[("compose.yaml", WEB)]).unwrap();
    let Source::Compose(compose) = &choice.interpreter.source else { panic!() };
    let config = "services: { web: { image: a, depends_on: [db] }, db: { image: b }, mail: { image: c, depends_on: { box: {} } }, \
                  box: { image: d }, extra: { image: e, profiles: [p] } }";
    let with = |beside: Beside| {
        let compose = Compose { beside, ..(**compose).clone() };
        match compose_interpreter(&choice.interpreter, &compose, config, "/w/shop".into()) {
            Ok(made) => {
                made.needs.iter().map(|need| need.service.as_str()).collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.message,
        }
    };
    assert_eq!(with(Beside::Needed), "db");
    assert_eq!(with(Beside::All), "db mail box");
    assert_eq!(with(Beside::Named(vec!["mail".into(), "extra".into()])), "db mail box extra");
    expect!["cannot use the compose files: there is no service `x`, which runServices names"]
        .assert_eq(&with(Beside::Named(vec!["x".into()])));
}

#[test]
fn what_cannot_be_told_says_what_to_write() {
    let dockerfile = ("Dockerfile", "FROM a\n");
    check(
        "",
        &[("compose.yaml", "services: { a: { image: x } }"), dockerfile],
        &expect![[r#"
        Dockerfile
        path: "Dockerfile"
          no setting names a source, and the workspace has a Dockerfile
        security_opt: ["no-new-privileges"]
    "#]],
    );
    check(
        "[interpreter]\ncompose = {}",
        &[("compose.yaml", "services: { a: { image: x } }")],
        &expect![[r#"
        cannot run tests as compose.yaml says: none of its services is built here, or has the workspace mounted
          write image = "python:3.12" under [interpreter] in testdock.toml instead
    "#]],
    );
    check(
        "",
        &[(
            "compose.yaml",
            "services: { a: { image: x, volumes: [.:/a] }, b: { image: y, volumes: [{ source: . }] } }",
        )],
        &expect![[r#"
        /w/shop/compose.yaml:1: cannot tell in which service of compose.yaml the tests run: `a`, `b`
          write compose = { service = "a" } under [interpreter] in testdock.toml, or another one of them
    "#]],
    );
    check(
        "",
        &[("compose.yaml", "services: { a: { build: . }, b: { build: . }, c: { image: y } }")],
        &expect![[r#"
        /w/shop/compose.yaml:1: cannot tell in which service of compose.yaml the tests run: `a`, `b`
          write compose = { service = "a" } under [interpreter] in testdock.toml, or another one of them
    "#]],
    );
    check(
        "",
        &[("compose.yaml", "services: {}")],
        &expect![[r#"
            found nothing that says where the tests run: no setting, no dev container, no Jenkinsfile, no Dockerfile; compose.yaml: none of its services is built here, or has the workspace mounted
              write image = "python:3.12" under [interpreter] in testdock.toml, or run without a container: local = true there, or --local
        "#]],
    );
    check(
        "",
        &[("compose.yaml", "services:\n  a: [\n")],
        &expect![[r#"
            /w/shop/compose.yaml:2: cannot read compose.yaml: line 2 column 6: unclosed bracket '['
              correct it
        "#]],
    );
    check(
        "[interpreter]\ncompose = { service = \"wbe\" }",
        &[("compose.yaml", WEB)],
        &expect![[r#"
        /w/shop/compose.yaml:1: cannot use compose.yaml: it has no service `wbe`
          did you mean `web`? there are: web, db
    "#]],
    );
    check(
        "[interpreter]\ncompose = { file = \"no.yaml\" }",
        &[],
        &expect![[r#"
        cannot read no.yaml: there is no such file in the workspace
          correct `interpreter.compose` in testdock.toml
    "#]],
    );
    check(
        "[interpreter]\ncompose = { file = \"../no.yaml\" }",
        &[("../no.yaml", "")],
        &expect![[r#"
        /w/shop/testdock.toml:1: cannot use ../no.yaml: it lies outside of the workspace
          correct compose.file
    "#]],
    );
}

#[test]
fn a_dev_container_names_a_service() {
    check(
        "[interpreter]\nlifecycle = true",
        &[
            (
                ".devcontainer/devcontainer.json",
                r#"{ "dockerComposeFile": ["../compose.yaml", "more.yaml"], "service": "web", "workspaceFolder": "/w",
                     "remoteUser": "node", "remoteEnv": { "A": "${containerWorkspaceFolder}" }, "postCreateCommand": "x" }"#,
            ),
            ("compose.yaml", WEB),
            (".devcontainer/more.yaml", "services: {}"),
        ],
        &expect![[r#"
            Compose(Compose { files: ["compose.yaml", ".devcontainer/more.yaml"], env_files: [], profiles: [], project: "shop", service: "web", beside: All, exec: false, user: None, entrypoint: None })
              no setting names a source, and .devcontainer/devcontainer.json does: a dev container in service `web`
            user: Alias("node")
            env: {"A": "/w"}
            setup: [Setup { name: "postCreateCommand", argv: ["sh", "-c", "x"] }]
        "#]],
    );
}

#[test]
fn files_that_shape_what_comes_out() {
    let reads = |text: &str, more: &[(&str, &str)]| {
        let files: Vec<_> = [("ci/compose.yaml", text)].iter().chain(more).copied().collect();
        let named = "[interpreter]\ncompose = { file = \"ci/compose.yaml\", service = \"a\" }";
        let reads = chosen(named, None, &files).unwrap().interpreter.reads;
        reads.iter().map(|path| path.as_str().replace("/w/shop/", "")).collect::<Vec<_>>().join(" ")
    };
    let text = "services: { a: { image: x, env_file: a.env }, b: { image: x, env_file: [b.env, { path: ../c.env }] } }";
    expect!["c.env ci/.env ci/a.env ci/b.env ci/compose.yaml"].assert_eq(&reads(text, &[]));
    let base =
        ("base/x.yaml", "services: { b: { image: x, env_file: b.env, label_file: ../../l } }");
    let text = "services: { a: { extends: { file: ../base/x.yaml, service: b } } }";
    expect!["/w/l base/b.env base/x.yaml ci/.env ci/compose.yaml"].assert_eq(&reads(text, &[base]));
    let text = "include: [../base/x.yaml, { path: [y.yaml], project_directory: .., env_file: i.env }]\nservices: { a: { image: x } }";
    let y =
        ("ci/y.yaml", "include: [ci/y.yaml]\nservices: { c: { image: x, env_file: ../c.env } }");
    expect!["/w/c.env /w/l .env base/.env base/b.env base/x.yaml ci/.env ci/compose.yaml ci/i.env ci/y.yaml"].assert_eq(&reads(text, &[base, y]));
    // Variables count as the tool takes them; what cannot be told stays.
    let text = "services: { a: { image: x, env_file: ['${STAGE:-dev}.env', $WHERE/x, '${NONE}z', '${A:-${B}}'] } }";
    expect!["/etc/x ci/.env ci/compose.yaml ci/dev.env ci/z ${A:-${B}}"]
        .assert_eq(&reads(text, &[("ci/.env", "WHERE=/etc\n")]));
    expect![[r#"{"services":{"db":{"labels":{"a":"b"}}},"version":"3.8"}"#]]
        .assert_eq(&compose_labels("version: '3.8'\n", &[("db", vec![("a", "b")])]));
    expect![[r#"{"services":{"db":{"labels":{"a":"b"}},"mq":{"labels":{"a":"$$c"}}}}"#]].assert_eq(
        &compose_labels("services: {}", &[("db", vec![("a", "b")]), ("mq", vec![("a", "$c")])]),
    );
}

/// What a resolved file comes to.
fn resolved(config: &str, settings: &str, root: &str) -> String {
    let choice = chosen(settings, None, &[("compose.yaml", WEB)]).unwrap();
    let Source::Compose(compose) = &choice.interpreter.source else { panic!() };
    match compose_interpreter(&choice.interpreter, compose, config, root.into()) {
        Ok(service) => {
            let needs =
                service.needs.iter().map(|n| format!("needs {} {:?}\n", n.service, n.condition));
            let links = service.links.iter().map(|(to, name)| format!("calls {to} {name}\n"));
            let networks = service.networks.iter().filter(|network| !network.is_plain);
            let networks =
                networks.map(|it| format!("in {}", news(it, &ComposeNetwork::default())));
            let said = needs.chain(links).chain(networks).collect::<String>();
            fields_of_container(&service.interpreter) + &said
        }
        Err(error) => {
            let help = error.help.map(|help| format!("  {help}\n"));
            format!("{}\n{}", error.message, help.unwrap_or_default())
        }
    }
}

#[test]
fn settings_of_volumes_are_honoured_or_said() {
    let config = "services:
  web:
    image: x
    volumes:
      - /a:/a:Z
      - /b:/b:rw,delegated
      - { type: bind, source: /c, target: /c, bind: { selinux: z, propagation: rshared } }
      - { type: volume, source: d, target: /d, consistency: cached, volume: { nocopy: true } }
";
    expect![[r#"
        Image("x")
        --
        entrypoint: Image
        mounts: [Mount { target: "/a", from: Host { path: "/a", make: true, label: Some(Private) }, read_only: false }, Mount { target: "/b", from: Host { path: "/b", make: true, label: None }, read_only: false }, Mount { target: "/c", from: Host { path: "/c", make: true, label: Some(Shared) }, read_only: false }, Mount { target: "/d", from: Volume(Some("shop_d")), read_only: false }]
        network: Some("shop_default")
        security_opt: ["no-new-privileges"]
        beyond: the host's /a
        beyond: the host's /b
        beyond: the host's /c
        not `delegated` of the volume `/b:/b:rw,delegated`: how files are kept in step is the engine's own affair
        not `rshared` of the volume `/c`: mounts that are made later are not passed on
        not `cached` of the volume `/d`: how files are kept in step is the engine's own affair
        not `nocopy` of the volume `/d`: a new volume begins with what the image has in its place
    "#]].assert_eq(&resolved(config, "", "/w/shop"));
}

#[test]
fn both_dialects_of_the_tool_come_to_the_same() {
    let newer = resolved(include_str!("config-v2.yaml"), "", "/w/shop");
    let older = resolved(include_str!("config-v1.yaml"), "", "/w/shop");
    expect![[r#"
        Dockerfile
        path: "Dockerfile"
        target: Some("test")
        build_args: {"BASE": "x$y"}
        --
        user: Named("1000")
        env: {"A": "1", "L": "a$b$$c", "Z": "1"}
        workdir: Some("/app")
        entrypoint: Given(["sh", "/e.sh", "$HOME"])
        limits: Limits { cpus_milli: Some(1500), memory: Some(536870912), pids: None }
        mounts: [Mount { target: "/app/node_modules", from: Volume(None), read_only: false }, Mount { target: "/cache", from: Volume(Some("shop_cache")), read_only: true }, Mount { target: "/conf", from: Host { path: "/w/shop/conf", make: true, label: None }, read_only: true }, Mount { target: "/t", from: Memory(None), read_only: false }, Mount { target: "/run/secrets/tok", from: Host { path: "/w/shop/tok.txt", make: false, label: None }, read_only: true }]
        network: Some("shop_back")
        networks: [Join { network: "shop_default", aliases: [] }]
        extra_hosts: ["a:1.1.1.1"]
        security_opt: ["no-new-privileges"]
        shm_size: Some(67108864)
        ulimits: [Ulimit { name: "nofile", soft: 10, hard: 20 }]
        needs db Healthy
        in key: "back"
        name: "shop_back"
    "#]].assert_eq(&newer);
    assert_eq!(older.replace("/run/secrets/tok", "x"), newer.replace("/run/secrets/tok", "x"));
}

#[test]
fn settings_lie_over_the_service() {
    let settings = "[interpreter]\nenv = { A = \"mine\" }\nuser = \"host\"\nnetwork = \"n\"\nentrypoint = false\nlimits = { cpus = 2 }\nmounts = [\"mine:/cache\"]";
    expect![[r#"
        Dockerfile
        path: "Dockerfile"
        target: Some("test")
        build_args: {"BASE": "x$y"}
        --
        env: {"A": "mine", "L": "a$b$$c", "Z": "1"}
        workdir: Some("/app")
        limits: Limits { cpus_milli: Some(2000), memory: Some(536870912), pids: None }
        mounts: [Mount { target: "/app/node_modules", from: Volume(None), read_only: false }, Mount { target: "/conf", from: Host { path: "/w/shop/conf", make: true, label: None }, read_only: true }, Mount { target: "/t", from: Memory(None), read_only: false }, Mount { target: "/run/secrets/tok", from: Host { path: "/w/shop/tok.txt", make: false, label: None }, read_only: true }, Mount { target: "/cache", from: Volume(Some("mine")), read_only: false }]
        network: Some("n")
        extra_hosts: ["a:1.1.1.1"]
        security_opt: ["no-new-privileges"]
        shm_size: Some(67108864)
        ulimits: [Ulimit { name: "nofile", soft: 10, hard: 20 }]
        needs db Healthy
        in key: "back"
        name: "shop_back"
    "#]].assert_eq(&resolved(include_str!("config-v2.yaml"), settings, "/w/shop"));
}

#[test]
fn a_workspace_below_what_is_mounted() {
    let config =
        "services: { web: { image: a, volumes: [/w:/src, /w/shop/x:/x], network_mode: host } }";
    expect![[r#"
        Image("a")
        --
        workdir: Some("/src/shop")
        entrypoint: Image
        mounts: [Mount { target: "/src", from: Host { path: "/w", make: true, label: None }, read_only: false }, Mount { target: "/x", from: Host { path: "/w/shop/x", make: true, label: None }, read_only: false }]
        network: Some("host")
        security_opt: ["no-new-privileges"]
        beyond: the host's own network (network=host)
        beyond: the host's /w
    "#]].assert_eq(&resolved(config, "[interpreter]\nallow = [\"host-namespaces\"]", "/w/shop"));
    expect![[r#"
        Image("a")
        --
        workdir: Some("/src/shop")
        entrypoint: Image
        mounts: [Mount { target: "/src", from: Host { path: "/w", make: true, label: None }, read_only: false }, Mount { target: "/x", from: Host { path: "/w/shop/x", make: true, label: None }, read_only: false }]
        network: Some("host")
        security_opt: ["no-new-privileges"]
        beyond: the host's own network (network=host)
        beyond: the host's /w
    "#]]
    .assert_eq(&resolved(config, "", "/w/shop"));
}

/// What is started beside the tests reaches no further than they do.
#[test]
fn services_beside_the_tests() {
    let with = |db: &str, more: &str| {
        format!("services: {{ web: {{ image: a, depends_on: [db] }}, db: {{ {db} }} }}\n{more}")
    };
    let refused = |config: &str| {
        let text = resolved(config, "", "/w/shop");
        let beyond = text.lines().find(|line| line.starts_with("beyond"));
        beyond.unwrap_or("nothing").to_owned()
    };
    expect!["beyond: all privileges of the host (privileged) (service db)"]
        .assert_eq(&refused(&with("image: b, privileged: true", "")));
    expect!["beyond: the host's /etc (service db)"]
        .assert_eq(&refused(&with("image: b, volumes: [/etc:/e]", "")));
    expect!["beyond: what Testdock cannot read: the volume /e is of the kind npipe (service db)"]
        .assert_eq(&refused(&with("image: b, volumes: [{ type: npipe, target: /e }]", "")));
    let volume = "volumes: { v: { driver_opts: { type: none, o: bind, device: / } } }";
    expect!["beyond: the host's /"].assert_eq(&refused(&with("image: b, volumes: [v:/e]", volume)));
    let volume =
        "volumes: { v: { driver_opts: { type: overlay, o: 'lowerdir=/etc', device: o } } }";
    expect!["beyond: the volume v, a mount of o (overlay)"]
        .assert_eq(&refused(&with("image: b, volumes: [v:/e]", volume)));
    let volume =
        "volumes: { v: {}, n: { driver_opts: { type: nfs, o: addr=nas, device: ':/d' } } }";
    assert_eq!(refused(&with("image: b, volumes: [v:/e, n:/n]", volume)), "nothing");
    assert_eq!(refused(&with("image: b, volumes: [/w/shop/seed:/e]", "")), "nothing");
}

/// The tool starts more than is named, and gives more than a container of Testdock's own can have.
#[test]
fn what_the_tool_brings_along() {
    let asked = |db: &str| {
        let config = format!(
            "services: {{ web: {{ image: a, depends_on: [db] }}, db: {{ image: b, {db} }}, \
             own: {{ image: c, privileged: true }} }}"
        );
        let text = resolved(&config, "", "/w/shop");
        let beyond = text.lines().find_map(|line| line.strip_prefix("beyond: "));
        beyond.unwrap_or("nothing").to_owned()
    };
    for lent in [
        "network_mode: 'service:own'",
        "pid: 'service:own'",
        "ipc: 'service:own'",
        "volumes_from: ['own:ro']",
    ] {
        let said = asked(lent);
        assert_eq!(said, "all privileges of the host (privileged) (service own)", "{lent}");
    }
    expect!["the volumes of the container x:ro (service db)"]
        .assert_eq(&asked("volumes_from: ['container:x:ro']"));
    expect!["the network of the container x (service db)"]
        .assert_eq(&asked("network_mode: 'container:x'"));
    expect!["a program of this machine (provider) (service db)"]
        .assert_eq(&asked("provider: { type: evil }"));
    expect!["the engine itself and your logins (use_api_socket) (service db)"]
        .assert_eq(&asked("use_api_socket: true"));
    expect!["all privileges of the host (of a hook) (service db)"]
        .assert_eq(&asked("post_start: [{ command: x }, { command: y, privileged: true }]"));
    expect!["all privileges of the host (of the build) (service db)"]
        .assert_eq(&asked("build: { context: ., privileged: true }"));
    expect!["the host's own network (of the build) (service db)"]
        .assert_eq(&asked("build: { context: ., entitlements: [network.host] }"));
    assert_eq!(
        asked("post_start: [{ command: x }], build: { context: ., network: none }"),
        "nothing"
    );
}

#[test]
fn the_networks_of_a_service() {
    let check = |networks: &str, document: &str, expected: &Expect| {
        let config =
            format!("services: {{ web: {{ image: a, {networks} }} }}\nnetworks: {{ {document} }}");
        let text = resolved(&config, "", "/w/shop");
        let said = text.lines().skip_while(|line| !line.starts_with("network:"));
        expected.assert_eq(&said.map(|line| format!("{line}\n")).collect::<String>());
    };
    check(
        "",
        "",
        &expect![[r#"
            network: Some("shop_default")
            security_opt: ["no-new-privileges"]
        "#]],
    );
    // As the newer tool writes it.
    check(
        "networks: { default: null }",
        "default: { name: shop_default, ipam: {} }",
        &expect![[r#"
            network: Some("shop_default")
            security_opt: ["no-new-privileges"]
        "#]],
    );
    check(
        "",
        "default: { internal: true }",
        &expect![[r#"
            network: Some("shop_default")
            security_opt: ["no-new-privileges"]
            in key: "default"
            name: "shop_default"
            is_internal: true
        "#]],
    );
    check(
        "networks: [inner]",
        "inner: { internal: true }",
        &expect![[r#"
            network: Some("shop_inner")
            security_opt: ["no-new-privileges"]
            in key: "inner"
            name: "shop_inner"
            is_internal: true
        "#]],
    );
    check(
        "networks: [far]",
        "far: { external: true, name: theirs }",
        &expect![[r#"
            network: Some("theirs")
            security_opt: ["no-new-privileges"]
            in key: "far"
            name: "theirs"
            is_external: true
        "#]],
    );
    check(
        "networks: [far]",
        "far: { external: { name: theirs } }",
        &expect![[r#"
            network: Some("theirs")
            security_opt: ["no-new-privileges"]
            in key: "far"
            name: "theirs"
            is_external: true
        "#]],
    );
    check(
        "networks: [all]",
        "all: { driver: bridge, driver_opts: { a: 1 }, enable_ipv6: true, attachable: true, labels: [x=y], ipam: { \
         driver: default, config: [{ subnet: 10.7.0.0/24, gateway: 10.7.0.1, ip_range: 10.7.0.128/25, aux_addresses: { h: 10.7.0.9 } }] } }",
        &expect![[r#"
            network: Some("shop_all")
            security_opt: ["no-new-privileges"]
            in key: "all"
            name: "shop_all"
            driver: Some("bridge")
            driver_options: {"a": "1"}
            is_attachable: true
            has_ipv6: true
            labels: {"x": "y"}
            ipam_driver: Some("default")
            pools: [Pool { subnet: Some("10.7.0.0/24"), range: Some("10.7.0.128/25"), gateway: Some("10.7.0.1"), taken: {"h": "10.7.0.9"} }]
        "#]],
    );
}

/// What the host's files are that links may hide: where they are, a look is taken.
#[test]
fn what_is_shown_to_services_beside_the_tests() {
    let choice = chosen("", None, &[("compose.yaml", WEB)]).unwrap();
    let Source::Compose(compose) = &choice.interpreter.source else { panic!() };
    let config = "services: { web: { image: a, depends_on: [db] }, db: { build: ../db, volumes: [./link:/e] } }\n\
                  volumes: { v: { driver_opts: { o: bind, device: /w/shop/v } } }";
    let made = compose_interpreter(&choice.interpreter, compose, config, "/w/shop".into()).unwrap();
    assert_eq!(made.interpreter.beside, ["/w/shop/v", "/w/shop/link", "/w/db"]);
    let config = "services: { web: { image: a, depends_on: [db] }, db: { build: { context: ., secrets: [{ source: k }], \
                  additional_contexts: { l: ./link, own: 'service:web', far: 'https://a/b' } } } }\n\
                  secrets: { k: { file: ./key } }";
    let made = compose_interpreter(&choice.interpreter, compose, config, "/w/shop".into()).unwrap();
    assert_eq!(made.interpreter.beside, ["/w/shop", "/w/shop/link", "/w/shop/key"]);
}

#[test]
fn services_that_cannot_be_used() {
    let check =
        |config: &str, expected: &Expect| expected.assert_eq(&resolved(config, "", "/w/shop"));
    check(
        "services: {}",
        &expect![[r#"
        cannot use the compose files: there is no service `web`
          correct compose.service, or name its profile with compose.profiles
    "#]],
    );
    check(
        "services: { web: {} }",
        &expect![[r#"
            cannot use the compose files: the service `web` has neither build nor image
        "#]],
    );
    check(
        "services: { web: { build: { context: .., dockerfile: shop/ci/Dockerfile } } }",
        &expect![[r#"
            Dockerfile
            path: "ci/Dockerfile"
            context: ".."
            --
            entrypoint: Image
            network: Some("shop_default")
            security_opt: ["no-new-privileges"]
            beyond: what is outside of the workspace, .. (the build's context)
        "#]],
    );
    check(
        "services: { web: { build: /elsewhere } }",
        &expect![[r#"
        Dockerfile
        path: "../../elsewhere/Dockerfile"
        context: "../../elsewhere"
        --
        entrypoint: Image
        network: Some("shop_default")
        security_opt: ["no-new-privileges"]
        beyond: what is outside of the workspace, ../../elsewhere/Dockerfile (the build's Dockerfile)
        beyond: what is outside of the workspace, ../../elsewhere (the build's context)
    "#]],
    );
    check(
        "services: { web: { image: a, privileged: true } }",
        &expect![[r#"
            Image("a")
            --
            entrypoint: Image
            network: Some("shop_default")
            privileged: true
            beyond: all privileges of the host (privileged)
        "#]],
    );
    check(
        "[",
        &expect![[r#"
            cannot use the compose files: line 1 column 1: unclosed bracket '['
        "#]],
    );
    check(
        "services: { web: { image: a, ports: ['80:80'], frob: 1, network_mode: 'service:db', secrets: [s], depends_on: [db], links: ['mq:q', db], external_links: ['x:y'] }, db: { depends_on: { one: { condition: service_completed_successfully } } }, mq: {} }\nsecrets: { s: { external: true } }",
        &expect![[r#"
            Image("a")
            --
            entrypoint: Image
            security_opt: ["no-new-privileges"]
            not `network_mode: service:db`: Testdock's container has its own
            not the secret `s`: it is no file
            not `ports`: the tests run inside the container, so no port is published
            not `frob`: Testdock does not know it
            not `external_links`: Testdock does not know it
            needs db Started
            needs one Completed
            needs mq Started
            calls mq q
            calls db db
        "#]],
    );
}

#[test]
fn a_service_whose_profile_is_off_is_not_meant() {
    let files = "services: { api: { build: . }, worker: { build: ., profiles: [extra] } }";
    let service = |config: &str, file: &str| {
        let choice = chosen(config, None, &[("compose.yaml", file)]).map_err(|e| e.message)?;
        let Source::Compose(compose) = choice.interpreter.source else { panic!() };
        Ok::<_, String>(compose.service)
    };
    assert_eq!(service("", files), Ok("api".to_owned()));
    let on = "[interpreter]\ncompose = { profiles = [\"extra\"] }";
    assert!(service(on, files).is_err_and(|it| it.contains("`api`, `worker`")));
    // Whoever has no other one is told of the profile when the tool is asked.
    let only = "services: { db: { image: a }, worker: { build: ., profiles: [extra] } }";
    assert_eq!(service("", only), Ok("worker".to_owned()));
}

#[test]
fn files_that_no_tool_takes_are_not_passed_over() {
    let check = |text: &str, expected: &Expect| {
        let dockerfile = ("Dockerfile", "FROM a\n");
        let error = chosen("", None, &[("compose.yaml", text), dockerfile]).unwrap_err();
        let line = error.place.map_or(0, |place| place.line);
        expected.assert_eq(&format!("{line}: {}", error.message));
    };
    check(
        "# ours\nservices: [t]\n",
        &expect![
            "2: cannot read compose.yaml: `services` has to be a mapping, from names to services"
        ],
    );
    check("- a\n", &expect!["1: cannot read compose.yaml: it has to be a mapping with `services`"]);
    check(
        "# nothing\n",
        &expect!["1: cannot read compose.yaml: it has to be a mapping with `services`"],
    );
    check(
        "name: a\nservices:\n  web: a\n",
        &expect!["2: cannot read compose.yaml: the service `web` has to be a mapping"],
    );
    check(
        "services:\n  web: {}\n  web: {}\n",
        &expect!["3: cannot read compose.yaml: line 3 column 3: duplicate mapping key: web"],
    );
    check(
        "version: '3'\nservcies:\n  web: { build: . }\n",
        &expect![
            "2: cannot read compose.yaml: it has no `services`; did you mean that by `servcies`?"
        ],
    );
    check(
        "services:\nvolumes: {}\n",
        &expect!["1: cannot read compose.yaml: it has no `services`"],
    );
    check(
        "services:\n  web:\n  db: { image: d }\n",
        &expect!["2: cannot read compose.yaml: the service `web` says nothing"],
    );
    check(
        "services:\n  db: { image: d }\n  app: { bild: . }\n",
        &expect![
            "3: cannot read compose.yaml: the service `app` has neither an image nor a build; did you mean `build` by `bild`?"
        ],
    );
    check(
        "services: { app: { image: } }",
        &expect!["1: cannot read compose.yaml: the service `app` has neither an image nor a build"],
    );
    check("include: a.yaml", &expect!["1: cannot read compose.yaml: `include` has to be a list"]);
}

/// A file that comes first and names what is not there is an error: the next source is not what was meant.
#[test]
fn what_a_file_names_has_to_be_there() {
    let check = |text: &str, expected: &Expect| {
        let files = [
            ("Dockerfile", "FROM a\n"),
            ("compose.yaml", text),
            ("common.yaml", "services: { base: { build: . }, up: { extends: bse } }"),
            ("bad.yaml", "services: ["),
            ("sub/compose.yaml", "include: [more.yaml]"),
        ];
        let error = chosen("", None, &files).unwrap_err();
        let place = error.place.unwrap();
        let (path, help) = (place.path.strip_prefix("/w/shop").unwrap(), error.help.unwrap());
        expected.assert_eq(&format!("{path}:{}: {}\n  {help}", place.line, error.message));
    };
    let extends = |base: &str| format!("services:\n  app:\n    extends: {base}\n");
    check(
        &extends("{ file: comon.yaml, service: base }"),
        &expect![[r#"
        compose.yaml:2: cannot read compose.yaml: the service `app` extends one of comon.yaml, and there is no such file in the workspace
          correct it"#]],
    );
    check(
        &extends("{ file: common.yaml, service: bas }"),
        &expect![[r#"
        compose.yaml:2: cannot read compose.yaml: the service `app` extends `bas`, and common.yaml has no such service
          did you mean `base`? correct it"#]],
    );
    check(
        &extends("{ file: common.yaml, service: up }"),
        &expect![[r#"
        common.yaml:1: cannot read common.yaml: the service `up` extends `bse`, and common.yaml has no such service
          did you mean `base`? correct it"#]],
    );
    check(
        &extends("{ file: common.yaml }"),
        &expect![[r#"
        compose.yaml:2: cannot read compose.yaml: the service `app` does not say which one it extends
          correct it"#]],
    );
    check(
        &extends("{ file: bad.yaml, service: base }"),
        &expect![[r#"
        bad.yaml:1: cannot read bad.yaml: line 1 column 11: unclosed bracket '['
          correct it"#]],
    );
    check(
        &extends("ap"),
        &expect![[r#"
        compose.yaml:2: cannot read compose.yaml: the service `app` extends `ap`, and compose.yaml has no such service
          did you mean `app`? correct it"#]],
    );
    check(
        &extends("app"),
        &expect![[r#"
        compose.yaml:2: cannot read compose.yaml: the service `app` extends itself
          correct it"#]],
    );
    check(
        "include: [sub/compsoe.yaml]\n",
        &expect![[r#"
        compose.yaml:1: cannot read compose.yaml: it includes sub/compsoe.yaml, and there is no such file in the workspace
          correct it"#]],
    );
    check(
        "include: [sub/compose.yaml]\n",
        &expect![[r#"
        sub/compose.yaml:1: cannot read sub/compose.yaml: it includes sub/more.yaml, and there is no such file in the workspace
          correct it"#]],
    );
    check(
        "include: [bad.yaml]\n",
        &expect![[r#"
        bad.yaml:1: cannot read bad.yaml: line 1 column 11: unclosed bracket '['
          correct it"#]],
    );
}

#[test]
fn services_of_included_files() {
    let service = |text: &str, more: &[(&str, &str)]| {
        let files: Vec<_> =
            [("compose.yaml", text), DOCKERFILE].iter().chain(more).copied().collect();
        match chosen("", None, &files).map_err(|error| failure(&error))?.interpreter.source {
            Source::Compose(compose) => Ok(format!("{} of {}", compose.service, compose.project)),
            source => Ok::<_, String>(format!("{source:?}")),
        }
    };
    const SUB: (&str, &str) =
        ("sub/compose.yaml", "name: theirs\nservices: { app: { build: . }, db: { image: d } }");
    let app = Ok("app of shop".to_owned());
    assert_eq!(service("include: [{ path: sub/compose.yaml }]", &[SUB]), app);
    assert_eq!(service("include: ['${DIR:-sub}/compose.yaml']", &[SUB]), app);
    assert_eq!(
        service("include: [a.yaml]", &[SUB, ("a.yaml", "include: [sub/compose.yaml, a.yaml]")]),
        app
    );
    // Paths begin in the folder of the file that is included, or where its entry says.
    let web = "services: { web: { image: a, volumes: ['.:/w'], depends_on: [app] } }";
    let with = |include: &str| service(&format!("include: [{include}]\n{web}"), &[SUB]);
    assert_eq!(with("sub/compose.yaml"), Ok("web of shop".to_owned()));
    assert_eq!(with("{ path: sub/compose.yaml, project_directory: . }"), app);
    let mounted = (
        "sub/compose.yaml",
        "services: { app: { image: a, volumes: ['..:/w'] }, db: { image: d, volumes: ['.:/d'] } }",
    );
    assert_eq!(service("include: [sub/compose.yaml]", &[mounted]), app);
    // What extends one of an included file has what that has, as far as the tool can tell.
    assert_eq!(
        service("include: [sub/compose.yaml]\nservices: { it: { extends: db } }", &[SUB]),
        app
    );
}

/// As the tools read it: a word of its own, not a truth.
#[test]
fn a_profile_may_be_called_y() {
    let text = "services: { one: { build: ., profiles: [x] }, two: { build: ., profiles: [y] } }";
    check(
        "",
        &[("compose.yaml", text), DOCKERFILE],
        &expect![[r#"
        /w/shop/compose.yaml:1: cannot tell in which service of compose.yaml the tests run: `one`, `two`
          write compose = { service = "one" } under [interpreter] in testdock.toml, or another one of them
    "#]],
    );
}

/// What leads out of the workspace is asked for, or has to be named.
#[test]
fn compose_files_outside_of_the_workspace() {
    let extending =
        "services: { app: { extends: { file: ../common.yaml, service: base } }, db: { image: d } }";
    check(
        "",
        &[("compose.yaml", extending), DOCKERFILE],
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: Needed, exec: false, user: None, entrypoint: None })
          no setting names a source, and compose.yaml does: its service `app`
        security_opt: ["no-new-privileges"]
        beyond: what is outside of the workspace, /w/common.yaml (read for variables and services)
    "#]],
    );
    let mounting = "services: { app: { extends: { file: ../common.yaml, service: base }, volumes: ['.:/app'] } }";
    check(
        "",
        &[("compose.yaml", mounting)],
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: Needed, exec: false, user: None, entrypoint: None })
          no setting names a source, and compose.yaml does: its service `app`
        security_opt: ["no-new-privileges"]
        beyond: what is outside of the workspace, /w/common.yaml (read for variables and services)
    "#]],
    );
    let with_known =
        "services: { db: { extends: { file: ../db.yaml, service: db } }, app: { build: . } }";
    check(
        "",
        &[("compose.yaml", with_known)],
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: Needed, exec: false, user: None, entrypoint: None })
          no setting names a source, and compose.yaml does: its service `app`
        security_opt: ["no-new-privileges"]
        beyond: what is outside of the workspace, /w/db.yaml (read for variables and services)
    "#]],
    );
    let including = "include: [../sub/compose.yaml, https://host/x.git]";
    check(
        "",
        &[("compose.yaml", including), DOCKERFILE],
        &expect![[r#"
            /w/shop/compose.yaml:1: cannot tell in which service of compose.yaml the tests run: only the compose tool sees those of ../sub/compose.yaml and https://host/x.git
              write compose = { service = "NAME" } under [interpreter] in testdock.toml
        "#]],
    );
    let named = "[interpreter]\ncompose = { service = \"app\" }";
    check(
        named,
        &[("compose.yaml", including)],
        &expect![[r#"
        Compose(Compose { files: ["compose.yaml"], env_files: [], profiles: [], project: "shop", service: "app", beside: Needed, exec: false, user: None, entrypoint: None })
          `interpreter.compose` is set by testdock.toml (its service `app`)
        security_opt: ["no-new-privileges"]
        beyond: what is outside of the workspace, /w/sub/.env (read for variables and services)
        beyond: what is outside of the workspace, /w/sub/compose.yaml (read for variables and services)
    "#]],
    );
}

#[test]
fn what_a_file_lacks_another_may_say() {
    let check = |base: &str, over: &str, expected: &Expect| {
        let files = [("compose.yaml", base), ("compose.override.yaml", over)];
        let choice = chosen("", None, &files);
        expected.assert_eq(&choice.map_or_else(|error| error.message, |choice| choice.why));
    };
    let found = expect!["no setting names a source, and compose.yaml does: its service `web`"];
    check("volumes: {}", "services: { web: { build: . } }", &found);
    check("services: { web: }", "services: { web: { build: . } }", &found);
    check("services: { web: { build: . } }", "services: { web: }", &found);
    check("services: { web: { build: . } }", "{}", &found);
}

#[test]
fn a_service_has_what_it_extends() {
    const BASE: (&str, &str) = (
        "ci/base.yaml",
        "services: { base: { extends: { file: more.yaml, service: m }, volumes: ['.:/src'] } }",
    );
    const MORE: (&str, &str) = ("ci/more.yaml", "services: { m: { image: a, volumes: [x:/x] } }");
    let service = |services: &str| {
        let text = format!("services: {{ {services}, db: {{ image: d }} }}");
        let choice = chosen("", None, &[("compose.yaml", &text), BASE, MORE]);
        let Source::Compose(compose) = choice.map_err(|e| e.message)?.interpreter.source else {
            panic!()
        };
        Ok::<_, String>(compose.service)
    };
    let app = Ok("app".to_owned());
    assert_eq!(service("app: { extends: { file: ci/base.yaml, service: base } }"), app);
    // The profile is taken over as well; but what is there to be extended is not meant.
    let base = "base: { image: a, volumes: ['.:/src'], profiles: [never] }";
    let extending = "app: { extends: { service: base }, environment: { O: app } }";
    assert_eq!(service(&format!("{base}, {extending}")), app);
    assert_eq!(service("base: { build: . }, app: { extends: base, profiles: [x] }"), {
        Ok("base".to_owned())
    });
    let both = service("web: { build: . }, worker: { extends: web }");
    assert!(both.as_ref().is_err_and(|it| it.ends_with("`web`, `worker`")), "{both:?}");
    let circle = service("a: { build: ., extends: app }, app: { extends: a, build: . }");
    assert!(circle.as_ref().is_err_and(|it| it.ends_with("extends itself")), "{circle:?}");
}
