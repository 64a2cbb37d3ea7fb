//! Containers and their logs in a terminal.
//!
//! The text carries ANSI colours; whoever prints it takes them out where they are not wanted.

use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Style};

use super::logs::Line;
use super::{Container, Group, Health, State, ports_words};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// The colours of names, in turn; red is for what is wrong.
const COLOURS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::BrightCyan,
];

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Groups with their containers, a line each, in columns.
pub fn list_lines(groups: &[Group<'_>]) -> Vec<String> {
    let all = || groups.iter().flat_map(|group| group.containers.iter().copied());
    let rows: Vec<[String; 4]> = all().map(columns).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut rows = rows.iter();
    let mut lines = Vec::new();
    for group in groups {
        let kind = group.kind.as_str();
        let label = match group.label.contains(kind) || group.label.to_lowercase().contains(kind) {
            true => paint(BOLD, &group.label),
            false => format!("{} {}", paint(BOLD, &group.label), paint(DIM, &format!("({kind})"))),
        };
        lines.push(label);
        for (container, row) in group.containers.iter().zip(&mut rows) {
            lines.push(row_line(container, row, widths));
        }
    }
    lines
}

fn columns(container: &Container) -> [String; 4] {
    let role = container.origin.role().unwrap_or("-");
    let health = container.health.map(|health| format!(", {}", health.as_str()));
    let state = match container.state {
        State::Paused => "paused, ",
        State::Stopping => "stopping, ",
        _ => "",
    };
    let image = container.image.strip_prefix("sha256:").and_then(|id| id.get(..12));
    let mut rest = image.unwrap_or(&container.image).to_owned();
    if !container.ports.is_empty() {
        rest.push_str("  ");
        rest.push_str(&ports_words(&container.ports));
    }
    let status = format!("{state}{}{}", container.status, health.unwrap_or_default());
    [container.name.clone(), role.to_owned(), status, rest]
}

fn row_line(container: &Container, row: &[String; 4], widths: [usize; 3]) -> String {
    let [name, role, status, rest] = row;
    let [a, b, c] = widths;
    let style = colour(container);
    format!("  {} {name:a$}  {role:b$}  {status:c$}  {}", paint(style, "●"), paint(DIM, rest))
}

fn colour(container: &Container) -> Style {
    match (container.state, container.health) {
        (_, Some(Health::Unhealthy)) | (State::Dead, _) => RED,
        (State::Restarting | State::Paused | State::Stopping | State::Removing, _)
        | (State::Running, Some(Health::Starting)) => YELLOW,
        (State::Running, _) => GREEN,
        (State::Created | State::Exited | State::Unknown, _) => DIM,
    }
}

/// Shows lines of logs: behind the container's name where there are several.
#[derive(Debug, Clone, Default)]
pub struct LogLines {
    /// The containers' names.
    pub names: Vec<String>,
    /// Whether each line begins with its time.
    pub times: bool,
    /// Whether there are colours, ours and the containers' own.
    pub colours: bool,
}

impl LogLines {
    /// A line of the log with this number, without line break.
    pub fn show(&self, log: usize, line: &Line) -> String {
        let mut shown = self.name(log);
        if let (true, Some(at)) = (self.times, line.at) {
            shown.push_str(&paint(DIM, &at.to_string()));
            shown.push(' ');
        }
        shown.push_str(&harmless(&line.text));
        self.coloured(shown)
    }

    /// What is said about a container instead of a line of it.
    pub fn note(&self, log: usize, note: &str) -> String {
        self.coloured(format!("{}{}", self.name(log), paint(DIM, note)))
    }

    fn coloured(&self, shown: String) -> String {
        if self.colours { shown } else { strip_str(&shown).to_string() }
    }

    fn name(&self, log: usize) -> String {
        if self.names.len() < 2 {
            return String::new();
        }
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let name = self.names.get(log).map_or("", String::as_str);
        let style = COLOURS[log % COLOURS.len()].on_default();
        paint(style, &format!("{name:width$} | "))
    }
}

/// A line that may be coloured, and does nothing else to a terminal: no cursor moves, no bell.
pub fn harmless(text: &str) -> String {
    // A progress bar draws over itself: its last state is what would be seen.
    let text = text.rsplit('\r').find(|part| !part.is_empty()).unwrap_or_default();
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_coloured = false;
    while let Some(at) = rest.find('\x1b') {
        let (before, escape) = rest.split_at(at);
        plain(before, &mut kept);
        let colour = colour_sequence(escape);
        kept.push_str(colour);
        is_coloured |= !colour.is_empty();
        rest = match colour.len() {
            0 => after_escape(escape),
            length => &escape[length..],
        };
    }
    plain(rest, &mut kept);
    if is_coloured {
        kept.push_str("\x1b[0m");
    }
    kept
}

fn plain(text: &str, kept: &mut String) {
    let shown = |c: char| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    kept.extend(text.chars().map(shown));
}

/// The sequence at the beginning, where it sets a colour.
fn colour_sequence(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("\x1b[") else {
        return "";
    };
    let length = rest.bytes().take_while(|b| b.is_ascii_digit() || b";:".contains(b)).count();
    match rest.as_bytes().get(length) {
        Some(b'm') => &text[..2 + length + 1],
        _ => "",
    }
}

/// What follows another sequence.
fn after_escape(text: &str) -> &str {
    // The first piece of text that is no part of a sequence begins where the sequence ends.
    match strip_str(text).next() {
        Some(kept) => {
            let start = kept.as_ptr() as usize - text.as_ptr() as usize;
            &text[start.max(1)..]
        }
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::logs::{Moment, Stream};
    use super::super::tests::{compose, container, ours};
    use super::super::{Origin, Port, groups};
    use super::*;

    fn line(text: &str) -> Line {
        Line { at: Some(Moment(0)), stream: Stream::Stdout, text: text.to_owned() }
    }

    fn check(names: &[&str], times: bool, log: usize, text: &str, expected: &Expect) {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let lines = LogLines { names, times, colours: true };
        expected.assert_eq(&format!("{:?}", lines.show(log, &line(text))));
    }

    #[test]
    fn one_log_has_no_names_and_several_have_colours() {
        check(&["a"], false, 0, "text", &expect![[r#""text""#]]);
        check(
            &["a", "long"],
            true,
            0,
            "text",
            &expect![[
                r#""\u{1b}[36ma    | \u{1b}[0m\u{1b}[2m1970-01-01T00:00:00.000000000Z\u{1b}[0m text""#
            ]],
        );
    }

    #[test]
    fn a_line_keeps_its_colours_and_nothing_else() {
        check(
            &["a"],
            false,
            0,
            "\x1b[31mred\x1b[0m \x1b[2Jgone\x07 \x1b]0;title\x07end\x1b[1;32mx",
            &expect![[r#""\u{1b}[31mred\u{1b}[0m gone� end\u{1b}[1;32mx\u{1b}[0m""#]],
        );
        check(&["a"], false, 0, "10%\r100%\r", &expect![[r#""100%""#]]);
        check(&["a"], false, 0, "\x1b", &expect![[r#""""#]]);
    }

    #[test]
    fn colours_are_taken_out_where_nobody_sees_them() {
        let lines = LogLines { names: vec!["a".into(), "b".into()], ..LogLines::default() };
        assert_eq!(lines.show(1, &line("\x1b[31mred")), "b | red");
        assert_eq!(lines.note(0, "over"), "a | over");
    }

    #[test]
    fn a_list_has_columns() {
        let mut db = compose("shop-db-1", "shop", "db", "/shop");
        db.health = Some(Health::Healthy);
        db.ports = vec![Port {
            address: String::new(),
            outside: 5432,
            inside: 5432,
            protocol: "tcp".into(),
        }];
        let mut other = container("x", Origin::Other);
        (other.state, other.status) = (State::Exited, "exited (1) 2 hours ago".into());
        let all = [ours("testdock-shop-1", "/shop", "default"), db, other];
        let lines = list_lines(&groups(&all, &[]));
        expect![[r#"
            /shop (interpreter)
              ● testdock-shop-1  default  up 5 minutes            image
            shop (compose)
              ● shop-db-1        db       up 5 minutes, healthy   image  5432→5432
            other containers
              ● x                -        exited (1) 2 hours ago  image"#]]
        .assert_eq(&strip_str(&lines.join("\n")).to_string());
    }
}
