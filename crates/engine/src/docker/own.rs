//! Testdock itself in a container, with the engine's socket in it: what is here lies elsewhere on the engine's machine,
//! and the container's own mounts say where.

use std::path::Path;

use bollard::Docker;
use bollard::models::{HostConfig, MountPoint, MountType};
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::paths::{Mount, PathMap};

use super::see;

/// What marks a container, of Docker and of Podman.
const MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// The mounts of the container that this process is in; of none, where every path means the same to both.
#[derive(Debug, Clone, Default)]
pub(crate) struct Own(Option<PathMap>);

impl Own {
    /// As `docker` knows them. A container of another engine is none here: that engine has other files, as will turn out.
    pub(crate) async fn of_process(docker: &Docker) -> Self {
        if !MARKS.iter().any(|mark| Path::new(mark).exists()) {
            return Self::default();
        }
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let Some(id) = id(&mounts) else {
            return Self::default();
        };
        let found = see::container(docker, &id).await;
        Self(found.ok().and_then(|found| found.mounts).map(map))
    }

    /// Whether this process is in a container of the engine, and has other files than its machine.
    pub(super) fn is_contained(&self) -> bool {
        self.0.is_some()
    }

    /// Where the engine has a path of here; `None` where it has it nowhere.
    pub(super) fn there(&self, here: &Utf8Path) -> Option<Utf8PathBuf> {
        match &self.0 {
            None => Some(here.to_owned()),
            Some(map) => map.to_host(here.as_str()),
        }
    }

    /// Where a path of the engine's machine is here; as it is, where it is nowhere.
    pub(super) fn here(&self, there: Utf8PathBuf) -> Utf8PathBuf {
        let here = self.0.as_ref().and_then(|map| map.to_container(&there));
        here.map_or(there, Into::into)
    }

    /// Makes mounts of what is here mounts of the same on the engine's machine. What is not there is left to fail.
    pub(super) fn translate(&self, host: &mut HostConfig) {
        let there = |path: &str| self.there(Utf8Path::new(path)).map(Utf8PathBuf::into_string);
        for mount in host.mounts.iter_mut().flatten() {
            if mount.typ == Some(MountType::BIND) {
                let source = mount.source.as_deref().and_then(there);
                mount.source = source.or(mount.source.take());
            }
        }
        for bind in host.binds.iter_mut().flatten() {
            let found = bind.split_once(':').and_then(|(path, rest)| Some((there(path)?, rest)));
            if let Some((path, rest)) = found {
                *bind = format!("{path}:{rest}");
            }
        }
    }
}

fn map(mounts: Vec<MountPoint>) -> PathMap {
    PathMap::new(mounts.into_iter().filter_map(|mount| {
        let host = mount.source.filter(|source| !source.is_empty()).map(Into::into);
        Some(Mount { container: mount.destination?, host })
    }))
}

/// The container's id: the engine keeps some files for it in a directory of that name.
fn id(mountinfo: &str) -> Option<String> {
    let parts = mountinfo.lines().flat_map(|line| line.split('/'));
    let is_id = |part: &str| part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut names = parts.clone().zip(parts.skip(1)).filter(|(dir, _)| dir.ends_with("containers"));
    names.find(|(_, name)| is_id(name)).map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_among_the_mounts() {
        let hex = "0123456789abcdef".repeat(4);
        for dir in ["/var/lib/docker/containers", "/storage/overlay-containers"] {
            let lines = format!(
                "812 790 254:1 /srv/x /work rw - ext4 /dev/vda rw\n\
                 813 790 254:1 {dir}/{hex}/hostname /etc/hostname rw - ext4 /dev/vda rw\n"
            );
            assert_eq!(id(&lines), Some(hex.clone()));
        }
        assert_eq!(id("812 790 254:1 /containers/short /work rw - ext4 /dev/vda rw"), None);
    }

    #[test]
    fn mounts_mean_what_the_engine_has() {
        let point = |source: &str, destination: &str| MountPoint {
            source: Some(source.to_owned()),
            destination: Some(destination.to_owned()),
            ..MountPoint::default()
        };
        let points = vec![point("/srv/x", "/work"), point("", "/work/tmp")];
        let own = Own(Some(map(points)));
        let bind = |source: &str| bollard::models::Mount {
            typ: Some(MountType::BIND),
            source: Some(source.to_owned()),
            ..bollard::models::Mount::default()
        };
        let mut host = HostConfig {
            mounts: Some(["/work/a", "/work/tmp/a", "/opt"].map(bind).into()),
            binds: Some(vec!["/work:/app:z".to_owned()]),
            ..HostConfig::default()
        };
        own.translate(&mut host);
        let sources = host.mounts.unwrap().into_iter().filter_map(|mount| mount.source);
        assert_eq!(sources.collect::<Vec<_>>(), ["/srv/x/a", "/work/tmp/a", "/opt"]);
        assert_eq!(host.binds.unwrap(), ["/srv/x:/app:z"]);
        assert_eq!(own.here("/srv/x/a".into()), "/work/a");
        assert_eq!(own.here("/srv/y".into()), "/srv/y");
        assert_eq!(own.there("/opt".into()), None);
        assert_eq!(Own::default().there("/opt".into()), Some("/opt".into()));
    }
}
