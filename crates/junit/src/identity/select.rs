//! How to run a test again, in the words of its tool's command line.
//!
//! Each of these was tried with the tool, or is what its manual says; where a report does not hold
//! what the command line needs there is no selection.

use super::Tool;
use crate::locate::is_source;
use crate::model::{Case, Report};

/// The command that runs one test again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The program and what always stands before the test; empty where the program is the test's own.
    pub command: &'static [&'static str],
    /// What selects the test.
    pub args: Vec<String>,
}

/// What a selection is made of.
struct Words<'r> {
    suites: Vec<&'r str>,
    class: &'r str,
    name: &'r str,
    file: Option<&'r str>,
    project: Option<&'r str>,
}

impl Report<'_> {
    /// How to run a case's test again, if the report holds all that it needs. Which files there are,
    /// relative to where the tool ran, decides what a dotted name means.
    ///
    /// ```
    /// let xml = br#"<testsuite name="pytest"><testcase classname="tests.test_a.TestC" name="t[1]"/></testsuite>"#;
    /// let (report, _) = testdock_junit::read(xml);
    /// let selection = report.select(&report.cases[0], &|file| file == "tests/test_a.py").unwrap();
    /// assert_eq!(selection.command, ["pytest"]);
    /// assert_eq!(selection.args, ["tests/test_a.py::TestC::t[1]"]);
    /// ```
    pub fn select(&self, case: &Case<'_>, is_file: &dyn Fn(&str) -> bool) -> Option<Selection> {
        self.select_as(self.tool()?, case, is_file)
    }

    /// The same, for a tool that is known already.
    pub fn select_as(
        &self,
        tool: Tool,
        case: &Case<'_>,
        is_file: &dyn Fn(&str) -> bool,
    ) -> Option<Selection> {
        let suite = case.suite.and_then(|id| self.suites.get(id.index()));
        let class = case.classname.as_deref().unwrap_or_default();
        let file = case.file.as_deref().or_else(|| suite?.file.as_deref());
        let words = Words {
            suites: case.suite.map(|id| self.suite_path(id)).unwrap_or_default(),
            class,
            name: case.name.as_deref().filter(|name| !name.is_empty())?,
            file: file.or_else(|| is_source(class).then_some(class)),
            project: self.project_of(case),
        };
        let (command, args) = words.select(tool, is_file)?;
        Some(Selection { command, args: args.into_iter().filter(|arg| !arg.is_empty()).collect() })
    }
}

type Parts = (&'static [&'static str], Vec<String>);

impl Words<'_> {
    fn select(&self, tool: Tool, is_file: &dyn Fn(&str) -> bool) -> Option<Parts> {
        let Words { name, class, .. } = *self;
        let file = || self.file.unwrap_or_default().to_owned();
        Some(match tool {
            Tool::Pytest => (&["pytest"], vec![self.node_id(is_file)?]),
            Tool::Unittest if class.is_empty() => return None,
            Tool::Unittest => {
                (&["python", "-m", "unittest"], vec![format!("{class}.{}", before(name, " ("))])
            }
            Tool::Behave => (&["behave"], vec!["-n".into(), pattern(name)]),
            Tool::Robot => {
                (&["robot"], vec!["--test".into(), format!("{class}.{name}"), ".".into()])
            }
            Tool::Maven => (&["mvn", "test"], vec![format!("-Dtest={class}#{}", method(name))]),
            Tool::Gradle => {
                (&["gradle", "test"], vec!["--tests".into(), format!("{class}.{}", method(name))])
            }
            Tool::Go => (&["go", "test"], go(name, class)?),
            Tool::Jest => (&["npx", "jest"], vec![file(), "-t".into(), self.jest_pattern()]),
            Tool::Vitest => (&["npx", "vitest", "run"], self.vitest()),
            Tool::Mocha => {
                (&["npx", "mocha"], vec!["-g".into(), anchored(&self.mocha_title()), file()])
            }
            Tool::Cypress => (&["npx", "cypress", "run"], vec!["--spec".into(), self.file?.into()]),
            Tool::Playwright => (&["npx", "playwright", "test"], self.playwright()),
            Tool::NodeTest => {
                (&["node", "--test"], vec![format!("--test-name-pattern={}", anchored(name))])
            }
            Tool::Bun => (&["bun", "test"], vec![file(), "-t".into(), self.bun_title()]),
            Tool::Deno => {
                (&["deno", "test"], vec!["--filter".into(), before(name, " > ").into(), file()])
            }
            Tool::PhpUnit => (
                &["vendor/bin/phpunit"],
                vec!["--filter".into(), format!("/::{}$/", pattern(name))],
            ),
            Tool::Pest => (&["vendor/bin/pest"], vec!["--filter".into(), name.into()]),
            Tool::Rspec => (&["rspec"], vec![file(), "-e".into(), name.into()]),
            Tool::Minitest => {
                (&["ruby", "-Itest"], vec![self.file?.into(), "-n".into(), name.into()])
            }
            Tool::Nextest => (
                &["cargo", "nextest", "run"],
                vec!["-E".into(), format!("binary_id(={class}) & test(={name})")],
            ),
            Tool::GoogleTest => (&[], vec![format!("--gtest_filter={class}.{name}")]),
            Tool::Catch2 => (&[], catch_sections(name)),
            Tool::BoostTest => {
                (&[], vec![format!("--run_test={}/{name}", class.replace('.', "/"))])
            }
            Tool::Doctest => (&[], doctest_subcases(name)),
            Tool::CTest => (&["ctest"], vec!["-R".into(), anchored(name)]),
            Tool::Bats => (&["bats"], vec!["-f".into(), anchored(name), file()]),
            Tool::EUnit => (&["erl", "-noshell", "-eval"], vec![eunit(name)?]),
            Tool::ExUnit => {
                (&["mix", "test"], vec!["--only".into(), format!("test:{name}"), file()])
            }
            Tool::Dotnet => (
                &["dotnet", "test"],
                vec!["--filter".into(), format!("FullyQualifiedName~{}", dotnet(class, name))],
            ),
            Tool::Dart => (&["dart", "test"], vec![file(), "--plain-name".into(), name.into()]),
        })
    }

    /// The longest beginning of the class that is a file; without a look at the files, the beginning
    /// that is not named as classes are.
    fn node_id(&self, is_file: &dyn Fn(&str) -> bool) -> Option<String> {
        if self.class.is_empty() {
            // A file that did not load.
            let file = format!("{}.py", self.name.replace('.', "/"));
            return is_file(&file).then_some(file);
        }
        let parts: Vec<&str> = self.class.split('.').collect();
        let file = |count: usize| format!("{}.py", parts[..count].join("/"));
        let known = (1..=parts.len()).rev().find(|&count| is_file(&file(count)));
        let is_class = |part: &&str| part.starts_with(char::is_uppercase);
        let module =
            known.unwrap_or_else(|| parts.iter().position(is_class).unwrap_or(parts.len()));
        let names = parts[module..].iter().copied().chain([self.name]);
        let names: Vec<&str> = names.collect();
        (module > 0).then(|| format!("{}::{}", file(module), names.join("::")))
    }

    /// Class and name both hold the full title by default; else the name is its end.
    fn jest_pattern(&self) -> String {
        match self.class == self.name {
            true => anchored(self.name.trim()),
            false => format!("{}$", pattern(self.name.trim())),
        }
    }

    fn vitest(&self) -> Vec<String> {
        let file = self.file.unwrap_or_default().to_owned();
        // A file that did not load is a case of its own.
        match file == self.name {
            true => vec![file],
            false => vec![file, "-t".into(), anchored(&self.name.replace(" > ", " "))],
        }
    }

    fn mocha_title(&self) -> String {
        match self.name.ends_with(self.class) || self.class.is_empty() {
            true => self.name.to_owned(),
            false => format!("{} {}", self.class, self.name),
        }
    }

    fn playwright(&self) -> Vec<String> {
        let (in_name, title) = match self.name.strip_prefix('[').and_then(|it| it.split_once("] "))
        {
            Some((project, title)) => (Some(project), title),
            None => (None, self.name),
        };
        let file = self.file.unwrap_or_default().to_owned();
        let title = format!("{}$", pattern(&title.replace(" › ", " ")));
        let project = in_name.or(self.project).map(|project| format!("--project={project}"));
        [file, "-g".into(), title].into_iter().chain(project).collect()
    }

    /// The outermost suite is the file.
    fn bun_title(&self) -> String {
        let titles = self.suites.iter().skip(1).copied().chain([self.name]);
        pattern(&titles.collect::<Vec<_>>().join(" "))
    }
}

fn before<'t>(text: &'t str, mark: &str) -> &'t str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}

/// A method without its parameters; all rows of it, where there are some.
fn method(name: &str) -> String {
    match name.find(['(', '[', '{']) {
        Some(at) if name[at..] == *"()" => name[..at].to_owned(),
        Some(at) => format!("{}*", &name[..at]),
        None => name.to_owned(),
    }
}

/// A text as a regular expression for itself.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$/".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

fn anchored(text: &str) -> String {
    format!("^{}$", pattern(text))
}

/// What is no test by its name did not build.
fn go(name: &str, package: &str) -> Option<Vec<String>> {
    let parts = anchored_parts(name);
    let selected = match () {
        () if name.starts_with("Benchmark") => {
            vec!["-run".into(), "^$".into(), "-bench".into(), parts]
        }
        () if ["Test", "Example", "Fuzz"].iter().any(|kind| name.starts_with(kind)) => {
            vec!["-run".into(), parts]
        }
        () => return None,
    };
    Some(selected.into_iter().chain([package.to_owned()]).collect())
}

/// Go matches each part between slashes on its own.
fn anchored_parts(name: &str) -> String {
    name.split('/').map(anchored).collect::<Vec<_>>().join("/")
}

fn catch_sections(name: &str) -> Vec<String> {
    let mut parts = name.split('/').map(str::to_owned);
    let case = parts.next();
    case.into_iter().chain(parts.flat_map(|section| ["-c".to_owned(), section])).collect()
}

fn doctest_subcases(name: &str) -> Vec<String> {
    let mut parts = name.split('/');
    let case = parts.next().map(|case| format!("-tc={case}"));
    case.into_iter().chain(parts.map(|subcase| format!("-sc={subcase}"))).collect()
}

/// `calc_tests:0 fail_test` is a function of a module; what a generator made has no name to call.
fn eunit(name: &str) -> Option<String> {
    let (module, rest) = name.split_once(':')?;
    let function = rest.split(' ').nth(1).filter(|name| !name.starts_with('-'))?;
    Some(format!("eunit:test({{{module},{function}}}), halt()."))
}

/// The filter's own signs end a name, as parameters do.
fn dotnet(class: &str, name: &str) -> String {
    let name = name.strip_prefix(class).map_or(name, |name| name.trim_start_matches('.'));
    format!("{class}.{}", name.split(['(', '&', '|', '=', '!', '~', ' ']).next().unwrap_or(name))
}
