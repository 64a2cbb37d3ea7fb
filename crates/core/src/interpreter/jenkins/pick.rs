//! Which agent of a pipeline the tests run in.

use super::super::groovy::{Call, Text, Value};
use crate::config::nearest;

/// What was picked.
pub(super) enum Picked<'p> {
    Agent(Agent<'p>),
    /// The tests of what is said in words run in a container that this statement of a script makes.
    Script(String, &'p Call),
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
    /// What its steps do with other containers.
    pub(super) unheeded: Option<String>,
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
            Place::Docker(call) => Ok(self.in_agent(call)),
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
            Place::Node => {
                Ok(match self.script(&makes_container).or(self.script(&starts_another)) {
                    Some(call) => Picked::Script(self.whose(), call),
                    None => Picked::NoContainer(format!("{} has no Docker agent", self.whose())),
                })
            }
        }
    }

    /// Where it runs whose agent this is: there, unless a script has its tests run elsewhere.
    fn in_agent(&self, call: &'p Call) -> Picked<'p> {
        let whose = self.whose();
        if let Some(script) = self.script(&|it| makes_container(it) && it.any(&runs_tests)) {
            return Picked::Script(whose, script);
        }
        let other = self.script(&|it| makes_container(it) || starts_another(it));
        let unheeded = other.map(|other| {
            let why = "the tests run in the agent's container, and no other one is made";
            format!("`{}` in a script of {whose}: {why}", other.name)
        });
        Picked::Agent(Agent { call, around: self.around.clone(), whose, unheeded })
    }

    /// The first statement of its own steps that is such.
    fn script(&self, is: &dyn Fn(&Call) -> bool) -> Option<&'p Call> {
        let mut own = self.around.last()?.children().filter(|call| call.name == "steps");
        own.find_map(|call| call.find(is))
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
    call.block.is_some() && (call.name == "withDockerContainer" || does(call, "inside"))
}

/// Whether a step of a script starts a container beside its other steps.
pub(super) fn starts_another(call: &Call) -> bool {
    does(call, "withRun") || (call.name.starts_with("docker.") && does(call, "run"))
}

/// Whether a method of an image is called: `docker.image('a').inside`, `image.inside`.
fn does(call: &Call, method: &str) -> bool {
    let last = call.name.rsplit_once('.').map(|(_, last)| last);
    last == Some(method) || call.then.iter().any(|it| it == method)
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
