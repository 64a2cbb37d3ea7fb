//! Reports as the helpers tell them: `report NAME`, their lines behind a space, `end`.

/// The report that is being told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Its name, and its text so far.
    open: Option<(String, String)>,
}

impl Told {
    /// Takes a line; the report, by its name and text, that is whole with it.
    pub(super) fn line(&mut self, line: &str) -> Option<(String, String)> {
        if let Some((_, text)) = &mut self.open
            && let Some(more) = line.strip_prefix(' ')
        {
            text.push_str(more);
            text.push('\n');
        } else if let Some(name) = line.strip_prefix("report ") {
            self.open = Some((name.to_owned(), String::new()));
        } else if line == "end" {
            return self.open.take();
        }
        None
    }
}
