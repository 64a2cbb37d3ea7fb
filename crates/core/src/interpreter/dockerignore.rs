//! Which files a `.dockerignore` keeps out of the build context.
//!
//! Docker's rules are not those of `.gitignore`: every pattern is anchored at the context's root, a
//! pattern also means what lies below a directory that it matches, and the last pattern that matches a
//! path decides, so that a later `!` brings files back from an ignored directory.

use regex::Regex;

/// The patterns of a `.dockerignore`.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Regex,
    includes: bool,
}

/// The files that may hold the patterns for a Dockerfile, from the context's root; the first that exists does.
pub fn candidates(dockerfile: &str) -> [String; 2] {
    [format!("{dockerfile}.dockerignore"), ".dockerignore".to_owned()]
}

impl Matcher {
    /// Reads the text of a `.dockerignore`; a line that is no pattern is passed over, as Docker's own
    /// error for it comes with the build.
    pub fn parse(text: &str) -> Self {
        let lines = text.trim_start_matches('\u{feff}').lines();
        let rules =
            lines.filter(|line| !line.starts_with('#')).filter_map(|line| rule(line.trim()));
        Self { rules: rules.collect() }
    }

    /// Takes each text as one pattern, whatever it starts with.
    pub(super) fn of<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Self {
        let patterns = patterns.into_iter().filter_map(pattern);
        Self { rules: patterns.map(|pattern| Rule { pattern, includes: false }).collect() }
    }

    /// Whether the file or directory at `path`, from the context's root, is left out.
    pub fn is_ignored(&self, path: &str) -> bool {
        let mut matched = vec![false; self.rules.len()];
        let ends = path.match_indices('/').map(|(slash, _)| slash).chain([path.len()]);
        ends.fold(false, |_, end| self.judge(&path[..end], &mut matched))
    }

    /// Judges one level of a path; `matched` holds the patterns that mean a directory above it.
    ///
    /// As in Docker, a pattern is looked at only where it would change the verdict: a directory that
    /// nothing ignores is not brought back, and neither is what a pattern ignores further down in it.
    fn judge(&self, path: &str, matched: &mut [bool]) -> bool {
        let rules = self.rules.iter().zip(matched);
        rules.fold(false, |ignored, (rule, matched)| {
            *matched |= rule.includes == ignored && rule.pattern.is_match(path);
            if *matched { !rule.includes } else { ignored }
        })
    }

    /// Whether an ignored directory can be skipped unseen: no pattern brings anything back.
    pub fn can_skip_directories(&self) -> bool {
        !self.rules.iter().any(|rule| rule.includes)
    }
}

fn rule(line: &str) -> Option<Rule> {
    let (includes, pattern) = match line.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    Some(Rule { pattern: self::pattern(pattern)?, includes })
}

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&translate(&clean(text)?)).ok()
}

/// A pattern without `.`, `..` and needless slashes; `None` where nothing is left of it, or where it
/// leads out of the context.
fn clean(pattern: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.is_empty() && !pattern.starts_with('/') => return None,
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// What `**` means before the end of a pattern: any number of directories.
const DIRECTORIES: &str = "(?:.*/)?";

/// The pattern as a regular expression, since Docker's `**` may stand inside a name as well and its
/// braces are plain characters.
fn translate(pattern: &str) -> String {
    let mut regex = String::from("^(?s:");
    let mut rest = pattern;
    if let Some(suffix) = pattern.strip_prefix("**").filter(|rest| is_plain_suffix(rest)) {
        regex.push_str(".*");
        rest = suffix;
    }
    while let Some(c) = rest.chars().next() {
        let (piece, taken) = match c {
            '*' if rest == "**" => (".*".to_owned(), 2),
            '*' if rest.starts_with("**/") => (DIRECTORIES.to_owned(), 3),
            '*' if rest.starts_with("**") => (DIRECTORIES.to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            '[' => class(rest),
            '\\' => escaped(&rest[1..]),
            c => (regex::escape(c.encode_utf8(&mut [0; 4])), c.len_utf8()),
        };
        regex.push_str(&piece);
        rest = &rest[taken..];
    }
    regex + ")$"
}

/// Docker takes `**.txt` for whatever ends in `.txt`, but only where no other wildcard follows.
fn is_plain_suffix(rest: &str) -> bool {
    !rest.starts_with('/') && !rest.contains(['*', '?', '[', ']', '\\'])
}

/// A set such as `[a-c]` or `[^x]`; a bracket that nothing closes stands for itself.
fn class(rest: &str) -> (String, usize) {
    let Some(end) = rest.find(']').filter(|end| *end > 1) else {
        return ("\\[".to_owned(), 1);
    };
    let inner = &rest[1..end];
    let (negation, members) = match inner.strip_prefix('^') {
        Some(members) => ("^/", members),
        None => ("", inner),
    };
    let members = members.replace('[', "\\[").replace('&', "\\&").replace('~', "\\~");
    (format!("[{negation}{members}]"), end + 1)
}

/// The character after a backslash stands for itself.
fn escaped(rest: &str) -> (String, usize) {
    match rest.chars().next() {
        Some(c) => (regex::escape(c.encode_utf8(&mut [0; 4])), 1 + c.len_utf8()),
        None => ("\\\\".to_owned(), 1),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Which of the paths are ignored.
    fn check(patterns: &str, paths: &[&str], expected: &Expect) {
        let matcher = Matcher::parse(patterns);
        let ignored = paths.iter().filter(|path| matcher.is_ignored(path));
        expected.assert_eq(&ignored.copied().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn the_documented_examples() {
        let paths = [
            "temp",
            "a/temporary.txt",
            "a/temp",
            "a/b/temporary.txt",
            "tempa",
            "tempb/x",
            "temp/x",
        ];
        check(
            "# comment\n*/temp*\n*/*/temp*\ntemp?\n",
            &paths,
            &expect!["a/temporary.txt a/temp a/b/temporary.txt tempa tempb/x"],
        );
        check("# comment", &["# comment", "comment"], &expect![[""]]);
        check("*.md\n!README.md", &["README.md", "a.md", "docs/a.md"], &expect!["a.md"]);
        let readmes = ["README.md", "README-secret.md", "README-x.md", "a.md"];
        check("*.md\n!README*.md\nREADME-secret.md", &readmes, &expect!["README-secret.md a.md"]);
        check("*.md\nREADME-secret.md\n!README*.md", &readmes, &expect!["a.md"]);
        check(
            "**/*.go",
            &["a.go", "x/a.go", "x/y/a.go", "a.got"],
            &expect!["a.go x/a.go x/y/a.go"],
        );
        check(".", &["a", "."], &expect![[""]]);
        check(
            "/foo/bar\nfoo/baz",
            &["foo/bar", "foo/baz", "foo/x", "a/foo/bar"],
            &expect!["foo/bar foo/baz"],
        );
    }

    #[test]
    fn a_directory_means_what_is_in_it_and_a_later_exception_brings_back() {
        let paths = ["docs", "docs/a.md", "docs/b/c.md", "docsx", "a/docs"];
        check("docs", &paths, &expect!["docs docs/a.md docs/b/c.md"]);
        check("docs/", &paths, &expect!["docs docs/a.md docs/b/c.md"]);
        check("docs\n!docs/b", &paths, &expect!["docs docs/a.md"]);
        let texts = ["docs/a.md", "docs/b/c.md"];
        check("**/*.md\n!docs", &texts, &expect!["docs/a.md docs/b/c.md"]);
        check("!docs/b\ndocs", &paths, &expect!["docs docs/a.md docs/b/c.md"]);
        check(
            "*\n!src\n!pyproject.toml",
            &["src", "src/a.py", "pyproject.toml", "x"],
            &expect!["x"],
        );
        check(
            "**/node_modules",
            &["node_modules/a", "web/node_modules/b/c", "n"],
            &expect!["node_modules/a web/node_modules/b/c"],
        );
    }

    #[test]
    fn wildcards_and_sets() {
        check("a**b", &["ab", "a/x/b", "axb", "abc"], &expect!["ab a/x/b"]);
        check("**.txt", &["a.txt", "a/b.txt", "a.txtx"], &expect!["a.txt a/b.txt"]);
        check("**.t?t", &["a.txt", "a/.txt"], &expect!["a/.txt"]);
        check("../a\n/../b", &["a", "b"], &expect!["b"]);
        check("a/**", &["a", "a/b", "a/b/c", "b"], &expect!["a/b a/b/c"]);
        check("[a-c].txt\n[^x]y", &["a.txt", "d.txt", "ay", "xy", "/y"], &expect!["a.txt ay"]);
        check("{a,b}", &["a", "b", "{a,b}"], &expect!["{a,b}"]);
        check("a\\*b\nx.y\n[z", &["a*b", "axb", "xzy", "x.y", "[z"], &expect!["a*b x.y [z"]);
        check("./a//b/../c\n  d  \n! e\n!", &["a/c", "a/b", "d", "e"], &expect!["a/c d"]);
        check("\u{feff}a\r\nb\r\n", &["a", "b", "c"], &expect!["a b"]);
    }

    #[test]
    fn directories_can_be_skipped_unless_something_is_brought_back() {
        assert!(Matcher::parse("a\nb").can_skip_directories());
        assert!(!Matcher::parse("a\n!a/b").can_skip_directories());
        assert_eq!(candidates("ci/Dockerfile")[0], "ci/Dockerfile.dockerignore");
    }
}
