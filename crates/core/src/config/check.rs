//! Mistakes that show only once all layers are merged.

use std::collections::BTreeSet;

use camino::{Utf8Component, Utf8Path};

use super::document::Config;
use super::layer::Origin;
use super::node::{Content, Node, Table};
use super::problem::{ConfigProblem, advice};
use super::schema::{BELONGS_TO, ONE_OF, SchemaView};
use super::validate::join;

/// What is to be said of merged settings.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// Mistakes.
    pub(super) problems: Vec<ConfigProblem>,
    /// Settings that mean nothing here, and are left out.
    pub(super) warnings: Vec<ConfigProblem>,
}

/// Reports what the merged settings lack, and takes out of them what is unusable for it.
pub(super) fn complete(
    node: &mut Node,
    schema: SchemaView<'_>,
    key: &str,
    remarks: &mut Remarks,
) -> bool {
    let missing = match &mut node.content {
        Content::Table(table) => {
            complete_table(table, schema, key, remarks);
            schema.texts("required").into_iter().find(|name| !table.contains_key(*name))
        }
        Content::Array(elements) => {
            let Some(items) = schema.items() else {
                return true;
            };
            let mut index = 0;
            elements.retain_mut(|element| {
                index += 1;
                complete(element, items, &format!("{key}[{}]", index - 1), remarks)
            });
            None
        }
        _ => None,
    };
    if let Some(name) = missing.filter(|_| !node.damaged) {
        remarks.problems.push(node.problem(format!("`{key}` lacks `{name}`")));
    }
    missing.is_none()
}

fn complete_table(table: &mut Table, schema: SchemaView<'_>, key: &str, remarks: &mut Remarks) {
    let stray: Vec<(String, ConfigProblem)> = table
        .iter()
        .filter_map(|(name, node)| Some((name.clone(), astray(table, name, node, schema)?)))
        .collect();
    for (name, problem) in stray {
        table.remove(&name);
        match problem.origin {
            // A variable speaks to every project of a shell, a file to its own.
            Origin::Environment(_) => remarks.warnings.push(ConfigProblem {
                help: Some("the variable is left out".to_owned()),
                ..problem
            }),
            _ => remarks.problems.push(problem),
        }
    }
    table.retain(|name, node| match schema.property(name) {
        Some(schema) => complete(node, schema, &join(key, name), remarks),
        None => false,
    });
}

/// A key that belongs to one choice where another was made; without any choice it waits for detection.
fn astray(table: &Table, name: &str, node: &Node, schema: SchemaView<'_>) -> Option<ConfigProblem> {
    let owner = schema.property(name)?.text(BELONGS_TO)?;
    let choices = schema.texts(ONE_OF);
    let chosen = choices.iter().find(|choice| table.contains_key(**choice))?;
    let message = format!("`{name}` belongs to `{owner}`, but `{chosen}` is chosen");
    (*chosen != owner).then(|| node.key_problem(message))
}

/// Reports what no schema can say.
pub(super) fn check(document: &Node, config: &Config) -> Vec<ConfigProblem> {
    let suites = document.get("suite").map(Node::elements).unwrap_or_default();
    let sound = suites.iter().filter(|suite| !suite.damaged);
    let each = sound.flat_map(|suite| check_suite(suite, config));
    let services = document.entries("services").map(|(name, service)| ConfigProblem {
        help: Some("start it yourself and pass its address in `interpreter.env`".to_owned()),
        ..service.key_problem(format!("`services.{name}`: services are not supported yet"))
    });
    each.chain(duplicate_names(suites, config)).chain(services).collect()
}

fn check_suite(suite: &Node, config: &Config) -> Vec<ConfigProblem> {
    [check_runner(suite), check_interpreter(suite, config), check_root(suite)]
        .into_iter()
        .flatten()
        .collect()
}

fn check_runner(suite: &Node) -> Option<ConfigProblem> {
    let (framework, command) = (suite.get("framework"), suite.get("command"));
    let reports = suite.get("reports");
    match (framework.and_then(Node::text), command, reports) {
        (None, None, _) => Some(suite.problem("a suite needs `framework` or `command`")),
        (Some("command"), None, _) => {
            framework.map(|node| node.problem("`framework = \"command\"` needs `command`"))
        }
        (Some("command") | None, Some(_), None) => {
            let message = "a suite with a `command` needs `reports`, the JUnit files it writes";
            let help = Some("write reports = [\"build/**/*.xml\"]".to_owned());
            Some(ConfigProblem { help, ..suite.problem(message) })
        }
        (Some("command") | None, Some(_), Some(_)) | (Some(_), _, None) => None,
        (Some(name), _, Some(reports)) => Some(reports.key_problem(format!(
            "`reports` means nothing beside `framework = \"{name}\"`, whose reports are known"
        ))),
    }
}

fn check_interpreter(suite: &Node, config: &Config) -> Option<ConfigProblem> {
    let node = suite.get("interpreter")?;
    let name = node.text()?;
    if config.interpreters.contains_key(name) {
        return None;
    }
    let known: Vec<_> = config.interpreters.keys().map(String::as_str).collect();
    let mut problem = node.problem(format!("no interpreter is named `{name}`"));
    problem.help =
        advice(name, &known).or_else(|| Some(format!("define it as [interpreters.{name}]")));
    Some(problem)
}

fn check_root(suite: &Node) -> Option<ConfigProblem> {
    let node = suite.get("root")?;
    let path = Utf8Path::new(node.text()?);
    let outside = path.components().any(|part| {
        matches!(part, Utf8Component::ParentDir | Utf8Component::RootDir | Utf8Component::Prefix(_))
    });
    outside.then(|| ConfigProblem {
        help: Some("write it from the workspace's root, such as \"services/billing\"".to_owned()),
        ..node.problem(format!("a suite's root lies in the workspace; `{path}` does not"))
    })
}

fn duplicate_names(suites: &[Node], config: &Config) -> Vec<ConfigProblem> {
    let mut seen = BTreeSet::new();
    let named = suites.iter().zip(config.suites.iter().map(|suite| suite.display_name()));
    let sound = named.filter(|(node, _)| !node.damaged);
    let repeated = sound.filter_map(|(node, name)| {
        (!seen.insert(name.clone())).then(|| ConfigProblem {
            help: Some("give one of them another `name`".to_owned()),
            ..node.problem(format!("two suites are named `{name}`"))
        })
    });
    repeated.collect()
}
