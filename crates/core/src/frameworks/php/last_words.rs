//! What PHPUnit says where it ends before its first test: that there was none to run, or why it could not begin.

/// So many lines are kept; the first ones say why.
const MOST: usize = 20;

#[derive(Debug, Default)]
pub(super) struct LastWords {
    lines: Vec<String>,
    /// Whether it says that it had nothing to run.
    pub(super) is_empty: bool,
}

impl LastWords {
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim();
        self.is_empty |= line == "No tests executed!";
        if line.ends_with("by Sebastian Bergmann and contributors.") {
            self.lines.clear();
        } else if self.lines.len() < MOST && !is_noise(line) {
            self.lines.push(line.to_owned());
        }
    }

    /// Why it could not begin, in its own words.
    pub(super) fn why(&self) -> Option<String> {
        // `Error in bootstrap script: RuntimeException:` goes on in the next line.
        let go_on = self.lines.iter().take_while(|line| line.ends_with(':')).count();
        let words = self.lines.get(..=go_on).unwrap_or(&self.lines);
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// What it says of itself in any case, stacks, what PHP remarks on, and that the project has none of its own.
fn is_noise(line: &str) -> bool {
    const BEGINNINGS: [&str; 7] =
        ["Runtime:", "Configuration:", "#", "PHP Warning:", "Warning:", "PHP Deprecated:", "sh: "];
    line.is_empty() || BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
}
