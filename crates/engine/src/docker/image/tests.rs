//! Against a real engine. Without one they say that they were skipped.

use std::time::{Duration, Instant};

use bollard::query_parameters::{
    RemoveImageOptions, RemoveImageOptionsBuilder, TagImageOptionsBuilder,
};
use expect_test::expect;
use testdock_core::id::RunId;
use testdock_core::model::{RunEvent, Stage};
use testdock_core::paths::RelPath;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::super::connect::connect;
use super::super::prune;
use super::*;

/// An engine that has the base image, or `None` where a machine may do without.
pub(in super::super) async fn engine() -> Option<Docker> {
    let engine = match connect(None).await {
        Ok(docker) => match docker.inspect_image(&base()).await {
            Ok(_) => Ok(docker),
            Err(why) => Err(format!("{}: {why}", base())),
        },
        Err(why) => Err(why.message),
    };
    match engine {
        Ok(docker) => Some(docker),
        Err(why) if std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_some() => panic!("{why}"),
        Err(why) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "skipped: {why}");
            None
        }
    }
}

/// The image that `cargo xtask test` names, or the public one.
pub(in super::super) fn base() -> String {
    std::env::var("TESTDOCK_TEST_BASE").unwrap_or_else(|_| "python:3.12-slim".to_owned())
}

/// An engine that answers one request with these messages, each as a piece of its own.
pub(in super::super) async fn saying(messages: &'static [&'static str]) -> Docker {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let is_whole = |request: &[u8]| {
            let chunked = String::from_utf8_lossy(request).contains("chunked");
            request.ends_with(if chunked { b"\r\n0\r\n\r\n" } else { b"\r\n\r\n" })
        };
        while !is_whole(&request) {
            assert_ne!(client.read_buf(&mut request).await.unwrap(), 0);
        }
        client.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
        for piece in messages.iter().flat_map(|&message| [message, "\r\n"]).chain([""]) {
            let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
            client.write_all(chunk.as_bytes()).await.unwrap();
        }
    });
    Docker::connect_with_http(&address, 10, bollard::API_DEFAULT_VERSION).unwrap()
}

/// A word that no other test has.
pub(in super::super) fn nonce(root: &Utf8Path) -> String {
    root.file_name().unwrap().replace(' ', "-")
}

/// A workspace with a Dockerfile.
struct Project {
    docker: Docker,
    dir: tempfile::TempDir,
}

impl Project {
    async fn new(dockerfile: &str) -> Option<Self> {
        let docker = engine().await?;
        let dir = tempfile::Builder::new().prefix("testdock image ").tempdir().unwrap();
        let project = Self { docker, dir };
        // The engine's build cache knows what earlier tests built; these instructions are new to it.
        let own = format!("{}\nENV OWN={}\n", base(), nonce(project.root()));
        let dockerfile = dockerfile.replace("BASE\n", &own);
        project.write("Dockerfile", &dockerfile);
        Some(project)
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.dir.path()).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.root().join(name), text).unwrap();
    }

    async fn ensure(&self) -> (Result<Image, RunError>, Vec<RunEvent>) {
        let dockerfile = Dockerfile { path: RelPath::new("Dockerfile"), ..Dockerfile::default() };
        let source = Source::Dockerfile(dockerfile);
        ensure_in(&self.docker, self.root(), &source, &CancellationToken::new()).await
    }

    async fn built(&self) -> (Image, Vec<RunEvent>) {
        let (image, events) = self.ensure().await;
        (image.unwrap(), events)
    }

    async fn remove(&self, image: &Image) {
        let force = RemoveImageOptionsBuilder::new().force(true).build();
        self.docker.remove_image(&image.name, Some(force), None).await.unwrap();
    }

    async fn failure(&self) -> String {
        let (result, _) = self.ensure().await;
        let error = result.unwrap_err();
        let place = error.place.map(|place| format!("{}:{}", place.path, place.line));
        let text = format!(
            "{:?}\n{}\n{}\n{}\n{}",
            error.fault,
            place.unwrap_or_default(),
            error.message,
            error.help.unwrap_or_default(),
            error.log.unwrap_or_default()
        );
        text.replace(self.root().as_str(), "~").replace(&base(), "BASE")
    }
}

async fn ensure_in(
    docker: &Docker,
    root: &Utf8Path,
    source: &Source,
    cancel: &CancellationToken,
) -> (Result<Image, RunError>, Vec<RunEvent>) {
    let (sender, mut receiver) = mpsc::channel(16);
    let events = Events::new(RunId::from("test"), sender);
    let work = async {
        let interpreter = Interpreter::new("test", source.clone());
        let result = ensure(docker, root, &interpreter, &events, cancel).await;
        drop(events);
        result
    };
    let collect = async {
        let mut seen = Vec::new();
        while let Some((_, event)) = receiver.recv().await {
            seen.push(event);
        }
        seen
    };
    tokio::join!(work, collect)
}

fn lines(events: &[RunEvent]) -> Vec<&str> {
    fn line(event: &RunEvent) -> Option<&str> {
        match event {
            RunEvent::BuildLog(line) => Some(line),
            _ => None,
        }
    }
    events.iter().filter_map(line).collect()
}

#[tokio::test]
async fn builds_once_and_again_only_when_what_it_copies_by_name_changes() {
    let dockerfile = "\
FROM BASE
ENV GREETING=hello
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache echo built with $(cat requirements.txt)
COPY . .
";
    let Some(project) = Project::new(dockerfile).await else {
        return;
    };
    project.write("requirements.txt", "requests");
    project.write("test_app.py", "1");
    let (first, events) = project.built().await;
    assert!(lines(&events).contains(&"built with requests"), "{events:?}");
    let steps = events.iter().filter(|e| matches!(e, RunEvent::Preparing(Stage::Building { .. })));
    assert_eq!(steps.count(), 5, "{events:?}");
    assert_eq!(
        (first.workdir.as_str(), first.copied_to.as_slice()),
        ("/app", &["/app".to_owned()][..])
    );
    assert!(first.env.contains(&"GREETING=hello".to_owned()));
    assert_eq!(first.description, format!("Dockerfile → {}", first.name));

    project.write("test_app.py", "2");
    let began = Instant::now();
    assert_eq!(project.built().await, (first.clone(), Vec::new()));
    let fast = began.elapsed();
    assert!(fast < Duration::from_millis(500), "an image that is there took {fast:?}");

    project.write("requirements.txt", "flask");
    let (second, events) = project.built().await;
    assert_ne!(second.name, first.name);
    assert!(lines(&events).contains(&"built with flask"), "{events:?}");
    project.remove(&first).await;
    project.remove(&second).await;
}

async fn ids(docker: &Docker, image: &Image) -> Vec<String> {
    let found = labelled(docker, &image.series).await.unwrap();
    found.into_iter().map(|image| image.id).collect()
}

#[tokio::test]
async fn another_base_image_means_another_image_which_replaces_the_first() {
    let Some(project) = Project::new("FROM BASE\nENV MADE=here\n").await else {
        return;
    };
    let docker = &project.docker;
    // A name that means one image first, and then another one.
    let name = format!("testdock-test-{}", nonce(project.root()).to_lowercase());
    let call = |id: &str| {
        let (id, name) = (id.to_owned(), name.clone());
        async move {
            let to = TagImageOptionsBuilder::new().repo(&name).tag("1").build();
            docker.tag_image(&id, Some(to)).await.unwrap();
        }
    };
    let (other, _) = project.built().await;
    call(&base()).await;
    project.write("Dockerfile", &format!("FROM {name}:1\nCMD [\"true\"]\n"));
    let (first, _) = project.built().await;
    assert_eq!(project.built().await, (first.clone(), Vec::new()));

    call(&other.id).await;
    let (second, _) = project.built().await;
    assert_eq!((&second.name, second.id == first.id), (&first.name, false));
    assert!(second.env.contains(&"MADE=here".to_owned()));
    assert_eq!(project.built().await, (second.clone(), Vec::new()));

    // Where the engine has no image of that name, it is still the one that was built from.
    let no_prune = RemoveImageOptionsBuilder::new().noprune(true).build();
    docker.remove_image(&format!("{name}:1"), Some(no_prune), None).await.unwrap();
    assert_eq!(project.built().await, (second.clone(), Vec::new()));

    // What somebody made of it has its labels, and is theirs.
    let theirs = TagImageOptionsBuilder::new().repo(&name).tag("2").build();
    docker.tag_image(&first.id, Some(theirs)).await.unwrap();
    prune::replaced(docker, &second).await;
    assert_eq!(ids(docker, &second).await.len(), 2, "all but that of the first Dockerfile");
    docker.remove_image(&format!("{name}:2"), None::<RemoveImageOptions>, None).await.unwrap();
    prune::replaced(docker, &second).await;
    assert_eq!(ids(docker, &second).await, std::slice::from_ref(&second.id));
    project.remove(&second).await;
}

#[tokio::test]
async fn the_dockerignore_holds_and_files_arrive_as_they_are() {
    let dockerfile = "\
FROM BASE
COPY . /copy
RUN cd /copy && find . | sort && stat -c '%a %u:%g' run.sh
";
    let Some(project) = Project::new(dockerfile).await else {
        return;
    };
    project.write(".dockerignore", "secret*\nDockerfile\n");
    project.write("secret.env", "x");
    project.write("run.sh", "x");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o750);
        std::fs::set_permissions(project.root().join("run.sh"), mode).unwrap();
    }
    let (image, events) = project.built().await;
    project.remove(&image).await;
    let printed = lines(&events).into_iter().filter(|line| !line.starts_with(['[', 'S']));
    expect![[r#"
        .
        ./.dockerignore
        ./.testdock.Dockerfile
        ./run.sh
        750 0:0"#]]
    .assert_eq(&printed.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn a_step_that_fails_is_named_with_its_line_and_its_output() {
    let dockerfile =
        "FROM BASE\nRUN true\n\nRUN echo compiling && \\\n    echo 'no luck' && \\\n    exit 3\n";
    let Some(project) = Project::new(dockerfile).await else {
        return;
    };
    expect![[r#"
        Interpreter
        ~/Dockerfile:5
        cannot build Dockerfile: RUN echo compiling && echo 'no luck' && exit 3 failed with exit code 3
        correct line 5 of the Dockerfile
        compiling
        no luck"#]].assert_eq(&project.failure().await);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named_with_its_line() {
    let Some(project) = Project::new("FROM BASE\n\nCOPY requirements.txt .\n").await else {
        return;
    };
    let text = project.failure().await;
    assert!(
        text.starts_with(
            "Interpreter\n~/Dockerfile:4\ncannot build Dockerfile: COPY requirements.txt .: "
        ),
        "{text}"
    );
    assert!(text.contains("check that the file is there and that .dockerignore"), "{text}");
}

#[tokio::test]
async fn a_dockerfile_that_does_not_parse_is_named_with_its_line() {
    let Some(project) = Project::new("FROM BASE\nRUNN true\n").await else {
        return;
    };
    let text = project.failure().await;
    assert!(
        text.starts_with(
            "Interpreter\n~/Dockerfile:3\ncannot build Dockerfile: dockerfile parse error"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_base_image_that_is_nowhere_is_named_with_its_line() {
    let Some(project) = Project::new("# base\nFROM localhost:1/no/such:image\n").await else {
        return;
    };
    let text = project.failure().await;
    assert!(text.starts_with("Interpreter\n~/Dockerfile:2\ncannot build Dockerfile: "), "{text}");
    assert!(text.contains("check that the engine can reach localhost:1"), "{text}");
}

#[tokio::test]
async fn a_dockerfile_that_is_missing_is_a_matter_of_the_configuration() {
    let Some(project) = Project::new("").await else {
        return;
    };
    std::fs::remove_file(project.root().join("Dockerfile")).unwrap();
    expect![[r#"
        Configuration

        cannot read ~/Dockerfile: no such file
        correct interpreter.dockerfile, or choose an image (interpreter.image)
    "#]]
    .assert_eq(&project.failure().await);
}

#[tokio::test]
async fn an_image_that_is_nowhere() {
    let Some(docker) = engine().await else { return };
    let source = Source::Image("localhost:1/no/such:image".to_owned());
    let cancel = CancellationToken::new();
    let (result, _) = ensure_in(&docker, Utf8Path::new("/"), &source, &cancel).await;
    let error = result.unwrap_err();
    assert!(error.message.starts_with("cannot pull localhost:1/no/such:image: "), "{error:?}");
    let help = error.help.unwrap();
    assert!(help.starts_with("check that the engine can reach localhost:1"), "{help}");
}

#[tokio::test]
async fn a_name_that_is_none() {
    let Some(docker) = engine().await else { return };
    let cancel = CancellationToken::new();
    let mut seen = Vec::new();
    for name in ["Python 3", "UPPER/case", "a//b", "", "../containers/json"] {
        let source = Source::Image(name.to_owned());
        let (result, _) = ensure_in(&docker, Utf8Path::new("/"), &source, &cancel).await;
        let error = result.unwrap_err();
        seen.push(format!("{:?}: {}; {}", error.fault, error.message, error.help.unwrap()));
    }
    expect![[r#"
        Configuration: cannot pull Python 3: invalid reference format: repository name must be lowercase; write it as [registry/]name[:tag], in lower case
        Configuration: cannot pull UPPER/case: invalid reference format: repository name must be lowercase; write it as [registry/]name[:tag], in lower case
        Configuration: cannot pull a//b: invalid reference format; write it as [registry/]name[:tag], in lower case
        Configuration: cannot pull : invalid reference format; write it as [registry/]name[:tag], in lower case
        Configuration: cannot pull ../containers/json: invalid reference format; write it as [registry/]name[:tag], in lower case"#]].assert_eq(&seen.join("\n"));
}

#[tokio::test]
async fn an_image_that_is_there_is_taken_as_it_is() {
    let Some(docker) = engine().await else { return };
    let cancel = CancellationToken::new();
    let source = Source::Image(base());
    let (result, events) = ensure_in(&docker, Utf8Path::new("/"), &source, &cancel).await;
    let image = result.unwrap();
    assert_eq!((image.name, image.workdir.as_str(), events), (base(), "/", Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_ends_the_build_and_what_it_runs() {
    let Some(project) = Project::new("FROM BASE\nRUN echo up; sleep 86399\n").await else {
        return;
    };
    let cancel = CancellationToken::new();
    let (sender, mut receiver) = mpsc::channel(16);
    let events = Events::new(RunId::from("test"), sender);
    let dockerfile = Dockerfile { path: RelPath::new("Dockerfile"), ..Dockerfile::default() };
    let interpreter = Interpreter::new("test", Source::Dockerfile(dockerfile));
    let build = ensure(&project.docker, project.root(), &interpreter, &events, &cancel);
    let watch = async {
        while let Some((_, event)) = receiver.recv().await {
            if event == RunEvent::BuildLog("up".to_owned()) {
                break;
            }
        }
        cancel.cancel();
        Instant::now()
    };
    let (result, cancelled) = tokio::join!(build, watch);
    assert!(result.is_err());
    assert!(cancelled.elapsed() < Duration::from_secs(1));
    #[cfg(target_os = "linux")]
    assert!(gone("86399", Duration::from_secs(1)), "the build goes on");
}

/// Whether no process has `argument` in its command line, within `patience`.
#[cfg(target_os = "linux")]
fn gone(argument: &str, patience: Duration) -> bool {
    let alive = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        let mut lines = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
        lines.any(|line| line.split('\0').any(|word| word == argument))
    };
    let began = Instant::now();
    while alive() {
        if began.elapsed() > patience {
            return false;
        }
        std::thread::yield_now();
    }
    true
}
