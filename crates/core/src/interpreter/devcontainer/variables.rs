//! `${localEnv:NAME}` and its like.

use std::cell::RefCell;
use std::collections::BTreeSet;

use sha1::{Digest as _, Sha1};

use super::super::folder::Folder;

/// What variables of a `devcontainer.json` stand for.
pub(super) struct Variables<'f> {
    path: &'f str,
    folder: Folder<'f>,
    /// Where the workspace lies in the container.
    pub(super) container_folder: String,
    /// Those that nothing is known of.
    unknown: RefCell<BTreeSet<String>>,
}

impl<'f> Variables<'f> {
    pub(super) fn new(path: &'f str, folder: Folder<'f>) -> Self {
        let (container_folder, unknown) = (String::new(), RefCell::default());
        Self { path, folder, container_folder, unknown }
    }

    /// The text with every variable filled in. A variable of the container stays: the engine knows it.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match self.look_up(name) {
                Some(value) => out.push_str(&value),
                None => {
                    if !name.starts_with("containerEnv:") {
                        self.unknown.borrow_mut().insert(name.to_owned());
                    }
                    out.push_str(&format!("${{{name}}}"));
                }
            }
            rest = after;
        }
        out + rest
    }

    fn look_up(&self, name: &str) -> Option<String> {
        let root = self.folder.root;
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let (kind, argument) = name.split_once(':').unwrap_or((name, ""));
        match kind {
            "localEnv" | "env" => {
                let (name, default) = argument.split_once(':').unwrap_or((argument, ""));
                Some((self.folder.host.env)(name).unwrap_or_else(|| default.to_owned()))
            }
            "localWorkspaceFolder" => Some(root.to_string()),
            "localWorkspaceFolderBasename" => Some(last(root.as_str())),
            "containerWorkspaceFolder" if !self.container_folder.is_empty() => {
                Some(self.container_folder.clone())
            }
            "containerWorkspaceFolderBasename" if !self.container_folder.is_empty() => {
                Some(last(&self.container_folder))
            }
            "devcontainerId" => {
                let id = Sha1::digest(format!("{root}\n{}", self.path));
                Some(format!("{id:x}"))
            }
            _ => None,
        }
    }

    /// What to say of the variables that nothing is known of.
    pub(super) fn unknown(&self) -> Vec<String> {
        let unknown = self.unknown.borrow();
        unknown.iter().map(|name| format!("`${{{name}}}`: Testdock does not know it")).collect()
    }
}
