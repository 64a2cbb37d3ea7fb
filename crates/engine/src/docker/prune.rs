//! Away with the images that Testdock has built and nobody needs: those that a newer one has replaced, and those of
//! workspaces that are gone.

use std::collections::HashMap;
use std::path::Path;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::ImageSummary;
use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptions};

use super::build::{SERIES_LABEL, WORKSPACE_LABEL};
use super::connect::socket;
use super::container::now;
use super::image::{Image, labelled};
use super::own::Own;
use super::see;
use super::status;

/// A workspace's folder may be back soon, as when a branch is checked out; its images stay so many seconds.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// Removes what `image` has replaced. One that a container is made of stays until the next time, and one that somebody has
/// named, or made of ours, stays for good.
pub(super) async fn replaced(docker: &Docker, image: &Image) {
    let found = labelled(docker, &image.series).await.unwrap_or_default();
    for older in found.into_iter().filter(|it| it.id != image.id) {
        let _ = take(docker, &older.id, &older.repo_tags).await;
    }
}

/// Removes the images of workspaces that are no longer there, a week after they were made. Only an engine of this machine, used
/// from this machine itself, has workspaces that can be looked for.
pub(super) async fn orphans(docker: &Docker, host: Option<&str>, own: &Own) {
    if socket(host).is_none() || own.is_contained() {
        return;
    }
    let ours = HashMap::from([("label", vec![SERIES_LABEL.to_owned()])]);
    let options = ListImagesOptionsBuilder::default().filters(&ours).build();
    let found = see::images(docker, Some(options)).await.unwrap_or_default();
    for orphan in found.iter().filter(|it| is_orphan(it, now())) {
        let _ = take(docker, &orphan.id, &orphan.repo_tags).await;
    }
}

/// Whether the folder is gone, and not perhaps the disk that it is on.
fn is_orphan(image: &ImageSummary, now: i64) -> bool {
    let workspace = image.labels.get(WORKSPACE_LABEL).map(Path::new);
    let is_gone = |dir: &Path| !dir.exists() && dir.parent().is_some_and(Path::exists);
    now - image.created > WEEK && workspace.is_some_and(is_gone)
}

/// Whether an image with our labels is ours: what somebody makes of ours inherits them, and has another name.
pub(super) fn is_ours(names: &[String]) -> bool {
    names.is_empty() || our_name(names).is_some()
}

/// The first of an image's names that is ours.
pub(super) fn our_name(names: &[String]) -> Option<&str> {
    names.iter().map(String::as_str).find(|name| is_our_name(name))
}

/// Takes our names from an image, which goes with the last one of all: it stays where somebody else has named it.
pub(super) async fn take(docker: &Docker, id: &str, names: &[String]) -> Result<(), Error> {
    let (ours, theirs): (Vec<_>, Vec<_>) = names.iter().partition(|name| is_our_name(name));
    let ours = ours.into_iter().map(String::as_str).filter(|name| !name.starts_with("<none>"));
    for name in ours.chain(theirs.is_empty().then_some(id)) {
        let gone = docker.remove_image(name, None::<RemoveImageOptions>, None).await;
        gone.map(|_| ()).or_else(|e| if status(&e) == Some(404) { Ok(()) } else { Err(e) })?;
    }
    Ok(())
}

fn is_our_name(name: &str) -> bool {
    is_unnamed(name) || repository(name).starts_with("testdock/")
}

/// A name without its tag, and without what Podman calls what has no registry in its name.
fn repository(name: &str) -> &str {
    let name = name.rsplit_once(':').map_or("", |(repository, _)| repository);
    ["docker.io/", "localhost/"].iter().find_map(|it| name.strip_prefix(it)).unwrap_or(name)
}

/// Whether nobody has given this name: none at all, or the hash that a Jenkins agent's image has beside ours.
fn is_unnamed(tag: &str) -> bool {
    let name = repository(tag);
    let is_hash = name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit());
    name == "<none>" || is_hash
}

#[cfg(test)]
mod tests {
    use bollard::body_full;
    use bollard::query_parameters::ImportImageOptions;
    use futures_util::StreamExt as _;
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use super::super::image::tests::engine;
    use super::*;
    use crate::supervisor::hex;

    /// An image as a build of these labels left it in the year 2001, as `docker save` writes it.
    fn saved(name: &str, labels: &[(&str, &str)]) -> Vec<u8> {
        let labels: HashMap<_, _> = labels.iter().copied().collect();
        let layer = tar::Builder::new(Vec::new()).into_inner().unwrap();
        let id = format!("sha256:{}", hex(&Sha256::digest(&layer)));
        let config = json!({
            "architecture": "amd64", "os": "linux", "created": "2001-01-01T00:00:00Z",
            "config": { "Labels": labels }, "rootfs": { "type": "layers", "diff_ids": [id] },
        });
        let manifest = json!([{ "Config": "c.json", "RepoTags": [name], "Layers": ["l.tar"] }]);
        let mut tar = tar::Builder::new(Vec::new());
        for (path, bytes) in [
            ("c.json", config.to_string().into_bytes()),
            ("manifest.json", manifest.to_string().into_bytes()),
            ("l.tar", layer),
        ] {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, bytes.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[tokio::test]
    async fn images_of_a_workspace_that_is_gone_go_too() {
        let Some(docker) = engine().await else { return };
        let dir = tempfile::tempdir().unwrap();
        let root = camino::Utf8Path::from_path(dir.path()).unwrap();
        let gone = root.join("gone");
        let nonce = root.file_name().unwrap().replace('.', "t");
        let mut names = Vec::new();
        for (what, workspace) in [
            ("testdock/gone", gone.as_str()),
            ("testdock/here", root.as_str()),
            ("mine/gone", gone.as_str()),
        ] {
            let name = format!("{what}:{nonce}");
            let labels = [(WORKSPACE_LABEL, workspace), (SERIES_LABEL, "x"), ("nonce", &name)];
            let body = body_full(saved(&name, &labels).into());
            let load = docker.import_image(ImportImageOptions::default(), body, None);
            let answers: Vec<_> = load.collect().await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            names.push(name);
        }
        orphans(&docker, None, &Own::default()).await;
        let mut left = Vec::new();
        for name in &names {
            left.push(docker.inspect_image(name).await.is_ok());
            let _ = docker.remove_image(name, None::<RemoveImageOptions>, None).await;
        }
        assert_eq!(left, [false, true, true]);
    }

    #[test]
    fn an_orphan_is_old_and_its_folder_gone() {
        let dir = tempfile::tempdir().unwrap();
        let of = |workspace: &str| ImageSummary {
            labels: HashMap::from([(WORKSPACE_LABEL.to_owned(), workspace.to_owned())]),
            created: 1000,
            ..ImageSummary::default()
        };
        let (here, gone) = (dir.path().to_str().unwrap(), dir.path().join("gone"));
        let gone = gone.to_str().unwrap();
        assert!(is_orphan(&of(gone), 1001 + WEEK));
        assert!(!is_orphan(&of(gone), 999 + WEEK), "it may be back");
        assert!(!is_orphan(&of(here), 1001 + WEEK));
        assert!(!is_orphan(&of(&format!("{gone}/inner")), 1001 + WEEK), "the disk may be away");
        assert!(!is_orphan(
            &ImageSummary { created: 1000, ..ImageSummary::default() },
            1001 + WEEK
        ));
    }

    #[test]
    fn a_name_that_somebody_gave_is_theirs() {
        let hash = "0123456789abcdef0123456789abcdef01234567:latest";
        assert!(is_unnamed("<none>:<none>") && is_unnamed(hash) && !is_unnamed("me/shop:1"));
        assert_eq!(repository("localhost/testdock/shop:1"), "testdock/shop");
    }
}
