//! The mounts of `docker run`, in each form that they are written in.

use super::size;
use crate::config::Size;
use crate::interpreter::folder::Folder;
use crate::plan::{Label, Mount, MountFrom};

/// `type=bind,source=…,target=…,readonly`; and the fields that are not heeded.
pub(in crate::interpreter) fn mount<'w>(
    folder: &Folder<'_>,
    written: &'w str,
) -> Result<(Mount, Vec<&'w str>), String> {
    let (mut kind, mut unheeded) = ("volume", Vec::new());
    let (mut source, mut target, mut read_only, mut bytes) = (None, None, false, None);
    for field in written.split(',') {
        let (key, value) = field.split_once('=').unwrap_or((field, "true"));
        match key.trim() {
            "type" => kind = value,
            "source" | "src" => source = Some(value),
            "target" | "dst" | "destination" => target = Some(value),
            "readonly" | "ro" => read_only = value != "false",
            "tmpfs-size" => bytes = Some(size("tmpfs-size", value)?),
            // How the engine keeps files in step is its own affair.
            "consistency" => {}
            _ if ["bind-propagation=rprivate", "tmpfs-mode=1777"].contains(&field) => {}
            _ => unheeded.push(field),
        }
    }
    let target = target.ok_or_else(|| format!("the mount `{written}` has no target"))?;
    let from = match (kind, source) {
        ("bind", Some(path)) => {
            MountFrom::Host { path: folder.host_path(path), make: false, label: None }
        }
        ("volume", name) => MountFrom::Volume(name.map(str::to_owned)),
        ("tmpfs", _) => MountFrom::Memory(bytes),
        _ => return Err(format!("the mount `{written}` has no source, or an unknown type")),
    };
    Ok((Mount { target: absolute(target)?, from, read_only }, unheeded))
}

/// `source:target[:options]`, as `--volume` takes it; and the options that are not heeded, each with the reason.
pub(in crate::interpreter) fn volume(
    folder: &Folder<'_>,
    written: &str,
) -> Result<(Mount, Vec<String>), String> {
    let (source, rest) = match written.split_once(':') {
        Some((source, rest)) => (Some(source), rest),
        None => (None, written),
    };
    let (target, settings) = rest.split_once(':').unwrap_or((rest, ""));
    let from = match source {
        Some(path) if path.starts_with(['/', '.', '~']) => {
            MountFrom::Host { path: folder.host_path(path), make: true, label: None }
        }
        Some("") => return Err(format!("the volume `{written}` has no source")),
        name => MountFrom::Volume(name.map(str::to_owned)),
    };
    let mut mount = Mount { target: absolute(target)?, from, read_only: false };
    let mut unheeded = Vec::new();
    for setting in settings.split(',').filter(|setting| !setting.is_empty()) {
        if let Err(why) = set(&mut mount, setting) {
            unheeded.push(format!("`{setting}` of the volume `{written}`: {why}"));
        }
    }
    Ok((mount, unheeded))
}

/// Takes in a setting of a volume; an error is why it is not heeded.
pub(in crate::interpreter) fn set(mount: &mut Mount, setting: &str) -> Result<(), &'static str> {
    match (setting, &mut mount.from) {
        ("rw" | "rprivate", _) => {}
        ("ro", _) => mount.read_only = true,
        ("z", MountFrom::Host { label, .. }) => *label = Some(Label::Shared),
        ("Z", MountFrom::Host { label, .. }) => *label = Some(Label::Private),
        ("z" | "Z", _) => return Err("the engine labels its volumes itself"),
        ("cached" | "delegated" | "consistent", _) => {
            return Err("how files are kept in step is the engine's own affair");
        }
        ("nocopy", _) => return Err("a new volume begins with what the image has in its place"),
        ("shared" | "slave" | "private" | "rshared" | "rslave", _) => {
            return Err("mounts that are made later are not passed on");
        }
        _ => return Err("Testdock does not know it"),
    }
    Ok(())
}

fn absolute(target: &str) -> Result<String, String> {
    match target.starts_with('/') {
        true => Ok(target.to_owned()),
        false => Err(format!("the mount's target `{target}` is no absolute path")),
    }
}

/// `target[:options]`, as `--tmpfs` takes it; and the options that are not heeded.
pub(super) fn tmpfs(written: &str) -> Result<(Mount, Vec<&str>), String> {
    let (target, settings) = written.split_once(':').unwrap_or((written, ""));
    let (mut bytes, mut unheeded) = (None, Vec::new());
    for setting in settings.split(',') {
        match setting.strip_prefix("size=").map(str::parse::<Size>) {
            Some(Ok(size)) => bytes = Some(size.0),
            None if ["", "rw", "noexec", "nosuid", "nodev", "mode=1777"].contains(&setting) => {}
            _ => unheeded.push(setting),
        }
    }
    let from = MountFrom::Memory(bytes);
    Ok((Mount { target: absolute(target)?, from, read_only: false }, unheeded))
}
