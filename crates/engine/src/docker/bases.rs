//! The images that a build started from: what it made is stale once one of them is another one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bollard::Docker;
use futures_util::future::try_join_all;
use testdock_core::model::RunError;

use super::image::find;
use super::note::Note;

/// Whether the engine now has other base images than `image` was built from. One that it does not have (a
/// builder may keep it to itself) is no other one.
pub(super) async fn changed(
    docker: &Docker,
    bases: &[String],
    image: &str,
) -> Result<bool, RunError> {
    let now = here(docker, bases).await?;
    let Some(then) = note(image).read() else {
        // Built by somebody else: taken as it is.
        write(image, &now);
        return Ok(false);
    };
    let then: BTreeMap<&str, &str> =
        then.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    Ok(now.iter().any(|(name, id)| then.get(name.as_str()) != Some(&id.as_str())))
}

/// Notes what `image` was built from, just now.
pub(super) async fn remember(
    docker: &Docker,
    bases: &[String],
    image: &str,
) -> Result<(), RunError> {
    write(image, &here(docker, bases).await?);
    Ok(())
}

/// The ids of those that the engine has, by name.
async fn here(docker: &Docker, bases: &[String]) -> Result<BTreeMap<String, String>, RunError> {
    let found = try_join_all(bases.iter().map(|name| find(docker, name))).await?;
    Ok(found.into_iter().flatten().map(|image| (image.name, image.id)).collect())
}

fn write(image: &str, bases: &BTreeMap<String, String>) {
    let text = bases.iter().fold(String::new(), |mut text, (name, id)| {
        let _ = writeln!(text, "{name} {id}");
        text
    });
    note(image).write(&text);
}

fn note(image: &str) -> Note {
    Note::on(image, ["bases"])
}
