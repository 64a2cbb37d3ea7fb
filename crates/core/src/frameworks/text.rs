//! What tools print, cut to what is worth keeping.

/// So much is kept of what a test printed.
pub(super) const MOST: usize = 64 * 1024;

/// The end of what a test printed.
pub(super) fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(MOST);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[from..]
}
