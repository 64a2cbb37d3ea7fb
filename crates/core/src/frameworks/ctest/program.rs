//! What CTest says of a test's program: which one, and with what it is told to run one test of several.

/// A test of CTest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Program {
    /// The name that CTest has for it.
    pub(super) name: String,
    /// The program's own, without directories.
    pub(super) program: String,
    /// The one test of GoogleTest that it runs.
    pub(super) filter: Option<String>,
    /// The first argument, as a specification of Catch2's: the name of a test.
    pub(super) first: Option<String>,
}

impl Program {
    /// Takes in `/build/tests "--gtest_filter=A.B" "…"`. CTest escapes nothing.
    pub(super) fn command(&mut self, command: &str) {
        let (program, arguments) = command.split_once(" \"").unwrap_or((command, ""));
        self.program = program.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let arguments = arguments.strip_suffix('"').unwrap_or(arguments);
        let mut all = arguments.split("\" \"").filter(|argument| !argument.is_empty());
        self.first = all.clone().next().map(unescaped);
        let filter = all.find_map(|argument| argument.strip_prefix("--gtest_filter="));
        self.filter = filter.filter(|it| !it.contains(['*', '?', ':', '-'])).map(str::to_owned);
    }
}

/// Catch2's own escapes taken out.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(|next| r"\,[]".contains(*next)) => {
                out.extend(chars.next())
            }
            c => out.push(c),
        }
    }
    out
}
