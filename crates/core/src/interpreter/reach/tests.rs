use std::collections::BTreeMap;

use super::*;
use crate::paths::RelPath;
use crate::plan::{BuildOptions, Dockerfile, Join, Mount, MountFrom, Options};

fn refusal(path: &str, allow: &[Power]) -> Option<String> {
    let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
    let from = MountFrom::Host { path: path.into(), make: true, label: None };
    interpreter.options.mounts.push(Mount { target: "/x".into(), from, read_only: true });
    refusal_of(interpreter, allow)
}

fn refusal_of(mut interpreter: Interpreter, allow: &[Power]) -> Option<String> {
    interpreter.allow.powers = allow.to_vec();
    interpreter.granted = granted(&interpreter, Vec::new(), "/w".into());
    let real = |path: &Utf8Path| -> Utf8PathBuf {
        match path.as_str() {
            "/w/link" => "/".into(),
            "/w/sock" => "/home/me/docker.sock".into(),
            "/w/keys" => "/home/me/.ssh/id".into(),
            _ => path.into(),
        }
    };
    let grants = reach(&interpreter, "/w".into(), &real);
    let asked = unsaid(&interpreter, &grants, "/w".into(), &|_| false)?;
    Some(format!("{}; {}", asked.message, asked.help.unwrap_or_default()))
}

#[test]
fn a_link_is_what_it_leads_to() {
    let said = refusal("/w/link", &[]).unwrap();
    assert!(said.contains("the host's / (read-only), by way of /w/link"), "{said}");
    assert!(said.contains("interpreters.ci.allow = [\"host-files\"]"), "{said}");
    assert!(refusal("/w/sock", &[Power::HostFiles]).unwrap().contains("\"docker-socket\""));
    assert_eq!(refusal("/w/link", &[Power::HostFiles]), None);
    assert_eq!(refusal("/w/data", &[]), None);
}

#[test]
fn a_secret_of_a_build_is_the_workspaces() {
    let refusal = |path: &str, allow: &[Power]| {
        let secrets = BTreeMap::from([("key".to_owned(), Secret::File(path.into()))]);
        let options = Box::new(BuildOptions { secrets, ..BuildOptions::default() });
        let file =
            Dockerfile { path: RelPath::new("Dockerfile"), options, ..Dockerfile::default() };
        refusal_of(Interpreter::new("ci", Source::Dockerfile(file)), allow)
    };
    for path in ["/home/me/.ssh/id", "/w/keys", "/home/me/.npmrc", "/proc/self/environ"] {
        assert!(refusal(path, &[]).unwrap().contains("(a secret of the build)"), "{path}");
        assert_eq!(refusal(path, &[Power::HostFiles]), None);
    }
    assert!(
        refusal("/w/keys", &[])
            .unwrap()
            .contains("/home/me/.ssh/id (read-only), by way of /w/keys")
    );
    assert_eq!(refusal("/w/token", &[]), None);
}

fn shown(path: &str, read_only: bool, real: &dyn Fn(&Utf8Path) -> Utf8PathBuf) -> Vec<String> {
    let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
    interpreter.allow.powers.push(Power::HostFiles);
    let from = MountFrom::Host { path: path.into(), make: true, label: None };
    interpreter.options.mounts.push(Mount { target: "/x".into(), from, read_only });
    interpreter.granted = granted(&interpreter, Vec::new(), "/w".into());
    let grants = reach(&interpreter, "/w".into(), real);
    grants.into_iter().map(|grant| grant.what).collect()
}

/// The words are what is allowed: what means more has others.
#[test]
fn what_was_allowed_to_be_read_is_not_allowed_to_be_written() {
    for path in ["/etc", "/home/me/.ssh"] {
        assert_eq!(
            shown(path, true, &Utf8Path::to_owned),
            [format!("the host's {path} (read-only)")]
        );
        assert_eq!(shown(path, false, &Utf8Path::to_owned), [format!("the host's {path}")]);
    }
}

#[test]
fn a_path_that_becomes_a_link_is_something_else() {
    let linked_to = |to: &'static str| {
        shown("/w/data", false, &move |path| match path.as_str() {
            "/w/data" => to.into(),
            path => path.into(),
        })
    };
    assert_eq!(linked_to("/w/data"), [""; 0]);
    assert_eq!(linked_to("/"), ["the host's /, by way of /w/data"]);
    assert_eq!(linked_to("/w/other"), [""; 0]);
    // The links of the system itself are no news.
    let run = |path: &Utf8Path| path.as_str().replace("/var/run", "/run").into();
    assert_eq!(shown("/var/run/x", false, &run), ["the host's /var/run/x"]);
}

/// What a workspace is called by is not always where it lies.
#[test]
fn a_workspace_behind_a_link_has_its_own_files() {
    let real = |path: &Utf8Path| path.as_str().replacen("/w", "/var/lib/w", 1).into();
    assert_eq!(shown("/w/data", false, &real), [""; 0]);
}

/// Whose word a mount is decides, and not where it lies.
#[test]
fn what_the_caller_mounts_is_not_asked_about() {
    let mount = |path: &str, read_only| {
        let from = MountFrom::Host { path: path.into(), make: true, label: None };
        Mount { target: "/x".into(), from, read_only }
    };
    let refusal = |own: Mount, theirs: Mount| {
        let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
        interpreter.allow.mounts.push(own);
        interpreter.options.mounts.push(theirs);
        refusal_of(interpreter, &[])
    };
    assert_eq!(refusal(mount("/etc", true), mount("/etc", true)), None);
    assert!(refusal(mount("/etc", true), mount("/etc", false)).is_some());
    assert!(refusal(mount("/w/link", true), mount("/w/link", true)).is_some());
}

#[test]
fn a_question_steers_no_screen() {
    let said = refusal("/etc/\u{1b}[2J\nno\u{202e}", &[]).unwrap();
    assert!(said.contains(r"the host's /etc/\u{1b}[2J\u{a}no\u{202e} (read-only)"), "{said}");
    let shown = shown("/etc/\u{7}", false, &Utf8Path::to_owned);
    assert_eq!(shown, [r"the host's /etc/\u{7}"]);
    let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
    interpreter.options.privileged = true;
    interpreter.allow.powers.push(Power::Privileged);
    interpreter.allow.by = Some("profile `\u{1b}[2J`".to_owned());
    let grants = granted(&interpreter, Vec::new(), "/w".into());
    let asked = unsaid(&interpreter, &grants, "/w".into(), &|_| false).unwrap();
    assert!(asked.message.starts_with(r"profile `\u{1b}[2J` gives"), "{}", asked.message);
}

/// A folder of the workspace is no way out of it.
#[test]
fn a_build_reads_what_its_links_lead_to() {
    let refusal = |context: &str, path: &str, allow: &[Power]| {
        let (context, path) = (RelPath::new(context), RelPath::new(path));
        let file = Dockerfile { path, context, ..Dockerfile::default() };
        refusal_of(Interpreter::new("ci", Source::Dockerfile(file)), allow)
    };
    for (context, path) in [("keys", "Dockerfile"), ("", "keys")] {
        let said = refusal(context, path, &[]).unwrap();
        assert!(said.contains("/home/me/.ssh/id, by way of /w/keys (of the build)"), "{said}");
        assert_eq!(refusal(context, path, &[Power::HostFiles]), None);
    }
    assert_eq!(refusal("app", "app/Dockerfile", &[]), None);
}

#[test]
fn what_lies_outside_is_asked_about_whatever_it_is() {
    for path in ["/", "/home/me", "/home/me/.m2", "/opt", "/tmp", "/var/tmp/x", "/wide", "/w/keys"]
    {
        assert!(refusal(path, &[]).is_some(), "{path}");
        assert_eq!(refusal(path, &[Power::HostFiles]), None, "{path}");
    }
    for path in ["/w", "/w/data", "/w/.ssh"] {
        assert_eq!(refusal(path, &[]), None, "{path}");
    }
}

/// What the options of a container ask for, by kind and in words.
fn asked(change: impl FnOnce(&mut Options)) -> Vec<String> {
    let mut options = Options::default();
    change(&mut options);
    let asked = powers(&options, &Source::Local);
    asked.into_iter().map(|(power, what)| format!("{}: {what}", power.as_str())).collect()
}

#[test]
fn devices_users_and_others_volumes_are_the_hosts() {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    for disk in ["/dev/sda:/dev/xvda:rwm", "/dev/dri/../sda"] {
        let devices = words(&["/dev/fuse", disk, "/dev/dri/card0"]);
        assert_eq!(asked(|it| it.devices = devices), ["host-files: the host's device /dev/sda"]);
    }
    let rules = asked(|it| it.device_cgroup_rules = words(&["b 8:* rwm"]));
    assert_eq!(rules, ["host-files: the host's device b 8:* rwm"]);
    let caps = words(&["SYS_PTRACE", "cap_dac_read_search"]);
    assert_eq!(asked(|it| it.cap_add = caps), ["privileged: the capability cap_dac_read_search"]);
    let users = asked(|it| it.namespaces.users = Some("host".to_owned()));
    assert_eq!(users, ["host-namespaces: the host's own userns (userns=host)"]);
    let volumes = asked(|it| it.volumes_from = words(&["other"]));
    assert_eq!(volumes, ["host-files: the volumes of the container other"]);
}

#[test]
fn what_is_another_containers_or_the_kernels_own() {
    let pid = asked(|it| it.namespaces.pid = Some("container:db".to_owned()));
    assert_eq!(pid, ["host-namespaces: the pid of the container db (pid=container:db)"]);
    let network = asked(|it| it.network = Some("container:db".to_owned()));
    assert_eq!(
        network,
        ["host-namespaces: the network of the container db (network=container:db)"]
    );
    let join = |network: &str| Join { network: network.to_owned(), aliases: Vec::new() };
    let networks = asked(|it| it.networks = vec![join("shop"), join("host")]);
    assert_eq!(networks, ["host-namespaces: the host's own network (network=host)"]);
    let unmasked = ["seccomp=unconfined", "systempaths=unconfined"].map(str::to_owned);
    let paths = asked(|it| it.security_opt = unmasked.to_vec());
    assert_eq!(paths, ["privileged: the host's system paths (systempaths=unconfined)"]);
    let clock = asked(|it| it.cap_add = vec!["CAP_SYS_TIME".to_owned()]);
    assert_eq!(clock, ["privileged: the capability CAP_SYS_TIME"]);
}

/// What the workspace's files grant, what is written down, and what is asked for then.
fn open(by: Option<&str>, written: &[&str]) -> Option<(String, Vec<String>)> {
    let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
    interpreter.options.privileged = true;
    interpreter.options.testcontainers = true;
    let (by, file) = (by.map(str::to_owned), Some("testdock.toml".to_owned()));
    let powers = vec![Power::Privileged];
    interpreter.allow = Allowed { powers, by, testcontainers_by: file, mounts: Vec::new() };
    let grants = granted(&interpreter, Vec::new(), "/w".into());
    let error = unsaid(&interpreter, &grants, "/w".into(), &|what| written.contains(&what))?;
    Some((error.help.unwrap(), error.ask.unwrap().what))
}

#[test]
fn what_the_workspace_grants_is_asked_for_word_by_word() {
    const ALL: &str = "all privileges of the host (privileged)";
    const ENGINE: &str = "the engine itself (testcontainers)";
    let (help, what) = open(Some("testdock.toml"), &[]).unwrap();
    assert_eq!(what, [ALL, ENGINE]);
    expect_test::expect![[r#"if you trust it, run `testdock interpreter allow ci` once; where nobody can be asked, pass --set 'interpreters.ci.allow = ["docker-socket", "privileged"]'"#]]
        .assert_eq(&help);
    assert_eq!(open(Some("testdock.toml"), &[ALL]).unwrap().1, [ENGINE]);
    assert_eq!(open(None, &[]).unwrap().1, [ENGINE]);
    assert_eq!(open(Some("testdock.toml"), &[ENGINE, ALL]), None);
}

/// Whoever allows the engine's socket has allowed Testcontainers.
#[test]
fn the_engine_is_allowed_once() {
    let mut interpreter = Interpreter::new("default", Source::Image("a".to_owned()));
    interpreter.options.testcontainers = true;
    interpreter.allow.testcontainers_by = Some("testdock.toml".to_owned());
    let by = |interpreter: &Interpreter| granted(interpreter, Vec::new(), "/w".into()).remove(0).by;
    assert_eq!(by(&interpreter).as_deref(), Some("testdock.toml"));
    interpreter.allow.powers.push(Power::DockerSocket);
    assert_eq!(by(&interpreter), None);
}

/// A question is asked once for all of it, also of what no file names.
#[test]
fn what_nobody_names_is_asked_for_too() {
    let mut interpreter = Interpreter::new("default", Source::Image("a".to_owned()));
    interpreter.options.privileged = true;
    interpreter.options.network = Some("host".to_owned());
    interpreter.allow = Allowed { powers: vec![Power::HostNamespaces], ..Allowed::default() };
    let grants = granted(&interpreter, Vec::new(), "/w".into());
    let asked = unsaid(&interpreter, &grants, "/w".into(), &|_| false).unwrap();
    expect_test::expect!["the interpreter `default` gives the container all privileges of the host (privileged), which reaches beyond it, and you have not allowed that"]
        .assert_eq(&asked.message);
    assert!(
        asked.help.unwrap().contains(r#"interpreter.allow = ["host-namespaces", "privileged"]"#)
    );
}

#[test]
fn what_the_compose_tool_reads_may_lie_outside() {
    let reads = |path: &str, allow: &[Power]| {
        let mut interpreter = Interpreter::new("ci", Source::Image("a".to_owned()));
        interpreter.reads.push(path.into());
        refusal_of(interpreter, allow)
    };
    for path in ["/home/me/.aws/credentials", "${A:-${B}}"] {
        let said = reads(path, &[]).unwrap();
        assert!(said.contains(&format!("outside of the workspace, {path} (read for")), "{said}");
        assert_eq!(reads(path, &[Power::HostFiles]), None);
    }
    let said = reads("/w/keys", &[]).unwrap();
    assert!(
        said.contains("/home/me/.ssh/id, by way of /w/keys (read for variables and services)"),
        "{said}"
    );
    assert_eq!(reads("/w/.env", &[]), None);
}
