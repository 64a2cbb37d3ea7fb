//! What an image is built from, and the name that follows from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use testdock_core::interpreter::dockerfile::{DockerfileFacts, analyse};
use testdock_core::interpreter::dockerignore::{Matcher, candidates};
use testdock_core::model::{Fault, Place, RunError};
use testdock_core::plan::Dockerfile;

use super::super::context::{Context, Ids};
use super::inputs;
use crate::supervisor::hex;
use crate::text;

/// Under which name a Dockerfile is sent that the context does not hold.
const SENT_DOCKERFILE: &str = ".testdock.Dockerfile";

/// Everything that a build needs, read once.
pub(in super::super) struct Recipe {
    pub(super) root: Utf8PathBuf,
    pub(in super::super) dockerfile: Dockerfile,
    /// The Dockerfile's text.
    pub(super) text: String,
    /// What it says.
    pub(in super::super) facts: DockerfileFacts,
    ignore: Arc<Matcher>,
    /// The hash of what shapes the image.
    pub(in super::super) key: String,
    /// The address of the engine that builds it, where that is not the active one.
    pub(in super::super) host: Option<String>,
    /// The variables for proxies that the engine gives to each build.
    pub(in super::super) proxies: BTreeMap<String, String>,
    /// The image's name, in which the key stands: an image by this name is the right one.
    pub(in super::super) name: String,
}

impl Recipe {
    /// Reads the Dockerfile and hashes what it builds on. Blocks on files.
    pub(in super::super) fn read(
        root: &Utf8Path,
        dockerfile: &Dockerfile,
    ) -> Result<Self, RunError> {
        let path = dockerfile.path.on(root);
        let text = text::read_lossy(&path).map_err(|e| {
            let why = match e.kind() {
                std::io::ErrorKind::NotFound => "no such file".to_owned(),
                _ => e.to_string(),
            };
            configuration(format!("cannot read {path}: {why}"))
                .help("correct interpreter.dockerfile, or choose an image (interpreter.image)")
        })?;
        let target = dockerfile.target.as_deref();
        let facts = analyse(&text, target, &dockerfile.build_args)
            .map_err(|e| unusable(path, dockerfile, &e.to_string()))?;
        let context = dockerfile.context.on(root);
        if !context.is_dir() {
            return Err(no_context(&context));
        }
        let facts = facts.knowing(|path| context.join(path).is_dir());
        let patterns = ignore_patterns(root, dockerfile);
        let mut recipe = Self {
            root: root.to_owned(),
            dockerfile: dockerfile.clone(),
            ignore: Arc::new(Matcher::parse(&patterns)),
            text,
            facts,
            key: String::new(),
            host: None,
            proxies: BTreeMap::new(),
            name: String::new(),
        };
        recipe.key = recipe.hash(&patterns).map_err(|e| recipe.unreadable(&e))?;
        recipe.name = format!("testdock/{}:{}", slug(root), &recipe.key[..12]);
        Ok(recipe)
    }

    /// The Dockerfile on the caller's machine.
    pub(super) fn path(&self) -> Utf8PathBuf {
        self.dockerfile.path.on(&self.root)
    }

    /// The files that shape the image, from the workspace's root: paths and globs.
    pub(in super::super) fn inputs(&self) -> Vec<String> {
        let context = &self.dockerfile.context;
        let path = self.dockerfile.path.as_str();
        let of_context = inputs::of(&self.facts, context.on(&self.root).as_std_path());
        let of_context = of_context.into_iter().map(|it| context.join(&it).to_string());
        let [beside, ..] = candidates(path);
        let about = [path.to_owned(), beside, context.join(".dockerignore").to_string()];
        about.into_iter().chain(of_context).collect()
    }

    /// The build context, ready to be sent as this owner's.
    pub(super) fn context(&self, owner: Ids) -> Context {
        let elsewhere = self.sent_as() == SENT_DOCKERFILE;
        let extra = || (SENT_DOCKERFILE.to_owned(), self.text.clone().into_bytes());
        Context {
            dir: self.dockerfile.context.on(&self.root).into_std_path_buf(),
            ignore: Arc::clone(&self.ignore),
            extra: elsewhere.then(extra),
            owner,
        }
    }

    /// The Dockerfile's name in the context that is sent.
    pub(super) fn sent_as(&self) -> &str {
        let within = self.dockerfile.path.strip(&self.dockerfile.context);
        let sent = within.filter(|path| !self.ignore.is_ignored(path));
        sent.unwrap_or(SENT_DOCKERFILE)
    }

    /// The error for a context that cannot be read.
    pub(super) fn unreadable(&self, error: &std::io::Error) -> RunError {
        configuration(format!("cannot read the build context: {error}"))
            .help("make it readable, or list it in .dockerignore where the build does without it")
    }

    /// Files count by their content: a checkout touches every file and changes none.
    fn hash(&self, patterns: &str) -> std::io::Result<String> {
        let mut hash = Sha256::new();
        let target = self.dockerfile.target.as_deref().unwrap_or_default();
        let context = self.dockerfile.context.as_str();
        for field in [self.root.as_str(), context, target, &self.text, patterns] {
            field_of(&mut hash, field.as_bytes());
        }
        for (name, value) in &self.dockerfile.build_args {
            field_of(&mut hash, format!("{name}={value}").as_bytes());
        }
        // A secret's value shapes no image that can be told from another by it.
        field_of(&mut hash, format!("{:?}", self.dockerfile.options).as_bytes());
        let context = self.dockerfile.context.on(&self.root);
        for path in inputs::of(&self.facts, context.as_std_path()) {
            field_of(&mut hash, path.as_bytes());
            inputs::hash(context.as_std_path(), &path, &self.ignore, &mut hash)?;
        }
        Ok(format!("{:x}", hash.finalize()))
    }
}

/// Which of the workspace's builds this is, whatever the files say now.
pub(in super::super) fn source(dockerfile: &Dockerfile) -> String {
    let target = dockerfile.target.as_deref().unwrap_or_default();
    format!("{}#{target}", dockerfile.path)
}

/// The same, told apart by all that an interpreter asks of a build: of each of these the workspace
/// needs the newest image only.
pub(in super::super) fn series(dockerfile: &Dockerfile) -> String {
    let mut hash = Sha256::new();
    for field in [source(dockerfile).as_str(), dockerfile.context.as_str()] {
        field_of(&mut hash, field.as_bytes());
    }
    for (name, value) in &dockerfile.build_args {
        field_of(&mut hash, format!("{name}={value}").as_bytes());
    }
    hex(&hash.finalize()[..8])
}

/// Adds a field so that no two lists of fields look alike.
pub(super) fn field_of(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn configuration(message: String) -> RunError {
    RunError::new(Fault::Configuration, message)
}

fn no_context(context: &Utf8Path) -> RunError {
    configuration(format!("cannot use the build context {context}: there is no such folder"))
        .help("make it, or correct `context` where the interpreter is described")
}

fn unusable(path: Utf8PathBuf, dockerfile: &Dockerfile, why: &str) -> RunError {
    let help = match dockerfile.target {
        Some(_) => "correct interpreter.target",
        None => "begin it with FROM and an image",
    };
    let message = format!("cannot build {}: {why}", dockerfile.path);
    RunError {
        place: Some(Place { path, line: 1, column: None }),
        ..configuration(message).help(help)
    }
}

/// The text of the Dockerfile's own ignore file, or else of the context's.
fn ignore_patterns(root: &Utf8Path, dockerfile: &Dockerfile) -> String {
    let beside = &candidates(dockerfile.path.as_str())[0];
    let texts = [
        text::read(&root.join(beside)),
        text::read(&dockerfile.context.join(".dockerignore").on(root)),
    ];
    texts.into_iter().find_map(Result::ok).unwrap_or_default()
}

/// The workspace folder's name as a part of an image's name.
fn slug(root: &Utf8Path) -> String {
    let name = root.file_name().unwrap_or_default().to_ascii_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => "workspace".to_owned(),
        false => words.join("-").chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests;
