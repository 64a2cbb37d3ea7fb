//! What Jenkins fills into strings, and how it takes a line of flags apart.

use std::collections::BTreeMap;

use super::super::folder::Folder;
use super::super::groovy::{Arg, Call, Text, Value};

/// The variables that surround an agent.
pub(super) struct Variables<'f> {
    /// From `environment` blocks, the inner over the outer; in their order of names.
    pub(super) env: BTreeMap<String, String>,
    /// Default values of the pipeline's parameters; the caller's environment may have others.
    params: BTreeMap<String, String>,
    /// Strings of the file that never change: `def name = 'value'`, `String other = name + '-1'`.
    constants: BTreeMap<String, String>,
    folder: Folder<'f>,
    /// What of the environment only Jenkins has.
    pub(super) missing: Vec<String>,
}

impl<'f> Variables<'f> {
    /// The variables of the pipeline and its stages, from the outside in, and of the whole file.
    pub(super) fn of(around: &[&Call], calls: &[Call], folder: Folder<'f>) -> Self {
        let mut variables = Self {
            env: BTreeMap::new(),
            params: BTreeMap::new(),
            constants: constants(calls),
            folder,
            missing: Vec::new(),
        };
        for call in around {
            for parameter in call.child("parameters").into_iter().flat_map(Call::children) {
                variables.parameter(parameter);
            }
            for setting in call.child("environment").into_iter().flat_map(Call::children) {
                variables.setting(setting);
            }
        }
        variables
    }

    fn parameter(&mut self, call: &Call) {
        if let (Some(Value::Text(name)), Some(default)) =
            (call.named("name"), call.named("defaultValue"))
        {
            let default = match default {
                Value::Text(text) => text.plain(),
                Value::Bool(value) => value.to_string(),
                Value::Word(word) => word.clone(),
                Value::Call(_) | Value::Other => return,
            };
            self.params.insert(name.plain(), default);
        }
    }

    fn setting(&mut self, call: &Call) {
        let name = &call.name;
        let value = match call.named("=") {
            Some(Value::Text(text)) => text.filled(&|name| self.inside(name)).map_err(|unknown| {
                format!(
                    "`{name}`: `${{{unknown}}}` is known to Jenkins only; set it in interpreter.env"
                )
            }),
            Some(Value::Call(inner)) if inner.name == "credentials" => Err(format!(
                "`{name}`: a credential of Jenkins; set it in interpreter.env, from your own"
            )),
            Some(Value::Bool(value)) => Ok(value.to_string()),
            Some(Value::Word(word)) if word.chars().all(|c| c.is_ascii_digit()) => Ok(word.clone()),
            Some(_) => Err(format!("`{name}`: only Jenkins can tell; set it in interpreter.env")),
            None => return,
        };
        match value {
            Ok(value) => drop(self.env.insert(name.clone(), value)),
            Err(why) => self.missing.push(why),
        }
    }

    /// The value of a name in what the tests' variables are set to: of the path that programs are found on, the image's is
    /// meant, since that of this machine leads nowhere there.
    fn inside(&self, name: &str) -> Option<String> {
        let is_path = matches!(name, "PATH" | "env.PATH") && !self.env.contains_key("PATH");
        if is_path { Some("${containerEnv:PATH}".to_owned()) } else { self.named(name) }
    }

    /// A string with everything filled in; the error is what nothing is known of.
    pub(super) fn fill(&self, text: &Text) -> Result<String, String> {
        text.filled(&|name| self.named(name))
    }

    /// The value of a name in the file's program.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        self.constants.get(name).cloned().or_else(|| self.look_up(name))
    }

    fn look_up(&self, name: &str) -> Option<String> {
        let parameter = |name: &str| {
            let default = self.params.get(name)?;
            Some((self.folder.host.env)(name).unwrap_or_else(|| default.clone()))
        };
        if let Some(name) = name.strip_prefix("params.") {
            return parameter(name).or_else(|| (self.folder.host.env)(name));
        }
        let name = name.strip_prefix("env.").unwrap_or(name);
        let known = self.env.get(name).cloned().or_else(|| parameter(name));
        let known = known.or_else(|| (self.folder.host.env)(name));
        known.or_else(|| (name == "WORKSPACE").then(|| self.folder.root.to_string()))
    }

    /// The flags in a line, as Jenkins hands them to `docker run`: split at spaces outside of quotes,
    /// then variables filled in; an unknown one stays as it is.
    pub(super) fn tokens(&self, line: &str) -> Option<Vec<String>> {
        let words = shlex::split(line)?;
        Some(words.iter().map(|word| self.expand(word, &|_| None)).collect())
    }

    /// The flags in a line, as the shell hands them to `docker build`; the error is what only a shell
    /// can tell.
    pub(super) fn shell(&self, line: &str) -> Result<Vec<String>, String> {
        let ids = |command: &str| {
            let (uid, gid) = self.folder.host.ids?;
            match command.trim() {
                "id -u" => Some(uid.to_string()),
                "id -g" => Some(gid.to_string()),
                "whoami" | "id -un" => (self.folder.host.env)("USER"),
                "pwd" => None,
                _ => None,
            }
        };
        let line = self.expand(&backticks(line), &ids);
        if let Some((_, rest)) = line.split_once("$(") {
            return Err(format!("$({}", rest.split(')').next().unwrap_or(rest).to_owned() + ")"));
        }
        shlex::split(&line).ok_or_else(|| line.clone())
    }

    fn expand(&self, word: &str, command: &dyn Fn(&str) -> Option<String>) -> String {
        let mut out = String::new();
        let mut rest = word;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (value, length) = match variable(rest) {
                Some((Variable::Name(name), length)) => (self.look_up(name), length),
                Some((Variable::Command(text), length)) => (command(text), length),
                None => (None, 1),
            };
            out.push_str(value.as_deref().unwrap_or(&rest[..length]));
            rest = &rest[length..];
        }
        out + rest
    }
}

/// The strings that the file gives a name outside of all blocks, and never says anything else of.
pub(super) fn constants(calls: &[Call]) -> BTreeMap<String, String> {
    let is_one =
        |name: &str| calls.iter().map(|it| it.count(&|it| sets(it, name))).sum::<usize>() == 1;
    let mut constants = BTreeMap::<String, String>::new();
    for call in calls.iter().filter(|call| call.name == "def") {
        if let [Arg { name: Some(name), value: Value::Text(text) }] = call.args.as_slice()
            && is_one(name)
            && let Ok(value) = text.filled(&|name| constants.get(name).cloned())
        {
            constants.insert(name.clone(), value);
        }
    }
    constants
}

/// Whether a statement may give a name another value: `def name`, `name = …`, `name += …`, `name++`.
fn sets(call: &Call, name: &str) -> bool {
    match call.args.first() {
        Some(Arg { name: Some(defined), .. }) if call.name == "def" => defined == name,
        Some(Arg { value: Value::Word(defined), .. }) if call.name == "def" => defined == name,
        Some(arg) => call.name == name && (arg.name.is_some() || arg.value == Value::Other),
        None => false,
    }
}

enum Variable<'t> {
    Name(&'t str),
    Command(&'t str),
}

/// `$NAME`, `${NAME}` or `$(command)` at the beginning of a text, and how long it is.
fn variable(text: &str) -> Option<(Variable<'_>, usize)> {
    let rest = &text[1..];
    for (open, close) in [('{', '}'), ('(', ')')] {
        if let Some(inner) = rest.strip_prefix(open) {
            let end = inner.find(close)?;
            let inside = &inner[..end];
            let found = match open {
                '{' => Variable::Name(inside),
                _ => Variable::Command(inside),
            };
            return Some((found, end + 3));
        }
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    (end > 0).then(|| (Variable::Name(&rest[..end]), end + 1))
}

/// Command substitutions in their newer form.
fn backticks(line: &str) -> String {
    let mut parts = line.split('`');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        out.push_str(if number % 2 == 0 { "$(" } else { ")" });
        out.push_str(part);
    }
    out
}
