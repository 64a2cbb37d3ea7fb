use expect_test::expect;

use super::super::image::tests::saying;
use super::*;

#[test]
fn a_name_without_a_tag_means_latest() {
    let names = ["python", "python:3.12", "a.b:5000/x", "x@sha256:00", "a:1/b/c:d"];
    let lines = names.map(|name| format!("{name} → {} from {}", with_tag(name), registry_of(name)));
    expect![[r#"
        python → python:latest from docker.io
        python:3.12 → python:3.12 from docker.io
        a.b:5000/x → a.b:5000/x:latest from a.b:5000
        x@sha256:00 → x@sha256:00 from docker.io
        a:1/b/c:d → a:1/b/c:d from a:1"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn progress_counts_layers_not_tags() {
    let mut layers = Layers::default();
    let mut seen = vec![layers.to_string()];
    let steps = [
        ("3.12", "Pulling from library/python", None),
        ("a1", "Pulling fs layer", None),
        ("b2", "Already exists", None),
        ("a1", "Downloading", Some(2_400_000)),
        ("a1", "Extracting", Some(1)),
        ("a1", "Pull complete", None),
    ];
    for (id, status, current) in steps {
        layers.take(CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: current.map(|current| bollard::models::ProgressDetail {
                current: Some(current),
                total: None,
            }),
            ..Default::default()
        });
        seen.push(layers.to_string());
    }
    expect![[r#"
        asking the registry
        asking the registry
        0 of 1 layers, 0 MB
        1 of 2 layers, 0 MB
        1 of 2 layers, 2 MB
        1 of 2 layers, 2 MB
        2 of 2 layers, 2 MB"#]]
    .assert_eq(&seen.join("\n"));
}

#[tokio::test]
async fn a_pull_that_is_done_is_done_whatever_becomes_of_the_rest() {
    let (sender, _receiver) = tokio::sync::mpsc::channel(1000);
    let events = Events::new(testdock_core::id::RunId::from("test"), sender);
    let done = saying(&[r#"{"status":"Status: Image is up to date for shop:1"}"#]).await;
    pull(&done, "shop:1", None, &events).await.unwrap();
    let cut = saying(&[r#"{"status":"Waiting","id":"a1"}"#]).await;
    let error = pull(&cut, "shop:1", None, &events).await.unwrap_err();
    expect!["cannot pull shop:1: bytes remaining on stream"].assert_eq(&error.message);
}

/// What engines said, word for word.
#[test]
fn every_refusal_has_its_remedy() {
    let cases = [
        (
            "nope",
            "pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        ),
        ("python:9", "manifest for python:9 not found: manifest unknown: manifest unknown"),
        ("ghcr.io/a/b", "Head \"https://ghcr.io/v2/a/b/manifests/latest\": unauthorized"),
        (
            "python",
            "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
        ),
        ("python", "toomanyrequests: You have reached your pull rate limit."),
        ("r.corp/x", "Get \"https://r.corp/v2/\": x509: certificate signed by unknown authority"),
        ("x", "no matching manifest for linux/amd64 in the manifest list entries"),
        ("A B", "invalid reference format"),
    ];
    let lines = cases.map(|(name, cause)| {
        let error = Error::DockerStreamError { error: cause.to_owned() };
        let error = failed(name, &error);
        format!("{:?}: {}", error.fault, error.help.unwrap_or_default())
    });
    expect![[r#"
        Interpreter: check the name, or log in (docker login)
        Interpreter: check the tag
        Interpreter: check the name, or log in (docker login ghcr.io)
        Interpreter: check that the engine can reach docker.io, or load the image by hand (docker load)
        Interpreter: wait, or log in (docker login)
        Interpreter: give the engine the certificate authority of r.corp (/etc/docker/certs.d)
        Interpreter: the image is not made for this engine's platform; choose another one
        Configuration: write it as [registry/]name[:tag], in lower case"#]].assert_eq(&lines.join("\n"));
}
