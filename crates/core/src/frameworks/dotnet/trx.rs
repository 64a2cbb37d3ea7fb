//! Reports of Visual Studio's test platform (trx), as far as they tell how tests ended.

use std::collections::HashMap;
use std::time::Duration;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// How one test ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// What it is called for people.
    pub(super) shown: String,
    pub(super) outcome: String,
    pub(super) duration: Option<Duration>,
    pub(super) message: String,
    pub(super) stack: String,
    pub(super) output: String,
    /// The class, with its namespace, and the method; empty where the report does not tell.
    pub(super) class: String,
    pub(super) method: String,
    /// The assembly that it is in.
    pub(super) storage: String,
    test: String,
}

/// A report, and whether its end is missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) cases: Vec<Case>,
    pub(super) is_cut: bool,
}

/// What a report says of a test before it ran.
#[derive(Debug, Default, Clone)]
struct Definition {
    class: String,
    method: String,
    storage: String,
}

pub(super) fn read(text: &str) -> Report {
    let mut walk = Walk { is_cut: true, ..Walk::default() };
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => walk.enter(&start),
            Event::End(end) => walk.leave(end.local_name().as_ref()),
            Event::Text(text) => walk.text(&text.xml10_content()),
            Event::CData(text) => walk.text(&text.xml10_content()),
            Event::GeneralRef(name) => walk.text(&resolved(&name)),
            Event::Eof => break,
            _ => {}
        }
    }
    walk.report()
}

fn resolved(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return c.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(name).unwrap_or_default().to_owned()
}

#[derive(Debug, Default)]
struct Walk {
    path: Vec<String>,
    /// Results that have begun, and whether there are others in them.
    open: Vec<(Case, bool)>,
    cases: Vec<Case>,
    definition: (String, Definition),
    definitions: HashMap<String, Definition>,
    is_cut: bool,
}

impl Walk {
    fn enter(&mut self, start: &BytesStart<'_>) {
        let name = start.local_name().as_ref().to_owned();
        match name.as_str() {
            "UnitTestResult" => {
                // What a result is made of says it better.
                if let Some((_, has_inner)) = self.open.last_mut() {
                    *has_inner = true;
                }
                let case = Case {
                    shown: attribute(start, "testName"),
                    outcome: attribute(start, "outcome"),
                    duration: duration(&attribute(start, "duration")),
                    test: attribute(start, "testId"),
                    ..Case::default()
                };
                self.open.push((case, false));
            }
            "UnitTest" => {
                let storage = attribute(start, "storage");
                let definition = Definition { storage, ..Definition::default() };
                self.definition = (attribute(start, "id"), definition);
            }
            "TestMethod" => {
                let (_, definition) = &mut self.definition;
                definition.class = attribute(start, "className");
                definition.method = attribute(start, "name");
                // Its own spelling: `storage` is in small letters.
                let code = attribute(start, "codeBase");
                if !code.is_empty() {
                    definition.storage = code;
                }
            }
            _ => {}
        }
        self.path.push(name);
    }

    fn leave(&mut self, name: &str) {
        self.path.pop();
        match name {
            "UnitTestResult" => {
                if let Some((case, false)) = self.open.pop() {
                    self.cases.push(case);
                }
            }
            "UnitTest" => {
                let (id, definition) = std::mem::take(&mut self.definition);
                self.definitions.insert(id, definition);
            }
            "TestRun" => self.is_cut = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some((case, _)) = self.open.last_mut() else {
            return;
        };
        let part = match self.path.last().map(String::as_str) {
            Some("Message") => &mut case.message,
            Some("StackTrace") => &mut case.stack,
            Some("StdOut" | "StdErr" | "DebugTrace") => &mut case.output,
            _ => return,
        };
        part.push_str(&text.replace("\r\n", "\n").replace('\r', ""));
    }

    fn report(mut self) -> Report {
        for case in &mut self.cases {
            let definition = self.definitions.get(&case.test).cloned().unwrap_or_default();
            (case.class, case.method, case.storage) =
                (definition.class, definition.method, definition.storage);
        }
        Report { cases: self.cases, is_cut: self.is_cut }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start.try_get_attribute(name).ok().flatten();
    let value = found.and_then(|it| {
        let value = it.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.into_owned())
    });
    value.unwrap_or_default()
}

/// `00:00:01.0001365`.
fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().ok()?;
    }
    Duration::try_from_secs_f64(seconds).ok()
}
