//! Which files a tool takes for tests: by its own names, or by those that the project's configuration gives it.

use globset::GlobBuilder;
use regex::Regex;
use serde_json::Value;

use super::{Tool, detect, script, settings};
use crate::frameworks::globs::Globs;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// What the names of tests are like: those of some project that the configuration describes.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<Project>);

impl Default for Names {
    fn default() -> Self {
        Self(vec![Project { are_own: true, ..Project::default() }])
    }
}

/// The tests of one project, or of all where there are none.
#[derive(Debug, Clone, Default)]
struct Project {
    /// Whether the tool's own names count, perhaps beside those below.
    are_own: bool,
    globs: Globs,
    patterns: Vec<Regex>,
    out: Globs,
    out_patterns: Vec<Regex>,
}

impl Names {
    /// As the configuration in a directory says.
    pub(super) fn of(tool: Tool, root: &RelPath, contents: Contents<'_>) -> Self {
        let mut said = Said { contents, projects: Vec::new() };
        match tool {
            Tool::Vitest => said.vitest_at(root),
            Tool::Jest => said.jest_at(root),
            Tool::Mocha => said.mocha_at(root),
            Tool::Playwright => said.playwright_at(root),
            Tool::Node => return Self::default(),
        }
        Self(said.projects.into_iter().map(Given::project).collect())
    }

    /// Whether a file, below the package at `root`, is one of tests.
    pub(super) fn take(&self, tool: Tool, root: &RelPath, path: &RelPath) -> bool {
        let Some(inner) = path.strip(root).filter(|inner| detect::may_be_test(inner)) else {
            return false;
        };
        let whole = format!("/{path}");
        let is_own = || detect::is_test_file(tool, inner);
        self.0.iter().any(|project| project.takes(&whole, is_own))
    }
}

impl Project {
    fn takes(&self, path: &str, is_own: impl Fn() -> bool) -> bool {
        let is_in = |globs: &Globs, patterns: &[Regex]| {
            globs.is_match(path) || patterns.iter().any(|pattern| pattern.is_match(path))
        };
        let is_given = is_in(&self.globs, &self.patterns) || (self.are_own && is_own());
        is_given && !is_in(&self.out, &self.out_patterns)
    }
}

/// What a configuration says of names.
struct Said<'c> {
    contents: Contents<'c>,
    projects: Vec<Given>,
}

/// What it says of those of one project.
#[derive(Default)]
struct Given {
    globs: Vec<String>,
    patterns: Vec<Regex>,
    out: Vec<String>,
    out_patterns: Vec<Regex>,
    /// Whether some of it is left to the tool's own names, or cannot be read.
    is_silent: bool,
}

impl Given {
    fn project(self) -> Project {
        let (not, globs): (Vec<&str>, Vec<&str>) =
            self.globs.iter().map(String::as_str).partition(|glob| glob.starts_with('!'));
        let out = not.into_iter().chain(self.out.iter().map(String::as_str));
        // What cannot be read leaves nothing out.
        let out: Vec<&str> = out.filter(|glob| set(&[glob]).is_some()).collect();
        let globs = set(&globs);
        Project {
            are_own: self.is_silent || globs.is_none(),
            globs: globs.unwrap_or_default(),
            patterns: self.patterns,
            out: set(&out).unwrap_or_default(),
            out_patterns: self.out_patterns,
        }
    }

    /// Takes globs from a directory, one or several; those that begin otherwise stand behind `before`.
    fn take(&mut self, given: &Value, dir: &RelPath, before: &str) {
        for one in several(given) {
            if let Some(pattern) = one["regex"].as_str() {
                self.pattern(pattern);
                continue;
            }
            let glob = one.as_str().and_then(|glob| anchored(glob, dir, before));
            self.is_silent |= glob.is_none();
            self.globs.extend(glob);
        }
    }

    fn pattern(&mut self, pattern: &str) {
        let pattern = Regex::new(pattern);
        self.is_silent |= pattern.is_err();
        self.patterns.extend(pattern);
    }

    /// The same for what is left out.
    fn leave(&mut self, given: &Value, dir: &RelPath, before: &str) {
        for one in several(given) {
            let glob = one.as_str().and_then(|glob| anchored(glob, dir, before));
            self.out.extend(glob.filter(|glob| !glob.starts_with('!')));
            self.out_patterns.extend(one["regex"].as_str().and_then(|it| Regex::new(it).ok()));
        }
    }
}

impl Said<'_> {
    fn vitest_at(&mut self, dir: &RelPath) {
        let names = ["vitest.config.*", "vite.config.*"];
        let config = settings::first(dir, &names, self.contents).unwrap_or_default();
        let workspace = settings::first(dir, &["vitest.workspace.*"], self.contents);
        self.vitest(&config, dir);
        self.vitest_projects(&workspace.unwrap_or_default(), dir);
    }

    fn vitest(&mut self, config: &Value, dir: &RelPath) {
        let test = &config["test"];
        let root = test["root"].as_str().or(config["root"].as_str());
        let dir = root.and_then(|root| dir.resolve(root)).unwrap_or_else(|| dir.clone());
        let mut given = Given::default();
        given.take(&test["include"], &dir, "");
        given.leave(&test["exclude"], &dir, "");
        self.projects.push(given);
        self.vitest_projects(&test["projects"], &dir);
        self.vitest_projects(&test["workspace"], &dir);
    }

    fn vitest_projects(&mut self, projects: &Value, dir: &RelPath) {
        for project in projects.as_array().into_iter().flatten() {
            self.vitest(project, dir);
        }
    }

    fn jest_at(&mut self, dir: &RelPath) {
        let config = jest_config(dir, self.contents);
        let Some(projects) = config["projects"].as_array() else {
            return self.jest(&config, dir);
        };
        let dir = jest_root(&config, dir);
        for project in projects {
            match project.as_str().map(|path| below(&dir, path)) {
                Some(Some(home)) => self.jest(&jest_config(&home, self.contents), &home),
                Some(None) => self.projects.push(Given { is_silent: true, ..Given::default() }),
                None => self.jest(project, &dir),
            }
        }
    }

    fn jest(&mut self, config: &Value, dir: &RelPath) {
        let dir = jest_root(config, dir);
        let anchored = |pattern: &str| pattern.replace("<rootDir>", &regex::escape(&whole(&dir)));
        let (globs, patterns) = (&config["testMatch"], &config["testRegex"]);
        let mut given = Given::default();
        if patterns.is_null() || !globs.is_null() {
            given.take(globs, &dir, "");
        }
        for pattern in texts(patterns).unwrap_or_default() {
            given.pattern(&anchored(pattern));
        }
        given.is_silent |= !patterns.is_null() && texts(patterns).is_none();
        for pattern in several(&config["testPathIgnorePatterns"]).iter().filter_map(Value::as_str) {
            given.out_patterns.extend(Regex::new(&anchored(pattern)));
        }
        self.projects.push(given);
    }

    fn mocha_at(&mut self, dir: &RelPath) {
        let ends =
            ["cjs", "js", "yaml", "yml", "jsonc", "json"].map(|end| format!(".mocharc.{end}"));
        let config = settings::first(dir, &ends.each_ref().map(String::as_str), self.contents);
        let package = settings::first(dir, &["package.json"], self.contents);
        let package = package.and_then(|it| it.get("mocha").cloned());
        let configs: Vec<Value> = [config, package].into_iter().flatten().collect();
        let of_files = configs.iter().filter_map(|it| it.get("spec").cloned());
        let of_script = script::arguments(dir, self.contents);
        let of_script = script::specs(&of_script).into_iter().map(Value::from);
        let specs: Vec<Value> = of_files.chain(of_script).collect();
        let mut given = Given { is_silent: specs.is_empty(), ..Given::default() };
        for spec in specs {
            let is_folder = |path: &str| {
                let path = dir.resolve(path);
                path.is_some_and(|path| {
                    let mut files = self.contents.files.iter();
                    files.any(|file| file.strip(&path).is_some_and(|rest| !rest.is_empty()))
                })
            };
            let whole = |path: &&str| {
                if is_folder(path) { format!("{path}/**") } else { (*path).to_owned() }
            };
            let globs = texts(&spec).map(|paths| paths.iter().map(whole).collect::<Value>());
            given.take(&globs.unwrap_or_default(), dir, "");
        }
        for config in &configs {
            given.leave(&config["ignore"], dir, "");
            given.leave(&config["exclude"], dir, "");
        }
        self.projects.push(given);
    }

    fn playwright_at(&mut self, dir: &RelPath) {
        let config = settings::first(dir, &["playwright.config.*"], self.contents);
        let config = config.unwrap_or_default();
        let alone = [Value::Null];
        let projects = config["projects"].as_array().filter(|all| !all.is_empty());
        for project in projects.map_or(&alone[..], Vec::as_slice) {
            let said =
                |name: &str| [&project[name], &config[name]].into_iter().find(|it| !it.is_null());
            let mut given = Given::default();
            given.take(said("testMatch").unwrap_or(&Value::Null), dir, "**/");
            given.leave(said("testIgnore").unwrap_or(&Value::Null), dir, "**/");
            self.projects.push(given);
        }
    }
}

/// What Jest is told in a directory.
fn jest_config(dir: &RelPath, contents: Contents<'_>) -> Value {
    let config = settings::first(dir, &["jest.config.*", "jest.config.json"], contents);
    let package = || settings::first(dir, &["package.json"], contents)?.get("jest").cloned();
    config.or_else(package).unwrap_or_default()
}

fn jest_root(config: &Value, dir: &RelPath) -> RelPath {
    let root = config["rootDir"].as_str().and_then(|root| below(dir, root));
    root.unwrap_or_else(|| dir.clone())
}

/// One value or several.
fn several(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// One text or several; `None` where not all of it is text.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(all) => all.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// The directory that a path of Jest's means.
fn below(dir: &RelPath, path: &str) -> Option<RelPath> {
    let path = path.strip_prefix("<rootDir>").unwrap_or(path);
    (!path.contains(['*', '{', '<'])).then(|| dir.resolve(path)).flatten()
}

fn whole(dir: &RelPath) -> String {
    if dir.is_root() { String::new() } else { format!("/{dir}") }
}

/// A glob of paths that begin with a slash at the workspace's folder, in the words of `globset`.
fn anchored(glob: &str, dir: &RelPath, before: &str) -> Option<String> {
    let (not, glob) = glob.strip_prefix('!').map_or(("", glob), |glob| ("!", glob));
    let mut glob = glob.strip_prefix("<rootDir>/").unwrap_or(glob);
    let mut dir = dir.clone();
    while let Some(rest) = glob.strip_prefix("./").or_else(|| glob.strip_prefix("../")) {
        if glob.starts_with("../") {
            dir = dir.parent();
        }
        glob = rest;
    }
    let before = if glob.starts_with("**/") { "" } else { before };
    let plain = without_groups(glob)?;
    Some(format!("{not}{}/{before}{plain}", globset::escape(&whole(&dir))))
}

/// `?(x)` and its like as braces; `None` where these cannot say it.
fn without_groups(glob: &str) -> Option<String> {
    let (mut plain, mut open) = (String::new(), Vec::new());
    let mut rest = glob.chars().peekable();
    while let Some(c) = rest.next() {
        let is_group = rest.peek() == Some(&'(');
        match c {
            '!' | '*' if is_group => return None,
            '?' | '@' | '+' if is_group => {
                rest.next();
                open.push(c);
                plain.push('{');
            }
            '(' => {
                open.push('@');
                plain.push('{');
            }
            ')' => plain.push_str(if open.pop()? == '?' { ",}" } else { "}" }),
            '|' if !open.is_empty() => plain.push(','),
            c => plain.push(c),
        }
    }
    open.is_empty().then_some(plain)
}

/// `None` where one of them is none.
fn set(globs: &[&str]) -> Option<Globs> {
    let globs = globs.iter().map(|glob| {
        let mut glob = GlobBuilder::new(glob.trim_start_matches('!'));
        glob.literal_separator(true).empty_alternates(true).build()
    });
    Globs::new(globs.collect::<Result<Vec<_>, _>>().ok()?).ok()
}

#[cfg(test)]
mod tests;
