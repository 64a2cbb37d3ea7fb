//! What the image made in the workspace's place, and belongs to its user there.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::slice;
use std::time::Duration;

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig, Mount, MountType};
use bollard::query_parameters::{
    CreateContainerOptions, DownloadFromContainerOptionsBuilder, RemoveContainerOptionsBuilder,
};
use camino::{Utf8Path, Utf8PathBuf};
use futures_util::StreamExt as _;
use testdock_core::containers::origin::HELPER;
use testdock_core::paths::RelPath;

use super::cache;
use super::image::Image;
use super::look::ask;
use super::points;
use super::recipe::Recipe;
use super::see;

/// A compiled file larger than this is left where it is.
const LARGEST: usize = 256 << 20;

/// The files of an image are fetched anew after so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);

/// Files of the image on this machine, ready to be mounted: fetched once for each image. One that cannot
/// be had is left out: its test says what is missing better than we could.
pub(super) async fn fetch(
    docker: &Docker,
    root: &Utf8Path,
    image: &Image,
    files: &[(RelPath, String)],
) -> Vec<(Utf8PathBuf, String)> {
    let Some(dir) = dir(image).filter(|_| !files.is_empty()) else {
        return Vec::new();
    };
    if files.iter().any(|(_, path)| !local(&dir, path).is_file()) {
        if let Some(all) = dir.parent() {
            cache::sweep(all, FORGOTTEN, dir.file_name().unwrap_or_default());
        }
        if let Err(error) = fetch_all(docker, image, &dir, files).await {
            tracing::warn!("cannot fetch what {} compiled in place: {error}", image.name);
        }
    }
    let there = files
        .iter()
        .filter(|(here, path)| local(&dir, path).is_file() && points::file(&here.on(root)).is_ok());
    there.map(|(_, path)| (local(&dir, path), path.clone())).collect()
}

fn dir(image: &Image) -> Option<Utf8PathBuf> {
    let id = image.id.trim_start_matches("sha256:");
    Some(cache::dir("made")?.join(id.get(..16)?))
}

fn local(dir: &Utf8Path, path: &str) -> Utf8PathBuf {
    dir.join(path.trim_start_matches('/'))
}

async fn fetch_all(
    docker: &Docker,
    image: &Image,
    dir: &Utf8Path,
    files: &[(RelPath, String)],
) -> Result<(), String> {
    let body = ContainerCreateBody {
        image: Some(image.id.clone()),
        // It is never started; an image without a command could not be made otherwise.
        cmd: Some(vec!["true".to_owned()]),
        labels: Some([(HELPER.to_owned(), "fetch".to_owned())].into()),
        ..ContainerCreateBody::default()
    };
    let made = docker.create_container(None::<CreateContainerOptions>, body).await;
    let id = made.map_err(|e| super::said(&e))?.id;
    let mut outcome = Ok(());
    for (_, path) in files {
        outcome = outcome.and(fetch_one(docker, &id, dir, path).await);
    }
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    let _ = docker.remove_container(&id, Some(options)).await;
    outcome
}

async fn fetch_one(docker: &Docker, id: &str, dir: &Utf8Path, path: &str) -> Result<(), String> {
    let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
    let mut pieces = docker.download_from_container(id, Some(options));
    let mut archive = Vec::new();
    while let Some(piece) = pieces.next().await {
        archive.extend_from_slice(&piece.map_err(|e| super::said(&e))?);
        if archive.len() > LARGEST {
            return Err(format!("{path} is too large"));
        }
    }
    unpack(&archive, local(dir, path).as_std_path()).map_err(|e| format!("{path}: {e}"))
}

/// Writes the one file of an archive, all of it or nothing.
fn unpack(archive: &[u8], target: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(archive);
    let mut entry = archive.entries()?.next().ok_or(io::ErrorKind::NotFound)??;
    let mut content = Vec::new();
    entry.read_to_end(&mut content)?;
    let dir = target.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(dir)?;
    let file = tempfile::NamedTempFile::new_in(dir)?;
    fs::write(file.path(), content)?;
    share(file.path())?;
    file.persist(target).map(drop).map_err(|e| e.error)
}

/// The tests may run as somebody else.
#[cfg(unix)]
fn share(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn share(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives the volumes that start from the image to the user of the tests, who could not write into them
/// otherwise; and those with a name that nobody has used yet. In a container beside it: in one that allows no new privileges
/// even root has none.
pub(super) async fn hand_over(docker: &Docker, id: &str, recipe: &Recipe) {
    // Of an engine that gives users other numbers, `/` shows root's.
    const SCRIPT: &str = "owner=$1; shift; uid=${owner%%:*}; root=$(stat -c %u /); named=; for dir; do \
                          [ \"$dir\" = - ] && named=yes && continue; has=$(stat -c %u \"$dir\"); \
                          [ \"$has\" = \"$uid\" ] && continue; \
                          [ \"$named\" ] && [ \"$has$(ls -A \"$dir\")\" != \"$root\" ] && continue; \
                          chown -R \"$owner\" \"$dir\"; done";
    let is_root = matches!(recipe.owner.split(':').next(), Some("0" | "root" | ""));
    let places = [recipe.filled.as_slice(), &recipe.named].concat();
    if places.is_empty() || is_root {
        return;
    }
    let mounts = volumes(docker, id, &places).await;
    let words = [slice::from_ref(&recipe.owner), &recipe.filled, &["-".to_owned()], &recipe.named];
    let body = ContainerCreateBody {
        image: recipe.body.image.clone(),
        entrypoint: Some(["sh", "-c", SCRIPT, "testdock"].map(str::to_owned).into()),
        cmd: Some(words.concat()),
        user: Some("0".to_owned()),
        attach_stdout: Some(true),
        labels: Some([(HELPER.to_owned(), "hand over".to_owned())].into()),
        host_config: Some(HostConfig {
            auto_remove: Some(true),
            network_mode: Some("none".to_owned()),
            // The volumes' owner is to be who the tests are, by the same count.
            userns_mode: recipe.body.host_config.as_ref().and_then(|it| it.userns_mode.clone()),
            mounts: Some(mounts.clone()),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    // An engine that has no root to do so keeps them as they are.
    if let Err(error) = ask(docker, body).await {
        tracing::warn!("cannot hand over the volumes of a container: {}", super::said(&error));
    }
}

/// The volumes that lie at these places of a container, by name.
async fn volumes(docker: &Docker, id: &str, places: &[String]) -> Vec<Mount> {
    let found = see::container(docker, id).await;
    let mounts = found.ok().and_then(|found| found.mounts).unwrap_or_default();
    let is_ours = |dir: &String| places.iter().any(|place| place.trim_end_matches('/') == dir);
    let ours = mounts.into_iter().filter(|it| it.destination.as_ref().is_some_and(is_ours));
    let mount = ours.map(|mount| Mount {
        typ: Some(MountType::VOLUME),
        source: mount.name,
        target: mount.destination,
        ..Mount::default()
    });
    mount.collect()
}
