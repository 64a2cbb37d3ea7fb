//! The classic builder, which engines other than Docker's need, on a real engine.

use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptions};
use camino::Utf8Path;
use expect_test::expect;
use testdock_core::id::RunId;
use testdock_core::model::RunEvent;
use testdock_core::paths::RelPath;
use testdock_core::plan::Dockerfile;
use tokio::sync::mpsc;

use super::super::image::tests::{base, engine, nonce, saying};
use super::*;

const CLASSIC: (BuilderVersion, Ids) = (BuilderVersion::BuilderV1, (0, 0));

#[tokio::test]
async fn the_classic_builder_tells_its_steps_and_its_failure() {
    let Some(docker) = engine().await else { return };
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap();
    let text = format!(
        "FROM {}\nENV OWN={}\nRUN echo fine\nRUN echo no luck; exit 3\n",
        base(),
        nonce(root)
    );
    std::fs::write(root.join("Dockerfile"), text).unwrap();
    let dockerfile = Dockerfile { path: RelPath::new("Dockerfile"), ..Dockerfile::default() };
    let recipe = Recipe::read(root, &dockerfile).unwrap();
    let (sender, mut receiver) = mpsc::channel(1000);
    let events = Events::new(RunId::from("test"), sender);
    let result = build_with(CLASSIC, &docker, &recipe, Steps::Kept, &events).await;
    drop(events);
    remove_what_is_left(&docker, &nonce(root)).await;
    let error = result.unwrap_err();
    let mut seen = Vec::new();
    while let Some((_, event)) = receiver.recv().await {
        if let RunEvent::Preparing(stage) = event {
            seen.push(format!("{stage:?}"));
        }
    }
    seen.push(format!("{} {}", error.message, error.place.unwrap().line));
    seen.push(error.log.unwrap().into());
    let text = seen.join("\n").replace(&base(), "BASE").replace(&nonce(root), "NONCE");
    expect![[r#"
        Building { step: "FROM BASE", number: 1, of: 8 }
        Building { step: "ENV OWN=NONCE", number: 2, of: 8 }
        Building { step: "RUN echo fine", number: 3, of: 8 }
        Building { step: "RUN echo no luck; exit 3", number: 4, of: 8 }
        cannot build Dockerfile: RUN echo no luck; exit 3 failed with exit code 3 4
        no luck"#]]
    .assert_eq(&text);
}

/// The engine ends each message with a line break, which may come as a piece of its own: a decoder that has taken
/// the message already does not know what to make of it when the stream ends.
#[tokio::test]
async fn a_build_whose_image_is_made_is_done_whatever_becomes_of_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap();
    std::fs::write(root.join("Dockerfile"), "FROM scratch\n").unwrap();
    let dockerfile = Dockerfile { path: RelPath::new("Dockerfile"), ..Dockerfile::default() };
    let recipe = Recipe::read(root, &dockerfile).unwrap();
    let (sender, _receiver) = mpsc::channel(1000);
    let events = Events::new(RunId::from("test"), sender);
    let classic = saying(&[r#"{"stream":"Successfully tagged shop:1\n"}"#]).await;
    build_with(CLASSIC, &classic, &recipe, Steps::Kept, &events).await.unwrap();
    let buildkit = saying(&[r#"{"id":"moby.image.id","aux":{"ID":"sha256:00"}}"#]).await;
    let kit = (BuilderVersion::BuilderBuildKit, (0, 0));
    build_with(kit, &buildkit, &recipe, Steps::Kept, &events).await.unwrap();
    let cut = saying(&[r#"{"stream":"Step 1/1 : FROM scratch\n"}"#]).await;
    build_with(CLASSIC, &cut, &recipe, Steps::Kept, &events).await.unwrap_err();
}

/// A classic build that fails leaves the image of its last good step, without a name.
async fn remove_what_is_left(docker: &Docker, nonce: &str) {
    let dangling = HashMap::from([("dangling", vec!["true"])]);
    let options = ListImagesOptionsBuilder::new().filters(&dangling).build();
    for image in docker.list_images(Some(options)).await.unwrap() {
        let Ok(found) = docker.inspect_image(&image.id).await else {
            continue; // somebody else's, and gone by now
        };
        let env = found.config.and_then(|config| config.env).unwrap_or_default();
        if env.contains(&format!("OWN={nonce}")) {
            let none = None::<RemoveImageOptions>;
            docker.remove_image(&image.id, none, None).await.unwrap();
        }
    }
}
