//! Which files a tool takes for tests: by its own names, or by those that the project's configuration gives it.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::Regex;
use serde_json::Value;

use super::{Tool, detect, script, settings};
use crate::paths::RelPath;
use crate::resolve::Contents;

/// What the names of tests are like.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Whether the tool's own names count, perhaps beside those below.
    are_own: bool,
    globs: GlobSet,
    out: GlobSet,
    patterns: Vec<Regex>,
}

impl Default for Names {
    fn default() -> Self {
        Self { are_own: true, globs: GlobSet::empty(), out: GlobSet::empty(), patterns: Vec::new() }
    }
}

impl Names {
    /// As the configuration in a directory says.
    pub(super) fn of(tool: Tool, root: &RelPath, contents: Contents<'_>) -> Self {
        let mut said = Said::new(contents);
        match tool {
            Tool::Vitest => said.vitest_at(root),
            Tool::Jest => said.jest_at(root),
            Tool::Mocha => said.mocha_at(root),
            Tool::Playwright => said.playwright_at(root),
            Tool::Node => said.is_silent = true,
        }
        said.names()
    }

    /// Whether a file, below the package at `root`, is one of tests.
    pub(super) fn take(&self, tool: Tool, root: &RelPath, path: &RelPath) -> bool {
        let Some(inner) = path.strip(root).filter(|inner| detect::may_be_test(inner)) else {
            return false;
        };
        let whole = format!("/{path}");
        let is_given = self.globs.is_match(&whole)
            || self.patterns.iter().any(|pattern| pattern.is_match(&whole));
        (is_given && !self.out.is_match(&whole))
            || (self.are_own && detect::is_test_file(tool, inner))
    }
}

/// What a configuration says of names.
struct Said<'c> {
    contents: Contents<'c>,
    globs: Vec<String>,
    patterns: Vec<Regex>,
    /// Whether some of it is left to the tool's own names, or cannot be read.
    is_silent: bool,
}

impl<'c> Said<'c> {
    fn new(contents: Contents<'c>) -> Self {
        Self { contents, globs: Vec::new(), patterns: Vec::new(), is_silent: false }
    }

    fn names(self) -> Names {
        let (out, globs): (Vec<&str>, Vec<&str>) =
            self.globs.iter().map(String::as_str).partition(|glob| glob.starts_with('!'));
        let (Some(globs), Some(out)) = (set(&globs), set(&out)) else {
            return Names { patterns: self.patterns, ..Names::default() };
        };
        Names { are_own: self.is_silent, globs, out, patterns: self.patterns }
    }

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
        self.globs(&test["include"], &dir, "");
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
                Some(None) => self.is_silent = true,
                None => self.jest(project, &dir),
            }
        }
    }

    fn jest(&mut self, config: &Value, dir: &RelPath) {
        let dir = jest_root(config, dir);
        let (globs, patterns) = (&config["testMatch"], &config["testRegex"]);
        if patterns.is_null() || !globs.is_null() {
            self.globs(globs, &dir, "");
        }
        for pattern in texts(patterns).unwrap_or_default() {
            self.pattern(&pattern.replace("<rootDir>", &regex::escape(&whole(&dir))));
        }
        self.is_silent |= !patterns.is_null() && texts(patterns).is_none();
    }

    fn mocha_at(&mut self, dir: &RelPath) {
        let ends =
            ["cjs", "js", "yaml", "yml", "jsonc", "json"].map(|end| format!(".mocharc.{end}"));
        let config = settings::first(dir, &ends.each_ref().map(String::as_str), self.contents);
        let package = settings::first(dir, &["package.json"], self.contents);
        let of_files = [(config, "/spec"), (package, "/mocha/spec")];
        let of_files = of_files.into_iter().filter_map(|(it, at)| it?.pointer(at).cloned());
        let of_script = script::arguments(dir, self.contents);
        let of_script = script::specs(&of_script).into_iter().map(Value::from);
        let specs: Vec<Value> = of_files.chain(of_script).collect();
        self.is_silent |= specs.is_empty();
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
            self.globs(&globs.unwrap_or_default(), dir, "");
        }
    }

    fn playwright_at(&mut self, dir: &RelPath) {
        let config = settings::first(dir, &["playwright.config.*"], self.contents);
        let config = config.unwrap_or_default();
        let own = &config["testMatch"];
        let projects = config["projects"].as_array().map_or(&[][..], Vec::as_slice);
        let of_projects = projects.iter().map(|project| &project["testMatch"]);
        if !own.is_null() || projects.is_empty() || of_projects.clone().any(Value::is_null) {
            self.globs(own, dir, "**/");
        }
        of_projects.filter(|it| !it.is_null()).for_each(|it| self.globs(it, dir, "**/"));
    }

    /// Takes globs from a directory, one or several; those that begin otherwise stand behind `before`.
    fn globs(&mut self, given: &Value, dir: &RelPath, before: &str) {
        let several = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
        for one in several {
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
fn set(globs: &[&str]) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = glob.trim_start_matches('!');
        let glob = GlobBuilder::new(glob).literal_separator(true).empty_alternates(true).build();
        set.add(glob.ok()?);
    }
    set.build().ok()
}

#[cfg(test)]
mod tests;
