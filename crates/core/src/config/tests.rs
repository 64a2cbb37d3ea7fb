use expect_test::{Expect, expect};
use serde_json::json;

use super::*;
use crate::frameworks::KINDS;

fn repository(text: &str) -> Layer {
    Layer::from_toml(Origin::Repository("testdock.toml".into()), text)
}

fn local(text: &str) -> Layer {
    Layer::from_toml(Origin::Local("testdock.local.toml".into()), text)
}

fn person(text: &str) -> Layer {
    Layer::from_toml(Origin::Person("~/.config/testdock/testdock.toml".into()), text)
}

fn environment(variables: &[(&str, &str)]) -> Vec<Layer> {
    environment_layers(variables.iter().map(|(name, value)| (name.to_string(), value.to_string())))
}

/// The mistakes of one file, each with the text that it points at.
fn check_problems(text: &str, expected: &Expect) {
    let resolution = resolve(&[repository(text)], None);
    let lines = resolution.problems.iter().map(|problem| {
        let span = problem.location.as_ref().map(|location| location.span.clone());
        format!("{problem}\n    at {:?}\n", span.map(|span| &text[span]).unwrap_or_default())
    });
    // Which frameworks there are is no matter of the configuration's.
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).chain(["command"]).collect();
    names.sort_unstable();
    let text = lines.collect::<String>().replace(&names.join(", "), "(frameworks)");
    expected.assert_eq(&text);
}

/// A shell's variables are for all its projects, also for those where they mean nothing.
#[test]
fn a_variable_that_means_nothing_here_is_left_out() {
    let mut layers = environment(&[
        ("TESTDOCK_INTERPRETER__BUILD_ARGS__PYTHON", "3.12"),
        ("TESTDOCK_INTERPRETER__TARGET", "test"),
    ]);
    layers.push(repository("[interpreter]\nimage = \"python:3.12\"\n"));
    let resolution = resolve(&layers, None);
    assert_eq!(resolution.problems, []);
    let interpreter = resolution.config.interpreter;
    assert_eq!((interpreter.target, interpreter.build_args.len()), (None, 0));
    let warnings: Vec<String> = resolution.warnings.iter().map(ToString::to_string).collect();
    expect![[r#"
        environment variable TESTDOCK_INTERPRETER__BUILD_ARGS__PYTHON: `build-args` belongs to `dockerfile`, but `image` is chosen; the variable is left out
        environment variable TESTDOCK_INTERPRETER__TARGET: `target` belongs to `dockerfile`, but `image` is chosen; the variable is left out"#]].assert_eq(&warnings.join("\n"));
}

#[test]
fn unknown_keys() {
    check_problems(
        "[interpreter]\ndockerfil = \"Dockerfile\"\ncolour = 1\n\n[intepreter]\n[profile.eu.limits]\n",
        &expect![[r#"
            testdock.toml:2:1: unknown setting `interpreter.dockerfil`; did you mean `dockerfile`? valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
                at "dockerfil"
            testdock.toml:3:1: unknown setting `interpreter.colour`; valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
                at "colour"
            testdock.toml:5:2: unknown setting `intepreter`; did you mean `interpreter`? valid here: interpreter, interpreters, suite, services, timeout, test-timeout, profile
                at "intepreter"
            testdock.toml:6:13: unknown setting `profile.eu.limits`; valid here: inherits, interpreter, interpreters, suite, services, timeout, test-timeout
                at "limits"
        "#]],
    );
}

#[test]
fn wrong_types() {
    check_problems(
        r#"
timeout = 10
suite = "pytest"
[interpreter]
image = ["node"]
env = { PORT = 8080, DEBUG = true }
limits = { cpus = "2", memory = 2, pids = 1.5 }
keep-warm = "soon"
user = "root"
host = "box"
workdir = "app"
build-args = 1979-05-27
[interpreters.a]
limits = { cpus = 0, pids = 0 }
[interpreters.b]
local = false
[interpreters.c]
image = ""
"#,
        &expect![[r#"
            testdock.toml:2:11: `timeout`: expected a string such as "10m", found the number 10
                at "10"
            testdock.toml:3:9: `suite`: expected an array of tables, found the string "pytest"
                at "\"pytest\""
            testdock.toml:5:9: `interpreter.image`: expected a string, found an array
                at "[\"node\"]"
            testdock.toml:6:16: `interpreter.env.PORT`: expected a string, found the number 8080; write "8080"
                at "8080"
            testdock.toml:6:30: `interpreter.env.DEBUG`: expected a string, found `true`; write "true"
                at "true"
            testdock.toml:7:19: `interpreter.limits.cpus`: expected a number, found the string "2"
                at "\"2\""
            testdock.toml:7:33: `interpreter.limits.memory`: expected a string such as "2g", found the number 2
                at "2"
            testdock.toml:7:43: `interpreter.limits.pids`: expected a whole number, found the number 1.5
                at "1.5"
            testdock.toml:8:13: `interpreter.keep-warm`: expected a duration such as "10m", "90s" or "200ms", found `soon`
                at "\"soon\""
            testdock.toml:9:8: `interpreter.user`: expected "host", "image" or numbers such as "1000:1000", found `root`
                at "\"root\""
            testdock.toml:10:8: `interpreter.host`: expected an engine's address such as "unix:///var/run/docker.sock", "ssh://user@host" or "tcp://host:2376", found `box`
                at "\"box\""
            testdock.toml:11:11: `interpreter.workdir`: expected an absolute path in the container such as "/app", found `app`
                at "\"app\""
            testdock.toml:12:14: `interpreter.build-args`: expected a table of strings, found a date
                at "1979-05-27"
            testdock.toml:14:19: `interpreters.a.limits.cpus` must be more than 0, found 0
                at "0"
            testdock.toml:14:29: `interpreters.a.limits.pids` must be at least 1, found 0
                at "0"
            testdock.toml:16:9: `interpreters.b.local` can only be true; leave it out instead
                at "false"
            testdock.toml:18:9: `interpreters.c.image` must not be empty
                at "\"\""
        "#]],
    );
}

#[test]
fn suites() {
    check_problems(
        r#"
[[suite]]
framework = "pytst"
[[suite]]
framework = "pytest"
interpreter = "nod"
root = "../elsewhere"
[[suite]]
framework = "pytest"
name = "poetry"
command = ["poetry", "run", "pytest"]
[[suite]]
framework = "pytest"
name = "reports"
reports = ["a.xml"]
[[suite]]
command = "make check"
[[suite]]
command = []
[[suite]]
command = ["make"]
[[suite]]
command = ["make"]
reports = ["["]
[[suite]]
framework = "command"
[[suite]]
reports = ["a.xml"]
[[suite]]
framework = "pytest"
[[suite]]
framework = "pytest"
[interpreters.node]
image = "node:22"
"#,
        &expect![[r#"
            testdock.toml:3:13: unknown value "pytst" of `suite[0].framework`; did you mean `pytest`? valid here: (frameworks)
                at "\"pytst\""
            testdock.toml:6:15: no interpreter is named `nod`; did you mean `node`?
                at "\"nod\""
            testdock.toml:7:8: a suite's root lies in the workspace; `../elsewhere` does not; write it from the workspace's root, such as "services/billing"
                at "\"../elsewhere\""
            testdock.toml:15:1: `reports` means nothing beside `framework = "pytest"`, whose reports are known
                at "reports"
            testdock.toml:17:11: `suite[4].command`: expected an array of strings, found the string "make check"; write ["make check"]
                at "\"make check\""
            testdock.toml:19:11: `suite[5].command` must not be empty
                at "[]"
            testdock.toml:20:1: a suite with a `command` needs `reports`, the JUnit files it writes; write reports = ["build/**/*.xml"]
                at "[[suite]]"
            testdock.toml:24:12: `suite[7].reports[0]`: expected a glob of files below, such as "build/**/*.xml", found `[`
                at "\"[\""
            testdock.toml:25:1: two suites are named `command`; give one of them another `name`
                at "[[suite]]"
            testdock.toml:26:13: `framework = "command"` needs `command`
                at "\"command\""
            testdock.toml:27:1: a suite needs `framework` or `command`
                at "[[suite]]"
            testdock.toml:27:1: two suites are named `command`; give one of them another `name`
                at "[[suite]]"
            testdock.toml:31:1: two suites are named `pytest`; give one of them another `name`
                at "[[suite]]"
        "#]],
    );
    check_problems(
        "[suite]\nframework = \"pytest\"\n",
        &expect![[r#"
        testdock.toml:1:1: `suite`: expected an array of tables, found a table; write [[suite]]
            at "[suite]"
    "#]],
    );
}

#[test]
fn two_sources() {
    check_problems(
        r#"
[interpreter]
image = "node:22"
dockerfile = "Dockerfile"
compose = { file = "compose.yaml" }
[interpreters.node]
image = "node:22"
target = "test"
[interpreters.web]
compose = { file = "compose.yaml" }
"#,
        &expect![[r#"
            testdock.toml:3:1: `image` and `dockerfile` exclude each other; keep one of them
                at "image"
            testdock.toml:5:1: `compose` and `dockerfile` exclude each other; keep one of them
                at "compose"
            testdock.toml:8:1: `target` belongs to `dockerfile`, but `image` is chosen
                at "target"
        "#]],
    );
}

#[test]
fn syntax_errors_do_not_hide_each_other_nor_the_rest() {
    let text = "[interpreter\nimage = \"node\"\n[interpreters.a]\nimage = \ncolour = 1\n[interpreters.b]\nimage = \"b\nuser = 'x'\nimage = \"c\"\n";
    check_problems(
        text,
        &expect![[r#"
            testdock.toml:1:13: not valid TOML: unclosed table, expected `]`
                at ""
            testdock.toml:4:9: not valid TOML: string values must be quoted, expected literal string
                at ""
            testdock.toml:5:1: unknown setting `interpreters.a.colour`; valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
                at "colour"
            testdock.toml:7:11: not valid TOML: invalid basic string, expected `"`
                at ""
            testdock.toml:8:8: `interpreters.b.user`: expected "host", "image" or numbers such as "1000:1000", found `x`
                at "'x'"
            testdock.toml:9:1: not valid TOML: duplicate key
                at "image"
        "#]],
    );
    check_problems(
        "timeout = \"1m\"\ntimeout = \"2m\"\n",
        &expect![[r#"
        testdock.toml:2:1: not valid TOML: duplicate key
            at "timeout"
    "#]],
    );
}

#[test]
fn a_broken_document_keeps_what_is_right_in_it() {
    let text = "timeout = \"soon\"\ntest-timeout = \"5s\"\n[interpreter]\nimage = \"node:22\"\ncolour = 1\n";
    let config = resolve(&[repository(text)], None).config;
    assert_eq!(config.interpreter.image.as_deref(), Some("node:22"));
    assert_eq!(config.test_timeout.map(|timeout| timeout.to_string()).as_deref(), Some("5s"));
    assert_eq!(config.timeout, None);
}

#[test]
fn services_are_not_silently_ignored() {
    check_problems(
        "[services.db]\nimage = \"postgres:16\"\nhealth = { interval = \"1s\" }\n",
        &expect![[r#"
            testdock.toml:1:11: `services.db`: services are not supported yet; start it yourself and pass its address in `interpreter.env`
                at "db"
            testdock.toml:3:10: `services.db.health` lacks `cmd`
                at "{ interval = \"1s\" }"
        "#]],
    );
    check_problems(
        "[services.db]\nimage = \"postgres:16\"\n",
        &expect![[r#"
        testdock.toml:1:11: `services.db`: services are not supported yet; start it yourself and pass its address in `interpreter.env`
            at "db"
    "#]],
    );
}

#[test]
fn profiles_that_lead_nowhere() {
    check_problems(
        r#"
[profile.a]
inherits = "b"
[profile.b]
inherits = "c"
[profile.c]
inherits = "a"
[profile.d]
inherits = "c"
[profile.self]
inherits = "self"
[profile.eu]
inherits = "stagign"
[profile.staging]
timeout = "1 parsec"
"#,
        &expect![[r#"
            testdock.toml:3:12: profile `a` inherits from itself: a → b → c → a; remove one `inherits` of the circle
                at "\"b\""
            testdock.toml:11:12: profile `self` inherits from itself: self → self; remove one `inherits` of the circle
                at "\"self\""
            testdock.toml:13:12: profile `eu` inherits from `stagign`, which does not exist; did you mean `staging`? valid here: a, b, c, d, eu, self, staging
                at "\"stagign\""
            testdock.toml:15:11: `profile.staging.timeout`: expected a duration such as "10m", "90s" or "200ms", found `1 parsec`
                at "\"1 parsec\""
        "#]],
    );
}

#[test]
fn a_mistake_in_a_secret_does_not_tell_it() {
    check_problems(
        "interpreter.env = { DB_PASSWORD = 98765432, OLD_TOKEN = true }\n",
        &expect![[r#"
            testdock.toml:1:35: `interpreter.env.DB_PASSWORD`: expected a string, found a number; write "•••"
                at "98765432"
            testdock.toml:1:57: `interpreter.env.OLD_TOKEN`: expected a string, found true or false; write "•••"
                at "true"
        "#]],
    );
}

#[test]
fn columns_count_characters() {
    check_problems(
        "interpreter.env = { \"größe\" = \"ü\", B = 1 }\n",
        &expect![[r#"
            testdock.toml:1:40: `interpreter.env.B`: expected a string, found the number 1; write "1"
                at "1"
        "#]],
    );
}

/// The problems of several layers, and the settings that result.
fn check_layers(layers: &[Layer], profile: Option<&str>, expected: &Expect) {
    let resolution = resolve(layers, profile);
    let problems =
        resolution.problems.iter().map(|problem| format!("{problem}\n")).collect::<String>();
    expected.assert_eq(&format!("{problems}{}\n", resolution.settings.to_json()));
}

#[test]
fn precedence() {
    let files = [
        local("timeout = \"3m\"\n[interpreter.env]\nC = \"local\"\nD = \"local\""),
        repository("timeout = \"2m\"\n[interpreter.env]\nB = \"repository\"\nC = \"repository\""),
        person("timeout = \"1m\"\n[interpreter.env]\nA = \"person\"\nB = \"person\""),
    ];
    check_layers(
        &files,
        None,
        &expect![[r#"
        {"interpreter":{"env":{"A":"person","B":"repository","C":"local","D":"local"}},"timeout":"3m"}
    "#]],
    );
    let mut layers = files.to_vec();
    layers.push(repository("[profile.eu]\ntimeout = \"4m\"\ninterpreter.env.D = \"profile\""));
    check_layers(
        &layers,
        Some("eu"),
        &expect![[r#"
        {"interpreter":{"env":{"A":"person","B":"repository","C":"local","D":"profile"}},"timeout":"4m"}
    "#]],
    );
    layers.extend(environment(&[("TESTDOCK_TIMEOUT", "5m")]));
    check_layers(
        &layers,
        Some("eu"),
        &expect![[r#"
        {"interpreter":{"env":{"A":"person","B":"repository","C":"local","D":"profile"}},"timeout":"5m"}
    "#]],
    );
    layers.insert(0, Layer::set(Origin::CommandLine("--timeout".into()), "timeout", "6m"));
    check_layers(
        &layers,
        Some("eu"),
        &expect![[r#"
        {"interpreter":{"env":{"A":"person","B":"repository","C":"local","D":"profile"}},"timeout":"6m"}
    "#]],
    );
}

#[test]
fn one_source_replaces_another() {
    let base = repository(
        "interpreter = { dockerfile = \"Dockerfile\", target = \"test\", user = \"image\" }",
    );
    check_layers(
        &[base.clone(), local("interpreter.image = \"node:22\"")],
        None,
        &expect![[r#"
            {"interpreter":{"image":"node:22","user":"image"}}
        "#]],
    );
    let flag = Layer::set(Origin::CommandLine("--local".into()), "interpreter.local", true);
    check_layers(
        &[base.clone(), flag],
        None,
        &expect![[r#"
        {"interpreter":{"local":true,"user":"image"}}
    "#]],
    );
    let detected = repository("interpreter.target = \"test\"");
    check_layers(
        &[detected, local("interpreter.image = \"node:22\"")],
        None,
        &expect![[r#"
            {"interpreter":{"image":"node:22"}}
        "#]],
    );
    check_layers(
        &[base, local("interpreter.target = \"dev\"")],
        None,
        &expect![[r#"
            {"interpreter":{"dockerfile":"Dockerfile","target":"dev","user":"image"}}
        "#]],
    );
}

#[test]
fn lists_are_replaced_as_a_whole() {
    let base = repository(
        "[[suite]]\nframework = \"pytest\"\n[[suite]]\nframework = \"pytest\"\nroot = \"b\"",
    );
    check_layers(
        &[base, local("[[suite]]\nframework = \"pytest\"\nargs = [\"-x\"]")],
        None,
        &expect![[r#"
            {"suite":[{"args":["-x"],"framework":"pytest"}]}
        "#]],
    );
}

#[test]
fn profiles_are_laid_base_first_over_all_files() {
    let layers = [
        repository(
            "[profile.staging]\ninterpreter.env = { REGION = \"none\", STAGE = \"staging\" }\n\
             [profile.eu]\ninherits = \"staging\"\ninterpreter.env = { REGION = \"eu-west-1\" }",
        ),
        local("interpreter.env.REGION = \"local\"\n[profile.eu]\ntimeout = \"1m\""),
    ];
    check_layers(
        &layers,
        None,
        &expect![[r#"
        {"interpreter":{"env":{"REGION":"local"}}}
    "#]],
    );
    check_layers(
        &layers,
        Some("eu"),
        &expect![[r#"
        {"interpreter":{"env":{"REGION":"eu-west-1","STAGE":"staging"}},"timeout":"1m"}
    "#]],
    );
    check_layers(
        &layers,
        Some("stagin"),
        &expect![[r#"
        command line (--profile): no profile is named `stagin`; did you mean `staging`? valid here: eu, staging
        {"interpreter":{"env":{"REGION":"local"}}}
    "#]],
    );
    check_layers(
        &[],
        Some("eu"),
        &expect![[r#"
        command line (--profile): no profile is named `eu`; define it as [profile.eu] in testdock.toml
        {}
    "#]],
    );
}

#[test]
fn environment_variables() {
    let layers = environment(&[
        ("TESTDOCK_INTERPRETER__BUILD_ARGS__Base_Image", "x"),
        ("TESTDOCK_INTERPRETER__KEEP_WARM", "1h"),
        ("TESTDOCK_INTERPRETER__LIMITS__CPUS", "1.5"),
        ("TESTDOCK_INTERPRETER__DOCKERFILE", "Dockerfile"),
        ("TESTDOCK_INTERPRETER__ENV__PORT", "8080"),
        ("TESTDOCK_INTERPRETERS__node__IMAGE", "node:22"),
        ("TESTDOCK_TEST_TIMEOUT", "5s"),
        ("TESTDOCK_PROFILE", "eu"),
        ("TESTDOCK_LOG", "debug"),
        ("PATH", "/bin"),
    ]);
    check_layers(
        &layers,
        None,
        &expect![[r#"
        {"interpreter":{"build-args":{"Base_Image":"x"},"dockerfile":"Dockerfile","env":{"PORT":"8080"},"keep-warm":"1h","limits":{"cpus":1.5}},"interpreters":{"node":{"image":"node:22"}},"test-timeout":"5s"}
    "#]],
    );
}

#[test]
fn mistakes_in_environment_variables() {
    let layers = environment(&[
        ("TESTDOCK_INTERPRETER__IMGE", "x"),
        ("TESTDOCK_INTERPRETER__LIMITS__PIDS", "many"),
        ("TESTDOCK_INTERPRETER__LOCAL", "yes"),
        ("TESTDOCK_INTERPRETERS__a__IMAGE", "a"),
        ("TESTDOCK_INTERPRETERS__a__DOCKERFILE", "Dockerfile"),
        ("TESTDOCK_TIMEUOT", "5s"),
    ]);
    check_layers(
        &layers,
        None,
        &expect![[r#"
            environment variable TESTDOCK_INTERPRETER__IMGE: unknown setting `interpreter.imge`; did you mean `image`? valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
            environment variable TESTDOCK_INTERPRETER__LIMITS__PIDS: `interpreter.limits.pids`: expected a whole number, found the string "many"
            environment variable TESTDOCK_INTERPRETER__LOCAL: `interpreter.local`: expected true or false, found the string "yes"
            environment variable TESTDOCK_TIMEUOT: unknown setting `timeuot`; did you mean `timeout`? valid here: interpreter, interpreters, suite, services, timeout, test-timeout, profile
            environment variable TESTDOCK_INTERPRETERS__a__IMAGE: `interpreters.a.image` is set here, and `interpreters.a.dockerfile` by environment variable TESTDOCK_INTERPRETERS__a__DOCKERFILE; they exclude each other
            {"interpreter":{"limits":{}},"interpreters":{"a":{"image":"a"}}}
        "#]],
    );
}

#[test]
fn editor_settings() {
    let values =
        json!({ "interpreter": { "image": "node:22", "user": null, "colour": 1 }, "profile": {} });
    check_layers(
        &[Layer::from_values(Origin::Editor, values)],
        None,
        &expect![[r#"
            editor settings: unknown setting `interpreter.colour`; valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
            editor settings: profiles can be defined in files only
            {"interpreter":{"image":"node:22"}}
        "#]],
    );
}

#[test]
fn the_example_of_the_documentation_is_understood() {
    let text = include_str!("example.toml");
    let resolution = resolve(&[repository(text)], Some("eu"));
    let problems = resolution.problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    expect![[r#"
        (
            [],
            Config {
                interpreter: Interpreter {
                    dockerfile: Some(
                        "Dockerfile",
                    ),
                    context: ".",
                    target: Some(
                        "test",
                    ),
                    build_args: {
                        "PYTHON": "3.12",
                    },
                    secrets: {},
                    build_network: None,
                    image: None,
                    compose: None,
                    devcontainer: None,
                    lifecycle: None,
                    jenkinsfile: None,
                    stage: None,
                    test_environment: None,
                    local: None,
                    host: Some(
                        DockerHost(
                            "ssh://build@box",
                        ),
                    ),
                    user: Some(
                        Host,
                    ),
                    env: {
                        "LOG_LEVEL": "debug",
                        "REGION": "eu-west-1",
                    },
                    workdir: None,
                    keep_warm: Duration(
                        600s,
                    ),
                    limits: Limits {
                        cpus: Some(
                            2.0,
                        ),
                        memory: Some(
                            Size(
                                2147483648,
                            ),
                        ),
                        pids: Some(
                            512,
                        ),
                    },
                    network: None,
                    pull: None,
                    platform: None,
                    mounts: [],
                    extra_hosts: {},
                    entrypoint: None,
                    init: None,
                    shm_size: None,
                    setup: [],
                    run_args: [],
                    testcontainers: None,
                    ca_certificates: None,
                    allow: [],
                },
                interpreters: {
                    "node": Interpreter {
                        dockerfile: None,
                        context: ".",
                        target: None,
                        build_args: {},
                        secrets: {},
                        build_network: None,
                        image: Some(
                            "node:22",
                        ),
                        compose: None,
                        devcontainer: None,
                        lifecycle: None,
                        jenkinsfile: None,
                        stage: None,
                        test_environment: None,
                        local: None,
                        host: None,
                        user: None,
                        env: {},
                        workdir: None,
                        keep_warm: Duration(
                            600s,
                        ),
                        limits: Limits {
                            cpus: None,
                            memory: None,
                            pids: None,
                        },
                        network: None,
                        pull: None,
                        platform: None,
                        mounts: [],
                        extra_hosts: {},
                        entrypoint: None,
                        init: None,
                        shm_size: None,
                        setup: [],
                        run_args: [],
                        testcontainers: None,
                        ca_certificates: None,
                        allow: [],
                    },
                },
                suites: [
                    Suite {
                        name: None,
                        framework: Some(
                            "pytest",
                        ),
                        command: None,
                        reports: [],
                        outputs: [],
                        root: "services/billing",
                        interpreter: Some(
                            "node",
                        ),
                        args: [
                            "-m",
                            "not slow",
                        ],
                        env: {},
                        timeout: None,
                        test_timeout: None,
                    },
                    Suite {
                        name: None,
                        framework: None,
                        command: Some(
                            [
                                "make",
                                "check",
                            ],
                        ),
                        reports: [
                            FileGlob(
                                "build/**/*.xml",
                            ),
                        ],
                        outputs: [],
                        root: ".",
                        interpreter: None,
                        args: [],
                        env: {},
                        timeout: None,
                        test_timeout: None,
                    },
                ],
                services: {},
                timeout: Some(
                    Duration(
                        1800s,
                    ),
                ),
                test_timeout: None,
            },
        )
    "#]]
    .assert_debug_eq(&(problems, resolution.config));
}

/// Each setting with its origin, and what it replaced.
fn check_explain(layers: &[Layer], key: Option<&str>, expected: &Expect) {
    let settings = match resolve(layers, Some("eu")).explain(key) {
        Ok(settings) => settings,
        Err(error) => return expected.assert_eq(&format!("{error}\n")),
    };
    let lines = settings.iter().map(|setting| {
        let line = setting.location.as_ref().map(|at| format!(", line {}", at.line));
        let head = format!(
            "{} = {}  ({}{})\n",
            setting.key,
            setting.value,
            setting.origin,
            line.unwrap_or_default()
        );
        let weaker = setting.overridden.iter();
        weaker.fold(head, |text, was| {
            format!("{text}    over {} = {}  ({})\n", was.key, was.value, was.origin)
        })
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn explain_shows_no_secret() {
    let layers = vec![
        repository(
            "[interpreter]\ndockerfile = \"Dockerfile\"\nenv = { API_TOKEN = \"t0p\", DB = \"pg://me:t0p@db\", LEVEL = \"3\", A_KEY = \"\" }\n\
             secrets = { npm_token = \"env:NPM_TOKEN\" }\nbuild-args = { DB_PASSWORD = \"t0p\" }\n\
             [[suite]]\nframework = \"pytest\"\nargs = [\"--password\", \"t0p\", \"--token=t0p\", \"-x\"]",
        ),
        environment(&[("TESTDOCK_INTERPRETER__ENV__API_TOKEN", "t1p")]).remove(0),
    ];
    check_explain(
        &layers,
        None,
        &expect![[r#"
        interpreter.dockerfile = "Dockerfile"  (testdock.toml, line 2)
        interpreter.context = "."  (default)
        interpreter.build-args.DB_PASSWORD = "•••"  (testdock.toml, line 5)
        interpreter.secrets.npm_token = "env:NPM_TOKEN"  (testdock.toml, line 4)
        interpreter.env.API_TOKEN = "•••"  (environment variable TESTDOCK_INTERPRETER__ENV__API_TOKEN)
            over interpreter.env.API_TOKEN = "•••"  (testdock.toml)
        interpreter.env.A_KEY = ""  (testdock.toml, line 3)
        interpreter.env.DB = "•••"  (testdock.toml, line 3)
        interpreter.env.LEVEL = "3"  (testdock.toml, line 3)
        interpreter.keep-warm = "10m"  (default)
        suite[0].framework = "pytest"  (testdock.toml, line 7)
        suite[0].root = "."  (default)
        suite[0].args = ["--password", "•••", "--token=•••", "-x"]  (testdock.toml, line 8)
    "#]],
    );
}

#[test]
fn explain_says_who_set_what() {
    let mut layers = vec![
        person("interpreter.env.A = \"person\"\n[interpreters.node]\nimage = \"node:20\""),
        repository(
            "timeout = \"1m\"\n[interpreter]\ndockerfile = \"Dockerfile\"\ntarget = \"test\"\nenv = { A = \"repository\", \"b.c\" = \"1\" }\n\
             [[suite]]\nframework = \"pytest\"\nargs = [\"-x\"]\n[profile.eu]\ntimeout = \"2m\"\ninterpreter.env.A = \"eu\"",
        ),
    ];
    check_explain(
        &layers,
        None,
        &expect![[r#"
            interpreter.dockerfile = "Dockerfile"  (testdock.toml, line 3)
            interpreter.context = "."  (default)
            interpreter.target = "test"  (testdock.toml, line 4)
            interpreter.env.A = "eu"  (profile `eu` in testdock.toml, line 11)
                over interpreter.env.A = "repository"  (testdock.toml)
                over interpreter.env.A = "person"  (~/.config/testdock/testdock.toml)
            interpreter.env."b.c" = "1"  (testdock.toml, line 5)
            interpreter.keep-warm = "10m"  (default)
            interpreters.node.image = "node:20"  (~/.config/testdock/testdock.toml, line 3)
            interpreters.node.keep-warm = "10m"  (default)
            suite[0].framework = "pytest"  (testdock.toml, line 7)
            suite[0].root = "."  (default)
            suite[0].args = ["-x"]  (testdock.toml, line 8)
            timeout = "2m"  (profile `eu` in testdock.toml, line 10)
                over timeout = "1m"  (testdock.toml)
        "#]],
    );
    layers.push(local("interpreter.image = \"python:3.12\""));
    layers.extend(environment(&[
        ("TESTDOCK_TIMEOUT", "3m"),
        ("TESTDOCK_INTERPRETER__IMAGE", "python:3.13"),
    ]));
    check_explain(
        &layers,
        Some("interpreter"),
        &expect![[r#"
            interpreter.image = "python:3.13"  (environment variable TESTDOCK_INTERPRETER__IMAGE)
                over interpreter.image = "python:3.12"  (testdock.local.toml)
                over interpreter.dockerfile = "Dockerfile"  (testdock.toml)
            interpreter.env.A = "eu"  (profile `eu` in testdock.toml, line 11)
                over interpreter.env.A = "repository"  (testdock.toml)
                over interpreter.env.A = "person"  (~/.config/testdock/testdock.toml)
            interpreter.env."b.c" = "1"  (testdock.toml, line 5)
            interpreter.keep-warm = "10m"  (default)
        "#]],
    );
    check_explain(
        &layers,
        Some("timeout"),
        &expect![[r#"
        timeout = "3m"  (environment variable TESTDOCK_TIMEOUT)
            over timeout = "2m"  (profile `eu` in testdock.toml)
            over timeout = "1m"  (testdock.toml)
    "#]],
    );
    check_explain(
        &layers,
        Some("suite[0].args"),
        &expect![[r#"
        suite[0].args = ["-x"]  (testdock.toml, line 8)
    "#]],
    );
    check_explain(&layers, Some("interpreter.host"), &expect![[""]]);
    check_explain(
        &layers,
        Some("interpreter.imge"),
        &expect![[r#"
            no setting is named `interpreter.imge`; did you mean `image`? valid here: dockerfile, context, target, build-args, secrets, build-network, image, compose, devcontainer, lifecycle, jenkinsfile, stage, test-environment, local, host, user, env, workdir, keep-warm, limits, network, pull, platform, mounts, extra-hosts, entrypoint, init, shm-size, setup, run-args, testcontainers, ca-certificates, allow
        "#]],
    );
}

/// Whoever becomes another user often keeps the HOME of the one before.
#[test]
fn a_file_that_cannot_be_read_may_be_another_persons() {
    let help = |origin: Origin| {
        let unread = Layer::unreadable(origin, "Permission denied".to_owned());
        resolve(&[unread], None).problems.remove(0).help.unwrap()
    };
    let person = help(Origin::Person("/root/.config/testdock/testdock.toml".into()));
    assert!(person.contains("set HOME (or XDG_CONFIG_HOME)"), "{person}");
    assert_eq!(help(Origin::Repository("/w/testdock.toml".into())), "correct it, or remove it");
}

proptest::proptest! {
    /// Whatever stands in a file, the answer is problems at places that the file has.
    #[test]
    fn no_text_is_too_broken(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30),
        noise in ".{0,8}",
    ) {
        let text = pieces.concat() + &noise;
        let resolution = resolve(&[repository(&text), local(&text)], Some("eu"));
        for location in resolution.problems.iter().filter_map(|problem| problem.location.clone()) {
            assert!(text.get(location.span).is_some(), "{text:?}");
        }
        assert!(resolution.explain(None).is_ok());
    }
}

const PIECES: &[&str] = &[
    "[",
    "]",
    "[[suite]]",
    "[interpreter]",
    "[profile.eu]",
    "\n",
    "\n",
    "\n",
    " = ",
    "=",
    "\"",
    "'",
    "{",
    "}",
    ",",
    ".",
    "image",
    "dockerfile",
    "inherits = \"eu\"",
    "timeout",
    "\"10m\"",
    "1",
    "-9e9",
    "nan",
    "1979-05-27",
    "true",
    "[\"a\"]",
    "env",
    "suite",
    "profile",
    "framework = \"pytest\"",
    "ü",
    "#",
    "\u{0}",
    "command = [\"a\"]",
    "reports = [\"**\"]",
    "99999999999999999999",
    "\r\n",
    "\"\"\"",
];
