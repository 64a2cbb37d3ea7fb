//! What of a workspace is to run.

use std::collections::{BTreeMap, BTreeSet};

use super::examples;
use super::packages::{Package, Packages, Target, TargetKind};
use super::places;
use crate::frameworks::{ItemKind, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::Job;

/// A part of it; parts have nothing in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term<'p> {
    /// Everything.
    All,
    /// A package.
    Package(&'p Package),
    /// Some of the tests of a program.
    Target(&'p Package, &'p Target, Tests),
    /// Examples of a package, by what they are about, and what else these words would mean.
    Examples(&'p Package, BTreeSet<String>, BTreeSet<String>),
}

/// Some of a program's tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tests {
    /// These, by their whole paths.
    Exact(BTreeSet<String>),
    /// What is below these.
    Below(BTreeSet<String>),
    /// A module, as far as it stands in one file: without these others.
    Module(Vec<String>, BTreeSet<String>),
    /// The program itself.
    Bare,
}

impl Tests {
    /// Whether they are more than a test, and that one is among them.
    fn hold(&self, path: &str) -> bool {
        let is_in = |module: &str| {
            let rest = path.strip_prefix(module);
            module.is_empty() || rest.is_some_and(|rest| rest.starts_with("::"))
        };
        match self {
            Self::Below(paths) => paths.iter().any(|path| is_in(path)),
            Self::Module(own, others) => {
                is_in(&own.join("::")) && !others.iter().any(|other| is_in(other))
            }
            Self::Exact(_) | Self::Bare => false,
        }
    }
}

pub(super) fn terms<'p>(packages: &'p Packages, job: &Job) -> Vec<Term<'p>> {
    let mut wanted = Wanted {
        packages,
        job,
        parts: BTreeMap::new(),
        whole: Vec::new(),
        examples: BTreeMap::new(),
    };
    if job.selection.is_empty() {
        wanted.add_directory(&job.suite.root);
    }
    for id in &job.selection {
        wanted.add(id);
    }
    wanted.terms()
}

/// Where something is among the packages.
type Key = (usize, usize);

struct Wanted<'p, 'j> {
    packages: &'p Packages,
    job: &'j Job,
    whole: Vec<Term<'p>>,
    parts: BTreeMap<Key, BTreeSet<Tests>>,
    /// Files of examples and what is chosen of them.
    examples: BTreeMap<usize, BTreeSet<TestId>>,
}

impl<'p> Wanted<'p, '_> {
    fn add(&mut self, id: &TestId) {
        if self.is_left_out(id) {
            return;
        }
        let is_file = id.file.as_str().ends_with(".rs");
        match (is_file, id.names.is_empty()) {
            (false, _) => self.add_directory(&id.file),
            (true, true) => self.add_file(&id.file),
            (true, false) => self.add_test(id),
        }
    }

    fn is_left_out(&self, id: &TestId) -> bool {
        self.job.exclude.iter().any(|out| out.holds(id))
    }

    fn add_directory(&mut self, dir: &RelPath) {
        let below: Vec<&Package> =
            self.packages.own.iter().filter(|package| package.dir.strip(dir).is_some()).collect();
        let has_parts_out = !self.job.exclude.is_empty();
        if !has_parts_out && below.len() == self.packages.own.len() {
            self.whole.push(Term::All);
        } else if !has_parts_out && !below.is_empty() {
            self.whole.extend(below.into_iter().map(Term::Package));
        } else {
            let has_tests = |file: &&RelPath| !self.job.known.in_file(file).is_empty();
            let below = self.job.known.files().filter(|file| file.strip(dir).is_some());
            let files = below.filter(has_tests);
            for file in files.cloned().collect::<Vec<_>>() {
                self.add_file(&file);
            }
        }
    }

    /// The tests of a file: all of its module, where nothing is left out of it.
    fn add_file(&mut self, file: &RelPath) {
        let id = self.job.suite.of_file(file.clone());
        if self.is_left_out(&id) {
            return;
        }
        let items = self.job.known.in_file(file);
        self.add_examples(items.iter());
        if self.job.exclude.iter().any(|out| out.file == *file) {
            for item in items.iter().filter(|item| item.kind != ItemKind::Group) {
                self.add_test(&item.id);
            }
            return;
        }
        for (key, target) in self.targets(file) {
            let tests = match target.is_bare {
                true => Tests::Bare,
                false => self.module(target, file),
            };
            self.parts.entry(key).or_default().insert(tests);
        }
    }

    /// A module without those in it that are in other files.
    fn module(&self, target: &Target, file: &RelPath) -> Tests {
        let own = places::module(target, &self.job.known, file);
        let others = self.job.known.files().filter(|other| {
            *other != file && self.targets(other).iter().any(|(_, it)| it.root == target.root)
        });
        let others = others.map(|other| places::module(target, &self.job.known, other));
        // A file without tests means those of the modules below it.
        let has_tests = !self.job.known.in_file(file).is_empty();
        let is_below = |module: &Vec<String>| module.starts_with(&own) && module.len() > own.len();
        let below = others.filter(|module| has_tests && is_below(module));
        Tests::Module(own.clone(), below.map(|module| module.join("::")).collect())
    }

    fn add_test(&mut self, id: &TestId) {
        if self.is_left_out(id) {
            return;
        }
        let items = self.job.known.in_file(&id.file);
        let item = items.iter().find(|item| item.id.names == id.names);
        if let Some(ItemKind::Group) = item.map(|item| item.kind) {
            let below =
                items.iter().filter(|item| id.holds(&item.id) && item.kind != ItemKind::Group);
            for item in below {
                self.add_test(&item.id);
            }
            return;
        }
        if item.is_some_and(|item| examples::subject(item).is_some()) {
            self.add_examples(item.into_iter());
            return;
        }
        let is_several = item.is_some_and(|item| item.kind == ItemKind::Parametrised);
        for (key, target) in self.targets(&id.file) {
            let path = BTreeSet::from([places::path(target, &self.job.known, id)]);
            let tests = match (target.is_bare, is_several) {
                (true, _) => Tests::Bare,
                (false, true) => Tests::Below(path),
                (false, false) => Tests::Exact(path),
            };
            self.parts.entry(key).or_default().insert(tests);
        }
    }

    fn add_examples<'k>(&mut self, items: impl Iterator<Item = &'k TestItem>) {
        for item in items.filter(|item| examples::subject(item).is_some()) {
            if let Some(&((package, _), _)) = self.targets(&item.id.file).first()
                && !self.is_left_out(&item.id)
            {
                self.examples.entry(package).or_default().insert(item.id.clone());
            }
        }
    }

    fn targets(&self, file: &RelPath) -> Vec<(Key, &'p Target)> {
        let position = |(package, target): (&'p Package, &'p Target)| {
            let first = self.packages.own.iter().position(|it| it.dir == package.dir)?;
            let second = package.targets.iter().position(|it| it.root == target.root)?;
            Some(((first, second), target))
        };
        let file = places::named(&self.job.known, file).0;
        // A program that is one test has no part of its own in a file that several may share.
        let has_part = |(_, target): &(&Package, &Target)| {
            !target.is_bare || target.root == *file || target.unit() != target.root
        };
        let targets = self.packages.targets_of(file).into_iter().filter(has_part);
        targets.filter_map(position).collect()
    }

    fn terms(self) -> Vec<Term<'p>> {
        if self.whole.contains(&Term::All) {
            return vec![Term::All];
        }
        let is_whole = |package: &Package| self.whole.contains(&Term::Package(package));
        let mut terms = self.whole.clone();
        terms.dedup();
        for (&(first, second), tests) in &self.parts {
            let package = &self.packages.own[first];
            if !is_whole(package) {
                let target = &package.targets[second];
                terms.extend(joined(tests).into_iter().map(|it| Term::Target(package, target, it)));
            }
        }
        for (&package, chosen) in &self.examples {
            let package = &self.packages.own[package];
            if !is_whole(package) {
                terms.push(self.chosen_examples(package, chosen));
            }
        }
        terms
    }

    /// Rustdoc takes parts of names, and these without spaces: what else they mean is left out by the same means.
    fn chosen_examples(&self, package: &'p Package, chosen: &BTreeSet<TestId>) -> Term<'p> {
        let library = package.targets.iter().find(|target| target.kind == TargetKind::Lib);
        let word = |item: &TestItem| {
            let subject = examples::subject(item)?;
            let module = library
                .map(|target| places::module(target, &self.job.known, &item.id.file))
                .unwrap_or_default();
            let above = item.id.names[..item.id.names.len() - 1].iter().cloned();
            let path = module.into_iter().chain(above).chain([subject.to_owned()]);
            let path: Vec<String> = path.filter(|part| !part.is_empty()).collect();
            let inner = item.id.file.strip(&package.dir).unwrap_or(item.id.file.as_str());
            Some(if subject.is_empty() { inner.to_owned() } else { path.join("::") })
        };
        let in_package =
            self.job.known.items().filter(|item| item.id.file.strip(&package.dir).is_some());
        let (mut words, mut others) = (BTreeSet::new(), BTreeSet::new());
        for item in in_package {
            if let Some(word) = word(item) {
                if chosen.contains(&item.id) {
                    words.insert(word)
                } else {
                    others.insert(word)
                };
            }
        }
        let is_reached = |other: &String| {
            words.iter().any(|word| other.contains(word.as_str()) || word.ends_with(".rs"))
                && words.iter().all(|word| !word.contains(other.as_str()))
        };
        let others = others.into_iter().filter(is_reached).collect();
        Term::Examples(package, words, others)
    }
}

/// Those that one command can say become one; what another one runs as well is left to that.
fn joined(tests: &BTreeSet<Tests>) -> Vec<Tests> {
    if tests.contains(&Tests::Bare) {
        return vec![Tests::Bare];
    }
    let (mut exact, mut below, mut joined) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let is_free = |path: &&String| !tests.iter().any(|tests| tests.hold(path));
    for tests in tests {
        match tests {
            Tests::Exact(paths) => exact.extend(paths.iter().filter(is_free).cloned()),
            Tests::Below(paths) => below.extend(paths.iter().filter(is_free).cloned()),
            other => joined.push(other.clone()),
        }
    }
    joined.extend((!exact.is_empty()).then_some(Tests::Exact(exact)));
    joined.extend((!below.is_empty()).then_some(Tests::Below(below)));
    joined
}
