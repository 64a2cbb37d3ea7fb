//! The places in one line of text: a handful of forms that have words around the place, and all
//! others.

use super::Place;
use super::frames::{Frame, Order, Trust};
use super::library::{is_library, is_library_class};
use super::{path, plain, terms, worded};

/// Adds the places in a line, given the line before it.
pub(super) fn frames(line: &str, previous: &str, frames: &mut Vec<Frame>) {
    let forms = [quoted, jvm, matlab, worded::frame, in_brackets, parser, dart];
    let found = forms.iter().find_map(|form| form(line));
    match found.or_else(|| labelled(line, previous)) {
        // What is allowed to fail has a place too, which is not the failure's.
        Some(_) if previous.contains("(TODO)") => {}
        Some(frame) => frames.push(frame),
        None if terms::frames(line, previous, frames) => {}
        None => plain::frames(line, frames),
    }
}

pub(super) fn frame(written: &str, line: u32, trust: Trust) -> Option<Frame> {
    let path = path::clean(written).filter(|_| line > 0)?;
    let order = match path.ends_with(".py") {
        true => Order::InnermostLast,
        false => Order::InnermostFirst,
    };
    let library = is_library(written) || path != written && is_library(&path);
    Some(Frame { place: Place { path, line, column: None }, order, trust, library })
}

/// `File "a.py", line 3, in f`, and `Raised at A.f in file "a.ml", line 3, characters 2-7`
fn quoted(line: &str) -> Option<Frame> {
    let at = line.find("ile \"").filter(|&at| line[..at].ends_with(['F', 'f']))?;
    let (path, rest) = line[at + 5..].split_once("\", line ")?;
    let mut frame = frame(path, number(rest)?.0, Trust::Stated)?;
    if !path.ends_with(".ml") && !path.ends_with(".mli") {
        frame.order = Order::InnermostLast;
    }
    Some(frame)
}

/// `at com.example.FooTest$Inner.method(FooTest.java:3)`; the package tells the folder.
fn jvm(line: &str) -> Option<Frame> {
    let (_, call) = line.split_once("at ")?;
    // A method of Kotlin or Groovy may have spaces and brackets in its name.
    let (method, place) = call.rsplit_once('(')?;
    let (file, rest) = place.split_once(':')?;
    let (number, rest) = number(rest)?;
    if !rest.starts_with(')') || !is_jvm(file) {
        return None;
    }
    // Before the class may stand a class loader and a module: `app//`, `java.base@17/`.
    let method = method.split(' ').next()?.rsplit('/').next()?;
    let class = method.rsplit_once('.')?.0;
    let folders = class.rsplit_once('.').map(|(package, _)| package.replace('.', "/") + "/");
    let mut frame =
        frame(&format!("{}{file}", folders.unwrap_or_default()), number, Trust::Stated)?;
    frame.library |= is_library_class(class);
    Some(frame)
}

fn is_jvm(file: &str) -> bool {
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("java" | "kt" | "kts" | "scala" | "sc" | "groovy" | "clj" | "cljc"))
}

/// `In /a/FooTest.m (FooTest.adds) at 3`
fn matlab(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(") at ")?;
    let (path, _) = before.rsplit_once(" (")?;
    let path = path.trim_start().strip_prefix("In ").filter(|path| path::is_source(path))?;
    frame(path, number(rest)?.0, Trust::Stated)
}

/// `/a/b.php(3)`, `a.cs(3,7): error`, `a.nim(3, 7)`
fn in_brackets(line: &str) -> Option<Frame> {
    let (before, rest) = line.split_once('(')?;
    let (line, rest) = number(rest)?;
    let path = Some(&before[worded::start(before)..]).filter(|path| path::is_source(path))?;
    let column = rest.strip_prefix(',').and_then(|rest| number(rest.trim_start()));
    let rest = column.map_or(rest, |(_, rest)| rest);
    let mut frame = frame(path, line, Trust::Stated).filter(|_| rest.starts_with([')', ',']))?;
    frame.place.column = column.map(|(column, _)| column);
    Some(frame)
}

/// `SyntaxError: /a/b.js: Unexpected token (3:7)`, where columns count from 0.
fn parser(line: &str) -> Option<Frame> {
    let (before, place) = line.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let (line, rest) = number(place)?;
    let (_, "") = number(rest.strip_prefix(':')?)? else { return None };
    let path = before.split(": ").take(2).find(|part| path::is_source(part))?;
    frame(path.trim_start(), line, Trust::Stated)
}

/// `test/a_test.dart 3:7   main.<fn>`; what a package holds has its name before it.
fn dart(line: &str) -> Option<Frame> {
    let (path, rest) = line.trim_start().split_once(".dart ")?;
    let (line, rest) = number(rest.trim_start())?;
    let (column, _) = number(rest.strip_prefix(':')?)?;
    let mut frame = frame(&format!("{path}.dart"), line, Trust::Stated)?;
    frame.place.column = Some(column);
    Some(frame)
}

/// Two lines: `- file   : a.cpp` and `- line   : 3`; or `File: a.c` and `Line: 3`.
fn labelled(line: &str, previous: &str) -> Option<Frame> {
    let line = value_of(line, "line")?.parse().ok()?;
    let path = value_of(previous, "file").filter(|path| path::is_source(path))?;
    frame(path, line, Trust::Vouched)
}

/// What follows a label; they come as `- file   : a`, `File: a`, ` == [File] - a`.
fn value_of<'t>(line: &'t str, label: &str) -> Option<&'t str> {
    let rest = line.trim_start_matches(is_mark);
    let (name, rest) = rest.split_at_checked(label.len())?;
    let value = rest.trim_start_matches(is_mark);
    (name.eq_ignore_ascii_case(label) && rest.starts_with(is_mark)).then(|| value.trim())
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || "-=[]:".contains(c)
}

/// A number and what follows it.
pub(super) fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}
