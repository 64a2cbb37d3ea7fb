//! The files that a project's `.rspec` keeps RSpec from running.

use globset::GlobBuilder;

use crate::frameworks::globs::Globs;

const OPTION: &str = "--exclude-pattern";

/// What the options of an `.rspec` exclude, by paths from its directory. RSpec heeds it whatever is asked to run.
pub(super) fn by_options(text: &str) -> Globs {
    let words = text.lines().flat_map(|line| shlex::split(line).unwrap_or_default());
    let mut words: Vec<String> = words.collect();
    words.reverse();
    // Of several the last one counts.
    let mut pattern = String::new();
    while let Some(word) = words.pop() {
        match word.strip_prefix(OPTION) {
            Some("") => pattern = words.pop().unwrap_or_default(),
            Some(value) => pattern = value.trim_start_matches('=').to_owned(),
            None => {}
        }
    }
    set(&pattern)
}

/// A pattern names paths from RSpec's directory, or from the one of its specs.
fn set(pattern: &str) -> Globs {
    let parts = pattern.split(',').map(str::trim).filter(|part| !part.is_empty());
    let globs = parts.flat_map(|part| [part.to_owned(), format!("spec/{part}")]);
    // One that cannot be read excludes nothing.
    let globs = globs.filter_map(|it| GlobBuilder::new(&it).literal_separator(true).build().ok());
    Globs::new(globs).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &str, excluded: &[&str], others: &[&str]) {
        let set = by_options(options);
        for path in excluded {
            assert!(set.is_match(path), "{options}: {path}");
        }
        for path in others {
            assert!(!set.is_match(path), "{options}: {path}");
        }
    }

    #[test]
    fn an_exclude_pattern_leaves_files_out() {
        let rails = "spec/integration/rails/a_spec.rb";
        let own = "spec/hashie/a_spec.rb";
        check("--colour\n--exclude-pattern='spec/integration/**/*_spec.rb'\n", &[rails], &[own]);
        check("--exclude-pattern \"integration/**/*_spec.rb\" --colour", &[rails], &[own]);
        check("--exclude-pattern spec/x_spec.rb,spec/y_spec.rb", &["spec/y_spec.rb"], &[own]);
        check("--colour", &[], &[rails, own]);
        check("--exclude-pattern", &[], &[rails]);
        check("--exclude-pattern 'spec/[", &[], &[rails]);
    }
}
