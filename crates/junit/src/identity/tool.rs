//! Which tool wrote a report, as far as it leaves its marks.

use crate::locate::is_source;
use crate::model::{Case, Report, Suite};

/// A test tool whose reports are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the tools' own names")]
pub enum Tool {
    Bats,
    Behave,
    BoostTest,
    Bun,
    Catch2,
    CTest,
    Cypress,
    Dart,
    Deno,
    Doctest,
    Dotnet,
    EUnit,
    ExUnit,
    Go,
    GoogleTest,
    Gradle,
    Jest,
    Maven,
    Minitest,
    Mocha,
    Nextest,
    NodeTest,
    Pest,
    PhpUnit,
    Playwright,
    Pytest,
    Robot,
    Rspec,
    Unittest,
    Vitest,
}

/// Marks are looked for in so many suites and cases; all of a report are of one tool.
const SAMPLE: usize = 200;

impl Tool {
    /// Whether it knows no two tests of one name: a second case is a further try of the test, or tells
    /// what happened after it.
    pub fn has_unique_names(self) -> bool {
        matches!(self, Tool::Pytest | Tool::Go | Tool::Nextest | Tool::Unittest)
    }
}

impl Report<'_> {
    /// The tool that wrote it, if it is recognised.
    pub fn tool(&self) -> Option<Tool> {
        let suites = || self.suites.iter().take(SAMPLE);
        let cases = || self.cases.iter().take(SAMPLE);
        let by_name = self.name.as_deref().and_then(by_root_name);
        let found = by_name
            .or_else(|| suites().find_map(by_suite))
            .or_else(|| cases().find_map(by_case))
            .or_else(|| self.by_all_cases());
        match found {
            Some(Tool::Mocha) if suites().any(is_of_cypress) => Some(Tool::Cypress),
            found => found,
        }
    }

    fn by_all_cases(&self) -> Option<Tool> {
        let (first, cases) = (self.cases.first()?, &self.cases[..self.cases.len().min(SAMPLE)]);
        let suites = |case: &Case<'_>| case.suite.map(|id| self.suite_path(id)).unwrap_or_default();
        let is_of_class = |case: &Case<'_>, class: &str| case.classname.as_deref() == Some(class);
        let is_of_suites = |case: &Case<'_>| is_of_class(case, &suites(case).join("."));
        // Older versions of Node have one class for all, later ones only for what stands in no suite.
        let is_node = |case: &Case<'_>| {
            is_of_class(case, "test")
                || (is_of_suites(case) && case.file.as_deref().is_some_and(is_script))
        };
        if cases.iter().all(is_node) {
            return Some(Tool::NodeTest);
        }
        (suites(first).len() > 1 && cases.iter().all(is_of_suites)).then_some(Tool::Robot)
    }
}

fn by_root_name(name: &str) -> Option<Tool> {
    Some(match name {
        "pytest tests" => Tool::Pytest,
        "jest tests" => Tool::Jest,
        "vitest tests" => Tool::Vitest,
        "Mocha Tests" => Tool::Mocha,
        "bun test" => Tool::Bun,
        "deno test" => Tool::Deno,
        "nextest-run" => Tool::Nextest,
        "AllTests" => Tool::GoogleTest,
        _ => return None,
    })
}

fn by_suite(suite: &Suite<'_>) -> Option<Tool> {
    let name = suite.name.as_deref().unwrap_or_default();
    let has = |prefix: &str| suite.properties.iter().any(|it| it.name.starts_with(prefix));
    let tool = match name {
        "pytest" => Tool::Pytest,
        "nose2-junit" => Tool::Unittest,
        "rspec" => Tool::Rspec,
        "Mocha Tests" => Tool::Mocha,
        _ if name.starts_with("module '") => Tool::EUnit,
        _ if super::without_time(name) != name => Tool::Unittest,
        _ if has("go.version") => Tool::Go,
        _ if ["surefire.", "maven.", "localRepository"].into_iter().any(has) => Tool::Maven,
        _ => return None,
    };
    Some(tool)
}

fn by_case(case: &Case<'_>) -> Option<Tool> {
    let class = case.classname.as_deref().unwrap_or_default();
    let name = case.name.as_deref().unwrap_or_default();
    let file = case.file.as_deref().unwrap_or_default();
    let tool = match case.status.as_deref() {
        _ if class.ends_with(".bats") => Tool::Bats,
        _ if class.starts_with("Elixir.") || file.ends_with(".exs") => Tool::ExUnit,
        _ if file.contains(".php::") => Tool::Pest,
        _ if file.ends_with(".php") => Tool::PhpUnit,
        _ if file.ends_with("_spec.rb") => Tool::Rspec,
        _ if file.ends_with(".rb") => Tool::Minitest,
        _ if is_script(class) && (name.contains(" › ") || told(case, "] › ")) => {
            Tool::Playwright
        }
        _ if printed(case, "@scenario.begin") => Tool::Behave,
        Some("run" | "notrun") if class.ends_with(".global") => Tool::Catch2,
        Some("run") if is_source(class) => Tool::Doctest,
        Some("run" | "fail" | "disabled") if class == name => Tool::CTest,
        _ => return by_trace(case),
    };
    Some(tool)
}

fn is_script(path: &str) -> bool {
    let ends = [".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx"];
    is_source(path) && ends.iter().any(|end| path.ends_with(end))
}

/// What a stack trace looks like is the language's; each has one tool here that most projects use.
fn by_trace(case: &Case<'_>) -> Option<Tool> {
    let text =
        case.statuses.iter().map(|status| status.text.as_ref()).find(|text| !text.is_empty())?;
    let says = |mark: &str| text.contains(mark);
    match () {
        () if says("\n- file   :") || says("\n- file: ") => Some(Tool::BoostTest),
        () if says(".cs:line ") || says(".fs:line ") => Some(Tool::Dotnet),
        () if says(".dart ") || says(".dart:") => Some(Tool::Dart),
        () if says("org.gradle.") => Some(Tool::Gradle),
        () if says("Error [ERR_TEST_FAILURE]") => Some(Tool::NodeTest),
        () => None,
    }
}

fn told(case: &Case<'_>, mark: &str) -> bool {
    case.statuses.iter().any(|status| status.text.contains(mark))
}

fn printed(case: &Case<'_>, mark: &str) -> bool {
    case.system_out.as_deref().is_some_and(|out| out.contains(mark))
}

fn is_of_cypress(suite: &Suite<'_>) -> bool {
    suite.file.as_deref().is_some_and(|file| file.contains("cypress/") || file.contains(".cy."))
}
