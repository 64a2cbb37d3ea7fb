//! How an interpreter stands on its engine, as the engine was last asked.

use globset::GlobBuilder;

use crate::model::RunError;
use crate::paths::RelPath;

/// What is known of an interpreter on its engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The engine's address.
    pub engine: String,
    /// What is there.
    pub found: Found,
    /// Files of the workspace that the image is built from: paths, and globs.
    pub inputs: Vec<String>,
}

/// What of an interpreter is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The engine does not answer, or not as it should.
    Unreachable(RunError),
    /// What the image is built from cannot be read.
    Invalid(RunError),
    /// What only the compose tool tells: its files were not resolved as they are now.
    Unread,
    /// Nothing: the next run builds or pulls the image.
    Absent,
    /// An image that was built from other files than those of now: the next run builds it again.
    Stale,
    /// The image; the next run starts a container.
    Ready(Image),
    /// The image, and a container that waits for the next run.
    Warm(Image),
}

/// An image that an engine has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// The engine's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes, layers that it shares with others included; 0 where that is not known.
    pub size: u64,
    /// When it was made, in seconds since the epoch; 0 where that is not known.
    pub created: i64,
}

impl Standing {
    /// Whether a file that changed may make the image stale.
    pub fn is_built_from(&self, path: &RelPath) -> bool {
        self.inputs.iter().any(|input| means(input, path))
    }
}

/// Whether a path or glob means a file, or a folder that holds it.
fn means(input: &str, path: &RelPath) -> bool {
    if !input.contains(['*', '?', '[']) {
        return path.strip(&RelPath::new(input)).is_some();
    }
    let glob = GlobBuilder::new(input).literal_separator(true).build();
    let path = path.as_str();
    let ends = path.match_indices('/').map(|(slash, _)| slash).chain([path.len()]);
    glob.is_ok_and(|glob| {
        let glob = glob.compile_matcher();
        ends.into_iter().any(|end| glob.is_match(&path[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_an_input_by_name_by_folder_and_by_glob() {
        let inputs = ["requirements.txt", "docker", "*.lock", "web/*/pkg", "."];
        let standing = |inputs: &[&str]| Standing {
            engine: String::new(),
            found: Found::Absent,
            inputs: inputs.iter().map(|input| (*input).to_owned()).collect(),
        };
        let check = |path: &str| standing(&inputs[..4]).is_built_from(&RelPath::new(path));
        let means = ["requirements.txt", "docker/a/b.sh", "uv.lock", "web/x/pkg/a.json"];
        assert!(means.into_iter().all(check));
        let others = ["sub/requirements.txt", "docker2/a", "web/x/y/pkg/a", "a/uv.lock", "web"];
        assert!(!others.into_iter().any(check));
        assert!(standing(&["."]).is_built_from(&RelPath::new("any/file")));
    }
}
