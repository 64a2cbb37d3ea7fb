//! How an interpreter stands, from nothing to a warm container, and builds without a run.

use testdock_core::interpreter::{Found, Image};
use testdock_core::model::{Fault, RunEvent};
use testdock_core::paths::RelPath;
use testdock_core::plan::{Dockerfile, Source};

use crate::docker::{Yard, docker, image};
use crate::support::{Bench, Story};

/// A yard whose interpreter is built from a Dockerfile that no other test has.
fn built(steps: &str) -> Option<Built> {
    let base = image()?;
    let source = Source::Dockerfile(Dockerfile {
        path: RelPath::new("Dockerfile"),
        ..Dockerfile::default()
    });
    let bench = Bench::new(source);
    let own = bench.root.parent().unwrap().file_name().unwrap().to_owned();
    let text = format!("FROM {base}\nENV OWN=\"{own}\"\nCOPY file.txt /\n{steps}\n");
    std::fs::write(bench.root.join("Dockerfile"), text).unwrap();
    Some(Built(Yard(bench)))
}

/// Its images are removed at its end.
struct Built(Yard);

impl Built {
    fn bench(&self) -> &Bench {
        &self.0.0
    }

    fn images(&self) -> Vec<String> {
        let filter = format!("label=dev.testdock.workspace={}", self.bench().root);
        let ids = docker(&["images", "-aq", "--no-trunc", "--filter", &filter]).unwrap_or_default();
        ids.lines().map(String::from).collect()
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        for id in self.0.containers() {
            let _ = docker(&["rm", "-fv", &id]);
        }
        for id in self.images() {
            let _ = docker(&["rmi", "-f", &id]);
        }
    }
}

fn image_of(story: &Story) -> Image {
    let built = |event: &RunEvent| match event {
        RunEvent::Built(image) => Some(image.clone()),
        _ => None,
    };
    story.0.iter().find_map(built).unwrap_or_else(|| panic!("nothing was built: {story:?}"))
}

fn steps(story: &Story) -> usize {
    story.0.iter().filter(|event| matches!(event, RunEvent::BuildLog(_))).count()
}

#[tokio::test]
async fn from_absent_to_warm_and_stale() {
    let Some(built) = built("RUN true") else { return };
    let bench = built.bench();
    let before = bench.look().await;
    assert_eq!(before.found, Found::Absent);
    assert!(before.engine.contains("://"), "{}", before.engine);
    assert!(before.inputs.iter().any(|it| it == "file.txt"), "{:?}", before.inputs);

    let story = bench.build(false).await;
    assert_eq!(story.end(), "Completed");
    let image = image_of(&story);
    assert!(image.size > 0 && image.name.starts_with("testdock/project:"), "{image:?}");
    assert_eq!(bench.look().await.found, Found::Ready(image.clone()));
    assert_eq!(built.0.containers(), [""; 0], "a build starts nothing");

    // What is there is not built again.
    let again = bench.build(false).await;
    assert_eq!(image_of(&again), image);
    assert_eq!(steps(&again), 0);

    assert_eq!(bench.run("echo a > $1/report").await.end(), "Completed");
    assert_eq!(bench.look().await.found, Found::Warm(image));

    std::fs::write(bench.root.join("file.txt"), "other\n").unwrap();
    assert_eq!(bench.look().await.found, Found::Stale);
}

#[tokio::test]
async fn a_fresh_build_takes_no_step_over() {
    let Some(built) = built("RUN echo it runs; date +%s%N > /when") else { return };
    let bench = built.bench();
    let first = bench.build(false).await;
    let fresh = bench.build(true).await;
    assert_eq!(fresh.end(), "Completed");
    assert_ne!(image_of(&first).id, image_of(&fresh).id);
    assert_eq!(image_of(&first).name, image_of(&fresh).name);
    assert!(steps(&fresh) > 0);
    // No registry has the base image of these tests; the one that is here does.
    let warned = fresh.warnings();
    assert!(warned.iter().all(|it| it.ends_with("the one that is here is used")), "{warned:?}");
}

#[tokio::test]
async fn a_broken_build_names_its_line() {
    let Some(built) = built("RUN echo no luck; exit 3") else { return };
    let story = built.bench().build(false).await;
    let end = story.end();
    assert!(end.contains("RUN echo no luck; exit 3 failed with exit code 3"), "{end}");
    assert_eq!(built.bench().look().await.found, Found::Absent);
}

#[tokio::test]
async fn what_cannot_be_asked_or_read_is_said() {
    let Some(mut built) = built("") else { return };
    let bench = &mut built.0.0;
    bench.interpreter.host = Some("unix:///nowhere/docker.sock".to_owned());
    let standing = bench.look().await;
    assert_eq!(standing.engine, "unix:///nowhere/docker.sock");
    match standing.found {
        Found::Unreachable(error) => assert_eq!(error.fault, Fault::Interpreter),
        other => panic!("{other:?}"),
    }
    std::fs::remove_file(bench.root.join("Dockerfile")).unwrap();
    match bench.look().await.found {
        Found::Invalid(error) => assert!(error.message.contains("no such file"), "{error:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_image_by_name_is_absent_or_there() {
    let Some(mut yard) = Yard::new() else { return };
    match yard.0.look().await.found {
        Found::Ready(_) => {}
        other => panic!("{other:?}"),
    }
    yard.0.interpreter.source = Source::Image("testdock/there-is-none:1".to_owned());
    assert_eq!(yard.0.look().await.found, Found::Absent);
}
