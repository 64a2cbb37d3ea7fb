//! An interpreter more in a configuration file: text in, text out, with every word that was there.

use std::collections::BTreeMap;

use camino::Utf8Path;
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike};

use super::choice::{Section, choose};
use super::folder::Folder;
use super::image_name::require_image_name;
use super::kinds::{Field, Form, KINDS, Kind};
use super::registered::{DEFAULT, LOCAL};
use crate::config::{self, Layer, Location, Origin, Resolution, did_you_mean};
use crate::model::{Fault, Place, RunError};

/// What is to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// The id of a [`Kind`].
    pub kind: String,
    /// Its name; [`DEFAULT`] for `[interpreter]`.
    pub name: String,
    /// Answers to the kind's fields, by key. An empty one is none.
    pub values: BTreeMap<String, String>,
}

/// Why nothing was added.
#[derive(Debug, Clone, PartialEq)]
pub struct NotAdded {
    /// What to answer otherwise: `kind`, `name`, or the key of a field.
    pub field: Option<String>,
    /// What is wrong.
    pub error: Box<RunError>,
}

/// Where an interpreter is added.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    /// The file, and whose it is.
    pub origin: &'d Origin,
    /// Its text; `None` where there is no such file yet.
    pub text: Option<&'d str>,
    /// What it and all other layers say together.
    pub resolution: &'d Resolution,
    /// The workspace.
    pub folder: Folder<'d>,
}

impl Document<'_> {
    fn path(&self) -> &Utf8Path {
        self.origin.file().unwrap_or(Utf8Path::new("testdock.toml"))
    }
}

/// The text of a file with an interpreter more. The same reader that will read it has read it already.
pub fn add(document: Document<'_>, addition: &Addition) -> Result<String, NotAdded> {
    let kind = kind(&addition.kind)?;
    let name = name(&addition.name, &document)?;
    let values = values(kind, &addition.values)?;
    let before = document.text.unwrap_or_default();
    let mut parsed = parse(document.path(), before)?;
    insert(&mut parsed, name, &values).ok_or_else(|| occupied(document.path(), name))?;
    let after = as_written_before(before, &parsed.to_string());
    check(document, name, (kind, &values), &after)?;
    Ok(after)
}

fn refused(field: &str, message: impl Into<String>) -> NotAdded {
    NotAdded::new(Some(field), RunError::new(Fault::Configuration, message))
}

impl NotAdded {
    fn new(field: Option<&str>, error: RunError) -> Self {
        Self { field: field.map(str::to_owned), error: Box::new(error) }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.error.help = Some(help.into());
        self
    }
}

fn kind(id: &str) -> Result<&'static Kind, NotAdded> {
    let known = || KINDS.iter().map(|kind| kind.id).collect::<Vec<_>>().join(", ");
    let found = KINDS.iter().find(|kind| kind.id == id);
    found.ok_or_else(|| {
        refused("kind", format!("no kind of interpreter is named `{id}`"))
            .help(format!("name one of {}", known()))
    })
}

fn name<'n>(name: &'n str, document: &Document<'_>) -> Result<&'n str, NotAdded> {
    let (name, resolution) = (name.trim(), document.resolution);
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(refused("name", "an interpreter needs a name, of one line")
            .help("give it a short one, such as py312"));
    }
    if name == LOCAL {
        return Err(refused("name", format!("`{LOCAL}` is the name of this machine"))
            .help("give it another name"));
    }
    if name == DEFAULT && matches!(document.origin, Origin::Person(_)) {
        // It would be the default of every project, whatever is in there.
        return Err(refused("name", "one for yourself needs a name of its own")
            .help("give it a short one, such as py312"));
    }
    let named = resolution.config.interpreters.contains_key(name);
    let is_default = name == DEFAULT
        && Section::new(None).source_setting(&resolution.config.interpreter).is_some();
    if named || is_default {
        return Err(refused("name", format!("an interpreter is named `{name}` already"))
            .help("give it another name, or change that one in its file"));
    }
    Ok(name)
}

/// The answers in the order of the fields.
fn values<'v>(
    kind: &'static Kind,
    answers: &'v BTreeMap<String, String>,
) -> Result<Vec<(&'static str, &'v str)>, NotAdded> {
    if let Some(unknown) = answers.keys().find(|key| kind.fields.iter().all(|it| it.key != *key)) {
        let keys: Vec<&str> = kind.fields.iter().map(|field| field.key).collect();
        if KINDS.iter().any(|other| other.id == unknown) {
            let message = format!("an interpreter is made from `{}` or from `{unknown}`", kind.id);
            return Err(refused(unknown, message).help("leave one of them out"));
        }
        let near = did_you_mean(unknown, keys.iter().copied());
        return Err(refused(unknown, format!("`{}` has no field `{unknown}`", kind.id))
            .help(format!("{near}valid here: {}", keys.join(", "))));
    }
    let mut values = Vec::new();
    for field in kind.fields {
        let answer = answers.get(field.key).map(|answer| answer.trim());
        match answer.filter(|answer| !answer.is_empty()) {
            Some(answer) => values.push((field.key, value(field, answer)?)),
            None if field.is_required => {
                let message = format!("`{}` needs `{}`", kind.id, field.key);
                return Err(refused(field.key, message).help(field.description.to_lowercase()));
            }
            None => {}
        }
    }
    Ok(values)
}

/// An answer that the configuration's reader takes.
fn value<'v>(field: &Field, answer: &'v str) -> Result<&'v str, NotAdded> {
    if field.form == Form::Image
        && let Err(error) = require_image_name(answer)
    {
        return Err(NotAdded::new(Some(field.key), error));
    }
    let origin = Origin::CommandLine(field.key.to_owned());
    let layer = Layer::set(origin, &format!("interpreter.{}", field.key), answer);
    match config::resolve(&[layer], None).problems.into_iter().next() {
        None => Ok(answer),
        Some(problem) => {
            let error = RunError::new(Fault::Configuration, problem.message);
            Err(NotAdded::new(Some(field.key), RunError { help: problem.help, ..error }))
        }
    }
}

fn parse(path: &Utf8Path, text: &str) -> Result<DocumentMut, NotAdded> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let at = error.span().map(|span| Location::of(&span, text));
        let line = at.map_or(1, |at| at.line.try_into().unwrap_or(u32::MAX));
        let name = path.file_name().unwrap_or_default();
        let message = format!("cannot add to {name}: not valid TOML: {}", error.message());
        let place = Some(Place { path: path.to_owned(), line, column: None });
        let error = RunError::new(Fault::Configuration, message).help("correct it first");
        NotAdded::new(None, RunError { place, ..error })
    })
}

/// Puts the values in; `None` where something else stands in their place.
fn insert(document: &mut DocumentMut, name: &str, values: &[(&str, &str)]) -> Option<()> {
    if name == DEFAULT {
        return match document.get_mut("interpreter") {
            Some(item) => fill(item.as_table_like_mut()?, values),
            None => append(document, None, "interpreter", values),
        };
    }
    match document.get("interpreters") {
        Some(Item::Value(_)) => {
            insert_inline(document.get_mut("interpreters")?.as_inline_table_mut()?, name, values)
        }
        Some(Item::ArrayOfTables(_)) => None,
        _ => append(document, Some("interpreters"), name, values),
    }
}

fn insert_inline(
    interpreters: &mut InlineTable,
    name: &str,
    values: &[(&str, &str)],
) -> Option<()> {
    // The blank before the brace belongs after the last one.
    let last = interpreters.iter_mut().last().map(|(_, value)| value.decor_mut());
    let blank = last.and_then(|decor| {
        let blank = decor.suffix()?.as_str()?.to_owned();
        decor.set_suffix("");
        Some(blank)
    });
    let mut table = InlineTable::new();
    fill(&mut table, values)?;
    table.decor_mut().set_prefix(" ");
    table.decor_mut().set_suffix(blank.unwrap_or_default());
    interpreters.insert(name, table.into()).is_none().then_some(())
}

fn fill(table: &mut dyn TableLike, values: &[(&str, &str)]) -> Option<()> {
    for (key, value) in values {
        let value = toml_edit::value(*value);
        let before = match key.split_once('.') {
            Some((outer, key)) => {
                let outer =
                    table.entry(outer).or_insert_with(|| toml_edit::value(InlineTable::new()));
                outer.as_table_like_mut()?.insert(key, value)
            }
            None => table.insert(key, value),
        };
        if before.is_some() {
            return None;
        }
    }
    Some(())
}

/// Puts a table at the very end: what a comment stands under stays what it speaks of.
fn append(
    document: &mut DocumentMut,
    parent: Option<&str>,
    name: &str,
    values: &[(&str, &str)],
) -> Option<()> {
    let mut table = Table::new();
    fill(&mut table, values)?;
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    let blank = match (document.is_empty() && trailing.is_empty(), trailing.ends_with("\n\n")) {
        (true, _) | (_, true) => "",
        (false, false) if trailing.is_empty() || trailing.ends_with('\n') => "\n",
        (false, false) => "\n\n",
    };
    table.decor_mut().set_prefix(format!("{trailing}{blank}"));
    table.set_position(Some(isize::MAX));
    document.set_trailing("");
    let siblings: &mut Table = match parent {
        None => document.as_table_mut(),
        Some(parent) => {
            let entry = document.entry(parent).or_insert_with(|| {
                let mut parent = Table::new();
                parent.set_implicit(true);
                Item::Table(parent)
            });
            entry.as_table_mut()?
        }
    };
    siblings.insert(name, Item::Table(table)).is_none().then_some(())
}

fn occupied(path: &Utf8Path, name: &str) -> NotAdded {
    let path = path.file_name().unwrap_or_default();
    let message = format!("cannot add `{name}` to {path}: something else stands in its place");
    NotAdded::new(None, RunError::new(Fault::Configuration, message).help("correct it first"))
}

/// The parser turns every line's end into `\n`, and drops a byte order mark.
fn as_written_before(before: &str, after: &str) -> String {
    let mark = if before.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let all = before.matches('\n').count();
    match all > 0 && before.matches("\r\n").count() == all {
        true => format!("{mark}{}", after.replace("\r\n", "\n").replace('\n', "\r\n")),
        false => format!("{mark}{after}"),
    }
}

/// Reads the new text as it will be read, and sees whether the new interpreter can be used.
fn check(
    document: Document<'_>,
    name: &str,
    (kind, values): (&'static Kind, &[(&'static str, &str)]),
    after: &str,
) -> Result<(), NotAdded> {
    let resolve =
        |text: &str| config::resolve(&[Layer::from_toml(document.origin.clone(), text)], None);
    let known: Vec<String> = resolve(document.text.unwrap_or_default())
        .problems
        .into_iter()
        .map(|problem| problem.message)
        .collect();
    let resolution = resolve(after);
    let new = resolution.problems.iter().find(|problem| !known.contains(&problem.message));
    if let Some(problem) = new {
        let error = RunError::new(Fault::Configuration, &problem.message);
        return Err(NotAdded::new(None, RunError { help: problem.help.clone(), ..error }));
    }
    let section = (name != DEFAULT).then_some(name);
    choose(&resolution, section, "", document.folder).map(drop).map_err(|error| {
        let of_target = error.help.as_ref().is_some_and(|help| help.contains(".target`"));
        let field = if of_target { Some("target") } else { blamed(kind, values, &error.message) };
        let not_added = NotAdded::new(field, error);
        // There is nothing in the file yet that could be corrected.
        let of_file = |help: &String| help.contains("in testdock.toml");
        match not_added.error.help.as_ref().is_some_and(of_file) {
            true => not_added.help("nothing was added: give another answer"),
            false => not_added,
        }
    })
}

/// The field whose answer a message speaks of, in backticks or without; else the one that names the source.
fn blamed(
    kind: &'static Kind,
    values: &[(&'static str, &str)],
    message: &str,
) -> Option<&'static str> {
    let quoted = values.iter().find(|(_, answer)| message.contains(&format!("`{answer}`")));
    let plain = || values.iter().find(|(_, answer)| message.contains(answer));
    let source = || kind.fields.iter().find(|field| field.is_required).map(|field| field.key);
    quoted.or_else(plain).map(|(key, _)| *key).or_else(source)
}

#[cfg(test)]
mod tests;
