//! What stands in a page is shown, whatever it looks like: text of tools and of projects means nothing in Markdown.

use std::fmt::Write;

use super::words::printable;

/// How much of traces and output is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Lines of each trace, and of the output; the last ones.
    pub lines: usize,
    /// Bytes of each.
    pub bytes: usize,
    /// Tests below a group that are told one by one.
    pub tests: usize,
}

impl Extent {
    /// What fits beside the code.
    pub const HOVER: Self = Self { lines: 15, bytes: 2_000, tests: 5 };
    /// What fits into a document.
    pub const DOCUMENT: Self = Self { lines: 2_000, bytes: 200_000, tests: 50 };
}

/// A part of a page: what a tool printed, as it is laid out.
pub(super) fn push_block(text: &mut String, title: &str, content: &str, extent: Extent) {
    let (content, is_cut) = tail(content, extent);
    if content.trim().is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = write!(text, "\n{title}:\n");
    }
    let cut = if is_cut { "…\n" } else { "" };
    let fence = fence(&content);
    let _ = write!(text, "\n{fence}text\n{cut}{content}\n{fence}\n");
}

/// The end of a text, without what a terminal would act on.
fn tail(text: &str, extent: Extent) -> (String, bool) {
    let text = text.trim_end();
    let mut start = text.len().saturating_sub(extent.bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let last = &text[start..];
    let total = last.lines().count();
    let lines: Vec<&str> = last.lines().skip(total.saturating_sub(extent.lines)).collect();
    (printable(&lines.join("\n")), start > 0 || total > extent.lines)
}

/// A fence that the content does not close.
pub(super) fn fence(content: &str) -> String {
    let mut fence = "```".to_owned();
    while content.contains(&fence) {
        fence.push('`');
    }
    fence
}

/// Text that Markdown leaves alone, in whatever place it stands.
pub fn plain(text: &str) -> String {
    let text = printable(text);
    let lines = text.lines().map(|line| plain_line(line.trim()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A message of our own on one line, whose `words in backticks` are code; all else means nothing.
pub(super) fn prose(text: &str) -> String {
    let text = printable(text).replace('\n', " ");
    let parts: Vec<&str> = text.split('`').collect();
    let is_closed = |index: usize| index + 1 < parts.len();
    let parts = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        0 => plain_line(part),
        _ if !is_closed(index) => format!("\\`{}", plain_line(part)),
        _ if part.trim().is_empty() => format!("\\`{part}\\`"),
        _ => format!("`{part}`"),
    });
    parts.collect()
}

fn plain_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    // A list begins with a sign or a number, an underline of a title is of signs.
    let mut is_start = true;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let means = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' => true,
            '_' => !(is_inside(out.chars().next_back()) && is_inside(chars.peek().copied())),
            '-' | '+' | '=' => out.is_empty(),
            '.' | ')' => is_start && !out.is_empty(),
            _ => false,
        };
        if means {
            out.push('\\');
        }
        is_start &= c.is_ascii_digit();
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_is_kept_and_says_that_it_is_one() {
        let extent = Extent { lines: 2, bytes: 9, tests: 1 };
        assert_eq!(tail("a\nb\nc\n", extent), ("b\nc".to_owned(), true));
        assert_eq!(tail("ab\u{1b}[31mc", extent).0, "abc");
        assert_eq!(tail("ééééé", extent), ("éééé".to_owned(), true));
        assert_eq!(tail("x\u{7}", extent), ("x".to_owned(), false));
    }

    #[test]
    fn a_fence_outlasts_what_it_holds() {
        assert_eq!(fence("a ``` b"), "````");
    }

    #[test]
    fn our_own_words_have_code() {
        assert_eq!(prose("set `a_b*` in <x>"), r"set `a_b*` in \<x\>");
        assert_eq!(prose("a ` b"), r"a \` b");
        assert_eq!(prose("`` `x`\n# y `"), r"\`\` `x` \# y \`");
    }

    #[test]
    fn no_text_means_anything() {
        assert_eq!(plain("a_b[1]"), r"a_b\[1\]");
        assert_eq!(plain("<img> &lt; `x` $1$ ~~"), r"\<img\> \&lt; \`x\` \$1\$ \~\~");
        assert_eq!(
            plain("1. a\n12) b\n- c\n+ d\n=== \n    e\n"),
            "1\\. a\n12\\) b\n\\- c\n\\+ d\n\\===\ne"
        );
        assert_eq!(plain("__init__ a_"), r"\_\_init\_\_ a\_");
        assert_eq!(plain("a - b = 1.5 (x)"), "a - b = 1.5 (x)");
        assert_eq!(plain("\u{1b}[31mred\u{7}"), "red");
    }
}
