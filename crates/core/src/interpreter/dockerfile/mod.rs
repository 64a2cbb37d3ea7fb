//! What a Dockerfile says about the image that comes out of it.
//!
//! Two questions matter for a run: where in the image a copy of the workspace lies (the workspace is
//! mounted over it), and which files of the workspace shape the image (a change in them rebuilds it).

mod arguments;
mod stage;
mod syntax;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::dockerignore::Matcher;
use crate::config::nearest;
pub use arguments::unused_arguments;
use stage::{Reader, Stage};

/// What a Dockerfile says, for one of its stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DockerfileFacts {
    /// The images of a registry that it builds on, each once, that of the chosen stage first.
    pub base_images: Vec<String>,
    /// The working directory of the chosen stage; `None` where the base image decides.
    pub workdir: Option<String>,
    /// What is copied into the chosen stage and those it builds on, in order.
    pub copies: Vec<Copy>,
    /// The directories of the image that hold a copy of the context, or of folders of it at their own places.
    pub workspace_copied_to: Vec<String>,
    /// All stages, and the number of the chosen one.
    stages: Vec<Stage>,
    chosen: usize,
}

/// A `COPY` or `ADD`, or a context that a `RUN` mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The sources as written, variables filled in.
    pub sources: Vec<String>,
    /// The destination as written, variables filled in.
    pub dest: String,
    /// The destination as an absolute path; `None` where it hangs on the base image's working directory.
    pub path: Option<String>,
    /// The stage or image that the sources are taken from; `None` for the build context.
    pub from: Option<String>,
    /// Whether a command runs in a later instruction, which may read what was copied.
    pub read_by_a_command: bool,
}

/// Which files of the build context shape the image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInputs {
    /// Files, directories (all that is in them) and globs, relative to the context; `.` is all of it.
    pub paths: BTreeSet<String>,
    /// Whether a command of the build reads a copy of the workspace that the mount hides.
    pub hidden_is_read: bool,
    /// What the commands name that may be files of the context, relative to it.
    pub named: BTreeSet<String>,
}

/// Why a Dockerfile's stage cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DockerfileError {
    /// No `FROM`.
    #[error("it has no FROM instruction")]
    NoStage,
    /// The target is none of the stages.
    #[error("it has no stage `{target}`{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    UnknownTarget {
        /// The stage that was asked for.
        target: String,
        /// The stage that was probably meant.
        nearest: Option<String>,
    },
}

/// Reads a Dockerfile for the stage `target` (the last one by default) and the given build arguments.
pub fn analyse(
    text: &str,
    target: Option<&str>,
    build_args: &BTreeMap<String, String>,
) -> Result<DockerfileFacts, DockerfileError> {
    let stages = Reader::new(build_args).read(&syntax::instructions(text));
    let chosen = choose(&stages, target)?;
    let lineage = stage::lineage(&stages, chosen);
    let copies = stage::copies(&stages, &lineage);
    let side = stage::side_stages(&stages, chosen);
    let images = lineage.iter().chain(&side).filter_map(|index| stages[*index].image.clone());
    Ok(DockerfileFacts {
        base_images: distinct(images),
        workdir: stages[chosen].workdir.clone(),
        workspace_copied_to: stages[chosen].workspace_copied_to.clone(),
        copies,
        stages,
        chosen,
    })
}

impl DockerfileFacts {
    /// The same, once it is known what of the context is a folder: folders that are copied to their own places in the working
    /// directory make it the workspace's.
    #[must_use]
    pub fn knowing(mut self, is_folder: impl Fn(&str) -> bool) -> Self {
        let is_folder = |copy: &Copy| copy.sources.iter().all(|it| is_folder(&context_path(it)));
        if let Some(workdir) = self.workdir.clone().filter(|dir| dir != "/")
            && self.workspace_copied_to.is_empty()
            && self.copies.iter().any(|copy| copy.is_aligned(&workdir) && is_folder(copy))
        {
            self.workspace_copied_to.push(workdir);
        }
        self
    }

    /// The files whose change makes the image stale while the workspace is mounted at `mounted_at`.
    ///
    /// What the mount hides does not count: a copy of the whole workspace there never, a copy of a
    /// part of it where no later command of the build could have read it. What comes by way of another
    /// stage counts as if it came from the context directly.
    pub fn build_inputs(&self, mounted_at: Option<&str>) -> BuildInputs {
        let mut inputs = BuildInputs::default();
        let whole =
            Taken { stage: self.chosen, path: "/".to_owned(), hidden: mounted_at.map(Into::into) };
        let mut open = vec![whole];
        let mut seen = BTreeSet::new();
        while let Some(taken) = open.pop() {
            let lineage = stage::lineage(&self.stages, taken.stage);
            for copy in stage::copies(&self.stages, &lineage) {
                if copy.read_by_a_command || copy.lies_at(&taken.path) {
                    inputs.count(&copy, taken.hidden.as_deref());
                    open.extend(self.taken_by(&copy, taken.hidden.as_deref()));
                }
            }
            let words = lineage.iter().flat_map(|index| &self.stages[*index].words);
            inputs.named.extend(words.filter_map(|word| named(word, mounted_at)));
            seen.insert(taken);
            open.retain(|taken| !seen.contains(taken));
        }
        inputs
    }

    /// What a copy takes from another stage.
    fn taken_by(&self, copy: &Copy, hidden: Option<&str>) -> Vec<Taken> {
        let stage = copy.from.as_deref().and_then(|name| stage::find(&self.stages, name));
        let Some(stage) = stage else {
            return Vec::new();
        };
        let is_hidden = copy.path.is_some() && copy.path.as_deref() == hidden;
        let taken = copy.sources.iter().map(|source| {
            let path = stage::absolute("/", source);
            // What lies there is what the mount hides.
            let hidden = (is_hidden && copy.sources.len() == 1).then(|| path.clone());
            Taken { stage, path, hidden }
        });
        taken.collect()
    }
}

/// A part of a stage's files that goes into the image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    stage: usize,
    path: String,
    /// Where the mount hides what is taken.
    hidden: Option<String>,
}

impl BuildInputs {
    /// Adds what a copy takes from the context, unless the mount hides it.
    fn count(&mut self, copy: &Copy, hidden: Option<&str>) {
        if !copy.is_hidden(hidden) {
            self.paths.extend(copy.context_sources());
        } else if copy.is_workspace() {
            self.hidden_is_read |= copy.read_by_a_command;
        }
    }
}

/// A word of a command as a path of the context, where it may be one.
fn named(word: &str, mounted_at: Option<&str>) -> Option<String> {
    let below = mounted_at.and_then(|mount| word.strip_prefix(mount)?.strip_prefix('/'));
    let path = context_path(below.unwrap_or(word));
    let is_path = path != "." && !path.starts_with('-') && !path.contains('$');
    (is_path && (below.is_some() || !word.starts_with('/'))).then_some(path)
}

impl Copy {
    /// The sources in the build context: neither addresses nor texts in the Dockerfile itself.
    fn context_sources(&self) -> impl Iterator<Item = String> {
        let local = self.sources.iter().filter(|_| self.from.is_none());
        let files = local.filter(|source| {
            !source.contains("://") && !source.starts_with("git@") && !source.starts_with("<<")
        });
        files.map(|source| context_path(source))
    }

    /// Whether this puts the whole context into the image.
    fn is_workspace(&self) -> bool {
        self.from.is_none() && self.sources.iter().any(|source| context_path(source) == ".")
    }

    /// Whether what is copied lies at a path, below it or above it.
    fn lies_at(&self, path: &str) -> bool {
        let within = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.path.as_deref().is_none_or(|own| within(own, path) || within(path, own))
    }

    /// Whether each source lies below `mount` as it lies in the context.
    fn is_aligned(&self, mount: &str) -> bool {
        let is_aligned =
            |source: &String| self.path.as_deref() == Some(&*stage::absolute(mount, source));
        self.from.is_none() && self.sources.iter().all(is_aligned)
    }

    fn is_hidden(&self, mounted_at: Option<&str>) -> bool {
        if self.is_workspace() {
            // Where the base image decides on the place, the workspace is mounted over that very copy.
            return self.path.is_none() || self.path.as_deref() == mounted_at;
        }
        !self.read_by_a_command && mounted_at.is_some_and(|mount| self.is_aligned(mount))
    }
}

impl BuildInputs {
    /// Tells for any file of the context whether it is one of them.
    pub fn matcher(&self) -> InputMatcher {
        let patterns = self.paths.iter().map(String::as_str);
        InputMatcher { all: self.paths.contains("."), patterns: Matcher::of(patterns) }
    }
}

/// Tells whether a file shapes the image.
#[derive(Debug, Clone)]
pub struct InputMatcher {
    all: bool,
    patterns: Matcher,
}

impl InputMatcher {
    /// Whether the file at `path`, from the context's root, is an input.
    pub fn contains(&self, path: &str) -> bool {
        self.all || self.patterns.is_ignored(path)
    }
}

/// A path of the context without what does not change it.
fn context_path(source: &str) -> String {
    let parts = source.split('/').filter(|part| !part.is_empty() && *part != ".");
    let path = parts.collect::<Vec<_>>().join("/");
    if path.is_empty() { ".".to_owned() } else { path }
}

fn choose(stages: &[Stage], target: Option<&str>) -> Result<usize, DockerfileError> {
    let Some(target) = target else {
        return stages.len().checked_sub(1).ok_or(DockerfileError::NoStage);
    };
    let by_number = || target.parse().ok().filter(|index| *index < stages.len());
    stage::named(stages, target).or_else(by_number).ok_or_else(|| {
        let names = stages.iter().filter_map(|stage| stage.name.as_deref());
        DockerfileError::UnknownTarget {
            target: target.to_owned(),
            nearest: nearest(target, names).map(ToOwned::to_owned),
        }
    })
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}
