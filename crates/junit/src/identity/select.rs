//! How to run a test again, in the words of its tool's command line.
//!
//! Each of these was tried with the tool, or is what its manual says; where a report does not hold
//! what the command line needs there is no selection. Tests that a report does not tell apart, as where
//! it names no file, are selected together.

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
    /// What its first failure tells.
    text: Option<&'r str>,
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
            text: case.statuses.first().map(|status| status.text.as_ref()),
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
            Tool::Behave => (&["behave"], self.behave(is_file)),
            Tool::Robot => {
                (&["robot"], vec!["--test".into(), glob(&format!("{class}.{name}")), ".".into()])
            }
            Tool::Maven => (&["mvn", "test"], vec![format!("-Dtest={class}#{}", method(name))]),
            Tool::Gradle => {
                (&["gradle", "test"], vec!["--tests".into(), format!("{class}.{}", method(name))])
            }
            Tool::Go => (&["go", "test"], go(name, class)?),
            Tool::Jest => (&["npx", "jest"], self.jest()),
            Tool::Vitest => (&["npx", "vitest", "run"], self.vitest()),
            Tool::Mocha => (&["npx", "mocha"], vec!["-g".into(), self.mocha_pattern(), file()]),
            Tool::Cypress => (&["npx", "cypress", "run"], vec!["--spec".into(), self.file?.into()]),
            Tool::Playwright => (&["npx", "playwright", "test"], self.playwright()),
            Tool::NodeTest => (&["node", "--test"], self.node_patterns().chain([file()]).collect()),
            Tool::Bun => (&["bun", "test"], vec![file(), "-t".into(), self.bun_title()]),
            Tool::Deno => {
                (&["deno", "test"], vec!["--filter".into(), before(name, " > ").into(), file()])
            }
            Tool::PhpUnit => (&["vendor/bin/phpunit"], vec!["--filter".into(), php(class, name)]),
            Tool::Pest => (&["vendor/bin/pest"], vec!["--filter".into(), name.into()]),
            Tool::Rspec => (&["rspec"], self.rspec()?),
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
            Tool::Bats => (&["bats"], vec!["-f".into(), bats(name), file()]),
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

    /// The class begins with the feature's file, below the folder where behave looks for them.
    fn behave(&self, is_file: &dyn Fn(&str) -> bool) -> Vec<String> {
        let ends = self.class.match_indices('.').map(|(at, _)| at);
        let files =
            ends.map(|at| format!("features/{}.feature", self.class[..at].replace('.', "/")));
        let file = files.into_iter().filter(|file| is_file(file)).last();
        let name = format!("--name={}", anchored(self.name));
        file.into_iter().chain([name]).collect()
    }

    /// A path alone would be a regular expression, a title that begins with a dash an option.
    fn jest(&self) -> Vec<String> {
        let by_path = self.file.map(|file| ["--runTestsByPath".to_owned(), file.to_owned()]);
        let title = format!("--testNamePattern={}", self.jest_pattern());
        by_path.into_iter().flatten().chain([title]).collect()
    }

    /// Class and name both hold the full title by default, with a space before where no block is
    /// around the test; else the name is its end, after that of the blocks where the class is no file.
    fn jest_pattern(&self) -> String {
        let trimmed = |text: &'_ str| text.strip_prefix(' ').unwrap_or(text).to_owned();
        let blocks = self.class.replace(" › ", " ").replace(" > ", " ");
        match self.class {
            class if class == self.name => anchored(&trimmed(self.name)),
            class if class.is_empty() || is_source(class) => {
                format!("(^| ){}$", pattern(self.name))
            }
            class if self.name.starts_with(class) => anchored(self.name),
            _ => anchored(&format!("{blocks} {}", self.name)),
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

    /// What failed may be a hook, which is named after the test that it was for.
    fn mocha_pattern(&self) -> String {
        let title = match self.name.ends_with(self.class) || self.class.is_empty() {
            true => self.name.to_owned(),
            false => format!("{} {}", self.class, self.name),
        };
        let hook = [" \"before", " \"after"].iter().find_map(|start| title.split_once(start));
        let of_test = hook.and_then(|(blocks, hook)| Some((blocks, hook.split_once(" hook")?.1)));
        match of_test.and_then(|(blocks, hook)| Some((blocks, hook.split_once(" for \"")?.1))) {
            Some((blocks, test)) => {
                let test = test.strip_suffix('"').unwrap_or(test);
                format!("^{} (.* )?{}$", pattern(blocks), pattern(test))
            }
            None => anchored(&title),
        }
    }

    /// Node 20 holds the pattern against the test's own name, later ones against that with the suites' before it. A
    /// part of a test runs only where that is selected too, with all of its parts then; the report tells it from a
    /// test of a suite by where a failed one was started.
    fn node_patterns(&self) -> impl Iterator<Item = String> {
        let started = |text: &'_ str| before(text, "failureType:").contains("TestContext.");
        let is_part = self.text.is_none_or(started);
        let titles: Vec<&str> = self.suites.iter().copied().chain([self.name]).collect();
        let first = if is_part { 0 } else { titles.len() - 1 };
        (first..titles.len()).map(move |at| {
            let above: String = titles[..at].iter().map(|title| node(title) + " ").collect();
            let above = if above.is_empty() { above } else { format!("({above})?") };
            format!("--test-name-pattern=^{above}{}$", node(titles[at]))
        })
    }

    /// What has no name of its own is known by its line, or only once it ran.
    fn rspec(&self) -> Option<Vec<String>> {
        if let Some((_, place)) = self.name.rsplit_once("example at ./") {
            return Some(vec![format!("./{place}")]);
        }
        let is_described = !self.name.contains("is expected to ");
        let title = ["-E".to_owned(), anchored(self.name)];
        is_described.then(|| self.file.map(str::to_owned).into_iter().chain(title).collect())
    }

    /// Files are regular expressions of whole paths; titles of the file, the titles and the tags.
    fn playwright(&self) -> Vec<String> {
        let (in_name, title) = match self.name.strip_prefix('[').and_then(|it| it.split_once("] "))
        {
            Some((project, title)) => (Some(project), title),
            None => (None, self.name),
        };
        let file = self.file.map(|file| format!("/{}$", pattern(file)));
        let titles = self.file.into_iter().chain(title.split(" › ")).map(pattern);
        let title = format!("{}( @\\S+)*$", titles.collect::<Vec<_>>().join(" (› )?"));
        let project = in_name.or(self.project).map(|project| format!("--project={project}"));
        file.into_iter().chain(["-g".to_owned(), title]).chain(project).collect()
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
    escape(text, r"\.+*?()|[]{}^$/")
}

fn escape(text: &str, signs: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if signs.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Node escapes a quote twice.
fn node(title: &str) -> String {
    pattern(title).replace("&quot;", "(\"|&quot;)")
}

/// A text as a glob for itself.
fn glob(text: &str) -> String {
    text.chars().map(|c| if "*?[".contains(c) { format!("[{c}]") } else { c.to_string() }).collect()
}

/// Bats matches the line of the source, where a sign that the shell knows may have been escaped.
fn bats(name: &str) -> String {
    let signs = |c| match c {
        '"' | '$' | '`' | '\\' => format!(r"\\?{}", pattern(&String::from(c))),
        c => pattern(&String::from(c)),
    };
    format!("^{}$", name.chars().map(signs).collect::<String>())
}

/// PHPUnit writes a namespace's `\` as a dot.
fn php(class: &str, name: &str) -> String {
    let start = if class.is_empty() { "" } else { "^" };
    format!("/{start}{}::{}$/", pattern(&class.replace('.', "\\")), pattern(name))
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

/// A name of which any part after a slash may be a section, or belong to the test's own name: all
/// tests that it may be, of which one is there.
fn tests_of(name: &str, escaped: impl Fn(&str) -> String) -> String {
    let ends = name.match_indices('/').map(|(at, _)| at).chain([name.len()]);
    ends.map(|at| escaped(&name[..at])).collect::<Vec<_>>().join(",")
}

/// Of several parts it is unknown which are one section, and Catch2 has written them in either order: all
/// sections then.
fn catch_sections(name: &str) -> Vec<String> {
    let escaped = |text: &str| escape(text, r#"\,[]"~*-"#);
    let section = name.split_once('/').filter(|(_, rest)| !rest.contains('/'));
    let section =
        section.into_iter().flat_map(|(_, section)| ["-c".to_owned(), section.to_owned()]);
    [tests_of(name, escaped)].into_iter().chain(section).collect()
}

fn doctest_subcases(name: &str) -> Vec<String> {
    let escaped = |text: &str| escape(text, ",");
    let subcases: Vec<String> = name.split('/').skip(1).map(escaped).collect();
    let filter = (!subcases.is_empty()).then(|| format!("-sc={}", subcases.join(",")));
    [format!("-tc={}", tests_of(name, escaped))].into_iter().chain(filter).collect()
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
