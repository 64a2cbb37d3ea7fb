//! The places in one line of text: a handful of forms that have words around the place, and all
//! others.

use super::Place;
use super::frames::{Frame, Order, Trust};
use super::library::{is_library, is_library_class};
use super::{path, plain};

/// Adds the places in a line, given the line before it.
pub(super) fn frames(line: &str, previous: &str, frames: &mut Vec<Frame>) {
    let forms = [python, java, dotnet, erlang, bats, php];
    let found = forms.iter().find_map(|form| form(line));
    match found.or_else(|| perl(line, previous)).or_else(|| labelled(line, previous)) {
        Some(frame) => frames.push(frame),
        None => plain::frames(line, frames),
    }
}

pub(super) fn frame(written: &str, line: u32, trust: Trust) -> Option<Frame> {
    let path = path::clean(written)?;
    let order = match path.ends_with(".py") {
        true => Order::InnermostLast,
        false => Order::InnermostFirst,
    };
    let library = is_library(written) || is_library(&path);
    Some(Frame { place: Place { path, line, column: None }, order, trust, library })
}

/// `File "a.py", line 3, in f`
fn python(line: &str) -> Option<Frame> {
    let (_, rest) = line.split_once("File \"")?;
    let (path, rest) = rest.split_once("\", line ")?;
    let mut frame = frame(path, number(rest)?.0, Trust::Stated)?;
    frame.order = Order::InnermostLast;
    Some(frame)
}

/// `at com.example.FooTest$Inner.method(FooTest.java:3)`; the package tells the folder.
fn java(line: &str) -> Option<Frame> {
    let (_, call) = line.split_once("at ")?;
    let (method, rest) = call.split_once('(')?;
    let (file, rest) = rest.split_once(':')?;
    let (number, rest) = number(rest)?;
    if !rest.starts_with(')') || !is_jvm(file) {
        return None;
    }
    // Before the class may stand a class loader and a module: `app//`, `java.base@17/`. A method of
    // Kotlin may have spaces.
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

/// `at Example.Tests.Adds() in C:\x\Tests.cs:line 3`
fn dotnet(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(":line ")?;
    let (call, path) = before.rsplit_once(" in ")?;
    let mut frame = frame(path, number(rest)?.0, Trust::Stated)?;
    frame.library |= call.split_once("at ").is_some_and(|(_, class)| is_library_class(class));
    Some(frame)
}

/// `in function m:f/0 (m.erl, line 3)`
fn erlang(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(".erl, line ")?;
    let (_, module) = before.rsplit_once(['(', ' '])?;
    frame(&format!("{module}.erl"), number(rest)?.0, Trust::Stated)
}

/// `(in test file a.bats, line 3)`; frames of helpers say `in file`.
fn bats(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(", line ")?;
    let (line, _) = number(rest)?;
    match before.rsplit_once("in test file ") {
        Some((_, path)) => frame(path, line, Trust::Vouched),
        None => frame(before.rsplit_once(" in file ")?.1, line, Trust::Stated),
    }
}

/// `at t/a.t line 3.`; the place of a test that is allowed to fail is not the failure's.
fn perl(line: &str, previous: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(" line ")?;
    let path = before.rsplit_once("at ")?.1;
    if !path::is_source(path) || path.contains(' ') || previous.contains("(TODO)") {
        return None;
    }
    frame(path, number(rest)?.0, Trust::Stated)
}

/// `/a/b.php(3)`, which some compilers write too.
fn php(line: &str) -> Option<Frame> {
    let (before, rest) = line.split_once('(')?;
    let (number, rest) = number(rest)?;
    let path = before.rsplit([' ', '\t']).next().filter(|path| path::is_source(path))?;
    if rest.starts_with([')', ',']) { frame(path, number, Trust::Stated) } else { None }
}

/// Two lines: `- file   : a.cpp` and `- line   : 3`; or `File: a.c` and `Line: 3`.
fn labelled(line: &str, previous: &str) -> Option<Frame> {
    let line = value_of(line, "line")?.parse().ok()?;
    frame(value_of(previous, "file")?, line, Trust::Vouched)
}

fn value_of<'t>(line: &'t str, label: &str) -> Option<&'t str> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(|c: char| c == '-' || c.is_whitespace());
    name.eq_ignore_ascii_case(label).then(|| value.trim())
}

/// A number and what follows it.
pub(super) fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}
