//! The one path-mapping layer between the caller's machine and the container.
//!
//! It is filled from the container's real mounts and serves every sink: command lines, report
//! paths, stack frames, printed output.

#[cfg(test)]
mod properties;
mod reported;

pub use reported::{Files, Finder, Near};

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// A path relative to a workspace folder, with `/` between its parts; empty for the folder itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Normalises `path`: `\` becomes `/`, `.` parts and a trailing slash go away.
    pub fn new(path: impl AsRef<str>) -> Self {
        let path = path.as_ref().replace('\\', "/");
        let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
        Self(parts.join("/").into())
    }

    /// The path of `path` below `root`, where it lies there.
    pub fn below(root: &Utf8Path, path: &Utf8Path) -> Option<Self> {
        path.strip_prefix(root).ok().map(|rest| Self::new(rest.as_str()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the workspace folder itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// This path with `child` below it.
    pub fn join(&self, child: &str) -> Self {
        Self::new(format!("{}/{child}", self.0))
    }

    /// The directory that holds it; the workspace folder holds itself.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self::new(self.0.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    /// What a path means that is written relative to this directory, `..` resolved; `None` where it leads out of
    /// the workspace.
    pub fn resolve(&self, written: &str) -> Option<Self> {
        let mut parts: Vec<&str> = Vec::new();
        for part in self.0.split('/').chain(written.split('/')) {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(Self::new(parts.join("/")))
    }

    /// This path on the caller's machine.
    pub fn on(&self, root: &Utf8Path) -> Utf8PathBuf {
        if self.is_root() { root.to_owned() } else { root.join(&*self.0) }
    }

    /// The rest of this path below `dir`; `None` when it lies elsewhere.
    pub fn strip(&self, dir: &Self) -> Option<&str> {
        let rest = match dir.is_root() {
            true => &*self.0,
            false => match self.0.strip_prefix(&*dir.0)? {
                "" => "",
                rest => rest.strip_prefix('/')?,
            },
        };
        let leads_out = rest.starts_with('/') || rest == ".." || rest.starts_with("../");
        (!leads_out).then_some(rest)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// One mount of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Where it lies in the container, absolute.
    pub container: String,
    /// What lies there on the caller's machine; `None` for a volume, which hides what is below it.
    pub host: Option<Utf8PathBuf>,
}

/// Maps paths between the caller's machine and the container; the longest prefix wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathMap {
    /// Longest container path first.
    mounts: Vec<Mount>,
    /// Whether the host takes `A` and `a` for the same name.
    ignores_case: bool,
}

impl PathMap {
    /// A map over `mounts`, in any order.
    pub fn new(mounts: impl IntoIterator<Item = Mount>) -> Self {
        let mut mounts: Vec<Mount> = mounts
            .into_iter()
            .map(|m| Mount { container: trim_slash(&m.container).to_owned(), ..m })
            .collect();
        mounts.sort_by(|a, b| {
            b.container.len().cmp(&a.container.len()).then_with(|| a.container.cmp(&b.container))
        });
        Self { mounts, ignores_case: cfg!(any(windows, target_os = "macos")) }
    }

    /// The mounts, the innermost first.
    pub fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    /// The map of a run without a container: every path stands for itself.
    pub fn identity() -> Self {
        Self::new([Mount { container: "/".into(), host: Some("/".into()) }])
    }

    /// The host path of an absolute container path; `None` when the host has no such file.
    pub fn to_host(&self, container: &str) -> Option<Utf8PathBuf> {
        let path = normalise(container);
        let (mount, rest) =
            self.mounts.iter().find_map(|m| below(&path, &m.container).map(|rest| (m, rest)))?;
        let host = mount.host.as_ref()?;
        Some(if rest.is_empty() { host.clone() } else { host.join(rest) })
    }

    /// Whether a volume of the container hides what the host has at a path.
    pub fn hides(&self, container: &str) -> bool {
        let path = normalise(container);
        let mount = self.mounts.iter().find(|m| below(&path, &m.container).is_some());
        mount.is_some_and(|mount| mount.host.is_none())
    }

    /// The same, as if no volume hid anything: for what is fetched out of one.
    #[must_use]
    pub fn through_volumes(&self) -> Self {
        let mounts = self.mounts.iter().filter(|mount| mount.host.is_some()).cloned();
        Self { mounts: mounts.collect(), ..*self }
    }

    /// The container path of an absolute host path; `None` when the container cannot see it.
    pub fn to_container(&self, host: &Utf8Path) -> Option<String> {
        let mut seen: Vec<(&Mount, &str)> = self
            .mounts
            .iter()
            .filter_map(|m| Some((m, self.below_on_host(host, m.host.as_ref()?)?)))
            .collect();
        seen.sort_by_key(|(_, rest)| rest.len());
        seen.into_iter().find_map(|(mount, rest)| {
            let path = match rest {
                "" if mount.container.is_empty() => "/".to_owned(),
                "" => mount.container.clone(),
                rest => format!("{}/{rest}", mount.container),
            };
            // Another mount over that place hides the host's file there.
            let back = self.to_host(&path)?;
            self.is_same_on_host(&back, host).then_some(path)
        })
    }

    /// The rest of a host path below `dir`.
    fn below_on_host<'p>(&self, path: &'p Utf8Path, dir: &Utf8Path) -> Option<&'p str> {
        let dir = trim_slash(dir.as_str());
        if !self.ignores_case {
            return below(path.as_str(), dir);
        }
        let head = path.as_str().get(..dir.len())?;
        head.eq_ignore_ascii_case(dir).then(|| below(path.as_str(), head)).flatten()
    }

    fn is_same_on_host(&self, a: &Utf8Path, b: &Utf8Path) -> bool {
        a == b || (self.ignores_case && a.as_str().eq_ignore_ascii_case(b.as_str()))
    }

    /// `text` with the container paths in it turned into host paths, so that what is printed can be
    /// opened.
    pub fn text_to_host<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let moved = self.mounts.iter().filter(|m| {
            m.host.as_ref().is_some_and(|h| trim_slash(h.as_str()) != m.container)
                && !m.container.is_empty()
        });
        // Where each is found next. All at once: a host path may look like another mount's.
        let mut next: Vec<(&str, usize)> =
            moved.filter_map(|m| Some((m.container.as_str(), text.find(&m.container)?))).collect();
        if next.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 64);
        let mut done = 0;
        while let Some(&(prefix, at)) = next.iter().min_by_key(|(_, at)| *at) {
            let tail = &text[at..];
            let path = &tail[..tail.find(|c: char| !is_path_char(c)).unwrap_or(tail.len())];
            let before = text[..at].chars().next_back();
            let is_url = text[..at].ends_with("file://");
            let starts = is_url || !before.is_some_and(|c| is_path_char(c) || c == '~');
            let host = starts.then(|| self.to_host(path)).flatten();
            let is_below = self.mounts.iter().any(|m| below(path, &m.container).is_some());
            let taken = match host.filter(|_| is_below) {
                Some(host) => {
                    out.push_str(&text[done..at]);
                    out.push_str(host.as_str());
                    done = at + path.len();
                    path.len()
                }
                None => prefix.len(),
            };
            let from = at + taken;
            next.retain_mut(|(prefix, at)| {
                if *at < from {
                    *at = text[from..].find(*prefix).map_or(usize::MAX, |found| from + found);
                }
                *at != usize::MAX
            });
        }
        out.push_str(&text[done..]);
        Cow::Owned(out)
    }
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@' | '%')
}

fn trim_slash(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// The rest of `path` below `dir` (without a trailing slash); `None` when it lies elsewhere.
fn below<'p>(path: &'p str, dir: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(dir)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Resolves `.` and `..` by text; a container's symbolic links are not known here.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_a_directory_is_found_from_there() {
        let dir = RelPath::new("a/b");
        let found = |written| dir.resolve(written).map(|path| path.to_string());
        assert_eq!(found("../c/./d.rs").as_deref(), Some("a/c/d.rs"));
        assert_eq!(found("../..").as_deref(), Some(""));
        assert_eq!(found("../../../c"), None);
        assert_eq!(RelPath::new("a/b").parent(), RelPath::new("a"));
        assert_eq!(RelPath::new("a").parent().parent(), RelPath::default());
    }

    fn map() -> PathMap {
        let mount = |container: &str, host: Option<&str>| Mount {
            container: container.into(),
            host: host.map(Into::into),
        };
        PathMap::new([
            mount("/app", Some("/home/me/shop")),
            mount("/app/node_modules", None),
            mount("/app/vendor/lib", Some("/home/me/lib")),
        ])
    }

    #[test]
    fn the_longest_mount_wins_and_a_volume_hides() {
        let map = map();
        let host = |path| map.to_host(path).map(Utf8PathBuf::into_string);
        assert_eq!(host("/app/src/a.py").as_deref(), Some("/home/me/shop/src/a.py"));
        assert_eq!(host("/app").as_deref(), Some("/home/me/shop"));
        assert_eq!(host("/app/src/../b.py").as_deref(), Some("/home/me/shop/b.py"));
        assert_eq!(host("/app/vendor/lib/x.c").as_deref(), Some("/home/me/lib/x.c"));
        assert_eq!(host("/app/node_modules/x.js"), None);
        assert_eq!(host("/application/x"), None);
    }

    #[test]
    fn host_to_container_and_back_is_the_identity() {
        let map = map();
        for host in ["/home/me/shop", "/home/me/shop/a b/ü.py", "/home/me/lib/x.c"] {
            let container = map.to_container(Utf8Path::new(host)).expect(host);
            assert_eq!(map.to_host(&container).expect(host), host);
        }
        assert_eq!(map.to_container(Utf8Path::new("/home/me/shop/node_modules/x.js")), None);
        assert_eq!(map.to_container(Utf8Path::new("/elsewhere")), None);
        let hidden = Utf8Path::new("/home/me/shop/node_modules/x.js");
        let through = map.through_volumes();
        assert_eq!(through.to_container(hidden).as_deref(), Some("/app/node_modules/x.js"));
    }

    #[test]
    fn identity_maps_everything_to_itself() {
        let map = PathMap::identity();
        assert_eq!(map.to_host("/a/b").expect("mapped"), "/a/b");
        assert_eq!(map.to_container(Utf8Path::new("/a/b")).as_deref(), Some("/a/b"));
    }

    #[test]
    fn printed_paths_become_host_paths() {
        let map = map();
        let text = "/app/a.py:3: see http://x/app/b and /app/node_modules/c, /apple, (/app), file:///app/a.mjs:1";
        assert_eq!(
            map.text_to_host(text),
            "/home/me/shop/a.py:3: see http://x/app/b and /app/node_modules/c, /apple, (/home/me/shop), file:///home/me/shop/a.mjs:1"
        );
        assert!(matches!(map.text_to_host("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn relative_paths_are_normalised() {
        assert_eq!(RelPath::new("./a//b/").as_str(), "a/b");
        assert_eq!(RelPath::new("a\\b").as_str(), "a/b");
        assert_eq!(RelPath::new("a/b").strip(&RelPath::new("a")), Some("b"));
        assert_eq!(RelPath::new("ab").strip(&RelPath::new("a")), None);
        assert_eq!(RelPath::new("a").strip(&RelPath::default()), Some("a"));
        // What leads out of a folder lies elsewhere.
        assert_eq!(RelPath::new("../a").strip(&RelPath::default()), None);
        assert_eq!(RelPath::new("../../a").strip(&RelPath::new("..")), None);
        assert_eq!(RelPath::new("../a").strip(&RelPath::new("..")), Some("a"));
    }
}
