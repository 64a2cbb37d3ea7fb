//! Whether PHPUnit is told to take amiss what it only remarks on otherwise.

use std::sync::LazyLock;

use regex::Regex;

use super::detect::CONFIGURATIONS;
use crate::paths::RelPath;
use crate::plan::Job;
use crate::resolve::Contents;

/// What its configuration at a directory says of risky tests.
pub(super) fn of_project(root: &RelPath, contents: Contents<'_>) -> bool {
    static STRICT: LazyLock<Regex> = LazyLock::new(|| {
        let text = r#"<phpunit\s[^>]*\bfailOn(?:Risky|AllIssues)\s*=\s*["']true["']"#;
        Regex::new(text).expect("a pattern")
    });
    let text = |name: &&str| (contents.read)(root.join(name).as_str());
    let mut texts = CONFIGURATIONS.iter().filter_map(text);
    texts.next().is_some_and(|text| STRICT.is_match(&text))
}

/// What the arguments of a job say of them.
pub(super) fn of_job(job: &Job) -> bool {
    let command = job.suite.command.iter().flatten();
    let mut words = command.chain(&job.suite.args).chain(&job.args);
    words.any(|word| matches!(word.as_str(), "--fail-on-risky" | "--fail-on-all-issues"))
}
