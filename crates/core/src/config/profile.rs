//! Profiles: overlays that are chosen by name and can inherit from one another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layer::Origin;
use super::node::{Node, Source};
use super::problem::{ConfigProblem, advice};

/// The profiles of all layers: for each name what each layer says of it, the weakest layer first.
pub(super) struct Profiles(BTreeMap<String, Vec<Node>>);

impl Profiles {
    /// Takes the profiles out of the documents.
    pub(super) fn take(documents: &mut [Node], problems: &mut Vec<ConfigProblem>) -> Self {
        let mut profiles = Self(BTreeMap::new());
        for document in documents {
            let Some(table) = document.table_mut().and_then(|table| table.remove("profile")) else {
                continue;
            };
            match table.source.origin.file() {
                Some(_) => profiles.add(&table),
                None => problems.push(table.problem("profiles can be defined in files only")),
            }
        }
        profiles
    }

    fn add(&mut self, definitions: &Node) {
        for (name, node) in definitions.table().into_iter().flatten() {
            self.0.entry(name.clone()).or_default().push(node.clone());
        }
    }

    /// Every `inherits` that leads nowhere or back to where it came from.
    pub(super) fn check(&self) -> Vec<ConfigProblem> {
        self.0.keys().filter_map(|name| self.check_one(name)).collect()
    }

    fn check_one(&self, name: &str) -> Option<ConfigProblem> {
        let inherits = self.inherits(name)?;
        let parent = inherits.text()?;
        if !self.0.contains_key(parent) {
            let message =
                format!("profile `{name}` inherits from `{parent}`, which does not exist");
            return Some(self.with_advice(inherits.problem(message), parent));
        }
        let chain = self.chain(name);
        let last = self.inherits(chain.first()?)?.text()?;
        // Each profile of a cycle could report it: the first by name does.
        let reports = last == name && chain.iter().all(|other| name <= *other);
        let round: Vec<_> = chain.iter().rev().copied().chain([name]).collect();
        reports.then(|| {
            let message = format!("profile `{name}` inherits from itself: {}", round.join(" → "));
            ConfigProblem {
                help: Some("remove one `inherits` of the circle".to_owned()),
                ..inherits.problem(message)
            }
        })
    }

    fn with_advice(&self, problem: ConfigProblem, name: &str) -> ConfigProblem {
        let known: Vec<_> = self.0.keys().map(String::as_str).collect();
        let help = match known.is_empty() {
            true => Some(format!("define it as [profile.{name}] in testdock.toml")),
            false => advice(name, &known),
        };
        ConfigProblem { help, ..problem }
    }

    /// The `inherits` of a profile, as the strongest layer has it.
    fn inherits(&self, name: &str) -> Option<&Node> {
        self.0.get(name)?.iter().rev().find_map(|node| node.get("inherits"))
    }

    /// A profile and all that it inherits from, the base first; a cycle is followed once.
    fn chain<'p>(&'p self, name: &'p str) -> Vec<&'p str> {
        let mut chain = vec![name];
        let mut last = name;
        while let Some(parent) = self.inherits(last).and_then(Node::text) {
            if chain.contains(&parent) || !self.0.contains_key(parent) {
                break;
            }
            chain.push(parent);
            last = parent;
        }
        chain.reverse();
        chain
    }

    /// The overlays that choosing a profile means, in the order in which they are to be laid.
    pub(super) fn overlays(&self, chosen: &str, problems: &mut Vec<ConfigProblem>) -> Vec<Node> {
        if !self.0.contains_key(chosen) {
            let problem = ConfigProblem {
                origin: Origin::CommandLine("--profile".to_owned()),
                location: None,
                message: format!("no profile is named `{chosen}`"),
                help: None,
            };
            problems.push(self.with_advice(problem, chosen));
            return Vec::new();
        }
        let names = self.chain(chosen).into_iter();
        names.flat_map(|name| self.0[name].iter().map(move |node| overlay(name, node))).collect()
    }
}

fn overlay(name: &str, definition: &Node) -> Node {
    let mut node = definition.clone();
    if let Some(table) = node.table_mut() {
        table.remove("inherits");
    }
    if let Some(file) = definition.source.origin.file() {
        let origin = Origin::Profile { name: name.to_owned(), file: file.to_owned() };
        node.relabel(&Arc::new(Source { origin, text: definition.source.text.clone() }));
    }
    node
}
