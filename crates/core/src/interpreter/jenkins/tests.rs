use expect_test::{Expect, expect};

use super::super::tests::{check_container, chosen};
use super::super::{Folder, Host};
use super::jenkins_commands;
use crate::config::resolve;

const DOCKERFILE: (&str, &str) = ("Dockerfile", "FROM a\n");

fn check(jenkinsfile: &str, expected: &Expect) {
    let files =
        [("Jenkinsfile", jenkinsfile), DOCKERFILE, ("ci/Dockerfile.ci", "ARG V\nFROM b AS test\n")];
    check_container("", &files, expected);
}

#[test]
fn short_forms() {
    check(
        "pipeline { agent { docker 'maven:3' } }",
        &expect![[r#"
            Image("maven:3")
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    check(
        "pipeline { agent { dockerfile true } }",
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
            options: BuildOptions { extra_hosts: [], network: None, platform: None, secrets: {}, cache_from: [], labels: {}, shm_size: None, no_cache: false, tags: ["d1f688d36d60702a7ef063b15563bbff9786d77d"] }
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    check(
        "pipeline { agent { docker(image: 'a', args: '-u root') } }",
        &expect![[r#"
            Image("a")
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            user: Named("root")
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
}

#[test]
fn every_option() {
    check(
        r#"pipeline {
  parameters { string(name: 'V', defaultValue: '3') }
  environment { CI = 'true'; WHERE = "${REGION}-1"; TOKEN = credentials('t'); WHEN = "${BUILD_ID}"; PATH = "/x:${env.PATH}" }
  agent { docker {
    image "maven:${params.V}"
    args '-v $HOME/.m2:/root/.m2 -e "A=b c" -w /elsewhere --entrypoint="" -p 1:1'
    alwaysPull true
    registryUrl 'https://registry.example.org:5000/'
    registryCredentialsId 'r'
    label 'linux'
    customWorkspace '/x'
    reuseNode true
  } }
  tools { jdk '17' }
}"#,
        &expect![[r#"
            Image("registry.example.org:5000/maven:3")
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            pull: true
            env: {"A": "b c", "CI": "true", "PATH": "/x:${containerEnv:PATH}", "WHERE": "eu-1"}
            workdir: Some("/w/shop")
            mounts: [Mount { target: "/root/.m2", from: Host { path: "/home/me/.m2", make: true, label: None }, read_only: false }]
            only_own_group: true
            beyond: the host's /home/me/.m2
            not `registryCredentialsId`: Docker's own configuration has the credentials (docker login)
            not `label`: the tests run on your engine, on no node of Jenkins
            not `customWorkspace`: the workspace goes to the path that it has here
            not `tools { jdk }`: a tool that Jenkins installs; the image has to have it
            not `TOKEN`: a credential of Jenkins; set it in interpreter.env, from your own
            not `WHEN`: `${BUILD_ID}` is known to Jenkins only; set it in interpreter.env
            not `--publish=1:1`: the tests run inside the container, so no port is published
            not `--workdir=/elsewhere`: Jenkins itself sets the working directory to the workspace after it
        "#]],
    );
    check(
        r#"pipeline { agent { dockerfile {
    filename 'Dockerfile.ci'
    dir 'ci'
    additionalBuildArgs "--build-arg V=1 --build-arg UID=\$(id -u) --target test --pull --frob x --add-host=a:1.2.3.4 --secret id=s,env=S"
    args "--network n"
    colour 'red'
  } } }"#,
        &expect![[r#"
            Dockerfile
            path: "ci/Dockerfile.ci"
            context: "ci"
            target: Some("test")
            build_args: {"UID": "1000", "V": "1"}
            options: BuildOptions { extra_hosts: ["a:1.2.3.4"], network: None, platform: None, secrets: {"s": Env("S")}, cache_from: [], labels: {}, shm_size: None, no_cache: false, tags: ["ff6a79ed4d845b23bb4e9b972eaecefcfb1034b3"] }
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            pull: true
            workdir: Some("/w/shop")
            entrypoint: Image
            network: Some("n")
            only_own_group: true
            not `--frob=x`: Testdock's builds do not know it
            not `colour`: Testdock does not know it
            not the build argument `UID`: no `ARG` of ci/Dockerfile.ci asks for it
        "#]],
    );
}

const STAGES: &str = r#"pipeline {
  agent any
  stages {
    stage('Build') { agent { docker 'maven:3' } steps { sh 'mvn package' } }
    stage('Checks') { parallel {
      stage('Lint') { agent { docker 'lint' } steps { sh 'make lint' } }
      stage('Unit') {
        agent { docker 'node:22' }
        environment { X = '1' }
        steps { sh 'npm ci && npm test' }
        post { always { junit '*.xml' } }
      }
    } }
    stage('Deploy') { steps { sh 'deploy' } }
  }
}"#;

#[test]
fn the_stage_that_tests_is_found() {
    check(
        STAGES,
        &expect![[r#"
            Image("node:22")
              no setting names a source, and Jenkinsfile does: the agent of stage `Unit`
            env: {"X": "1"}
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    let named = |stage: &str| format!("[interpreter]\nstage = \"{stage}\"");
    check_container(
        &named("Lint"),
        &[("Jenkinsfile", STAGES)],
        &expect![[r#"
            Image("lint")
              no setting names a source, and Jenkinsfile does: the agent of stage `Lint`
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    check_container(
        &named("Lnt"),
        &[("Jenkinsfile", STAGES)],
        &expect![[r#"
            /w/shop/Jenkinsfile:1: cannot use Jenkinsfile: it has no stage `Lnt`
              did you mean `Lint`? correct interpreter.stage
        "#]],
    );
    // Where the stage that is meant has no container, detection goes on.
    check_container(
        &named("Deploy"),
        &[("Jenkinsfile", STAGES), DOCKERFILE],
        &expect![[r#"
        Dockerfile
        path: "Dockerfile"
          no setting names a source, and the workspace has a Dockerfile
        security_opt: ["no-new-privileges"]
    "#]],
    );
    let both = STAGES.replace("make lint", "make test");
    check_container(
        "",
        &[("Jenkinsfile", &both)],
        &expect![[r#"
        /w/shop/Jenkinsfile:6: cannot use Jenkinsfile: tests run in the agents of several stages: `Lint`, `Unit`
          write stage = "Lint" under [interpreter] in testdock.toml, or another one
    "#]],
    );
}

#[test]
fn the_nearest_agent_counts() {
    check(
        "pipeline { agent { docker 'a' }\nstages { stage('One') { agent none\nstages { stage('Two') { steps { sh 'pytest' } } } } } }",
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and the workspace has a Dockerfile
            security_opt: ["no-new-privileges"]
        "#]],
    );
    check(
        "pipeline { agent { docker 'a' }\nstages { stage('One') { steps { sh 'pytest' } } } }",
        &expect![[r#"
            Image("a")
              no setting names a source, and Jenkinsfile does: the agent of stage `One`
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    check(
        "pipeline { agent none\nstages { stage('One') { agent { docker 'b' }\nsteps { sh 'x' } } } }",
        &expect![[r#"
            Image("b")
              no setting names a source, and Jenkinsfile does: the agent of stage `One`
            workdir: Some("/w/shop")
            entrypoint: Image
            only_own_group: true
        "#]],
    );
    check(
        "pipeline { agent any\n// agent { docker 'x' }\nstages { stage('One') { steps { sh 'pytest' } } } }",
        &expect![[r#"
            Dockerfile
            path: "Dockerfile"
              no setting names a source, and the workspace has a Dockerfile
            security_opt: ["no-new-privileges"]
        "#]],
    );
}

#[test]
fn what_only_jenkins_can_do_is_an_error_with_a_remedy() {
    check(
        "node {\n docker.image('python:3').inside('-u root') { sh 'pytest' } }",
        &expect![[r#"
            /w/shop/Jenkinsfile:2: cannot use Jenkinsfile: it is a scripted pipeline, and what it does with containers only Jenkins can tell
              write image = "python:3" under [interpreter] in testdock.toml
        "#]],
    );
    check(
        "node { sh 'pytest' }",
        &expect![[r#"
        Dockerfile
        path: "Dockerfile"
          no setting names a source, and the workspace has a Dockerfile
        security_opt: ["no-new-privileges"]
    "#]],
    );
    let agent = |text: &str| format!("pipeline {{\n agent {{\n {text} }} }}");
    check(
        &agent("kubernetes { yaml 'x' }"),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: the pipeline runs in an agent of the kind `kubernetes`, which only Jenkins can make
          name its image: write image = "…" under [interpreter] in testdock.toml
    "#]],
    );
    check(
        &agent("docker { image \"a:${VERSION}\" }"),
        &expect![[r#"
            /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: `${VERSION}` is known to Jenkins only
              set VERSION in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile
        "#]],
    );
    check(
        &agent("docker { image a + b }"),
        &expect![[r#"
            /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: an expression whose value only Jenkins can tell
              write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile
        "#]],
    );
    check(
        &agent("docker { args '' }"),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: the agent names no image
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    let twice = "dockerfile { filename 'ci/Dockerfile.ci'\n dir 'ci' }";
    check(
        &agent(twice),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: no Dockerfile found at ci/ci/Dockerfile.ci in the workspace
          correct filename and dir of the agent in Jenkinsfile; filename is relative to dir
    "#]],
    );
    check(
        &agent("dockerfile { dir '../x' }"),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: `../x/Dockerfile` lies outside of the workspace
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    let shell = "dockerfile { additionalBuildArgs '--build-arg V=$(git describe)' }";
    check(
        &agent(shell),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: additionalBuildArgs: `$(git describe)` needs a shell to be known
          write dockerfile, build-args and target under [interpreter] in testdock.toml
    "#]],
    );
    check(
        &agent("docker { image 'a'\n args '-v x' }"),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: args: the mount's target `x` is no absolute path
          correct it, or write run-args under [interpreter] in testdock.toml
    "#]],
    );
    check(
        &agent("docker { image 'a'\n args '\"' }"),
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: args: a quote that nothing closes
          correct it, or write image or dockerfile under [interpreter] in testdock.toml
    "#]],
    );
    check(
        &agent("docker { image 'a'\n args '--privileged' }"),
        &expect![[r#"
            Image("a")
              no setting names a source, and Jenkinsfile does: the agent of the pipeline
            workdir: Some("/w/shop")
            entrypoint: Image
            privileged: true
            only_own_group: true
            beyond: all privileges of the host (privileged)
        "#]],
    );
    check(
        "pipeline {\n agent { docker 'a'\n",
        &expect![[r#"
        /w/shop/Jenkinsfile:2: cannot read Jenkinsfile: a `{` that nothing closes
          close it, or name an image or a Dockerfile
    "#]],
    );
    let named = "[interpreter]\njenkinsfile = \"Jenkinsfile\"";
    check_container(
        named,
        &[],
        &expect![[r#"
        cannot read Jenkinsfile: there is no such file in the workspace
          correct `interpreter.jenkinsfile` in testdock.toml
    "#]],
    );
    check_container(
        named,
        &[("Jenkinsfile", "pipeline { agent any }")],
        &expect![[r#"
        cannot run tests as Jenkinsfile says: it has no Docker agent
          write image = "python:3.12" under [interpreter] in testdock.toml instead
    "#]],
    );
}

#[test]
fn the_command_lines_are_those_of_jenkins() {
    let commands = |text: &str| {
        let config = resolve(&[], None).config;
        let read = |path: &str| match path {
            "Jenkinsfile" => Some(text.to_owned()),
            "ci/Dockerfile" => Some("FROM a\n".to_owned()),
            _ => None,
        };
        let host = Host { ids: Some((1000, 100)), ..Host::unknown() };
        let folder = Folder { read: &read, host, ..Folder::empty("/w/shop".into()) };
        match jenkins_commands(&config.interpreter, folder) {
            Ok(lines) => lines.iter().map(|line| format!("{line}\n")).collect(),
            Err(error) => error.message,
        }
    };
    expect![[r#"
        docker build -t 2ce974979cbd566f3d3bbb047f026da7994ea554 --build-arg UID=$(id -u) -f "ci/Dockerfile" "ci"
        docker run -t -d -u 1000:100 -v /m2:/m2 -u root -w /w/shop -v /w/shop:/w/shop:rw,z -v /w/shop@tmp:/w/shop@tmp:rw,z -e 'CI=yes sir' 2ce974979cbd566f3d3bbb047f026da7994ea554 cat
    "#]].assert_eq(&commands(
        "pipeline { environment { CI = 'yes sir' }\nagent { dockerfile { dir 'ci'\nadditionalBuildArgs '--build-arg UID=$(id -u)'\nargs '-v /m2:/m2 -u root' } } }",
    ));
    expect![[r#"
        docker inspect -f . maven:3 || docker pull maven:3
        docker run -t -d -u 1000:100 -w /w/shop -v /w/shop:/w/shop:rw,z -v /w/shop@tmp:/w/shop@tmp:rw,z maven:3 cat
    "#]].assert_eq(&commands("pipeline { agent { docker { image 'maven:3' } } }"));
    expect![[r#"
        docker build -t f5675ca6b22c5abc68d879e62a725459aff1cc0b --build-arg KEY=••• --pull -f "ci/Dockerfile" "ci"
        docker run -t -d -u 1000:100 -e A_PASSWORD=••• -w /w/shop -v /w/shop:/w/shop:rw,z -v /w/shop@tmp:/w/shop@tmp:rw,z -e NPM_TOKEN=••• f5675ca6b22c5abc68d879e62a725459aff1cc0b cat
    "#]].assert_eq(&commands(
        "pipeline { environment { NPM_TOKEN = 't0p' }\nagent { dockerfile { dir 'ci'\nadditionalBuildArgs '--build-arg KEY=t0p --pull'\nargs '-e A_PASSWORD=t0p' } } }",
    ));
    expect!["Jenkinsfile says nothing of a container: it has no Docker agent"]
        .assert_eq(&commands("pipeline { agent any }"));
}

#[test]
fn a_script_that_makes_containers_is_not_passed_over() {
    let file = |script: &str| {
        let script = format!("steps {{ script {{\n {script} }} }}");
        format!("pipeline {{ agent any\n stages {{ stage('T') {{ {script} }} }} }}")
    };
    let check = |script: &str, expected: &Expect| {
        check_container("", &[("Jenkinsfile", &file(script)), DOCKERFILE], expected);
    };
    check(
        "docker.image('py:3').inside('-u root') { sh 'pytest' }",
        &expect![[r#"
        /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: stage `T` runs `docker.image` in a script, and what that does with containers only Jenkins can tell
          write image = "py:3" under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "def it = docker.build('x')\n it.inside { sh 'pytest' }",
        &expect![[r#"
        /w/shop/Jenkinsfile:4: cannot use Jenkinsfile: stage `T` runs `it.inside` in a script, and what that does with containers only Jenkins can tell
          write image = "NAME" under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "sh 'pytest'\n docker.build('x').push()",
        &expect![[r#"
        Dockerfile
        path: "Dockerfile"
          no setting names a source, and the workspace has a Dockerfile
        security_opt: ["no-new-privileges"]
    "#]],
    );
}

#[test]
fn strings_of_the_file_are_known_where_nothing_changes_them() {
    let check = |text: &str, expected: &Expect| {
        check_container("", &[("Jenkinsfile", text)], expected);
    };
    let agent =
        "pipeline { agent { docker { image \"${img}\"\n args '-v $WORKSPACE/c:/c -e I=$img' } } }";
    check(
        &format!("def img = 'py:3'\n{agent}"),
        &expect![[r#"
        Image("py:3")
          no setting names a source, and Jenkinsfile does: the agent of the pipeline
        env: {"I": "$img"}
        workdir: Some("/w/shop")
        entrypoint: Image
        mounts: [Mount { target: "/c", from: Host { path: "/w/shop/c", make: true, label: None }, read_only: false }]
        only_own_group: true
    "#]],
    );
    check(
        "def img = 'py:3'\npipeline { agent { docker { image img } } }",
        &expect![[r#"
        Image("py:3")
          no setting names a source, and Jenkinsfile does: the agent of the pipeline
        workdir: Some("/w/shop")
        entrypoint: Image
        only_own_group: true
    "#]],
    );
    check(
        &format!("def img = 'py:3'\nif (x) {{ img = 'py:4' }}\n{agent}"),
        &expect![[r#"
            /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: `${img}` is known to Jenkins only
              set img in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile
        "#]],
    );
    check(
        &format!("def img = 'py:3'\nimg += 1\n{agent}"),
        &expect![[r#"
            /w/shop/Jenkinsfile:3: cannot use Jenkinsfile: `${img}` is known to Jenkins only
              set img in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile
        "#]],
    );
}

#[test]
fn strings_are_made_of_strings() {
    let image = |text: &str| {
        let choice = chosen("", None, &[("Jenkinsfile", text)]);
        choice.map_or_else(
            |error| format!("{}\n  {}", error.message, error.help.unwrap_or_default()),
            |choice| format!("{:?}", choice.interpreter.source),
        )
    };
    let known = Expect::assert_eq;
    let agent = "pipeline { agent { docker { image img } } }";
    let check = |definitions: &str, expected: &Expect| {
        known(expected, &image(&format!("{definitions}\n{agent}")));
    };
    let py = expect![[r#"Image("reg/py:1")"#]];
    check("String img = 'reg/py:1'", &py);
    check("final String img = 'reg/py:1'", &py);
    check("def reg = 'reg'\ndef img = reg + '/py:1'", &py);
    check("def reg = 'reg'\ndef img = \"${reg}/\" +\n 'py:' + \"1\"", &py);
    check(
        "def img = 'reg/py' + tag()",
        &expect![[r#"
        cannot use Jenkinsfile: `${img}` is known to Jenkins only
          set img in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile"#]],
    );
    check(
        "def img = 'a'\nif (x) img = 'b'",
        &expect![[r#"
        cannot use Jenkinsfile: `${img}` is known to Jenkins only
          set img in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile"#]],
    );
    let of = |value: &str| format!("pipeline {{ agent {{ docker {{ image {value} }} }} }}");
    known(&expect![[r#"Image("eu/py:1")"#]], &image(&of("env.REGION + '/py:1'")));
    known(&expect![[r#"Image("eu")"#]], &image(&of("params.REGION")));
    known(
        &expect![[r#"
        cannot use Jenkinsfile: `${params.NO}` is known to Jenkins only
          set NO in your environment, or write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile"#]],
        &image(&of("params.NO")),
    );
    known(
        &expect![[r#"
        cannot use Jenkinsfile: `${a.b()}` is known to Jenkins only
          write image or dockerfile under [interpreter] in testdock.toml instead of relying on Jenkinsfile"#]],
        &image(&of("\"${a.b()}\"")),
    );
}

#[test]
fn a_path_in_the_workspace_may_say_where_that_is() {
    let agent = "dockerfile { filename 'Dockerfile.ci'\n dir \"${WORKSPACE}/ci\" }";
    check(
        &format!("pipeline {{ agent {{ {agent} }} }}"),
        &expect![[r#"
        Dockerfile
        path: "ci/Dockerfile.ci"
        context: "ci"
        options: BuildOptions { extra_hosts: [], network: None, platform: None, secrets: {}, cache_from: [], labels: {}, shm_size: None, no_cache: false, tags: ["089be52e3bc0c7bc3ca0e2a4b34e54a65c16527a"] }
          no setting names a source, and Jenkinsfile does: the agent of the pipeline
        workdir: Some("/w/shop")
        entrypoint: Image
        only_own_group: true
    "#]],
    );
}

#[test]
fn a_script_beside_an_agent_is_said() {
    let check = |script: &str, expected: &Expect| {
        let steps = format!("steps {{ script {{\n {script} }} }}");
        let agent = "agent { docker { image 'a' } }";
        let text = format!(
            "def IMG = 'cy-py:1'\npipeline {{ {agent}\n stages {{ stage('T') {{ {steps} }} }} }}"
        );
        check_container("", &[("Jenkinsfile", &text)], expected);
    };
    check(
        "docker.image(IMG).inside { sh 'pytest' }",
        &expect![[r#"
        /w/shop/Jenkinsfile:4: cannot use Jenkinsfile: stage `T` runs `docker.image` in a script, and what that does with containers only Jenkins can tell
          write image = "cy-py:1" under [interpreter] in testdock.toml
    "#]],
    );
    check(
        "sh 'pytest'\n docker.image('lint').inside { sh 'lint' }",
        &expect![[r#"
        Image("a")
          no setting names a source, and Jenkinsfile does: the agent of stage `T`
        workdir: Some("/w/shop")
        entrypoint: Image
        only_own_group: true
        not `docker.image` in a script of stage `T`: the tests run in the agent's container, and no other one is made
    "#]],
    );
    check(
        "docker.image('pg').withRun('-e A=b') { c -> sh 'pytest' }",
        &expect![[r#"
        Image("a")
          no setting names a source, and Jenkinsfile does: the agent of stage `T`
        workdir: Some("/w/shop")
        entrypoint: Image
        only_own_group: true
        not `docker.image` in a script of stage `T`: the tests run in the agent's container, and no other one is made
    "#]],
    );
    check(
        "docker.image('pg').withRun { c -> docker.image(\"${IMG}\").inside { sh 'pytest' } }",
        &expect![[r#"
            /w/shop/Jenkinsfile:4: cannot use Jenkinsfile: stage `T` runs `docker.image` in a script, and what that does with containers only Jenkins can tell
              write image = "cy-py:1" under [interpreter] in testdock.toml
        "#]],
    );
}
