//! A line in the lists of users and groups for the tests' user, where the image has none: tools ask for the names and
//! the home of whoever runs them.

use std::io::Read as _;

use bollard::Docker;
use bollard::query_parameters::{
    DownloadFromContainerOptionsBuilder, UploadToContainerOptionsBuilder,
};
use futures_util::StreamExt as _;

use super::note::Note;
use super::recipe::Recipe;

/// Where the supervisor makes a home for whoever has none.
const HOME: &str = "/tmp/testdock-home";
/// A longer list names everybody already.
const MOST: usize = 1 << 20;

/// Adds the lines to a container that has not started. Where they cannot be written (a read-only image, or
/// one without such lists), tests do without.
pub(super) async fn introduce(docker: &Docker, id: &str, recipe: &Recipe) {
    let Some((uid, gid)) = numbers(&recipe.owner) else {
        return;
    };
    let image = recipe.body.image.clone().unwrap_or_default();
    let home = recipe.env.get("HOME").map_or(HOME, String::as_str);
    let user = |name: &str| format!("{name}:x:{uid}:{gid}:{name}:{home}:/bin/sh");
    let group = |name: &str| format!("{name}:x:{gid}:");
    let mut lists = Vec::new();
    if let Some(list) = known(docker, id, &image, "passwd").await {
        lists.extend(with(&list, uid, &caller(), &user).map(|list| ("passwd", list)));
    }
    if let Some(list) = known(docker, id, &image, "group").await {
        lists.extend(with(&list, gid, &caller(), &group).map(|list| ("group", list)));
    }
    if lists.is_empty() {
        return;
    }
    let options = UploadToContainerOptionsBuilder::default().path("/etc").build();
    let body = bollard::body_full(archive(&lists).into());
    if let Err(error) = docker.upload_to_container(id, Some(options), body).await {
        tracing::debug!("the tests' user has no name: {}", super::said(&error));
    }
}

/// A list of an image, read once; `None` where it has none.
async fn known(docker: &Docker, id: &str, image: &str, list: &str) -> Option<String> {
    let path = format!("/etc/{list}");
    let note = Note::on(image, [&*format!("the file {path}")]);
    if let Some(known) = note.read() {
        return Some(known);
    }
    let read = read(docker, id, &path).await?;
    note.write(&read);
    Some(read)
}

/// A user who is given by number, other than root, whom every image knows.
fn numbers(owner: &str) -> Option<(u32, u32)> {
    let (uid, gid) = owner.split_once(':')?;
    let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
    (uid != 0).then_some((uid, gid))
}

async fn read(docker: &Docker, id: &str, path: &str) -> Option<String> {
    let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
    let mut pieces = docker.download_from_container(id, Some(options));
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.ok()?);
        if bytes.len() > MOST {
            return None;
        }
    }
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut entry = archive.entries().ok()?.next()?.ok()?;
    // A link leads where an image has made its own arrangements.
    if !entry.header().entry_type().is_file() {
        return None;
    }
    let mut text = String::new();
    entry.read_to_string(&mut text).ok()?;
    Some(text)
}

/// The list with one line more, for a name that is free in it; `None` where it has the number.
fn with(list: &str, number: u32, caller: &str, line: &dyn Fn(&str) -> String) -> Option<String> {
    let fields = |line: &str, at: usize| line.split(':').nth(at).map(str::to_owned);
    if list.lines().any(|line| fields(line, 2) == Some(number.to_string())) {
        return None;
    }
    let is_taken = |name: &str| list.lines().any(|line| fields(line, 0).as_deref() == Some(name));
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fits)
    };
    let numbered = format!("testdock{number}");
    let names = [caller, "testdock", &numbered];
    let name = names.into_iter().find(|name| is_name(name) && !is_taken(name))?;
    let open = if list.is_empty() || list.ends_with('\n') { "" } else { "\n" };
    Some(format!("{list}{open}{}\n", line(name)))
}

fn caller() -> String {
    let names = ["USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

fn archive(lists: &[(&str, String)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, list) in lists {
        let mut header = tar::Header::new_gnu();
        header.set_size(list.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        // Into memory, which takes all.
        let _ = builder.append_data(&mut header, name, list.as_bytes());
    }
    builder.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_without_a_line_gets_one() {
        let list = "root:x:0:0::/root:/bin/sh\nme:x:7:7::/home/me:/bin/sh";
        let line = |name: &str| format!("{name}:x:8:8:{name}:{HOME}:/bin/sh");
        assert_eq!(with(list, 7, "you", &line), None);
        let added = |uid, name: &str| {
            with(list, uid, name, &line).unwrap().lines().last().unwrap().to_owned()
        };
        assert_eq!(added(8, "you"), "you:x:8:8:you:/tmp/testdock-home:/bin/sh");
        assert_eq!(added(8, "me"), "testdock:x:8:8:testdock:/tmp/testdock-home:/bin/sh");
        assert_eq!(added(8, "a:b"), "testdock:x:8:8:testdock:/tmp/testdock-home:/bin/sh");
        assert_eq!(with(list, 8, "you", &line).unwrap().lines().count(), 3);
    }

    #[test]
    fn only_numbers_are_introduced() {
        assert_eq!(numbers("1000:100"), Some((1000, 100)));
        for owner in ["0:0", "", "node", "1000", "node:node"] {
            assert_eq!(numbers(owner), None, "{owner}");
        }
    }
}
