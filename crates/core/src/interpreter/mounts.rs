//! One thing at each place of the container: two mounts that are the same are one, two that are not are a mistake.

use camino::Utf8Path;

use crate::plan::{Mount, MountFrom, Options};

/// Leaves one of mounts that are the same, the last; an error names two that are not. The workspace `root` has its
/// place among them.
pub(super) fn distinct(options: &mut Options, root: &Utf8Path) -> Result<(), String> {
    if let Some(dir) = &options.workdir
        && let Some(mount) = options.mounts.iter().find(|it| it.is_at(dir) && !it.shows(root, dir))
    {
        return Err(clash("the workspace", mount));
    }
    let mut kept: Vec<Mount> = Vec::with_capacity(options.mounts.len());
    for mount in options.mounts.drain(..) {
        match kept.iter_mut().find(|it| it.is_at(&mount.target)) {
            None => kept.push(mount),
            Some(same) if is_alike(&same.from, &mount.from) => *same = mount,
            Some(other) => return Err(clash(&shown(&other.from), &mount)),
        }
    }
    options.mounts = kept;
    Ok(())
}

fn is_alike(one: &MountFrom, other: &MountFrom) -> bool {
    match (one, other) {
        (MountFrom::Host { path: one, .. }, MountFrom::Host { path: other, .. }) => one == other,
        (MountFrom::Memory(_), MountFrom::Memory(_)) => true,
        (one, other) => one == other,
    }
}

fn clash(first: &str, second: &Mount) -> String {
    format!("two things are mounted at {}: {first} and {}", second.target, shown(&second.from))
}

fn shown(from: &MountFrom) -> String {
    match from {
        MountFrom::Host { path, .. } => path.to_string(),
        MountFrom::Volume(Some(name)) => format!("the volume {name}"),
        MountFrom::Volume(None) => "a new volume".to_owned(),
        MountFrom::Memory(_) => "memory".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::interpreter::flags::mounts::volume;
    use crate::interpreter::folder::Folder;

    fn check(workdir: Option<&str>, written: &[&str], expected: &Expect) {
        let root = Utf8Path::new("/home/me/shop");
        let folder = Folder::empty(root);
        let mounts = written.iter().map(|it| volume(&folder, it).unwrap().0).collect();
        let workdir = workdir.map(str::to_owned);
        let mut options = Options { workdir, mounts, ..Options::default() };
        let said = distinct(&mut options, root).err().unwrap_or_default();
        let left = options.mounts.iter().map(|it| {
            let read_only = if it.read_only { ", read-only" } else { "" };
            format!("{} → {}{read_only}\n", shown(&it.from), it.target)
        });
        expected.assert_eq(&left.chain([said]).collect::<String>());
    }

    #[test]
    fn the_same_twice_is_once_as_the_last_says() {
        check(
            Some("/ws"),
            &["./api:/srv/api", "cache:/cache", "./api:/srv/api/:ro", ".:/ws"],
            &expect![[r#"
                /home/me/shop/api → /srv/api/, read-only
                the volume cache → /cache
                /home/me/shop → /ws
            "#]],
        );
    }

    #[test]
    fn two_things_at_one_place_are_named() {
        check(
            None,
            &["./api:/srv/api", "cache:/srv/api/"],
            &expect!["two things are mounted at /srv/api/: /home/me/shop/api and the volume cache"],
        );
        check(
            Some("/ws"),
            &["./api:/ws"],
            &expect![[r#"
            /home/me/shop/api → /ws
            two things are mounted at /ws: the workspace and /home/me/shop/api"#]],
        );
    }
}
