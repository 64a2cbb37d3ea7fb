//! All interpreters that a folder has: those of the configuration, the one that was detected, this
//! machine.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::choice::{Choice, Section, choose, plan};
use super::detect::{Offer, Read};
use super::folder::Folder;
use crate::config::{Interpreter as Settings, Resolution, did_you_mean};
use crate::model::{Fault, RunError};
use crate::plan::{Interpreter, Source};

/// What `[interpreter]` is called, or what was detected in its place.
pub const DEFAULT: &str = "default";

/// What running without a container is called.
pub const LOCAL: &str = "local";

/// An interpreter that a folder has.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// Its name in the configuration; [`DEFAULT`] and [`LOCAL`] are always there.
    pub name: String,
    /// What it is made from: the id of a [`Kind`](super::Kind), `none` where nothing says.
    pub kind: &'static str,
    /// Everything that shapes it, or why it cannot be used.
    pub choice: Result<Choice, RunError>,
    /// The file that says so.
    pub file: Option<Utf8PathBuf>,
    /// Whether tests run there as things are set.
    pub is_chosen: bool,
}

impl Registered {
    /// What an engine can be asked about it; `None` where it cannot be used, or needs none.
    pub fn needs_engine(&self) -> Option<&Interpreter> {
        let interpreter = &self.choice.as_ref().ok()?.interpreter;
        (interpreter.source != Source::Local).then_some(interpreter)
    }
}

/// Which interpreter the user chose, beside what the suites say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preference {
    /// None: each suite's own counts.
    Own,
    /// The default one, whatever the suites say.
    Default,
    /// One of a name.
    Named(String),
    /// No container.
    Local,
}

impl Preference {
    /// What a name means; one of the configuration goes before a word of ours.
    pub fn of(name: Option<&str>, local: bool, resolution: &Resolution) -> Self {
        match name {
            _ if local => Self::Local,
            None => Self::Own,
            Some(name) if resolution.config.interpreters.contains_key(name) => {
                Self::Named(name.to_owned())
            }
            Some(DEFAULT) => Self::Default,
            Some(LOCAL) => Self::Local,
            Some(name) => Self::Named(name.to_owned()),
        }
    }

    /// The interpreter of a suite that names `own`.
    pub fn over(&self, own: Option<String>) -> Option<String> {
        match self {
            Self::Own | Self::Local => own,
            Self::Default => None,
            Self::Named(name) => Some(name.clone()),
        }
    }
}

/// All interpreters of a folder: the default one, those with a name, this machine. The
/// suites use those in `used`, `None` being the default one; `framework` is that of one of them.
pub fn registered(
    resolution: &Resolution,
    folder: Folder<'_>,
    framework: &dyn Fn(Option<&str>) -> &'static str,
    used: &BTreeSet<Option<String>>,
    preference: &Preference,
) -> Vec<Registered> {
    let is_local = *preference == Preference::Local;
    let config = &resolution.config;
    // One that is asked for and not there is shown as what it is: a mistake.
    let mut names: BTreeSet<Option<&str>> = used.iter().map(Option::as_deref).collect();
    names.extend(config.interpreters.keys().map(|name| Some(name.as_str())));
    names.insert(None);
    let found = names.into_iter().map(|name| {
        let settings = config.interpreter(name);
        Registered {
            name: name.unwrap_or(DEFAULT).to_owned(),
            kind: kind(settings, name, folder),
            choice: choose(resolution, name, framework(name), folder),
            file: file(resolution, settings, name, folder),
            is_chosen: !is_local && used.contains(&name.map(str::to_owned)),
        }
    });
    let mut found: Vec<Registered> = found.collect();
    if !config.interpreters.contains_key(LOCAL) {
        found.push(Registered {
            name: LOCAL.to_owned(),
            kind: LOCAL,
            choice: Ok(local(resolution)),
            file: None,
            is_chosen: is_local,
        });
    }
    found
}

/// The one that a suite names, `None` being the default one.
pub fn of_name(registered: &[Registered], name: Option<&str>) -> Result<Choice, RunError> {
    let wanted = name.unwrap_or(DEFAULT);
    let found = registered.iter().find(|it| it.name == wanted);
    found.ok_or_else(|| unknown(wanted, registered))?.choice.clone()
}

/// The error for a name that no interpreter has.
fn unknown(wanted: &str, registered: &[Registered]) -> RunError {
    let names: Vec<&str> = registered.iter().map(|it| it.name.as_str()).collect();
    let near = did_you_mean(wanted, names.iter().copied());
    RunError::new(Fault::Configuration, format!("no interpreter is named `{wanted}`"))
        .help(format!("{near}there are: {}", names.join(", ")))
}

/// No container, whatever is configured.
pub fn local(resolution: &Resolution) -> Choice {
    Choice {
        interpreter: plan(LOCAL, &resolution.config.interpreter, Source::Local),
        why: "it was asked for".to_owned(),
        passed_over: Vec::new(),
    }
}

fn kind(settings: Option<&Settings>, name: Option<&str>, folder: Folder<'_>) -> &'static str {
    let offered = || detected(settings, name, folder).map(|(offer, _)| offer.setting());
    settings.and_then(|it| Section::new(name).source_setting(it)).or_else(offered).unwrap_or("none")
}

/// What was detected where no setting names a source; only the default interpreter is.
fn detected(
    settings: Option<&Settings>,
    name: Option<&str>,
    folder: Folder<'_>,
) -> Option<(Offer, String)> {
    let settings = settings.filter(|_| name.is_none())?;
    Offer::ALL.into_iter().find_map(|offer| {
        let (file, text) = offer.find(folder).ok().flatten()?;
        let says_nothing =
            || matches!(offer.read(&file, &text, settings, folder), Ok(Read::Nothing(_)));
        (offer == Offer::Dockerfile || !says_nothing()).then_some((offer, file))
    })
}

/// The file of the setting that names the source, else the one that was detected.
fn file(
    resolution: &Resolution,
    settings: Option<&Settings>,
    name: Option<&str>,
    folder: Folder<'_>,
) -> Option<Utf8PathBuf> {
    let source = settings.and_then(|it| Section::new(name).source_setting(it));
    if let (None, Some((_, file))) = (source, detected(settings, name, folder)) {
        return Some(folder.root.join(file));
    }
    let table: Vec<&str> = name.map_or(vec!["interpreter"], |name| vec!["interpreters", name]);
    let path: Vec<&str> = table.into_iter().chain(source).collect();
    resolution.set_by(&path)?.file().map(Utf8Path::to_owned)
}
