//! Lines of TAP, as Perl's test libraries write them.

use std::sync::LazyLock;

use regex::Regex;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

static TEST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(not )?ok\b(?: (\d+))?(?: ?-)?(?: (.*))?$"));

static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|[^\\])# *(skip|todo)\S*(?: +(.*))?$"));

static PLAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^1\.\.(\d+)(?: *# *skip\S* *(.*))?$"));

/// One line, and how far it is indented: subtests stand four spaces further in than their outcome.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'l> {
    pub(super) indent: usize,
    pub(super) says: Says<'l>,
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Says<'l> {
    /// `ok 1 - description # SKIP why`
    Test(Test<'l>),
    /// `# Subtest: name`
    Subtest(&'l str),
    /// `1..3`, `1..0 # SKIP why`
    Plan { count: usize, skip: Option<&'l str> },
    /// `# text`
    Comment(&'l str),
    /// `Bail out! why`
    BailOut(&'l str),
    /// Anything else.
    Other,
}

/// One assertion, or a subtest that is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Test<'l> {
    pub(super) passed: bool,
    pub(super) number: &'l str,
    pub(super) title: String,
    pub(super) directive: Option<Directive<'l>>,
}

/// What stands behind a description.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Directive<'l> {
    Skip(&'l str),
    Todo(&'l str),
}

pub(super) fn line(text: &str) -> Line<'_> {
    let body = text.trim_start_matches(' ');
    Line { indent: text.len() - body.len(), says: says(body) }
}

fn says(body: &str) -> Says<'_> {
    if let Some(found) = TEST.captures(body) {
        let rest = found.get(3).map_or("", |it| it.as_str());
        let directive = DIRECTIVE.captures(rest);
        let why = |found: &regex::Captures<'_>| {
            let range = found.get(2).map(|it| it.range());
            range.map_or("", |range| &rest[range])
        };
        let is_skip = |found: &regex::Captures<'_>| found[1].eq_ignore_ascii_case("skip");
        let title = match &directive {
            Some(found) => rest
                [..rest[..found.get(1).map_or(0, |it| it.start())].rfind('#').unwrap_or(0)]
                .trim(),
            None => rest.trim(),
        };
        return Says::Test(Test {
            passed: found.get(1).is_none(),
            number: found.get(2).map_or("", |it| it.as_str()),
            title: title.replace("\\#", "#").replace("\\\\", "\\"),
            directive: directive.as_ref().map(|found| match is_skip(found) {
                true => Directive::Skip(why(found)),
                false => Directive::Todo(why(found)),
            }),
        });
    }
    if let Some(found) = PLAN.captures(body) {
        let skip = found.get(2).map(|it| it.as_str());
        return Says::Plan { count: found[1].parse().unwrap_or(0), skip };
    }
    if let Some(why) = body.strip_prefix("Bail out!") {
        return Says::BailOut(why.trim());
    }
    match body.strip_prefix('#').map(|it| it.strip_prefix(' ').unwrap_or(it)) {
        Some(comment) => match comment.strip_prefix("Subtest: ") {
            Some(name) => Says::Subtest(name),
            None => Says::Comment(comment),
        },
        None => Says::Other,
    }
}
