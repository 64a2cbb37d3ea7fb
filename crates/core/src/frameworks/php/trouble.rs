//! What PHP and PHPUnit say for people only.

use std::sync::LazyLock;

use regex::Regex;

use super::pest::notice::Notices;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    pub(super) fatal: Option<Fatal>,
    /// What stopped PHPUnit, in its own words, whose place follows.
    inside: Option<String>,
    pub(super) providers: Vec<Provider>,
    pub(super) notices: Notices,
    is_open: bool,
}

#[derive(Debug)]
pub(super) struct Fatal {
    pub(super) message: String,
    pub(super) path: String,
    pub(super) line: u32,
    /// Whether PHPUnit says so, and not PHP.
    pub(super) is_inside: bool,
}

impl Fatal {
    /// What PHP says of it; in the middle of a line it stands behind PHPUnit's progress.
    pub(super) fn of(line: &str) -> Option<Self> {
        static FATAL: LazyLock<Regex> = LazyLock::new(|| {
            let text = r"^[.A-Z]*?(?:PHP )?(?:Parse|Fatal) error: +(?:Uncaught )?(.*?) in (/.+?\.php)(?: on line |:)(\d+)";
            Regex::new(text).expect("a pattern")
        });
        let found = FATAL.captures(line)?;
        let (message, path) = (found[1].to_owned(), found[2].to_owned());
        let line = found[3].parse().unwrap_or(1);
        Some(Self { message, path, line, is_inside: false })
    }

    /// What PHPUnit says of the one file that it was told.
    fn misnamed(line: &str) -> Option<Self> {
        static MISNAMED: LazyLock<Regex> = LazyLock::new(|| {
            let text = r"^Class \S+ (?:could not|cannot) be found in (/.+\.php)$";
            Regex::new(text).expect("a pattern")
        });
        let path = MISNAMED.captures(line.trim())?[1].to_owned();
        Some(Self { message: line.trim().to_owned(), path, line: 1, is_inside: true })
    }
}

/// A provider of data that provides none.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) class: String,
    pub(super) method: String,
    pub(super) message: String,
    pub(super) place: Option<(String, u32)>,
}

impl Trouble {
    pub(super) fn line(&mut self, line: &str) {
        self.fatal =
            self.fatal.take().or_else(|| Fatal::of(line)).or_else(|| Fatal::misnamed(line));
        if let Some(message) = line.strip_prefix("Message:") {
            self.inside = Some(message.trim().to_owned());
        }
        if let Some((path, line)) = line.strip_prefix("Location:").and_then(place)
            && let Some(message) = self.inside.take()
        {
            self.fatal = Some(Fatal { message, path, line, is_inside: true });
        }
        self.notices.line(line);
        self.provider(line);
    }

    fn provider(&mut self, line: &str) {
        if let Some((class, method)) = unprovided(line.trim()) {
            self.is_open = true;
            self.providers.push(Provider { class, method, message: String::new(), place: None });
            return;
        }
        let Some(last) = self.providers.last_mut().filter(|_| self.is_open) else {
            return;
        };
        if let Some(place) = place(line) {
            last.place = Some(place);
            self.is_open = false;
        } else if line == "--" {
            self.is_open = false;
        } else if !line.trim().is_empty() {
            if !last.message.is_empty() {
                last.message.push('\n');
            }
            last.message.push_str(line.trim());
        }
    }
}

/// The class and the method whose provider is said to be invalid. PHPUnit 13 names the provider too.
pub(super) fn unprovided(message: &str) -> Option<(String, String)> {
    static INVALID: LazyLock<Regex> = LazyLock::new(|| {
        let text = r"^The data provider (?:\S+ )?specified for (\S+)::(\S+) is invalid\.?$";
        Regex::new(text).expect("a pattern")
    });
    let found = INVALID.captures(message)?;
    Some((found[1].to_owned(), found[2].to_owned()))
}

/// `/path/A.php:12`.
pub(super) fn place(line: &str) -> Option<(String, u32)> {
    let (path, line) = line.trim().rsplit_once(':')?;
    let path = Some(path).filter(|path| path.starts_with('/') && path.ends_with(".php"))?;
    Some((path.to_owned(), line.parse().ok()?))
}
