//! Follows a tool: the reports of classes as they are written, and what does not compile.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use testdock_junit as junit;

use super::Build;
use super::modules::{Module, Modules};
use crate::frameworks::told::Told;
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite, TestItem};
use crate::id::TestId;
use crate::model::{Failure, Outcome, RunEvent, TestResult};
use crate::paths::{Files, Finder, RelPath};
use crate::plan::{Job, ReportFile, Site};
use crate::report::{Placing, cut_off, duration, failure, is_bad};

pub(super) struct JvmReader {
    /// What people call the tool.
    tool: &'static str,
    suite: Arc<Suite>,
    site: Site,
    modules: Modules,
    known: Known,
    /// The source files that are there.
    sources: Vec<RelPath>,
    files: Files,
    reports: Told,
    build: Box<dyn Build>,
    results: BTreeMap<TestId, TestResult>,
    /// What the tool calls each of them.
    names: HashMap<TestId, String>,
    /// The tests of a class that have the same name for people.
    shown: HashMap<(TestId, String), BTreeSet<String>>,
    cut: Option<String>,
}

/// The property of a case that has its name for people.
const SHOWN: &str = "testdock.shown";

impl JvmReader {
    pub(super) fn new(
        tool: &'static str,
        build: Box<dyn Build>,
        modules: &Modules,
        job: &Job,
        site: &Site,
    ) -> Self {
        Self {
            tool,
            suite: job.suite.clone(),
            site: site.clone(),
            modules: modules.clone(),
            known: job.known.clone(),
            sources: Vec::new(),
            files: Files::default(),
            reports: Told::default(),
            build,
            results: BTreeMap::new(),
            names: HashMap::new(),
            shown: HashMap::new(),
            cut: None,
        }
    }

    /// A path that the helper tells, from the suite's root.
    fn path(&self, told: &str) -> RelPath {
        self.suite.root.join(told.trim_start_matches("./"))
    }

    fn take_sources(&mut self) {
        if !self.sources.is_empty() {
            self.files = Files::new(std::mem::take(&mut self.sources));
        }
    }

    fn report(&mut self, path: &RelPath, text: &str) -> Vec<RunEvent> {
        self.take_sources();
        let (report, problems) = junit::read(text.as_bytes());
        for problem in problems.iter().filter(|it| it.harm != junit::Harm::Slight) {
            let why = format!("the report {path} is damaged: {}", problem.message);
            self.cut.get_or_insert(why);
        }
        let module = self.modules.of_file(path).cloned();
        let mut fresh: BTreeMap<TestId, TestResult> = BTreeMap::new();
        for case in &report.cases {
            let class = self.class(module.as_ref(), case.classname.as_deref().unwrap_or_default());
            let Some(name) = self.name(&class, case) else {
                continue;
            };
            let id = self.id(class, case, &name);
            self.names.insert(id.clone(), name);
            let mut result = self.result(id, &report, case);
            // Gradle's reports tell what a class printed, and not which test did.
            if let Some(told) = self.results.get(&result.id).filter(|_| result.output.is_empty()) {
                result.output.clone_from(&told.output);
            }
            // One that ran twice is as good as the worse of the two.
            if fresh.get(&result.id).is_none_or(|other| !other.outcome.is_bad()) {
                fresh.insert(result.id.clone(), result);
            }
        }
        // What was told when it happened stands in the report too.
        fresh.retain(|id, result| self.results.get(id) != Some(result));
        self.results.extend(fresh.clone());
        fresh.into_values().map(|result| RunEvent::TestFinished(Box::new(result))).collect()
    }

    fn result(&self, id: TestId, report: &junit::Report<'_>, case: &junit::Case<'_>) -> TestResult {
        let suite = case.suite.and_then(|id| report.suites.get(id.index()));
        let outcome = match case.outcome().into() {
            Outcome::Failed if is_of_class(case.name.as_deref().unwrap_or_default(), case) => {
                Outcome::Errored
            }
            outcome => outcome,
        };
        let mut result = TestResult::new(id, outcome);
        result.duration = duration(case);
        let printed =
            case.system_out.iter().chain(&case.system_err).map(|text| self.site.text_to_host(text));
        result.output = printed.collect();
        let definition = self.known.place(&result.id, &self.site.root);
        for status in &case.statuses {
            let of = junit::Failure { status, case: Some(case), suite };
            if is_bad(status) && result.outcome.is_bad() {
                let mut located =
                    Placing::Only(self.finder()).located(&junit::locate(of), Some(case), suite);
                located.definition = definition.clone();
                let mut failure = failure(status, located, |text| self.site.text_to_host(text));
                // Gradle says the type in the message as well.
                let typed = format!("{}: ", failure.kind);
                if let Some(message) = failure.message.strip_prefix(&typed) {
                    failure.message = message.to_owned();
                }
                failure.diff = sides(&failure.message);
                result.failures.push(failure);
            } else if !is_bad(status) {
                let reason = self.site.text_to_host(status.message.as_deref().unwrap_or_default());
                result.reason = Some(reason).filter(|reason| !reason.is_empty());
            }
        }
        result.failures.extend(cut_off(case));
        result
    }

    /// What the tool itself calls a case. Gradle's reports have the name for people instead, which was told together with that
    /// one when the test ended: where several are called so, what was told of each counts, and there is no name.
    fn name(&mut self, class: &TestId, case: &junit::Case<'_>) -> Option<String> {
        let name = case.name.as_deref().unwrap_or_default().to_owned();
        if let Some(shown) = case.properties.iter().find(|it| it.name == SHOWN) {
            let called = self.shown.entry((class.clone(), shown.value.clone().into_owned()));
            called.or_default().insert(name.clone());
            return Some(name);
        }
        let key = (class.clone(), name);
        match self.shown.get(&key).map(|names| (names.len(), names.first())) {
            None => Some(key.1),
            Some((1, only)) => only.cloned(),
            Some(_) => None,
        }
    }

    /// The test of a class that is called `method`, with `{types}` or `(types)`, and `[case]`.
    fn id(&self, class_id: TestId, case: &junit::Case<'_>, name: &str) -> TestId {
        if is_of_class(name, case) {
            return class_id;
        }
        let whole = |name: &str| {
            let names = class_id.names.iter().map(String::as_str).chain([name]);
            TestId { names: names.map(str::to_owned).collect(), ..class_id.clone() }
        };
        let at = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
        let written = |rest: &str| rest.is_empty() || rest.starts_with(['{', '(', '[']);
        // Kotlin's methods may be called as they like.
        let known = self.methods(&class_id).map(str::len).filter(|at| {
            let is_char = name.is_char_boundary(*at);
            is_char && written(&name[*at..]) && self.known.item(&whole(&name[..*at])).is_some()
        });
        let (method, rest) = name.split_at(known.max().or(at).unwrap_or(name.len()));
        // A name that is no method's was made for people.
        let is_written = written(rest);
        if !is_written || method.is_empty() {
            return whole(name);
        }
        let of_types = match rest.chars().next() {
            Some('{') => rest.find('}'),
            Some('(') => rest.find(')'),
            _ => None,
        };
        let case = of_types.map_or(rest, |end| &rest[end + 1..]);
        let bare = case.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(case);
        let id =
            TestId { case: Some(bare.to_owned()).filter(|it| !it.is_empty()), ..whole(method) };
        // Overloaded methods are told apart by their types.
        match of_types.is_some() && self.names.get(&id).is_some_and(|other| other != name) {
            true => TestId { case: Some(rest.to_owned()), ..id },
            false => id,
        }
    }

    /// The names of the methods that stand in a class.
    fn methods(&self, class: &TestId) -> impl Iterator<Item = &str> {
        let depth = class.names.len();
        let items = self.known.in_file(&class.file).iter();
        items.filter_map(move |item| item.id.names.get(depth).map(String::as_str))
    }

    /// The id of a class.
    fn class(&self, module: Option<&Module>, class: &str) -> TestId {
        let file = self.file(module, class.split('$').next().unwrap_or(class));
        let file = self.suite.of_file(file);
        let simple = class.rsplit('.').next().unwrap_or(class);
        TestId { names: simple.split('$').map(str::to_owned).collect(), ..file }
    }

    /// The classes that a process of tests died with.
    fn crashed(&self) -> Vec<TestResult> {
        let result = |class: &str| {
            let result = TestResult::new(self.class(None, class), Outcome::Errored);
            let place = self.known.place(&result.id, &self.site.root);
            let message = "the process of the tests ended while it ran".to_owned();
            let failure = Failure { message, place, ..Failure::default() };
            TestResult { failures: vec![failure], ..result }
        };
        self.build.crash().into_iter().flat_map(|(_, classes)| classes).map(result).collect()
    }

    /// The file of a class of a module.
    fn file(&self, module: Option<&Module>, class: &str) -> RelPath {
        let (package, simple) = class.rsplit_once('.').unwrap_or(("", class));
        let package = package.replace('.', "/");
        let Some(module) = module else {
            return self
                .finder()
                .find_class(class)
                .unwrap_or_else(|| self.suite.root.join(self.modules.described_by));
        };
        let folders = module.sources().map(|sources| match package.as_str() {
            "" => sources,
            package => sources.join(package),
        });
        let named = folders
            .iter()
            .flat_map(|folder| ["java", "kt"].map(|end| folder.join(&format!("{simple}.{end}"))));
        let is_there =
            |file: &RelPath| !self.known.in_file(file).is_empty() || self.files.has(file);
        if let Some(named) = named.into_iter().find(is_there) {
            return named;
        }
        let holds = |item: &&TestItem| {
            item.id.names == [simple] && folders.contains(&item.id.file.parent())
        };
        if let Some(item) = self.known.items().find(holds) {
            return item.id.file.clone();
        }
        // Kotlin's folders need not be those of its packages.
        let is_kotlin = |item: &&TestItem| {
            item.id.names == [simple]
                && item.id.file.as_str().ends_with(".kt")
                && self.modules.of_file(&item.id.file) == Some(module)
        };
        if let Some(item) = self.known.items().find(is_kotlin) {
            return item.id.file.clone();
        }
        self.finder()
            .find_class(class)
            .unwrap_or_else(|| module.dir.join(self.modules.described_by))
    }

    fn finder(&self) -> Finder<'_> {
        self.site.finder(&self.files, &self.suite.root)
    }

    fn broken(&self, exit: Exit) -> Option<Broken> {
        let help = Some(self.build.help());
        if let Some(cut) = &self.cut {
            return Some(Broken::process(cut.clone(), help));
        }
        if let Some((crash, _)) = self.build.crash() {
            let message =
                format!("the process of the tests died: {}", self.site.text_to_host(crash));
            return Some(Broken::process(message, help));
        }
        if self.results.is_empty() && self.build.has_counted() {
            let message = format!("{} ran tests, and left no report of them", self.tool);
            let help = "let Surefire write its reports where it does by itself: no `disableXmlReport`, no other \
                        `reportsDirectory`";
            return Some(Broken::process(message, Some(help)));
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        match (exit, self.build.complaint()) {
            (Exit::Code(0), _) => None,
            (_, Some(complaint)) => {
                let message = format!(
                    "{} ended with {exit}: {}",
                    self.tool,
                    self.site.text_to_host(complaint)
                );
                Some(Broken::process(message, help))
            }
            _ if is_red => None,
            _ => Some(Broken::process(
                format!("{} ended with {exit}, though no test failed", self.tool),
                help,
            )),
        }
    }
}

/// What goes wrong before the first test or behind the last is the class's.
fn is_of_class(name: &str, case: &junit::Case<'_>) -> bool {
    let is_named = ["", "initializationError", "executionError", "classMethod"].contains(&name);
    is_named || case.classname.as_deref() == Some(name)
}

impl Reader for JvmReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        if let Some(source) = line.strip_prefix("source ") {
            let source = self.path(source);
            self.sources.push(source);
            return Vec::new();
        }
        let whole = self.reports.line(line);
        whole.map(|(path, text)| self.report(&self.path(&path), &text)).unwrap_or_default()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.build.line(line);
        Vec::new()
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        self.take_sources();
        for result in self.crashed() {
            self.results.insert(result.id.clone(), result);
        }
        for (file, failures) in self.build.failures(&self.site) {
            let id = self.suite.of_file(file);
            let result = TestResult { failures, ..TestResult::new(id.clone(), Outcome::Errored) };
            self.results.insert(id, result);
        }
        Conclusion {
            broken: self.broken(exit),
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
        }
    }
}

/// What JUnit 5 expected, and what came; older ones cut both to where they differ.
fn sides(message: &str) -> Option<(String, String)> {
    let (_, values) = message.split_once("expected: <")?;
    let (expected, actual) = values.trim_end().strip_suffix('>')?.split_once("> but was: <")?;
    Some((expected.to_owned(), actual.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::sides;

    #[test]
    fn what_junit_5_compares_is_told_apart() {
        let sides =
            |message| sides(message).map(|(expected, actual)| format!("{expected}|{actual}"));
        assert_eq!(sides("tax ==> expected: <3> but was: <4>").as_deref(), Some("3|4"));
        assert_eq!(sides("expected: <a\nb> but was: <>").as_deref(), Some("a\nb|"));
        assert_eq!(sides("expected:<a[b]c> but was:<a[]c>"), None);
        assert_eq!(sides("expected: not <null>"), None);
    }
}
