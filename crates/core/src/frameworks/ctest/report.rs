//! The report that a program of Catch2 or doctest prints in XML while its tests run, line by line.
//!
//! Both have nearly the same elements, each on lines of its own. What a test prints past the library stands between
//! them, and may look like anything: so no parser of whole documents reads this.

use std::sync::LazyLock;

use regex::Regex;

/// So many lines of one test are kept, and how it ended.
const MOST_LINES: usize = 20_000;
/// A tag goes on in further lines where a name in it does: in no more than this.
const LONGEST_TAG: usize = 64 * 1024;

/// What the whole of a report is called: by Catch2 from version 3 on, by older ones, by doctest.
const ROOTS: &[&str] = &["Catch2TestRun", "Catch", "doctest"];
/// What stands around tests and says nothing of one.
const AROUND: &[&str] = &["?xml", "Group", "Options", "Randomness", "TestSuite"];
const CASE: &str = "TestCase";
/// What stands in a test and holds other elements.
const NODES: &[&str] = &[
    "Section",
    "SubCase",
    "Expression",
    "Message",
    "OverallResult",
    "OverallResults",
    "OverallResultsAsserts",
];
/// What stands in a test and holds text.
const TEXTS: &[&str] = &[
    "Original",
    "Expanded",
    "Exception",
    "FatalErrorCondition",
    "Failure",
    "Info",
    "Skip",
    "StdErr",
    "StdOut",
    "Text",
    "Warning",
];

static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"([\w-]+)="([^"]*)""#).expect("a pattern"));

/// An element: of a test, or in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    fn new(name: &str, attributes: &str) -> Self {
        let attributes = ATTRIBUTE.captures_iter(attributes);
        let attributes = attributes.map(|found| (found[1].to_owned(), plain(&found[2])));
        Self { name: name.to_owned(), attributes: attributes.collect(), ..Self::default() }
    }

    /// An attribute, empty where there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Its text without the lines' indentation around it.
    pub(super) fn text(&self) -> String {
        plain(self.text.trim())
    }

    /// Its text as it was printed.
    pub(super) fn lines(&self) -> String {
        plain(&self.text)
    }

    /// The text of a part of it.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.children.iter().find(|it| it.name == name).map(Self::text)
    }

    /// The last element of that name in it.
    pub(super) fn last(&self, name: &str) -> Option<&Self> {
        let is_it = |it: &Self| it.name == name;
        self.children.iter().rev().find_map(|it| it.last(name).or(is_it(it).then_some(it)))
    }
}

fn plain(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |it| it.into_owned())
}

/// What a line says of the tests.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    /// The test that [`Report::open`] gives began.
    Began,
    Ended(Element),
}

/// What a line holds.
#[derive(Debug)]
pub(super) struct Heard<'l> {
    /// What the program printed by itself.
    pub(super) printed: Option<&'l str>,
    pub(super) said: Said,
}

/// A report as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The test that runs, and what is open in it.
    open: Vec<Element>,
    /// A tag that goes on in the next line.
    tag: String,
    lines: usize,
    /// Whether its end was read.
    pub(super) is_whole: bool,
}

impl Report {
    /// The report that begins with this line.
    pub(super) fn begun(line: &str) -> Option<Self> {
        let (_, tag) = tag(line)?;
        ROOTS.contains(&name(tag)).then(Self::default)
    }

    /// The test that runs.
    pub(super) fn open(&self) -> Option<&Element> {
        self.open.first()
    }

    /// The test that ran when the program ended.
    pub(super) fn abandoned(&mut self) -> Option<Element> {
        self.close(CASE)
    }

    pub(super) fn line<'l>(&mut self, line: &'l str) -> Heard<'l> {
        if !self.tag.is_empty() {
            self.tag.push('\n');
            self.tag.push_str(line);
            let is_over = line.ends_with('>') || self.tag.len() > LONGEST_TAG;
            let tag = if is_over { std::mem::take(&mut self.tag) } else { String::new() };
            return Heard { printed: None, said: self.tag(&tag) };
        }
        // Catch2 2 ends its report without ending the line.
        if let Some(rest) = line.strip_prefix("</Catch>").filter(|_| self.open.is_empty()) {
            self.is_whole = true;
            return Heard { printed: Some(rest).filter(|it| !it.is_empty()), said: Said::Nothing };
        }
        let found = tag(line).filter(|(_, tag)| self.means(name(tag)));
        let Some((before, tag)) = found else {
            return Heard { printed: self.content(line), said: Said::Nothing };
        };
        let printed = Some(before.trim_end()).filter(|it| !it.is_empty());
        let printed = printed.and_then(|it| self.content(it));
        if tag.ends_with('>') {
            return Heard { printed, said: self.tag(tag) };
        }
        tag.clone_into(&mut self.tag);
        Heard { printed, said: Said::Nothing }
    }

    /// Whether an element of that name may stand here: tests stand in no other.
    fn means(&self, name: &str) -> bool {
        if self.open.is_empty() {
            let name = name.trim_start_matches('/');
            return name == CASE
                || [ROOTS, AROUND].iter().any(|names| names.contains(&name))
                || name.starts_with("OverallResults");
        }
        NODES.contains(&name)
            || TEXTS.contains(&name)
            || name == "/TestCase"
            || name.strip_prefix('/').is_some_and(|it| self.open.iter().any(|open| open.name == it))
    }

    /// Text of an element, or what the program printed by itself.
    fn content<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        let top = self.open.last_mut().filter(|it| TEXTS.contains(&it.name.as_str()));
        let Some(top) = top else {
            return Some(line);
        };
        self.lines += 1;
        if self.lines < MOST_LINES {
            top.text.push_str(line);
            top.text.push('\n');
        }
        None
    }

    fn tag(&mut self, tag: &str) -> Said {
        let name = name(tag);
        if let Some(closed) = name.strip_prefix('/') {
            self.is_whole |= ROOTS.contains(&closed);
            return self.close(closed).map_or(Said::Nothing, Said::Ended);
        }
        self.lines += 1;
        let is_case = name == CASE;
        if self.open.is_empty() && !is_case {
            return Said::Nothing;
        }
        self.open.push(Element::new(name, tag));
        if tag.ends_with("/>") {
            return self.close(name).map_or(Said::Nothing, Said::Ended);
        }
        if is_case { Said::Began } else { Said::Nothing }
    }

    /// Closes the innermost element of that name, with all that is open in it; the test, if it was that.
    fn close(&mut self, name: &str) -> Option<Element> {
        let at = self.open.iter().rposition(|it| it.name == name)?;
        while self.open.len() > at {
            let closed = self.open.pop()?;
            match self.open.last_mut() {
                Some(_) if self.lines > MOST_LINES && !closed.name.starts_with("OverallResult") => {
                }
                Some(parent) => parent.children.push(closed),
                None => {
                    self.lines = 0;
                    return Some(closed);
                }
            }
        }
        None
    }
}

/// What stands before a tag at a line's end, and the tag. In values `<` is written otherwise.
fn tag(line: &str) -> Option<(&str, &str)> {
    let at = line.rfind('<')?;
    let (before, tag) = (&line[..at], line[at..].trim_end());
    let is_begun = || tag.contains("=\"") && tag.matches('"').count() % 2 == 1;
    (tag.ends_with('>') || is_begun()).then_some((before, tag))
}

fn name(tag: &str) -> &str {
    let tag = tag.trim_start_matches('<');
    let end = tag.get(1..).and_then(|it| it.find([' ', '>', '/', '\n']));
    end.map_or(tag, |end| &tag[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report's words about a text, line by line.
    fn read(text: &str) -> Vec<String> {
        let mut report = Report::default();
        let mut told = Vec::new();
        for line in text.lines() {
            let Heard { printed, said } = report.line(line);
            told.extend(printed.map(|it| format!("printed {it}")));
            match said {
                Said::Nothing => {}
                Said::Began => {
                    told.push(format!("began {}", report.open().unwrap().attribute("name")));
                }
                Said::Ended(case) => told.push(format!("ended {}", shown(&case))),
            }
        }
        told.extend(report.abandoned().map(|case| format!("left {}", shown(&case))));
        told
    }

    fn shown(element: &Element) -> String {
        let text = element.text();
        let inner: Vec<String> = element.children.iter().map(shown).collect();
        let inner = inner.join(" ");
        match (element.name.as_str(), element.attribute("name")) {
            (CASE, name) => format!("{name:?}: {inner}"),
            (name, _) if inner.is_empty() => format!("{name}({text})"),
            (name, _) => format!("{name}({inner})"),
        }
    }

    #[test]
    fn what_a_test_prints_is_no_report() {
        let text = "<TestCase name=\"a &quot;b&quot; &lt;c> č\" line=\"1\">\n\
                    hello\n\
                    no line end      <Info>\n\
                    a line &lt;/Info>\n\
                    </Info>\n\
                    <TestCase name=\"not one\">\n\
                    a <b> c\n\
                    <Unknown>\n\
                    </Group>\n\
                    <OverallResult success=\"true\"/>\n\
                    </TestCase>\n\
                    </Catch>Segmentation fault";
        assert_eq!(
            read(text),
            [
                "began a \"b\" <c> č",
                "printed hello",
                "printed no line end",
                "printed <TestCase name=\"not one\">",
                "printed a <b> c",
                "printed <Unknown>",
                "printed </Group>",
                "ended \"a \\\"b\\\" <c> č\": Info(a line </Info>) OverallResult()",
                "printed Segmentation fault",
            ]
        );
    }

    #[test]
    fn a_test_may_print_half_of_an_element() {
        let text = "<TestCase name=\"a\">\n<Info>\nlost\n<OverallResult success=\"false\">\n\
                    <StdOut>\nx\n</StdOut>\n</OverallResult>\n</TestCase>\n\
                    <TestCase name=\"b\">\n<Expression>\n<Original>\n1 == 2";
        assert_eq!(
            read(text),
            [
                "began a",
                "ended \"a\": Info(OverallResult(StdOut(x)))",
                "began b",
                "left \"b\": Expression(Original(1 == 2))",
            ]
        );
    }

    #[test]
    fn a_name_may_have_lines() {
        let text = "  <TestCase name=\"a\nb > c\n\" line=\"1\">\n  </TestCase>\n\
                    <TestCase name=\"skipped\" skipped=\"true\"/>";
        assert_eq!(
            read(text),
            ["began a\nb > c\n", "ended \"a\\nb > c\\n\": ", "ended \"skipped\": "]
        );
    }
}
