//! A first `testdock.toml`, written from what is there.

use std::collections::BTreeMap;

use super::choice::Choice;
use super::dockerfile;
use super::registered::{DEFAULT, LOCAL};
use crate::config::{Suite, toml_string};
use crate::paths::RelPath;
use crate::plan::Source;

/// The text of a `testdock.toml` that says what detection found, with comments on what else can be said.
///
/// Where no interpreter was found, `image` is the proposal to start from.
pub fn init_document(
    choice: Option<&Choice>,
    image: &str,
    suites: &[Suite],
    images: &[OwnImage],
) -> String {
    let mut text = String::from(
        "# Where and how this project's tests run; see `testdock explain` for every setting in force.\n",
    );
    if choice.is_some() || suites.is_empty() || suites.iter().any(|it| it.interpreter.is_none()) {
        text.push_str("\n[interpreter]\n");
        text.push_str(&source(choice, image));
        text.push_str(OPTIONS);
    }
    images.iter().for_each(|image| text.push_str(&image.table()));
    for each in suites {
        text.push_str(&suite(each));
    }
    if suites.is_empty() {
        text.push_str(NO_SUITES);
    }
    text.push_str(PROFILE);
    text
}

/// The image of a folder with a Dockerfile of its own, such as a service of a monorepo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnImage {
    /// What its interpreter is named.
    pub name: String,
    dockerfile: RelPath,
    context: RelPath,
}

impl OwnImage {
    /// The folder's Dockerfile that would be one.
    pub fn dockerfile(folder: &RelPath) -> RelPath {
        folder.join("Dockerfile")
    }

    /// That of the folder whose Dockerfile has this text.
    pub fn of(folder: &RelPath, text: &str) -> Self {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = folder.as_str().chars().map(letter).collect();
        let is_taken = [DEFAULT, LOCAL].contains(&name.as_str());
        // One that copies its folder by the whole path is built from the workspace's root.
        let copies = dockerfile::analyse(text, None, &BTreeMap::new()).map(|facts| facts.copies);
        let sources = || copies.iter().flatten().flat_map(|copy| &copy.sources);
        let is_whole = sources().any(|it| RelPath::new(it).strip(folder).is_some());
        Self {
            name: if is_taken { format!("{name}-image") } else { name },
            dockerfile: Self::dockerfile(folder),
            context: if is_whole { RelPath::default() } else { folder.clone() },
        }
    }

    fn table(&self) -> String {
        let (dockerfile, context) = (self.dockerfile.as_str(), self.context.as_str());
        let context =
            (!self.context.is_root()).then(|| format!("context = {}\n", toml_string(context)));
        format!(
            "\n[interpreters.{}]\ndockerfile = {}\n{}",
            self.name,
            toml_string(dockerfile),
            context.unwrap_or_default()
        )
    }
}

const OPTIONS: &str = "\
# env = { LOG_LEVEL = \"debug\" }       # environment variables of the tests
# limits = { cpus = 2, memory = \"2g\" }
# user = \"host\"                       # or \"image\", \"1000:1000\"
# keep-warm = \"10m\"                   # how long an idle container waits for the next run
";

const NO_SUITES: &str = "
# Suites are detected. Any command that writes JUnit XML is one, too:
# [[suite]]
# command = [\"make\", \"check\"]
# reports = [\"build/**/*.xml\"]
";

const PROFILE: &str = "
# The same settings again, laid over the others with `--profile ci`:
# [profile.ci]
# timeout = \"30m\"
";

fn source(choice: Option<&Choice>, image: &str) -> String {
    match choice.map(|choice| &choice.interpreter.source) {
        Some(Source::Dockerfile(file)) => {
            let target = file.target.as_ref().map_or_else(
                || "# target = \"test\"                    # the stage to build\n".to_owned(),
                |target| format!("target = {}\n", toml_string(target)),
            );
            format!("dockerfile = {}\n{target}", toml_string(file.path.as_str()))
        }
        Some(Source::Image(image)) => format!("image = {}\n", toml_string(image)),
        Some(Source::Compose(compose)) => {
            format!("compose = {{ service = {} }}\n", toml_string(&compose.service))
        }
        Some(Source::Local) => "local = true\n".to_owned(),
        None => format!("image = {}  # or dockerfile = \"Dockerfile\"\n", toml_string(image)),
    }
}

fn suite(suite: &Suite) -> String {
    let root = suite.root.as_str();
    let lines = [
        ("framework", suite.framework.as_deref().map(toml_string)),
        ("command", suite.command.as_deref().map(list)),
        ("reports", (!suite.reports.is_empty()).then(|| list(&suite.reports))),
        ("root", (!matches!(root, "" | ".")).then(|| toml_string(root))),
        ("interpreter", suite.interpreter.as_deref().map(toml_string)),
    ];
    let lines = lines.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}\n", value?)));
    let lines: String = lines.collect();
    format!("\n[[suite]]\n{lines}# args = [\"-x\"]\n# timeout = \"10m\"\n")
}

fn list(items: &[impl ToString]) -> String {
    let items = items.iter().map(|item| toml_string(&item.to_string()));
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
