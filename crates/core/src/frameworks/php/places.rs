//! Where PHPUnit is told to look: it loads all that is there before its first test, and nothing else.

use std::sync::LazyLock;

use regex::Regex;

use crate::paths::RelPath;
use crate::plan::Job;
use crate::resolve::Contents;

/// The most files that are told one by one.
const MOST: usize = 200;

/// Whether the project's `composer.json` asks for a PHPUnit that takes several places: all from 10.5 on, where others pass
/// over all but the first.
pub(super) fn takes_several(root: &RelPath, contents: Contents<'_>) -> bool {
    static ASKED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#""phpunit/phpunit"\s*:\s*"([^"]*)""#).expect("a pattern"));
    static VERSION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(\d+)(?:\.(\d+))?[\d.]*").expect("a pattern"));
    let manifest = (contents.read)(root.join("composer.json").as_str());
    let asked = manifest.as_deref().and_then(|text| ASKED.captures(text));
    let Some(asked) = asked.and_then(|found| found.get(1)) else {
        return false;
    };
    let number = |text: Option<regex::Match<'_>>| text.and_then(|it| it.as_str().parse().ok());
    let versions = VERSION.captures_iter(asked.as_str());
    let versions: Option<Vec<(u32, u32)>> = versions
        .map(|found| Some((number(found.get(1))?, number(found.get(2)).unwrap_or_default())))
        .collect();
    versions.and_then(|all| all.into_iter().min()).is_some_and(|least| least >= (10, 5))
}

/// Whether the whole suite is chosen: its configuration says where that is.
pub(super) fn is_everywhere(job: &Job) -> bool {
    job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root)
}

/// The places of these files, relative to the suite: each, or else the folder that they share.
pub(super) fn of(job: &Job, files: &[&RelPath], takes_several: bool) -> Vec<String> {
    let inner = |path: &RelPath| path.strip(&job.suite.root).unwrap_or(path.as_str()).to_owned();
    let is_everywhere = is_everywhere(job);
    if files.len() == 1 || takes_several && !is_everywhere && files.len() <= MOST {
        return files.iter().map(|file| inner(file)).collect();
    }
    let folders = files.iter().filter(|_| !is_everywhere).map(|file| file.parent());
    let shared = folders.reduce(|one, other| shared(one, &other));
    shared.map(|folder| inner(&folder)).filter(|folder| !folder.is_empty()).into_iter().collect()
}

/// The innermost folder that holds both.
fn shared(one: RelPath, other: &RelPath) -> RelPath {
    let mut folder = one;
    while other.strip(&folder).is_none() {
        folder = folder.parent();
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::sample::seen_in;

    #[test]
    fn several_places_are_for_versions_that_take_them() {
        let check = |asked: &str, expected: bool| {
            let text = format!(r#"{{"require-dev": {{"phpunit/phpunit": "{asked}"}}}}"#);
            let files = [("shop/composer.json", text.as_str())];
            let takes = seen_in(&files, |contents| takes_several(&RelPath::new("shop"), contents));
            assert_eq!(takes, expected, "{asked}");
        };
        check("^11.5", true);
        check("^10.5 || ^11.0", true);
        check("~12.0.3", true);
        check(">=10.5", true);
        check("^10.4", false);
        check("^9.6.13|^10.5", false);
        check("^10", false);
        check("*", false);
    }
}
