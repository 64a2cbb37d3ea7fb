//! The stages of a Dockerfile, and which of them a stage is made of.

use std::collections::{BTreeMap, BTreeSet};

use super::Copy;
use super::syntax::{Instruction, expand, unquote};

/// One `FROM` and what follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) name: Option<String>,
    /// The earlier stage that it builds on, or else the image.
    pub(super) parent: Option<usize>,
    pub(super) image: Option<String>,
    pub(super) workdir: Option<String>,
    /// What this stage itself copies and mounts.
    pub(super) copies: Vec<Copy>,
    /// Where the context lies, also by way of the parent or of a stage that was copied from.
    pub(super) workspace_copied_to: Vec<String>,
    /// How many of the copies stand before the last command that this stage runs, if it runs any.
    copies_before_last_command: Option<usize>,
    /// The words of its commands.
    pub(super) words: BTreeSet<String>,
    variables: BTreeMap<String, String>,
}

/// Reads instructions into stages, filling in variables as Docker does.
pub(super) struct Reader<'a> {
    build_args: &'a BTreeMap<String, String>,
    /// `ARG`s before the first `FROM`: known to `FROM` and to those stages that ask for them.
    global: BTreeMap<String, String>,
    stages: Vec<Stage>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(build_args: &'a BTreeMap<String, String>) -> Self {
        Self { build_args, global: BTreeMap::new(), stages: Vec::new() }
    }

    pub(super) fn read(mut self, instructions: &[Instruction]) -> Vec<Stage> {
        for instruction in instructions {
            match instruction.keyword.as_str() {
                "FROM" => self.from(instruction),
                "ARG" => self.arg(instruction),
                "ENV" => self.env(instruction),
                "WORKDIR" => self.workdir(instruction),
                "COPY" | "ADD" => self.copy(instruction),
                "RUN" => self.run(instruction),
                _ => {}
            }
        }
        self.stages
    }

    fn from(&mut self, instruction: &Instruction) {
        let words = instruction.words();
        let global = |name: &str| self.global.get(name).cloned();
        let base = words.first().map(|word| expand(word, &global)).unwrap_or_default();
        let parent = named(&self.stages, &base);
        let mut stage = Stage {
            name: words.get(2).cloned(),
            image: (parent.is_none() && base != "scratch").then_some(base),
            parent,
            ..Stage::default()
        };
        if let Some(parent) = parent.and_then(|index| self.stages.get(index)) {
            stage.workdir = parent.workdir.clone();
            stage.workspace_copied_to = parent.workspace_copied_to.clone();
            stage.variables = parent.variables.clone();
        }
        self.stages.push(stage);
    }

    fn arg(&mut self, instruction: &Instruction) {
        for word in instruction.words() {
            let (name, default) = match word.split_once('=') {
                Some((name, default)) => (name.to_owned(), Some(self.fill(&unquote(default)))),
                None => (word, None),
            };
            let global = || self.global.get(&name).cloned();
            let value = self.build_args.get(&name).cloned().or(default).or_else(global);
            let variables = match self.stages.last_mut() {
                Some(stage) => &mut stage.variables,
                None => &mut self.global,
            };
            if let Some(value) = value {
                variables.insert(name, value);
            }
        }
    }

    fn env(&mut self, instruction: &Instruction) {
        let rest = instruction.rest.as_str();
        let first = rest.split_whitespace().next().unwrap_or_default();
        let pairs: Vec<(String, String)> = if first.contains('=') {
            let words = rest.split_whitespace().filter_map(|word| word.split_once('='));
            words.map(|(name, value)| (name.to_owned(), unquote(value))).collect()
        } else {
            vec![(first.to_owned(), rest[first.len()..].trim().to_owned())]
        };
        for (name, value) in pairs {
            let value = self.fill(&value);
            self.change(|stage| drop(stage.variables.insert(name, value)));
        }
    }

    fn workdir(&mut self, instruction: &Instruction) {
        let path = self.fill(&unquote(&instruction.rest));
        self.change(|stage| stage.workdir = resolve(stage.workdir.as_deref(), &path));
    }

    fn copy(&mut self, instruction: &Instruction) {
        let mut words = instruction.words();
        let Some(dest) = words.pop().map(|word| self.fill(&word)) else {
            return;
        };
        let sources: Vec<_> = words.iter().map(|word| self.fill(word)).collect();
        let from = instruction.flag("from").next().map(|name| self.fill(name));
        let Some(stage) = self.stages.last() else {
            return;
        };
        let path = resolve(stage.workdir.as_deref(), &dest);
        let copy = Copy { sources, dest, path, from, read_by_a_command: false };
        let holds_workspace = copy.is_workspace() || self.copies_the_workspace(&copy);
        self.change(|stage| {
            if let Some(path) = copy.path.as_ref().filter(|_| holds_workspace)
                && !stage.workspace_copied_to.contains(path)
            {
                stage.workspace_copied_to.push(path.clone());
            }
            stage.copies.push(copy);
        });
    }

    /// Whether another stage's copy of the workspace is copied on.
    fn copies_the_workspace(&self, copy: &Copy) -> bool {
        let from = copy.from.as_deref().and_then(|name| find(&self.stages, name));
        let Some(stage) = from.and_then(|index| self.stages.get(index)) else {
            return false;
        };
        let sources = copy.sources.iter().map(|source| absolute("/", source));
        sources.into_iter().any(|source| stage.workspace_copied_to.contains(&source))
    }

    /// A command reads what was copied before it, and the files that it mounts.
    fn run(&mut self, instruction: &Instruction) {
        let mounts: Vec<_> =
            instruction.flag("mount").filter_map(|mount| self.mount(mount)).collect();
        let is_between = |c: char| c.is_whitespace() || ";&|()<>\"'=,[]".contains(c);
        let words = instruction.rest.split(is_between).filter(|word| !word.is_empty());
        let words: Vec<_> = words.map(|word| self.fill(word)).collect();
        self.change(|stage| {
            stage.words.extend(words);
            stage.copies.extend(mounts);
            stage.copies_before_last_command = Some(stage.copies.len());
        });
    }

    fn mount(&self, text: &str) -> Option<Copy> {
        let options: BTreeMap<&str, &str> =
            text.split(',').filter_map(|option| option.split_once('=')).collect();
        let option = |names: [&str; 2]| names.iter().find_map(|name| options.get(name).copied());
        if options.get("type").is_some_and(|kind| *kind != "bind") {
            return None;
        }
        let source = option(["source", "src"]).unwrap_or(".");
        let dest = option(["target", "dst"]).unwrap_or_default();
        Some(Copy {
            sources: vec![self.fill(source)],
            dest: self.fill(dest),
            path: None,
            from: options.get("from").map(|name| self.fill(name)),
            read_by_a_command: true,
        })
    }

    fn fill(&self, word: &str) -> String {
        let variables = self.stages.last().map_or(&self.global, |stage| &stage.variables);
        expand(word, &|name| variables.get(name).cloned())
    }

    /// Changes the current stage; an instruction before the first `FROM` changes nothing.
    fn change(&mut self, change: impl FnOnce(&mut Stage)) {
        if let Some(stage) = self.stages.last_mut() {
            change(stage);
        }
    }
}

/// The stage of that name.
pub(super) fn named(stages: &[Stage], name: &str) -> Option<usize> {
    let matches =
        |stage: &Stage| stage.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    stages.iter().rposition(matches)
}

/// The stage of that name or number.
pub(super) fn find(stages: &[Stage], name: &str) -> Option<usize> {
    named(stages, name).or_else(|| name.parse().ok().filter(|index| *index < stages.len()))
}

/// A stage and those that it builds on, itself first.
pub(super) fn lineage(stages: &[Stage], chosen: usize) -> Vec<usize> {
    std::iter::successors(Some(chosen), |index| stages[*index].parent).collect()
}

/// What the stages of a lineage copy, the oldest first.
pub(super) fn copies(stages: &[Stage], lineage: &[usize]) -> Vec<Copy> {
    let mut copies = Vec::new();
    let mut command_follows = false;
    for stage in lineage.iter().map(|index| &stages[*index]) {
        for (number, copy) in stage.copies.iter().enumerate().rev() {
            let read = command_follows || Some(number) < stage.copies_before_last_command;
            copies.push(Copy { read_by_a_command: copy.read_by_a_command || read, ..copy.clone() });
        }
        command_follows |= stage.copies_before_last_command.is_some();
    }
    copies.reverse();
    copies
}

/// The stages outside the lineage from which something is taken, directly or by way of others.
pub(super) fn side_stages(stages: &[Stage], chosen: usize) -> Vec<usize> {
    let own: BTreeSet<usize> = lineage(stages, chosen).into_iter().collect();
    let mut seen = own.clone();
    let mut open: Vec<usize> = own.iter().copied().collect();
    let mut side = Vec::new();
    while let Some(index) = open.pop() {
        let sources = stages[index].copies.iter().filter_map(|copy| copy.from.as_deref());
        let found = sources.filter_map(|name| find(stages, name));
        for stage in found.flat_map(|index| lineage(stages, index)) {
            if seen.insert(stage) {
                side.push(stage);
                open.push(stage);
            }
        }
    }
    side
}

/// `path` as an absolute one; `None` where it is relative to a directory that is not known.
fn resolve(workdir: Option<&str>, path: &str) -> Option<String> {
    match path.starts_with('/') {
        true => Some(absolute("/", path)),
        false => workdir.map(|workdir| absolute(workdir, path)),
    }
}

/// `path` below `directory`, without `.`, `..` and needless slashes.
pub(super) fn absolute(directory: &str, path: &str) -> String {
    let mut parts = Vec::new();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
