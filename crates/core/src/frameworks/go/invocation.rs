//! The `go test` commands that run a selection.
//!
//! `-run` means the same names in every package of a command. So each package whose selection differs
//! has a command of its own; those with the same one share it.

use std::collections::{BTreeMap, BTreeSet};

use super::detect::Modules;
use crate::frameworks::words::portions;
use crate::frameworks::{Known, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, Invocation, Job, Live, Reports, Site};

/// A longer pattern is divided among several commands.
const LONGEST_PATTERN: usize = 32 * 1024;

/// A pattern that no test has.
const NO_TEST: &str = "^$";

/// From this minor version on, a `|` outside of brackets divides whole patterns, with their levels.
const DIVIDES_LEVELS: u32 = 20;

pub(super) fn invocation(modules: &Modules, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let candidate = match &suite.command {
        Some(command) => Candidate { argv: command.clone(), check: Vec::new() },
        None => Candidate { argv: words(&["go", "test"]), check: words(&["go", "version"]) },
    };
    let given: Vec<String> = suite.args.iter().chain(&job.args).cloned().collect();
    // What follows is for the tests' own program, and has to stand behind the packages.
    let own = given.iter().position(|arg| matches!(arg.as_str(), "-args" | "--args"));
    let (flags, behind) = given.split_at(own.unwrap_or(given.len()));
    // The workspace around them would have nothing of them.
    let off = modules.is_unused.then(|| ("GOWORK".to_owned(), "off".to_owned()));
    let env = off.into_iter().chain(suite.env.iter().cloned()).collect();
    let steps = commands(modules, job)
        .into_iter()
        .map(|command| command.words().chain(behind.iter().cloned()).collect());
    Invocation {
        candidates: vec![candidate],
        // A result from the cache would be one of another container, perhaps of another day.
        args: [&words(&["-json", "-count=1"]), flags].concat(),
        steps: steps.collect(),
        env,
        cwd: site.workspace(&suite.root),
        reports: Reports::None,
        live: Live::Stdout,
        remedy: "install Go where the tests run (such as `FROM golang:1.24` in a Dockerfile), or set the suite's \
                 `command`"
            .into(),
        ..Invocation::default()
    }
}

/// One run of `go test`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Command {
    run: Option<String>,
    skip: Option<String>,
    packages: Vec<String>,
}

impl Command {
    fn words(self) -> impl Iterator<Item = String> {
        let flag =
            |name: &str, value: Option<String>| value.map(|value| format!("-{name}={value}"));
        let flags = [flag("run", self.run), flag("skip", self.skip)];
        flags.into_iter().flatten().chain(self.packages)
    }
}

fn commands(modules: &Modules, job: &Job) -> Vec<Command> {
    let mut wanted =
        Wanted { modules, job, directories: BTreeSet::new(), packages: BTreeMap::new() };
    if job.selection.is_empty() {
        wanted.add_directory(&job.suite.root);
    }
    for id in job.outermost() {
        wanted.add(id);
    }
    wanted.commands()
}

/// What is to run, package by package.
struct Wanted<'j> {
    modules: &'j Modules,
    job: &'j Job,
    /// Patterns of packages that run as a whole.
    directories: BTreeSet<String>,
    packages: BTreeMap<RelPath, Package>,
}

/// What is to run of a package; where that is nothing, it is built nevertheless, and may say why it cannot be.
#[derive(Debug, Default)]
struct Package {
    /// Test functions, as patterns.
    tests: BTreeSet<String>,
    /// Subtests: the patterns of the levels above, and those of the last level.
    subtests: BTreeMap<Vec<String>, BTreeSet<String>>,
    /// Subtests that are left out, level by level.
    left_out: BTreeSet<Vec<String>>,
}

impl Wanted<'_> {
    fn add(&mut self, id: &TestId) {
        if self.job.exclude.iter().any(|out| out.holds(id)) {
            return;
        }
        let is_file = id.file.as_str().ends_with(".go");
        match (is_file, id.names.is_empty()) {
            (false, _) => self.add_directory(&id.file),
            (true, true) => self.add_file(&id.file),
            (true, false) => self.add_test(id),
        }
    }

    fn known(&self) -> &Known {
        &self.job.known
    }

    fn is_left_out(&self, item: &TestItem) -> bool {
        self.job.exclude.iter().any(|out| out.holds(&item.id))
    }

    /// All packages of a directory and below.
    fn add_directory(&mut self, dir: &RelPath) {
        if self.job.exclude.is_empty() {
            let starts = self.modules.own.iter().filter_map(|module| {
                let inner = if dir.strip(&module.dir).is_some() { dir } else { &module.dir };
                (inner.strip(dir).is_some()).then(|| format!("{}/...", self.pattern(inner)))
            });
            self.directories.extend(starts.collect::<Vec<_>>());
            return;
        }
        let has_tests = |file: &&RelPath| !self.known().in_file(file).is_empty();
        let below = self.known().files().filter(|file| file.strip(dir).is_some());
        let files = below.filter(has_tests);
        for file in files.cloned().collect::<Vec<_>>() {
            self.add_file(&file);
        }
    }

    /// The tests of a file.
    fn add_file(&mut self, file: &RelPath) {
        let tops = self.known().in_file(file).iter().filter(|item| item.id.names.len() == 1);
        let all: Vec<TestItem> = tops.cloned().collect();
        if all.is_empty() {
            self.packages.entry(file.parent()).or_default();
        }
        for item in all.iter().filter(|item| !self.is_left_out(item)).collect::<Vec<_>>() {
            self.add_test(&item.id);
        }
    }

    fn add_test(&mut self, id: &TestId) {
        let mut levels = self.known().levels(id, regex::escape);
        let out: Vec<Vec<String>> = self
            .job
            .exclude
            .iter()
            .filter(|out| out.names.len() > 1 && id.holds(out))
            .map(|out| self.known().levels(out, regex::escape))
            .collect();
        let package = self.packages.entry(id.file.parent()).or_default();
        package.left_out.extend(out);
        match levels.pop() {
            Some(test) if levels.is_empty() => drop(package.tests.insert(test)),
            Some(last) => drop(package.subtests.entry(levels).or_default().insert(last)),
            None => {}
        }
    }

    /// A directory as `go test` wants it: relative to where it runs, beginning with a dot.
    fn pattern(&self, dir: &RelPath) -> String {
        match dir.strip(&self.job.suite.root) {
            None | Some("") => ".".to_owned(),
            Some(inner) => format!("./{inner}"),
        }
    }

    fn commands(self) -> Vec<Command> {
        let mut shared: BTreeMap<(Option<String>, Option<String>), Vec<String>> = BTreeMap::new();
        for (dir, package) in &self.packages {
            let module = self.modules.of_file(&dir.join("x.go"));
            let divides = module.is_some_and(|module| module.minor >= DIVIDES_LEVELS);
            for run in package.patterns(divides) {
                shared.entry((run, package.skip())).or_default().push(self.pattern(dir));
            }
        }
        if shared.is_empty() && self.directories.is_empty() {
            // No package at all would mean the one where the command runs.
            shared.insert((Some(NO_TEST.to_owned()), None), vec![".".to_owned()]);
        }
        if !self.directories.is_empty() {
            shared.entry((None, None)).or_default().extend(self.directories);
        }
        shared.into_iter().map(|((run, skip), packages)| Command { run, skip, packages }).collect()
    }
}

impl Package {
    /// A pattern for each command that it takes.
    fn patterns(&self, divides: bool) -> Vec<Option<String>> {
        let mut patterns: Vec<String> =
            portions(&self.tests, LONGEST_PATTERN).iter().map(|tests| one_of(tests)).collect();
        let of_others =
            |levels: &&Vec<String>| levels.first().is_none_or(|test| !self.tests.contains(test));
        let parents = self.subtests.keys().filter(of_others);
        for above in parents {
            for last in portions(&self.subtests[above], LONGEST_PATTERN) {
                let levels = above.iter().map(|level| format!("^{level}$"));
                let levels: Vec<String> = levels.chain([one_of(&last)]).collect();
                patterns.push(levels.join("/"));
            }
        }
        if patterns.is_empty() {
            return vec![Some(NO_TEST.to_owned())];
        }
        if divides && patterns.iter().map(String::len).sum::<usize>() <= LONGEST_PATTERN {
            return vec![Some(patterns.join("|"))];
        }
        patterns.into_iter().map(Some).collect()
    }

    fn skip(&self) -> Option<String> {
        let whole = |levels: &Vec<String>| {
            levels.iter().map(|level| format!("^{level}$")).collect::<Vec<_>>().join("/")
        };
        let skipped: Vec<String> = self.left_out.iter().map(whole).collect();
        (!skipped.is_empty()).then(|| skipped.join("|"))
    }
}

/// The pattern of one level.
fn one_of(names: &[&String]) -> String {
    match names {
        [only] => format!("^{only}$"),
        names => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!("^({})$", names.join("|"))
        }
    }
}
