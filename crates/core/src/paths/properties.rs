//! Whatever is mounted where: a path that goes to the container comes back as it was.

use camino::{Utf8Path, Utf8PathBuf};
use proptest::prelude::*;

use super::{Mount, PathMap};

/// A few names only, so that mounts lie in and over each other.
fn path() -> impl Strategy<Value = String> + Clone {
    let name = prop::sample::select(vec!["a", "b", "ab", "A", "web", "ü x"]);
    prop::collection::vec(name, 1..5).prop_map(|names| format!("/{}", names.join("/")))
}

/// A path as it is printed without quotes.
fn plain() -> impl Strategy<Value = String> + Clone {
    path().prop_map(|path| path.replace("ü x", "u"))
}

fn mounts(path: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = PathMap> {
    let host = prop::option::weighted(0.7, path.clone());
    prop::collection::btree_map(path, host, 1..7).prop_map(|all| {
        let mount = |(container, host): (String, Option<String>)| Mount {
            container,
            host: host.map(Utf8PathBuf::from),
        };
        PathMap::new(all.into_iter().map(mount))
    })
}

/// What lies at a container path: what the longest mount over it has there, and else nothing of the host.
fn model(map: &PathMap, container: &str) -> Option<Utf8PathBuf> {
    let over = |mount: &&Mount| Utf8Path::new(container).starts_with(&mount.container);
    let innermost = map.mounts().iter().filter(over).max_by_key(|it| it.container.len())?;
    let rest = Utf8Path::new(container).strip_prefix(&innermost.container).ok()?;
    let host = innermost.host.as_ref()?;
    Some(if rest.as_str().is_empty() { host.clone() } else { host.join(rest) })
}

proptest! {
    #[test]
    fn the_longest_mount_decides(map in mounts(path()), container in path()) {
        prop_assert_eq!(map.to_host(&container), model(&map, &container));
    }

    #[test]
    fn host_to_container_to_host_is_the_identity(map in mounts(path()), host in path()) {
        if let Some(container) = map.to_container(Utf8Path::new(&host)) {
            prop_assert_eq!(map.to_host(&container), Some(Utf8PathBuf::from(&host)));
        }
    }

    /// What the container sees has a path there, be it hidden at another place.
    #[test]
    fn what_is_seen_is_found(map in mounts(path()), container in path()) {
        if let Some(host) = map.to_host(&container) {
            let found = map.to_container(&host);
            let found = found.expect("a path that the container sees");
            prop_assert_eq!(map.to_host(&found), Some(host));
        }
    }

    /// What is printed is the host's path, also where that looks like another mount's.
    #[test]
    fn a_printed_path_is_mapped_once(map in mounts(plain()), container in plain()) {
        let text = format!("at {container}:7 ({container})");
        let shown = map.to_host(&container).map_or(container, Utf8PathBuf::into_string);
        prop_assert_eq!(map.text_to_host(&text), format!("at {shown}:7 ({shown})"));
    }

    /// A host that takes `A` for `a` finds what an editor writes in its own way.
    #[test]
    fn case_is_the_hosts_affair(map in mounts(path()), host in path()) {
        let folded = PathMap { ignores_case: true, ..map.clone() };
        if let Some(container) = map.to_container(Utf8Path::new(&host)) {
            let shouted = Utf8PathBuf::from(host.to_ascii_uppercase());
            let Some(found) = folded.to_container(&shouted) else {
                // In the container, where case counts, something else lies at the path as it is written now.
                let lies_there = |mount: &Mount| {
                    let (mount, file) = (mount.container.to_ascii_lowercase(), container.to_ascii_lowercase());
                    Utf8Path::new(&file).starts_with(mount)
                };
                let seen = |mount: &Mount| Utf8Path::new(&container).starts_with(&mount.container);
                prop_assert!(map.mounts.iter().any(|mount| lies_there(mount) && !seen(mount)));
                return Ok(());
            };
            let back = folded.to_host(&found).expect("it is mounted");
            prop_assert!(back.as_str().eq_ignore_ascii_case(&host), "{} {}", back, container);
        }
    }
}

/// A workspace that is opened through a link keeps the name that the caller knows.
#[test]
fn a_link_stays_as_it_is_written() {
    let map =
        PathMap::new([Mount { container: "/app".into(), host: Some("/home/me/link".into()) }]);
    assert_eq!(map.to_host("/app/a.py").unwrap(), "/home/me/link/a.py");
    assert_eq!(map.to_container(Utf8Path::new("/home/me/link/a.py")).unwrap(), "/app/a.py");
    assert_eq!(map.to_container(Utf8Path::new("/srv/real/a.py")), None);
}
