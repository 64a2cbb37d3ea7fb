//! Runs in real containers. Skipped, with the reason, where no engine answers, unless
//! `TESTDOCK_REQUIRE_DOCKER` is set.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Bench, Story, all_stubborn, gone_within, processes, stubborn};
use testdock_core::plan::Source;
use testdock_engine::interpreters;

/// An image with a shell: the one that `cargo xtask test` names, or the public one.
pub(crate) fn image() -> Option<String> {
    let name = std::env::var("TESTDOCK_TEST_BASE").unwrap_or_else(|_| "python:3.12-slim".into());
    match docker(&["image", "inspect", "-f", "{{.Id}}", &name]) {
        Ok(_) => Some(name),
        Err(why) if std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_some() => panic!("{why}"),
        Err(why) => {
            println!("skipped: {}", why.trim());
            None
        }
    }
}

pub(crate) fn docker(args: &[&str]) -> Result<String, String> {
    let out = Command::new("docker").args(args).output().map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(text(&out.stderr)),
    }
}

/// A bench whose containers are removed at its end.
pub(crate) struct Yard(pub(crate) Bench);

impl Yard {
    pub(crate) fn new() -> Option<Self> {
        Some(Self(Bench::new(Source::Image(image()?))))
    }

    pub(crate) fn containers(&self) -> Vec<String> {
        let filter = format!("label=dev.testdock.workspace={}", self.0.root);
        let ids = docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]).unwrap_or_default();
        ids.lines().map(String::from).collect()
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        for id in self.containers() {
            let _ = docker(&["rm", "-fv", &id]);
        }
    }
}

#[tokio::test]
async fn the_second_run_is_warm_and_sees_the_workspace() {
    let Some(yard) = Yard::new() else { return };
    let script = "echo \"$GIVEN\"; cat \"$2/helper\" file.txt; echo e >&3; [ -w \"$HOME\" ] && echo a >$1/report; touch made; exit 7";
    let first = yard.0.run(script).await;
    assert_eq!(first.end(), "Completed");
    assert_eq!(first.printed(), "it's given\nbrought alonghere\n");
    assert_eq!(first.results(), ["a"]);
    assert_eq!(first.warnings(), ["live e"]);
    let second = yard.0.run(script).await;
    assert_eq!(second.container(), (first.container().0, true));
    assert!(!first.container().1);
    let left: Vec<_> =
        yard.0.root.read_dir_utf8().unwrap().flatten().map(|e| e.file_name().to_owned()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn nothing_survives_a_cancel() {
    let Some(yard) = Yard::new() else { return };
    let mark = "10001.5";
    let mut run = yard.0.start(stubborn(mark).as_str());
    run.until_printed("up").await;
    all_stubborn(mark).await;
    let asked = Instant::now();
    run.cancel.cancel();
    let story = run.end().await;
    assert_eq!(story.end(), "Cancelled");
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    gone_within(Duration::from_secs(1).saturating_sub(asked.elapsed()), || processes(mark)).await;
    assert_eq!(yard.containers().len(), 1, "the container stays warm");
}

#[tokio::test]
async fn a_flood_does_not_hold_back_a_cancel() {
    let Some(yard) = Yard::new() else { return };
    let mark = "10002.5";
    let mut run = yard.0.start(format!("echo up; : {mark}; yes {mark}").as_str());
    run.until_printed("up").await;
    // Nobody reads the events for a while.
    gone_within(Duration::from_secs(5), || match run.events.len() {
        64.. => Vec::new(),
        few => vec![few.to_string()],
    })
    .await;
    let asked = Instant::now();
    run.cancel.cancel();
    let story = run.end().await;
    assert_eq!(story.end(), "Cancelled");
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    gone_within(Duration::from_millis(500), || processes(mark)).await;
}

/// The process that the next test kills: runs a script until it is killed.
#[tokio::test]
#[ignore = "started by another test"]
async fn client() {
    let (Ok(root), Some(image)) = (std::env::var("CLIENT_ROOT"), image()) else {
        return;
    };
    let mut bench = Bench::new(Source::Image(image));
    bench.root = root.into();
    let script = std::env::var("CLIENT_SCRIPT").unwrap_or_default();
    let story = bench.run(script.as_str()).await;
    println!("told {} in {}", story.end(), story.container().0);
}

fn start_client(yard: &Yard, script: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "docker::client", "--ignored", "--nocapture"])
        .env("CLIENT_ROOT", &yard.0.root)
        .env("CLIENT_SCRIPT", script)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn nothing_survives_a_killed_client() {
    let Some(yard) = Yard::new() else { return };
    for (mark, more) in [("10003.5", ""), ("10004.5", "(while :; do echo flood; done) &")] {
        let mut client = start_client(&yard, &format!("{more} {}; sleep {mark}", stubborn(mark)));
        all_stubborn(mark).await;
        client.kill().unwrap();
        client.wait().unwrap();
        gone_within(Duration::from_secs(1), || processes(mark)).await;
    }
}

#[tokio::test]
async fn two_runs_at_once_share_a_container_undisturbed() {
    let Some(yard) = Yard::new() else { return };
    let (mut one, mut two) = (
        yard.0.start("echo up; sleep 10005.5"),
        yard.0.start("echo up; sleep 1; echo r >$1/report"),
    );
    one.until_printed("up").await;
    two.until_printed("up").await;
    one.cancel.cancel();
    assert_eq!(one.end().await.end(), "Cancelled");
    let two = two.end().await;
    assert_eq!((two.end().as_str(), two.results()), ("Completed", vec!["r".to_owned()]));
    assert_eq!(yard.containers().len(), 1);
}

#[tokio::test]
async fn two_processes_at_once_make_one_container() {
    let Some(yard) = Yard::new() else { return };
    let clients: Vec<_> = (0..3).map(|_| start_client(&yard, "echo r >$1/report")).collect();
    let mut said: Vec<String> = Vec::new();
    for client in clients {
        let out = client.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        said.extend(text.lines().filter(|l| l.starts_with("told ")).map(String::from));
    }
    let id = &yard.containers()[0];
    assert_eq!(said, vec![format!("told Completed in {id}"); 3]);
    assert_eq!(yard.containers().len(), 1);
}

#[tokio::test]
async fn an_idle_container_goes_with_its_lease() {
    let Some(mut yard) = Yard::new() else { return };
    yard.0.interpreter.keep_warm = Duration::from_secs(1);
    yard.0.run("echo r >$1/report").await;
    assert_eq!(yard.containers().len(), 1);
    // A longer run keeps it all the while.
    let story = yard.0.run("sleep 12; echo r >$1/report").await;
    assert_eq!(story.end(), "Completed");
    assert!(story.container().1);
    gone_within(Duration::from_secs(20), || yard.containers()).await;
}

#[tokio::test]
async fn a_container_that_is_not_kept_goes_with_its_run() {
    let Some(mut yard) = Yard::new() else { return };
    yard.0.interpreter.keep_warm = Duration::ZERO;
    for _ in 0..2 {
        let story = yard.0.run("echo r >$1/report").await;
        assert_eq!((story.end().as_str(), story.container().1), ("Completed", false));
        gone_within(Duration::from_secs(2), || yard.containers()).await;
    }
}

#[tokio::test]
async fn a_fresh_container_goes_with_its_run() {
    let Some(mut yard) = Yard::new() else { return };
    let warm = yard.0.run("echo r >$1/report").await.container().0;
    yard.0.fresh = true;
    let story = yard.0.run("echo r >$1/report").await;
    assert_ne!(story.container(), (warm.clone(), true));
    let mut run = yard.0.start("echo up; sleep 10006.5");
    run.until_printed("up").await;
    run.cancel.cancel();
    assert_eq!(run.end().await.end(), "Cancelled");
    gone_within(Duration::from_secs(5), || {
        yard.containers().into_iter().filter(|id| *id != warm).collect()
    })
    .await;
}

#[tokio::test]
async fn a_container_that_is_removed_under_a_run_is_said_and_the_next_run_works() {
    let Some(yard) = Yard::new() else { return };
    let mut run = yard.0.start("echo up; sleep 10007.5");
    run.until_printed("up").await;
    docker(&["rm", "-f", &yard.containers()[0]]).unwrap();
    let story = run.end().await;
    assert_eq!(
        story.end(),
        "Interpreter: the container was stopped or removed while the tests ran [run again: a new container is made]"
    );
    assert_eq!(yard.0.run("echo r >$1/report").await.end(), "Completed");
}

#[tokio::test]
async fn want_of_memory_is_said() {
    let Some(mut yard) = Yard::new() else { return };
    yard.0.interpreter.options.limits.memory = Some(48 << 20);
    let eat = "dd if=/dev/zero of=/dev/null bs=400M count=1";
    let story: Story = yard.0.run(eat).await;
    assert_eq!(
        story.end(),
        "Process: no report after Signal(9): the kernel killed a process of the tests for want of memory (the container's limit is 48 MiB) [raise limits.memory of the interpreter, or run fewer tests at once]"
    );
    // Only a part of the tests died.
    let story = yard.0.run(format!("{eat}; echo r >$1/report").as_str()).await;
    assert_eq!(story.end(), "Completed");
    assert_eq!(story.warnings().len(), 1, "{:?}", story.warnings());
}

#[tokio::test]
async fn a_caller_other_than_root_can_delete_what_is_left() {
    let Some(mut yard) = Yard::new() else { return };
    yard.0.interpreter.options.user = testdock_core::plan::User::Named("1234:1234".into());
    docker(&[
        "run",
        "--rm",
        "-v",
        &format!("{0}:{0}", yard.0.root),
        &image().unwrap(),
        "chmod",
        "777",
        yard.0.root.as_str(),
    ])
    .unwrap();
    let story = yard
        .0
        .run("id -u; touch made; echo \"$HOME\"; echo x >\"$HOME/x\" && echo r >$1/report")
        .await;
    assert_eq!(story.printed(), "1234\n/tmp/testdock-home\n");
    assert_eq!(story.results(), ["r"]);
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!(std::fs::metadata(yard.0.root.join("made")).unwrap().uid(), 1234);
}

/// Builds an image from the workspace of `yard`.
fn build(yard: &Yard, steps: &str) -> String {
    let dockerfile = format!("FROM {}\n{steps}", image().unwrap());
    std::fs::write(yard.0.root.join("Dockerfile"), dockerfile).unwrap();
    docker(&["build", "-q", yard.0.root.as_str()]).unwrap()
}

#[tokio::test]
async fn the_workspace_goes_over_its_copy_and_what_the_image_made_stays() {
    let Some(mut yard) = Yard::new() else { return };
    let root = yard.0.root.clone();
    std::fs::write(root.join("package.json"), "{}").unwrap();
    std::fs::create_dir(root.join("deleted-later")).unwrap();
    std::fs::write(root.join("deleted-later/stale.txt"), "stale").unwrap();
    let id = build(
        &yard,
        "WORKDIR /app\nCOPY . .\nRUN mkdir -p node_modules/x && echo made > node_modules/x/y\n",
    );
    yard.0.interpreter.source = Source::Image(id.clone());
    std::fs::remove_dir_all(root.join("deleted-later")).unwrap();
    std::fs::write(root.join("file.txt"), "edited\n").unwrap();
    for warm in [false, true] {
        let story = yard
            .0
            .run("echo at $PWD/file.txt; cat file.txt node_modules/x/y; ls; echo r >$1/report")
            .await;
        assert_eq!(
            story.printed(),
            format!(
                "at {root}/file.txt\nedited\nmade\nDockerfile\nfile.txt\nnode_modules\npackage.json\n"
            )
        );
        assert_eq!(story.container().1, warm);
    }
    assert_eq!(root.join("node_modules").read_dir_utf8().unwrap().count(), 0);
    drop(yard);
    docker(&["rmi", "-f", &id]).unwrap();
}

#[tokio::test]
async fn an_image_without_a_shell_is_said() {
    let Some(mut yard) = Yard::new() else { return };
    let dockerfile = "FROM scratch\nCOPY file.txt /\nCMD [\"/x\"]\n";
    std::fs::write(yard.0.root.join("Dockerfile"), dockerfile).unwrap();
    let id = docker(&["build", "-q", yard.0.root.as_str()]).unwrap();
    yard.0.interpreter.source = Source::Image(id.clone());
    let story = yard.0.run("").await;
    assert!(story.end().contains("has none"), "{}", story.end());
    assert_eq!(yard.containers(), Vec::<String>::new());
    docker(&["rmi", "-f", &id]).unwrap();
}

#[tokio::test]
async fn another_directory_in_the_workspaces_place_is_seen() {
    let Some(yard) = Yard::new() else { return };
    let root = yard.0.root.clone();
    let first = yard.0.run("echo r >$1/report").await;
    std::fs::rename(&root, root.with_file_name("moved")).unwrap();
    std::fs::create_dir(&root).unwrap();
    std::fs::write(root.join("new.txt"), "").unwrap();
    let story = yard.0.run("ls; echo r >$1/report").await;
    assert_eq!(story.printed(), "new.txt\n");
    assert_ne!(story.container().0, first.container().0);
}

/// What a client says that sees the workspace otherwise than the engine does.
async fn client_after(yard: &Yard, mount: &str) -> String {
    let shell = format!("{mount} && exec \"$@\"");
    let exe = std::env::current_exe().unwrap();
    let out = Command::new("unshare")
        .args(["-m", "sh", "-c", &shell, "sh", exe.to_str().unwrap()])
        .args(["--exact", "docker::client", "--ignored", "--nocapture"])
        .env("CLIENT_ROOT", &yard.0.root)
        .env("CLIENT_SCRIPT", "echo r >$1/report")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let told = text.lines().find(|l| l.starts_with("told "));
    told.unwrap_or(&text).to_owned()
}

#[tokio::test]
async fn a_container_that_does_not_see_the_workspace_is_given_up_for_one_with_a_copy() {
    let Some(yard) = Yard::new() else { return };
    let told = client_after(&yard, "mount -t tmpfs none \"$CLIENT_ROOT\"").await;
    assert!(told.starts_with("told Completed"), "{told}");
    let containers = yard.containers();
    let [id] = containers.as_slice() else { panic!("{containers:?}") };
    let kinds =
        docker(&["inspect", "-f", "{{range .Mounts}}{{.Type}} {{.Destination}};{{end}}", id]);
    let kinds = kinds.unwrap();
    assert!(kinds.contains(&format!("volume {};", yard.0.root)), "{kinds}");
}

#[tokio::test]
async fn a_read_only_workspace_runs() {
    let Some(yard) = Yard::new() else { return };
    let mount = "mount --bind \"$CLIENT_ROOT\" \"$CLIENT_ROOT\" && mount -o remount,ro,bind \"$CLIENT_ROOT\"";
    let told = client_after(&yard, mount).await;
    assert!(told.starts_with("told Completed"), "{told}");
}

#[tokio::test]
async fn what_is_kept_is_listed_shown_and_removed() {
    let Some(mut yard) = Yard::new() else { return };
    yard.0.interpreter.options.limits.pids = Some(100);
    let id = yard.0.run("echo r >$1/report").await.container().0;
    let world = &yard.0.world;
    let kept = interpreters::list(world, None).await.unwrap();
    let container = kept.containers.iter().find(|c| c.id == id).unwrap();
    assert_eq!((container.state.as_str(), container.interpreter.as_str()), ("running", "default"));
    assert_eq!(container.workspace, yard.0.root);
    let lease = container.lease.unwrap();
    assert!((20..=30).contains(&lease.as_secs()), "{lease:?}");
    let root = &yard.0.root;
    let shown = interpreters::show(world, None, root, &id[..12]).await.unwrap();
    assert_eq!(shown.limits, yard.0.interpreter.options.limits);
    assert_eq!(shown.paths.to_container(&yard.0.root).unwrap(), yard.0.root);
    let (name, mut removed) = ((container.name.as_str(), &[][..]), Vec::new());
    interpreters::remove(world, None, root, name, false, &mut removed).await.unwrap();
    assert_eq!(removed, std::slice::from_ref(&container.name));
    let error = interpreters::show(world, None, root, &id).await.unwrap_err();
    assert!(error.message.ends_with("no container or image of that name"), "{}", error.message);
}

/// A way to the engine that can be cut.
fn proxy(socket: &std::path::Path) -> tokio::task::JoinHandle<()> {
    let listener = tokio::net::UnixListener::bind(socket).unwrap();
    tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            connections.spawn(async move {
                let mut far = tokio::net::UnixStream::connect("/var/run/docker.sock").await?;
                tokio::io::copy_bidirectional(&mut near, &mut far).await
            });
        }
    })
}

#[tokio::test]
async fn an_engine_that_is_lost_under_a_run_is_said_and_the_next_run_works() {
    let Some(mut yard) = Yard::new() else { return };
    let socket = yard.0.dir.path().join("engine.sock");
    yard.0.interpreter.host = Some(format!("unix://{}", socket.display()));
    let way = proxy(&socket);
    let mark = "10008.5";
    let mut run = yard.0.start(format!("echo up; sleep {mark}").as_str());
    run.until_printed("up").await;
    way.abort();
    std::fs::remove_file(&socket).unwrap();
    let told = run.end().await.end();
    assert!(told.starts_with("Interpreter: lost the engine while the tests ran: "), "{told}");
    gone_within(Duration::from_secs(1), || processes(mark)).await;
    let way = proxy(&socket);
    let story = yard.0.run("echo r >$1/report").await;
    assert_eq!((story.end().as_str(), story.container().1), ("Completed", true));
    way.abort();
}
