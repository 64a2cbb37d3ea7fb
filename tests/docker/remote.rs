//! An engine on another host: reached over TLS and SSH, with a copy of the workspace.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use crate::support::elsewhere::Elsewhere;
use crate::support::images;
use crate::support::project::Project;
use crate::support::running::Story;
use crate::support::soon;

const ONE: (&str, &str) = ("test_one.py", "def test_one():\n    assert 1 == 1\n");

/// One file that changes, one that goes, and paths that are those of this machine.
#[track_caller]
fn check(project: &Project) {
    project.write("test_two.py", "def test_two():\n    assert 1 == 2\n");
    let first = project.run(&[]);
    assert_eq!(first.totals(), [1, 1, 0, 0], "{first:#?}");
    assert!(!first.is_warm());
    let place = &first.test("test_two.py::test_two")["failures"][0]["location"];
    assert_eq!(place["path"], project.root.join("test_two.py").as_str(), "{first:#?}");
    assert_eq!(place["line"], 2);
    let (_, printed) = project.shown(&["run"]);
    assert!(printed.contains("test_two.py:2: AssertionError"), "{printed}");

    project.edit("test_two.py", "1 == 2", "2 == 2");
    fs::remove_file(project.root.join("test_one.py")).unwrap();
    let second = project.run(&[]);
    assert_eq!(second.totals(), [1, 0, 0, 0], "{second:#?}");
    assert!(second.is_warm());
    assert_eq!(first.container(), second.container());
}

#[test]
fn smoke_over_tls() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let project = elsewhere.over_tls(elsewhere.with(&[ONE]));
    check(&project);
    assert_eq!(elsewhere.containers(&project).len(), 1);
    assert_eq!(project.containers(), Vec::<String>::new());
}

#[test]
fn smoke_over_ssh() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let host = format!("ssh://root@{}", elsewhere.address);
    let project =
        elsewhere.with_ssh(elsewhere.with(&[ONE])).env("TESTDOCK_INTERPRETER__HOST", &host);
    check(&project);
    assert_eq!(elsewhere.containers(&project).len(), 1);
}

#[test]
fn contexts() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let certs = elsewhere.certs();
    let tls = format!(
        "host={},ca={certs}/ca.pem,cert={certs}/cert.pem,key={certs}/key.pem",
        elsewhere.tcp()
    );
    let ssh = format!("host=ssh://root@{}", elsewhere.address);
    for (name, endpoint) in [("tls", tls), ("ssh", ssh)] {
        let project = elsewhere.with_ssh(elsewhere.with(&[ONE])).env("DOCKER_CONTEXT", name);
        let made = std::process::Command::new("docker")
            .args(["context", "create", name, "--docker", &endpoint])
            .env("DOCKER_CONFIG", project.home.join(".docker"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let story = project.run(&[]);
        assert_eq!(story.code, Some(0), "{story:#?}");
        assert_eq!(elsewhere.containers(&project).len(), 1);
    }
}

#[test]
fn a_context_that_trusts_anyone() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let certs = elsewhere.certs();
    let endpoint = |skip: bool| {
        let own = format!("cert={certs}/cert.pem,key={certs}/key.pem");
        format!("host={},{own},skip-tls-verify={skip}", elsewhere.tcp())
    };
    let run = |skip| {
        let project = elsewhere.with(&[ONE]).env("DOCKER_CONTEXT", "any");
        let made = std::process::Command::new("docker")
            .args(["context", "create", "any", "--docker", &endpoint(skip)])
            .env("DOCKER_CONFIG", project.home.join(".docker"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        project.run(&[])
    };
    let story = run(true);
    assert_eq!(story.code, Some(0), "{story:#?}");
    check_broken(&run(false), &["cannot read the certificate", "ca.pem"]);
}

/// Says in its failure what the container has of the workspace.
const LISTING: &str = r#"
import os

def test_listing():
    lines = []
    for dir, dirs, files in os.walk("."):
        dirs[:] = sorted(d for d in dirs if d not in ("__pycache__", ".pytest_cache"))
        for name in dirs + files:
            path = os.path.join(dir, name)
            found = os.lstat(path)
            if os.path.islink(path):
                text = "-> " + os.readlink(path)
            else:
                text = oct(found.st_mode & 0o7777)
                if not os.path.isdir(path):
                    text += " " + open(path).read().strip().split("\n")[0]
            lines.append(f"{path[2:]} {text}")
    open("listing", "w").write("\n".join(sorted(lines)))
"#;

#[test]
fn a_copy_is_like_the_workspace() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let project = elsewhere.over_tls(elsewhere.with(&[
        ("test_listing.py", LISTING),
        ("testdock.toml", "[[suite]]\nframework = 'pytest'\noutputs = ['listing']\n"),
        ("run.sh", "one"),
        ("data/a", "one"),
        ("data/deep/b", "one"),
        ("swap", "a file"),
        (".gitignore", "/ignored\n"),
        ("ignored/x", "x"),
        (".dockerignore", "docs\n!docs/kept\nlisting\n"),
        ("docs/left", "x"),
        ("docs/kept", "x"),
    ]));
    let at = |path: &str| project.root.join(path);
    let mode =
        |path: &str, mode| fs::set_permissions(at(path), fs::Permissions::from_mode(mode)).unwrap();
    let listing = || {
        let story = project.run(&[]);
        assert_eq!(story.code, Some(0), "{story:#?}");
        let text = project.read("listing");
        let rest = |line: &&str| !line.starts_with("test") && !line.starts_with('.');
        text.lines().filter(rest).map(str::to_owned).collect::<Vec<_>>()
    };
    ["data", "data/deep", "docs"].iter().for_each(|path| mode(path, 0o755));
    ["data/a", "data/deep/b", "swap", "docs/kept"].iter().for_each(|path| mode(path, 0o644));
    mode("run.sh", 0o755);
    symlink("data/a", at("link")).unwrap();
    let first = [
        "data 0o755",
        "data/a 0o644 one",
        "data/deep 0o755",
        "data/deep/b 0o644 one",
        "docs 0o755",
        "docs/kept 0o644 x",
        "link -> data/a",
        "run.sh 0o755 one",
        "swap 0o644 a file",
    ];
    assert_eq!(listing(), first);

    mode("run.sh", 0o600);
    fs::remove_dir_all(at("data/deep")).unwrap();
    fs::remove_file(at("swap")).unwrap();
    fs::create_dir(at("swap")).unwrap();
    mode("swap", 0o700);
    fs::remove_file(at("link")).unwrap();
    symlink("run.sh", at("link")).unwrap();
    // As long as before, and as old.
    let old = fs::metadata(at("data/a")).unwrap().modified().unwrap();
    project.write("data/a", "two");
    fs::File::open(at("data/a")).unwrap().set_modified(old).unwrap();
    let second = [
        "data 0o755",
        "data/a 0o644 two",
        "docs 0o755",
        "docs/kept 0o644 x",
        "link -> run.sh",
        "run.sh 0o600 one",
        "swap 0o700",
    ];
    let second: Vec<String> = second.map(str::to_owned).into();
    // What the tests wrote stays in the copy.
    let found: Vec<String> =
        listing().into_iter().filter(|line| !line.starts_with("listing")).collect();
    assert_eq!(found, second);
}

#[test]
fn tests_that_stay_at_home_are_said() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let said = |ignored: &str, brought: &str| {
        let project = elsewhere.over_tls(elsewhere.with(&[
            ONE,
            ("deep/test_two.py", "def test_two(): pass\n"),
            (".dockerignore", ignored),
            (".testdockignore", brought),
        ]));
        let story = project.run(&[]);
        let warnings = story.of("warning").filter_map(|line| line.value["message"].as_str());
        warnings.filter(|it| it.contains(".dockerignore")).map(str::to_owned).collect::<Vec<_>>()
    };
    let warnings = said("deep\n", "");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("leaves out 1 of the test files, such as deep/test_two.py"));
    assert_eq!(said("deep\n", "!deep/\n"), [""; 0]);
    assert_eq!(said("docs\n", ""), [""; 0]);
}

#[test]
fn reports_and_outputs_come_back() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let script = "mkdir -p out/deep\n\
        echo '<testsuite><testcase classname=\"c\" name=\"n\"/></testsuite>' >out/deep/r.xml\n\
        echo log >out/log.txt\necho no >out/no.bin\n";
    let suite = "[[suite]]\ncommand = ['sh', 'make.sh']\nreports = ['out/**/*.xml']\noutputs = ['out/*.txt']\n";
    let stale = "<testsuite><testcase name=\"stale\"/></testsuite>";
    let project =
        elsewhere.with(&[("make.sh", script), ("testdock.toml", suite), ("out/stale.xml", stale)]);
    let project = elsewhere.over_tls(project);
    let story = project.run(&[]);
    assert_eq!(story.totals(), [1, 0, 0, 0], "{story:#?}");
    assert_eq!(project.read("out/log.txt"), "log\n");
    assert!(project.read("out/deep/r.xml").contains("classname"));
    assert!(!project.root.join("out/no.bin").exists());
    assert_eq!(project.read("out/stale.xml"), stale);
}

#[test]
fn a_report_that_is_written_at_once() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let script = "echo '<testsuite><testcase classname=\"c\" name=\"n\"/></testsuite>' >r.xml\n";
    let suite = "[[suite]]\ncommand = ['sh', 'make.sh']\nreports = ['*.xml']\n";
    let project = elsewhere.with(&[("make.sh", script), ("testdock.toml", suite)]);
    let project = elsewhere.over_tls(project);
    for _again in 0..6 {
        let story = project.run(&[]);
        assert_eq!(story.totals(), [1, 0, 0, 0], "{story:#?}");
    }
}

#[test]
fn an_image_without_tar() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    drop(elsewhere.with(&[]));
    let project =
        elsewhere.over_tls(Project::empty()).env("TESTDOCK_INTERPRETER__ENV__PYTHONPATH", ".");
    let image = images::pytest().unwrap();
    project.write(ONE.0, ONE.1);
    project.write("Dockerfile", &format!("FROM {image}\nRUN rm -f /bin/tar /usr/bin/tar\n"));
    check(&project);
}

#[test]
fn nothing_is_left_of_a_copy() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let volumes = || elsewhere.docker(&["volume", "ls", "-q"]).unwrap();
    let before = volumes();
    let project = elsewhere.over_tls(elsewhere.with(&[ONE]));
    assert_eq!(project.run(&["--fresh"]).code, Some(0));
    soon("no container", Duration::from_secs(20), || {
        elsewhere.containers(&project).is_empty().then_some(())
    });
    assert_eq!(volumes(), before);
}

/// The interpreter failed, and the error says all of this.
#[track_caller]
fn check_broken(story: &Story, said: &[&str]) {
    assert_eq!(story.code, Some(3), "{story:#?}");
    let error = story.error();
    for words in said {
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn logins_that_fail() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let run =
        |host: &str| elsewhere.with_ssh(elsewhere.with(&[ONE])).env("DOCKER_HOST", host).run(&[]);
    let address = &elsewhere.address;
    check_broken(&run(&format!("ssh://nobody@{address}")), &["Permission denied", "ssh-copy-id"]);
    check_broken(&run(&format!("ssh://root@{address}:1")), &["Connection refused"]);
    check_broken(
        &run("ssh://no-such-host.invalid"),
        &["no-such-host.invalid", "check the host's name"],
    );
    let stranger = elsewhere.with_ssh(elsewhere.with(&[ONE]));
    let bin = stranger.home.join("bin");
    fs::create_dir(&bin).unwrap();
    let options = "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=ask";
    fs::write(
        bin.join("ssh"),
        format!("#!/bin/sh\nexec {}/ssh {options} \"$@\"\n", elsewhere.bin()),
    )
    .unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let host = format!("ssh://root@{address}");
    let stranger = stranger.env("PATH", &path).env("DOCKER_HOST", &host);
    check_broken(&stranger.run(&[]), &["Host key verification failed", "accept the host's key"]);
    elsewhere.on_host("mv /usr/bin/docker /usr/bin/docker.away").unwrap();
    let story = run(&host);
    elsewhere.on_host("mv /usr/bin/docker.away /usr/bin/docker").unwrap();
    check_broken(&story, &["docker: ", "not found", "install docker's command line there"]);
}

#[test]
fn certificates_that_are_of_no_use() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let run = |change: &str| {
        let project = elsewhere.with(&[ONE]);
        let certs = project.home.join("certs");
        let script = format!("cp -R {} {certs} && cd {certs} && {change}", elsewhere.certs());
        let done = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        elsewhere.over_tls(project).env("DOCKER_CERT_PATH", certs.as_str()).run(&[])
    };
    let new = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -days 2 -keyout new.key -out new.pem";
    let other_authority = format!("{new} && mv new.pem ca.pem");
    check_broken(&run(&other_authority), &["signed by none of the authorities", "ca.pem"]);
    let other_caller = format!("{new} && mv new.pem cert.pem && mv new.key key.pem");
    check_broken(&run(&other_caller), &["without a certificate that it knows", "cert.pem"]);
    check_broken(&run("rm ca.pem"), &["cannot read the certificate", "DOCKER_CERT_PATH"]);
    check_broken(&run("rm cert.pem"), &["without a certificate that it knows", "cert.pem"]);
    check_broken(&run("echo >key.pem"), &["cannot read the certificate", "key.pem"]);
}

#[test]
fn certificates_that_have_expired() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let make = |name: &str, extensions: &str| {
        let script = format!(
            "cd /tmp && printf '%s\\n' '{extensions}' >{name}.ext && \
             openssl req -newkey rsa:2048 -nodes -keyout {name}-key.pem -subj /CN={name} -out {name}.csr && \
             openssl x509 -req -in {name}.csr -CA /certs/ca.pem -CAkey /certs/ca-key.pem -CAcreateserial \
             -days -1 -extfile {name}.ext -out {name}.pem"
        );
        elsewhere.on_host(&script).unwrap();
    };
    make("caller", "extendedKeyUsage=clientAuth");
    let project = elsewhere.with(&[ONE]);
    let certs = project.home.join("certs");
    fs::create_dir(&certs).unwrap();
    fs::copy(elsewhere.certs().join("ca.pem"), certs.join("ca.pem")).unwrap();
    for (from, to) in [("caller.pem", "cert.pem"), ("caller-key.pem", "key.pem")] {
        let text = elsewhere.on_host(&format!("cat /tmp/{from}")).unwrap();
        fs::write(certs.join(to), text + "\n").unwrap();
    }
    let project = elsewhere.over_tls(project).env("DOCKER_CERT_PATH", certs.as_str());
    check_broken(&project.run(&[]), &["cert.pem"]);

    let address = &elsewhere.address;
    make("server", &format!("subjectAltName=IP:{address}"));
    let serve = "cd /tmp && nohup openssl s_server -accept 2399 -cert server.pem -key server-key.pem -quiet \
                 </dev/null >/dev/null 2>&1 & echo $!; \
                 until openssl s_client -connect 127.0.0.1:2399 </dev/null >/dev/null 2>&1; do sleep 0.1; done";
    let pid = elsewhere.on_host(serve).unwrap();
    let project = elsewhere.over_tls(elsewhere.with(&[ONE]));
    let story = project.env("DOCKER_HOST", &format!("tcp://{address}:2399")).run(&[]);
    elsewhere.on_host(&format!("kill {pid}")).unwrap();
    check_broken(&story, &["its certificate has expired", "renew the engine's certificate"]);
}

#[test]
fn an_engine_that_dies_under_a_run() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let slow = "import time\n\ndef test_slow():\n    time.sleep(60)\n";
    let project = elsewhere.over_tls(elsewhere.with(&[ONE, ("test_slow.py", slow)]));
    let mut run = project.start(&[]);
    run.until_started("test_slow.py::test_slow");
    elsewhere.on_host("pkill -9 dockerd; pkill -9 containerd; true").unwrap();
    let story = run.end();
    soon("the engine", Duration::from_secs(30), || elsewhere.docker(&["version"]).ok());
    check_broken(&story, &["lost the engine while the tests ran", "run again"]);
    let again = project.run(&["test_one.py"]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}

#[test]
fn an_engine_that_dies_under_a_copy() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let project = elsewhere.over_tls(elsewhere.with(&[ONE]));
    fs::write(project.root.join("large"), vec![7; 256 << 20]).unwrap();
    let mut run = project.start(&[]);
    run.until("copying", |line| line["stage"] == "copying");
    elsewhere.on_host("pkill -9 dockerd; pkill -9 containerd; true").unwrap();
    let story = run.end();
    soon("the engine", Duration::from_secs(30), || elsewhere.docker(&["version"]).ok());
    check_broken(&story, &["cannot reach Docker at", &elsewhere.tcp()]);
    let again = project.run(&[]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}

#[test]
fn a_disk_that_is_full() {
    let Some(elsewhere) = Elsewhere::there() else { return };
    let volumes = "/var/lib/docker/volumes";
    elsewhere.on_host(&format!("mount -t tmpfs -o size=4m tmpfs {volumes}")).unwrap();
    let project = elsewhere.over_tls(elsewhere.with(&[ONE]));
    fs::write(project.root.join("large"), vec![7; 8 << 20]).unwrap();
    let story = project.run(&[]);
    let left = elsewhere.containers(&project);
    elsewhere.on_host(&format!("umount -l {volumes}")).unwrap();
    check_broken(&story, &["the engine's disk is full", "docker system prune"]);
    assert_eq!(left, Vec::<String>::new());
    fs::remove_file(project.root.join("large")).unwrap();
    let again = project.run(&[]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}
