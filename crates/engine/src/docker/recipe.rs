//! What a container is made from, and the key that it is found again by.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, EndpointSettings, HostConfig, Mount, MountTmpfsOptions, MountType,
    MountVolumeOptions,
};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use testdock_core::containers::origin::{INTERPRETER, WORKSPACE};
use testdock_core::paths::RelPath;
use testdock_core::placement::Placement;
use testdock_core::plan::{self, Entrypoint, Interpreter, MountFrom, Options, Setup, User};

use super::copy::{Copy, Part, machine};
use super::image::Image;
use super::own::Own;
use super::points;
use super::selinux;
use super::shape::{self, host_config, later_networks};
use crate::state::home;
use crate::supervisor::{Cookie, HEARTBEAT, hex};

/// The label with the container's [`outline`].
pub(super) const OUTLINE: &str = "dev.testdock.outline";
/// The key of what shaped a container's creation.
pub(crate) const KEY: &str = "dev.testdock.key";
/// The Testdock that made it.
pub(crate) const VERSION: &str = "dev.testdock.version";

/// Our directory in a container: of memory, so that a read-only container has it too.
pub(crate) const BASE: &str = "/run/testdock";
/// What mends the want of a network.
pub(super) const NO_NETWORK: &str =
    "create that network, or correct it where the interpreter is described";
pub(super) const KEEPER: &str = include_str!("keeper.sh");

/// How to make a container, and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    /// All that shapes it.
    pub(crate) body: ContainerCreateBody,
    /// Its hash.
    pub(crate) key: String,
    /// Its name: the same for everyone who needs the same container, so that two who need it at
    /// once make one.
    pub(crate) name: String,
    /// Whether it is for one run alone.
    pub(crate) alone: bool,
    /// The image in words.
    pub(crate) image: String,
    /// The host's directories by the container's, as the caller writes them.
    pub(crate) binds: HashMap<String, Utf8PathBuf>,
    /// Whether something runs before its first process of ours.
    pub(super) has_entry: bool,
    /// The networks that it joins once it is made.
    pub(crate) networks: Vec<(String, EndpointSettings)>,
    /// The platform, where it is not the engine's own.
    pub(crate) platform: Option<String>,
    /// What was asked of it that it does not have, in words.
    pub(crate) unheeded: Vec<String>,
    /// What is to be said when it is made.
    pub(crate) warnings: Vec<String>,
    /// What it has that reaches beyond it, in words.
    pub(crate) granted: Vec<String>,
    /// As whom its commands run; empty for the image's own user.
    pub(crate) owner: String,
    /// Volumes that start from the image, and belong to whoever made it.
    pub(crate) filled: Vec<String>,
    /// Volumes that have a name, and stay.
    pub(super) named: Vec<String>,
    /// What it begins with.
    pub(crate) setup: Vec<Setup>,
    /// The variables of what runs in it.
    pub(crate) env: BTreeMap<String, String>,
    /// Where the workspace is.
    pub(crate) workspace: String,
    /// How long it is kept without a sign of life.
    pub(crate) lease: Duration,
    /// What it has of the workspace, where it does not see the workspace itself.
    pub(super) copy: Option<Copy>,
    /// What the engine has of what is here.
    pub(super) own: Own,
}

/// Where the workspace goes, and what of this machine goes there too.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) placement: &'a Placement,
    /// Files that the image has made, and where they belong.
    pub(super) files: &'a [(Utf8PathBuf, String)],
    pub(super) own: &'a Own,
}

impl Recipe {
    /// The container of `interpreter` with the workspace `root`.
    pub(crate) fn new(
        root: &Utf8Path,
        interpreter: &Interpreter,
        alone: bool,
        image: &Image,
        &Place { placement: place, files, own }: &Place<'_>,
        is_copy: bool,
    ) -> Self {
        let options = &beside(root, &interpreter.options, place);
        let copy = is_copy.then(|| copy(root, place, files));
        let (visible, hidden): (Vec<_>, Vec<_>) =
            files.iter().cloned().partition(|(here, _)| is_copy || own.there(here).is_some());
        let keeper = ["sh", "-c", KEEPER, "testdock"].map(String::from);
        let lease = [format!("{BASE}/lease"), lease(interpreter).as_secs().to_string()];
        let (entrypoint, cmd) = match options.entrypoint {
            Entrypoint::None => (Some(keeper.into()), lease.into()),
            Entrypoint::Image | Entrypoint::Given(_) => {
                (None, keeper.into_iter().chain(lease).collect())
            }
        };
        let mut body = ContainerCreateBody {
            image: Some(image.id.clone()),
            entrypoint,
            cmd: Some(cmd),
            user: user(&options.user),
            working_dir: Some(start_dir(options)),
            host_config: Some(HostConfig {
                binds: labelled(root, options, place, copy.is_none()),
                mounts: Some(mounts(root, options, place, copy.is_none().then_some(&visible))),
                ..host_config(options)
            }),
            ..ContainerCreateBody::default()
        };
        body.host_config.iter_mut().for_each(|host| own.translate(host));
        shape::shape(&mut body, options);
        let networks = later_networks(options);
        let filled = filled(&body);
        let ours = place.mounts.iter().chain(&place.files);
        let binds: HashMap<String, Utf8PathBuf> =
            ours.map(|(path, dir)| (dir.clone(), path.on(root))).collect();
        let seen = match copy {
            None => points::seen(root, options, place),
            // Another machine may have a workspace of this name too, and knows nothing of this one's.
            Some(_) => vec![machine()],
        };
        let key = key(&(&body, &networks, &options.platform, &ready(options)), &seen);
        body.labels = Some(labels(root, interpreter, &key));
        let unique = match alone {
            true => format!("-{}", &Cookie::random().as_str()[..12]),
            false => String::new(),
        };
        Self {
            name: format!("testdock-{}-{}{unique}", word(root.file_name()), &key[..12]),
            body,
            key,
            alone,
            image: image.description.clone(),
            binds,
            has_entry: options.entrypoint != Entrypoint::None,
            networks,
            platform: options.platform.clone(),
            unheeded: interpreter
                .unheeded
                .iter()
                .cloned()
                .chain(too_early(copy.as_ref(), options))
                .chain(out_of_sight(&hidden))
                .collect(),
            warnings: interpreter.warnings.clone(),
            granted: interpreter.granted.iter().map(|grant| grant.what.clone()).collect(),
            owner: user(&options.user).unwrap_or_default(),
            filled,
            named: named(options),
            setup: options.setup.clone(),
            env: options.env.clone(),
            workspace: workspace(root, place),
            lease: self::lease(interpreter),
            copy,
            own: own.clone(),
        }
    }

    /// The same, with what it says of itself to whoever looks how its interpreter stands.
    pub(super) fn of_outline(mut self, outline: &str) -> Self {
        let labels = self.body.labels.get_or_insert_default();
        labels.insert(OUTLINE.to_owned(), outline.to_owned());
        self
    }
}

/// The options without the mounts that are the workspace's own: those are as the placement says.
fn beside(root: &Utf8Path, options: &Options, place: &Placement) -> Options {
    let mut options = options.clone();
    let is_ours = |mount: &plan::Mount| {
        place.mounts.iter().any(|(path, dir)| mount.shows(&path.on(root), dir))
    };
    options.mounts.retain(|mount| !is_ours(mount));
    options
}

fn copy(root: &Utf8Path, place: &Placement, files: &[(Utf8PathBuf, String)]) -> Copy {
    let part = |(path, dir): &(RelPath, String)| Part { host: path.on(root), dir: dir.clone() };
    Copy {
        root: root.to_owned(),
        parts: place.mounts.iter().map(part).collect(),
        hidden: place.volumes.iter().map(|(_, dir)| dir.clone()).collect(),
        files: files.to_vec(),
    }
}

/// Where the workspace's root is in the container.
fn workspace(root: &Utf8Path, place: &Placement) -> String {
    let whole = place.mounts.iter().find(|(path, _)| path.is_root());
    whole.map_or_else(|| root.to_string(), |(_, dir)| dir.clone())
}

/// What a container begins with, as far as it tells one from another.
fn ready(options: &Options) -> Option<String> {
    let words: Vec<_> = options.setup.iter().map(|setup| &setup.argv).collect();
    (!words.is_empty()).then(|| format!("{words:?} {:?}", options.env))
}

/// How long a container is kept without a sign of life; never less than it takes to give several.
pub(crate) fn lease(interpreter: &Interpreter) -> Duration {
    interpreter.keep_warm.max(HEARTBEAT * 4)
}

/// What gets a label for SELinux: the parts of the workspace that it would bar, where `is_shared` with the engine, and
/// what is asked for. Only the older way to write a mount says so.
fn labelled(
    root: &Utf8Path,
    options: &Options,
    place: &Placement,
    is_shared: bool,
) -> Option<Vec<String>> {
    let parts = place.mounts.iter().map(|(path, dir)| (path.on(root), dir));
    let parts = parts.filter(|(path, _)| is_shared && is_relabelled(path, options));
    let parts = parts.map(|(path, dir)| format!("{path}:{dir}:z"));
    let binds: Vec<String> =
        parts.chain(options.mounts.iter().filter_map(shape::labelled)).collect();
    (!binds.is_empty()).then_some(binds)
}

fn is_relabelled(path: &Utf8Path, options: &Options) -> bool {
    selinux::relabels(selinux::is_on(), path, options, home().as_deref())
}

fn mounts(
    root: &Utf8Path,
    options: &Options,
    place: &Placement,
    files: Option<&[(Utf8PathBuf, String)]>,
) -> Vec<Mount> {
    let parts = place.mounts.iter().map(|(path, dir)| (path.on(root), dir));
    let parts = parts.filter(|(path, _)| files.is_none() || !is_relabelled(path, options));
    // Without single files there is nothing of this machine to be mounted at all.
    let workspace = parts.map(|(path, dir)| match files {
        Some(_) => bind(&path, dir),
        None => empty(dir),
    });
    // What somebody says lies there counts more than what the image has there.
    let taken = |dir: &str| options.mounts.iter().any(|mount| mount.is_at(dir));
    // Without a name: the engine fills it from the image, and removes it with the container.
    let volumes = place.volumes.iter().filter(|(_, dir)| !taken(dir)).map(|(_, dir)| Mount {
        typ: Some(MountType::VOLUME),
        target: Some(dir.clone()),
        ..Mount::default()
    });
    let files = files.into_iter().flatten().filter(|(_, path)| !taken(path));
    let files = files.map(|(host, path)| Mount { read_only: Some(true), ..bind(host, path) });
    let further = options.mounts.iter().filter(|mount| shape::labelled(mount).is_none());
    let further = further.map(shape::mount);
    workspace.chain(volumes).chain(files).chain(further).chain([ours()]).collect()
}

/// The volumes that start from what the image has in their place.
fn filled(body: &ContainerCreateBody) -> Vec<String> {
    let mounts = body.host_config.iter().filter_map(|host| host.mounts.as_ref()).flatten();
    let is_filled = |m: &&Mount| m.typ == Some(MountType::VOLUME) && m.volume_options.is_none();
    let fresh = mounts.filter(is_filled).filter(|mount| mount.source.is_none());
    fresh.filter_map(|mount| mount.target.clone()).collect()
}

fn named(options: &Options) -> Vec<String> {
    let has_name = |mount: &&plan::Mount| matches!(mount.from, MountFrom::Volume(Some(_)));
    let named = options.mounts.iter().filter(has_name).filter(|mount| !mount.read_only);
    named.map(|mount| mount.target.clone()).collect()
}

fn bind(host: &Utf8Path, container: &str) -> Mount {
    Mount {
        typ: Some(MountType::BIND),
        source: Some(host.to_string()),
        target: Some(container.to_owned()),
        ..Mount::default()
    }
}

/// A volume of the container's own, without what the image has in its place: that may be an older workspace.
fn empty(dir: &str) -> Mount {
    Mount {
        typ: Some(MountType::VOLUME),
        target: Some(dir.to_owned()),
        volume_options: Some(MountVolumeOptions {
            no_copy: Some(true),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    }
}

fn ours() -> Mount {
    Mount {
        typ: Some(MountType::TMPFS),
        target: Some(BASE.to_owned()),
        tmpfs_options: Some(MountTmpfsOptions {
            mode: Some(0o1777),
            ..MountTmpfsOptions::default()
        }),
        ..Mount::default()
    }
}

/// Where an entrypoint starts: in the workspace, as far as somebody says where that is.
fn start_dir(options: &Options) -> String {
    let told = options.workdir.clone().filter(|_| options.entrypoint != Entrypoint::None);
    told.unwrap_or_else(|| "/".to_owned())
}

/// A user as the engine is told; nobody for the image's own.
pub(super) fn user(user: &User) -> Option<String> {
    match user {
        User::Image => None,
        User::Named(name) => Some(name.clone()),
        User::Host | User::Alias(_) => Some(caller()),
    }
}

#[cfg(unix)]
fn caller() -> String {
    let (uid, gid) = (rustix::process::getuid(), rustix::process::getgid());
    format!("{}:{}", uid.as_raw(), gid.as_raw())
}

/// Where files have no uid, an engine in a virtual machine maps them by itself.
#[cfg(not(unix))]
fn caller() -> String {
    "0:0".to_owned()
}

fn key(shape: &impl serde::Serialize, seen: &[String]) -> String {
    // This is plain data; should it ever not serialise, nothing is shared.
    let text = serde_json::to_vec(&(shape, seen));
    let text = text.unwrap_or_else(|_| Cookie::random().as_str().into());
    hex(&Sha256::digest(text)[..16])
}

/// What shapes the container of an interpreter, as far as that is known without its image: a container of another one is not
/// for the next run.
pub(super) fn outline(interpreter: &Interpreter) -> String {
    let mut options = interpreter.options.clone();
    // A command gets its variables when it starts; the container has them where it begins with something.
    if options.setup.is_empty() && options.entrypoint == Entrypoint::None {
        options.env.clear();
    }
    let mounted = points::mounted(&options);
    hex(&Sha256::digest(format!("{options:?} {mounted:?}"))[..16])
}

fn labels(root: &Utf8Path, interpreter: &Interpreter, key: &str) -> HashMap<String, String> {
    let ours = [
        (KEY, key),
        (WORKSPACE, root.as_str()),
        (INTERPRETER, &interpreter.name),
        (VERSION, env!("CARGO_PKG_VERSION")),
    ];
    let mut labels: HashMap<_, _> = interpreter.options.labels.clone().into_iter().collect();
    labels.extend(ours.map(|(k, v)| (k.to_owned(), v.to_owned())));
    labels
}

/// A name that the engine takes as a part of a container's.
fn word(name: Option<&str>) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }
    };
    let word: String = name.unwrap_or_default().chars().take(40).map(safe).collect();
    match word.trim_matches('-') {
        "" => "workspace".to_owned(),
        word => word.to_owned(),
    }
}

/// What an entrypoint misses.
fn too_early(copy: Option<&Copy>, options: &Options) -> Option<String> {
    let is_kept = options.entrypoint != Entrypoint::None;
    let words = "the workspace in the entrypoint: its copy is brought when that has started";
    (copy.is_some() && is_kept).then(|| words.to_owned())
}

/// What the image has made in the workspace's place and Testdock keeps where the engine does not see it.
fn out_of_sight(files: &[(Utf8PathBuf, String)]) -> Option<String> {
    let names: Vec<&str> = files.iter().map(|(_, path)| path.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "what the image made in {}: Testdock is in a container, and its cache directory in none of the \
             container's mounts; set XDG_CACHE_HOME to one that is",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Counts down to its end at once; what it said last is what was left then.
    #[test]
    fn half_of_a_renewal_does_not_end_a_container() {
        for half in ["\n", "60"] {
            let dir = tempfile::tempdir().unwrap();
            let lease = dir.path().join("lease");
            std::fs::write(&lease, half).unwrap();
            let script = format!("sleep() {{ :; }}\n{KEEPER}");
            let mut keeper = Command::new("sh");
            keeper.args(["-c", &script, "testdock"]).arg(&lease).arg("20");
            assert!(keeper.status().unwrap().success());
            let left = std::fs::read_to_string(dir.path().join("lease.left")).unwrap();
            assert_eq!(left, "2\n", "{half:?}");
        }
    }
}
