//! `testdock.toml`: what it can say, how its layers override each other, and every mistake in it.
//!
//! [`resolve`] is the way in: layers go in as text, a [`Config`] with every default filled in comes out,
//! together with all problems at once. A layer with mistakes still gives what is right in it; whether to
//! go on is the caller's decision. Nothing here reads a file or an environment.

mod check;
mod document;
mod environment;
mod explain;
mod layer;
mod merge;
mod node;
mod problem;
mod profile;
mod reference;
mod schema;
mod units;
mod validate;

#[cfg(test)]
mod tests;

pub use document::{
    Certificates, Compose, Config, Health, Interpreter, Limits, Power, Pull, Service, Suite,
};
pub use environment::environment_layers;
pub use explain::{Explained, Overridden, UnknownSetting};
pub use layer::{Layer, Origin};
pub(crate) use node::toml_string;
pub use problem::{ConfigProblem, Location};
pub(crate) use problem::{did_you_mean, nearest};
pub use reference::reference;
pub use schema::json_schema;
pub use units::{ContainerPath, DockerHost, Duration, FileGlob, InvalidValue, Size, User};

use check::Remarks;
use node::Node;
use profile::Profiles;
use schema::SchemaView;

/// What all layers together say.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The settings; where there are problems, without the settings that are wrong.
    pub config: Config,
    /// Every mistake, file by file and line by line.
    pub problems: Vec<ConfigProblem>,
    /// Settings that mean nothing here: they are left out, and nothing else is the matter with them.
    pub warnings: Vec<ConfigProblem>,
    settings: Node,
}

impl Resolution {
    /// Who set the setting at the end of `path`; nobody where it has its default.
    pub(crate) fn set_by(&self, path: &[&str]) -> Option<&Origin> {
        let node = path.iter().try_fold(&self.settings, |node, key| node.get(key))?;
        Some(&node.source.origin)
    }
}

/// Merges the layers by precedence (their order matters only among equals), with the chosen profile
/// between the files and the environment.
pub fn resolve(layers: &[Layer], profile: Option<&str>) -> Resolution {
    let mut problems = Vec::new();
    let mut documents: Vec<Node> =
        layers.iter().filter_map(|layer| read(layer, &mut problems)).collect();
    let profiles = Profiles::take(&mut documents, &mut problems);
    problems.extend(profiles.check());
    if let Some(name) = profile {
        documents.extend(profiles.overlays(name, &mut problems));
    }
    documents.sort_by_key(|document| document.source.origin.rank());

    let mut settings = Node::empty();
    let schema = SchemaView::document();
    for document in documents {
        merge::merge(&mut settings, document, schema, "", &mut problems);
    }
    finish(settings, problems)
}

/// Reads one layer: its syntax errors, its mistakes, what is left of it.
fn read(layer: &Layer, problems: &mut Vec<ConfigProblem>) -> Option<Node> {
    let origin = layer.origin.clone();
    let (node, mut syntax) = match &layer.content {
        layer::Content::Toml(text) => Node::from_toml(origin, text),
        layer::Content::Unreadable(why) => {
            problems.push(unreadable(origin, why));
            return None;
        }
        layer::Content::Values(values) => (Node::from_values(origin, values), Vec::new()),
    };
    let mut mistakes = Vec::new();
    let valid = validate::validate(node, SchemaView::document(), "", &mut mistakes);
    // What follows from a syntax error on the same line is noise.
    mistakes.retain(|mistake| syntax.iter().all(|error| line(error) != line(mistake)));
    problems.append(&mut syntax);
    problems.append(&mut mistakes);
    valid
}

fn unreadable(origin: Origin, why: &str) -> ConfigProblem {
    let help = match origin {
        // Whoever becomes another user often keeps the environment of the one before.
        Origin::Person(_) => {
            "correct it, or remove it; where it is not yours, set HOME (or XDG_CONFIG_HOME) to a folder of your own"
        }
        _ => "correct it, or remove it",
    };
    ConfigProblem {
        origin,
        location: None,
        message: format!("cannot read it: {why}"),
        help: Some(help.to_owned()),
    }
}

fn line(problem: &ConfigProblem) -> Option<usize> {
    problem.location.as_ref().map(|location| location.line)
}

fn finish(mut settings: Node, problems: Vec<ConfigProblem>) -> Resolution {
    let mut remarks = Remarks { problems, warnings: Vec::new() };
    check::complete(&mut settings, SchemaView::document(), "", &mut remarks);
    let Remarks { mut problems, warnings } = remarks;
    let config = serde_json::from_value(settings.to_json()).unwrap_or_else(|error| {
        problems.push(settings.problem(format!("cannot use the configuration: {error}")));
        Config::default()
    });
    problems.extend(check::check(&settings, &config));
    problems.sort_by_key(|problem| {
        let start = problem.location.as_ref().map(|location| location.span.start);
        (problem.origin.rank(), problem.origin.file().map(ToOwned::to_owned), start)
    });
    Resolution { config, problems, warnings, settings }
}
