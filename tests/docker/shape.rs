//! How containers are made: what is asked for reaches the engine, and what nobody asked for does not.

use serde_json::{Value, json};

use crate::support::docker::docker;
use crate::support::project::Project;
use crate::support::skip;

const ONE: (&str, &str) = ("test_one.py", "def test_one():\n    pass\n");

/// What the engine says of the container of a run with these settings.
#[track_caller]
fn inspected(project: &Project, settings: &str) -> Value {
    project.write("testdock.toml", &format!("[interpreter]\n{settings}\n"));
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    let text = docker(&["inspect", story.container()]).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[0].take()
}

/// Each of these is so in the container's `HostConfig`.
#[track_caller]
fn check(settings: &str, expected: &Value) {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    let host = &inspected(&project, settings)["HostConfig"];
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&host[key], value, "{key}: {host:#}");
    }
}

#[test]
fn nothing_reaches_beyond_the_container_by_default() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    let found = inspected(&project, "keep-warm = '5m'");
    let host = &found["HostConfig"];
    assert_eq!(host["SecurityOpt"], json!(["no-new-privileges"]));
    assert_eq!(host["Privileged"], json!(false));
    assert!(host["CapAdd"].as_array().is_none_or(Vec::is_empty), "{host:#}");
    for space in ["PidMode", "UTSMode"] {
        assert!(["", "private"].contains(&host[space].as_str().unwrap()), "{host:#}");
    }
    assert_ne!(host["NetworkMode"], "host");
    assert_eq!(host["PublishAllPorts"], json!(false));
    assert!(host["Devices"].as_array().is_none_or(Vec::is_empty), "{host:#}");
    let text = found["Mounts"].to_string();
    assert!(!text.contains("docker.sock"), "{text}");
    let from_host = found["Mounts"].as_array().unwrap().iter().filter(|it| it["Type"] == "bind");
    let from_host: Vec<&Value> = from_host.map(|mount| &mount["Source"]).collect();
    assert_eq!(from_host, [&json!(project.root.as_str())]);
}

#[test]
fn a_mount_has_the_label_that_is_asked_for_and_what_is_not_heeded_is_said() {
    let Some(project) = Project::with(&[ONE, ("data/x", "")]) else {
        return;
    };
    let mounts = "interpreter.mounts = ['./data:/data:z,ro', './data:/more:Z,cached']";
    let story = project.run(&["--set", mounts]);
    let said = story.only("warning").value["message"].to_string();
    assert!(said.contains("`cached` of the volume `./data:/more:Z,cached`"), "{said}");
    let text = docker(&["inspect", story.container()]).unwrap();
    let found = serde_json::from_str::<Value>(&text).unwrap()[0].take();
    let data = format!("{}/data", project.root);
    let binds = json!([format!("{data}:/data:z,ro"), format!("{data}:/more:Z")]);
    assert_eq!(found["HostConfig"]["Binds"], binds);
    let mounts = found["Mounts"].as_array().unwrap();
    let data = mounts.iter().find(|mount| mount["Destination"] == "/data").unwrap();
    assert_eq!((&data["RW"], &data["Mode"]), (&json!(false), &json!("z,ro")));
}

#[test]
fn limits() {
    check(
        "limits = { cpus = 1.5, memory = '300m', pids = 99 }\nshm-size = '80m'",
        &json!({
            "NanoCpus": 1_500_000_000, "Memory": 314_572_800, "MemorySwap": 314_572_800,
            "PidsLimit": 99, "ShmSize": 83_886_080,
        }),
    );
}

/// A rootless engine may keep none, and passes over them in silence.
#[test]
fn a_limit_that_the_engine_does_not_keep_is_said() {
    if docker(&["info", "-f", "{{.MemoryLimit}}"]).as_deref() != Ok("false") {
        let _: Option<()> = skip("the engine keeps limits, or there is none");
        return;
    }
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    let story = project.run(&["--set", "interpreter.limits.memory = '300m'"]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    let said = story.only("warning").value["message"].to_string();
    assert!(said.contains("limits.memory: the engine holds no container to it"), "{said}");
}

#[test]
fn flags_that_have_no_key_of_their_own() {
    check(
        "init = true\nextra-hosts = { db = '10.0.0.9' }\nrun-args = ['--cap-add=SYS_PTRACE', '--cap-drop', 'NET_RAW', \
         '--ulimit', 'nofile=512:1024', '--read-only', '--tmpfs', '/scratch:size=8m', '--tmpfs=/tmp', '--sysctl', \
         'net.core.somaxconn=99', '--group-add', '4242', '--dns', '10.0.0.53']",
        &json!({
            "Init": true, "ExtraHosts": ["db:10.0.0.9"], "CapAdd": ["SYS_PTRACE"], "CapDrop": ["NET_RAW"],
            "Ulimits": [{ "Name": "nofile", "Soft": 512, "Hard": 1024 }], "ReadonlyRootfs": true,
            "Sysctls": { "net.core.somaxconn": "99" }, "GroupAdd": ["4242"], "Dns": ["10.0.0.53"],
        }),
    );
}

#[test]
fn memory_in_the_place_of_files() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    let found = inspected(&project, "run-args = ['--tmpfs', '/scratch:size=8m']");
    let mounts = found["HostConfig"]["Mounts"].as_array().unwrap();
    let scratch = mounts.iter().find(|mount| mount["Target"] == "/scratch").unwrap();
    assert_eq!(scratch["TmpfsOptions"]["SizeBytes"], 8 << 20, "{scratch}");
}

#[test]
fn a_network_of_its_own() {
    check("network = 'none'", &json!({ "NetworkMode": "none" }));
}
