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
    /// The first argument as Catch2 or doctest reads it: the name of a test.
    pub(super) first: Option<String>,
    /// Whether that is an argument of doctest's.
    pub(super) is_case: bool,
    /// Whether it is told to report in XML.
    pub(super) reports: bool,
}

/// With what doctest is told to run a test.
const CASE: &str = "--test-case=";

impl Program {
    /// Whether it is started without arguments of its own, and so is no single test.
    pub(super) fn is_bare(&self) -> bool {
        !self.program.is_empty() && self.first.is_none()
    }

    /// Takes in `/build/tests "--gtest_filter=A.B" "…"`. CTest escapes nothing.
    pub(super) fn command(&mut self, command: &str) {
        let (program, arguments) = command.split_once(" \"").unwrap_or((command, ""));
        self.program = program.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let arguments = arguments.strip_suffix('"').unwrap_or(arguments);
        let all = arguments.split("\" \"").filter(|argument| !argument.is_empty());
        // What stands behind these is Testdock's.
        let is_own = |argument: &&str| !matches!(*argument, "-r" | "-r=xml");
        self.reports = !all.clone().all(|argument| is_own(&argument));
        let mut all = all.take_while(is_own);
        let first = all.clone().next();
        let case = first.and_then(|it| it.strip_prefix(CASE));
        self.is_case = case.is_some();
        self.first = case.or(first).map(unescaped);
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
