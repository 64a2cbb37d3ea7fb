//! Which agent of a pipeline the tests run in.

use super::super::groovy::{Call, Text, Value};
use crate::config::nearest;

/// What was picked.
pub(super) enum Picked<'p> {
    Agent(Agent<'p>),
    /// The tests run in no container, and why that is known.
    NoContainer(String),
}

/// An agent, and the pipeline around it.
pub(super) struct Agent<'p> {
    /// The `docker` or `dockerfile` inside `agent`.
    pub(super) call: &'p Call,
    /// The pipeline and its stages, from the outside in: what surrounds the tests.
    pub(super) around: Vec<&'p Call>,
    /// In words.
    pub(super) whose: String,
}

/// Why nothing can be picked.
pub(super) struct Unclear {
    pub(super) line: u32,
    pub(super) message: String,
    pub(super) help: String,
}

/// A stage, with the pipeline and the stages around it.
struct Stage<'p> {
    around: Vec<&'p Call>,
}

/// Where the steps of a stage run.
enum Place<'p> {
    /// In this container.
    Docker(&'p Call),
    /// In a container that only Jenkins can make.
    Foreign(&'p Call),
    /// On a node.
    Node,
}

pub(super) fn pick<'p>(pipeline: &'p Call, wanted: Option<&str>) -> Result<Picked<'p>, Unclear> {
    let mut stages = Vec::new();
    collect(pipeline, &[pipeline], &mut stages);
    if let Some(wanted) = wanted {
        let stage = stages.iter().find(|stage| stage.name().as_deref() == Some(wanted));
        let stage = stage.ok_or_else(|| unknown(pipeline, wanted, &stages))?;
        return stage.picked();
    }
    let with_tests: Vec<&Stage<'_>> = stages.iter().filter(|stage| stage.tests()).collect();
    if let Some(first) = with_tests.first() {
        return among(&with_tests).unwrap_or_else(|| first.picked());
    }
    let whole = Stage { around: vec![pipeline] };
    if !matches!(whole.place(), Place::Node) {
        return whole.picked();
    }
    let with_agent: Vec<&Stage<'_>> =
        stages.iter().filter(|stage| !matches!(stage.place(), Place::Node)).collect();
    among(&with_agent)
        .unwrap_or_else(|| Ok(Picked::NoContainer("it has no Docker agent".to_owned())))
}

/// The one container that these stages have; `None` where they have none.
fn among<'p>(stages: &[&Stage<'p>]) -> Option<Result<Picked<'p>, Unclear>> {
    let contained: Vec<_> =
        stages.iter().filter(|stage| !matches!(stage.place(), Place::Node)).collect();
    let first = contained.first()?;
    let same = |stage: &&&&Stage<'p>| same_agent(stage, first);
    if contained.iter().filter(same).count() == contained.len() {
        return Some(first.picked());
    }
    let names: Vec<String> = contained.iter().filter_map(|stage| stage.name()).collect();
    Some(Err(Unclear {
        line: first.around.last().map_or(1, |call| call.line),
        message: format!(
            "tests run in the agents of several stages: {}",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
        help: format!(
            "write stage = \"{}\" under [interpreter] in testdock.toml, or another one",
            names.first().map_or("", String::as_str)
        ),
    }))
}

fn same_agent(one: &Stage<'_>, other: &Stage<'_>) -> bool {
    let lines = [one, other].map(|stage| match stage.place() {
        Place::Docker(call) | Place::Foreign(call) => Some(call),
        Place::Node => None,
    });
    let key = |call: &Call| (call.name.clone(), call.args.clone(), settings(call));
    lines[0].map(key).is_some_and(|one| lines[1].map(key) == Some(one))
}

/// What an agent's block says, wherever it stands.
fn settings(call: &Call) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.plain(),
        other => format!("{other:?}"),
    };
    let pairs = call.children().map(|c| (c.name.clone(), c.first().map(text).unwrap_or_default()));
    pairs.collect()
}

fn unknown(pipeline: &Call, wanted: &str, stages: &[Stage<'_>]) -> Unclear {
    let names: Vec<String> = stages.iter().filter_map(Stage::name).collect();
    let near = nearest(wanted, names.iter().map(String::as_str));
    Unclear {
        line: pipeline.line,
        message: format!("it has no stage `{wanted}`"),
        help: match near {
            Some(near) => format!("did you mean `{near}`? correct interpreter.stage"),
            None => format!("correct interpreter.stage; there are: {}", names.join(", ")),
        },
    }
}

/// All stages inside `call`, those in other stages, branches and matrices too.
fn collect<'p>(call: &'p Call, around: &[&'p Call], stages: &mut Vec<Stage<'p>>) {
    for child in call.children() {
        match child.name.as_str() {
            "stage" => {
                let around = [around, &[child]].concat();
                stages.push(Stage { around: around.clone() });
                collect(child, &around, stages);
            }
            "stages" | "parallel" => collect(child, around, stages),
            "matrix" => collect(child, &[around, &[child]].concat(), stages),
            _ => {}
        }
    }
}

impl<'p> Stage<'p> {
    fn name(&self) -> Option<String> {
        let call = self.around.last().filter(|call| call.name == "stage")?;
        call.first().and_then(text).map(Text::plain)
    }

    fn whose(&self) -> String {
        match self.name() {
            Some(name) => format!("stage `{name}`"),
            None => "the pipeline".to_owned(),
        }
    }

    /// The nearest agent decides.
    fn place(&self) -> Place<'p> {
        let Some(agent) = self.around.iter().rev().find_map(|call| call.child("agent")) else {
            return Place::Node;
        };
        let inner = agent.children().next();
        match inner.map(|call| (call.name.as_str(), call)) {
            Some(("docker" | "dockerfile", call)) => Place::Docker(call),
            Some(("label" | "node" | "any" | "none", _)) | None => Place::Node,
            Some((_, call)) => Place::Foreign(call),
        }
    }

    fn picked(&self) -> Result<Picked<'p>, Unclear> {
        match self.place() {
            Place::Docker(call) => {
                Ok(Picked::Agent(Agent { call, around: self.around.clone(), whose: self.whose() }))
            }
            Place::Foreign(call) => Err(Unclear {
                line: call.line,
                message: format!(
                    "{} runs in an agent of the kind `{}`, which only Jenkins can make",
                    self.whose(),
                    call.name
                ),
                help: "name its image: write image = \"…\" under [interpreter] in testdock.toml"
                    .to_owned(),
            }),
            Place::Node => match self.script() {
                Some(call) => Err(in_script(&self.whose(), call)),
                None => Ok(Picked::NoContainer(format!("{} has no Docker agent", self.whose()))),
            },
        }
    }

    /// What makes a container for some of its own steps.
    fn script(&self) -> Option<&'p Call> {
        let own = self.around.last()?.children().filter(|call| call.name == "steps");
        own.into_iter().find_map(|call| call.find(&makes_container))
    }

    /// Whether its own steps run tests.
    fn tests(&self) -> bool {
        let Some(stage) = self.around.last() else {
            return false;
        };
        let own = stage.children().filter(|call| matches!(call.name.as_str(), "steps" | "post"));
        own.into_iter().any(|call| call.any(&runs_tests))
    }
}

fn text(value: &Value) -> Option<&Text> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether a step of a script has steps of its own run in a container.
fn makes_container(call: &Call) -> bool {
    let name = call.name.as_str();
    let is_docker = matches!(name, "docker.image" | "docker.build" | "withDockerContainer");
    call.block.is_some() && (is_docker || name.ends_with(".inside"))
}

fn in_script(whose: &str, call: &Call) -> Unclear {
    Unclear {
        line: call.line,
        message: format!(
            "{whose} runs `{}` in a script, and what that does with containers only Jenkins can tell",
            call.name
        ),
        help: image_of(call),
    }
}

/// The setting that does what a step of a script does.
pub(super) fn image_of(call: &Call) -> String {
    let image = match call.first() {
        Some(Value::Text(text)) if call.name == "docker.image" => text.plain(),
        _ => "NAME".to_owned(),
    };
    format!("write image = \"{image}\" under [interpreter] in testdock.toml")
}

/// Whether a step runs tests or collects what they said.
fn runs_tests(call: &Call) -> bool {
    match call.name.as_str() {
        "junit" | "xunit" | "cucumber" | "nunit" => true,
        "sh" | "bat" => {
            let script = call.first().or_else(|| call.named("script")).and_then(text);
            script.is_some_and(|script| speaks_of_tests(&script.plain()))
        }
        _ => false,
    }
}

/// Tools whose name says it, and words that say it behind the names of others.
fn speaks_of_tests(script: &str) -> bool {
    const TOOLS: [&str; 14] = [
        "pytest",
        "tox",
        "nox",
        "ctest",
        "phpunit",
        "pest",
        "rspec",
        "jest",
        "vitest",
        "mocha",
        "gotestsum",
        "nextest",
        "behave",
        "bats",
    ];
    let words = script.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| TOOLS.contains(word) || matches!(*word, "test" | "tests" | "verify"))
}
