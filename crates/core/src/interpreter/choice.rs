//! Which source an interpreter is made from, and why that one.

use camino::Utf8Path;

use super::detect::{Offer, Read};
use super::dockerfile::{self, DockerfileError};
use super::flags::Flags;
use super::folder::{Folder, inside};
use super::found::Found;
use super::reach::unplaced;
use crate::config::{
    Interpreter as Settings, Origin, Power, Resolution, did_you_mean, toml_string,
};
use crate::frameworks::Kind;
use crate::model::{Fault, RunError};
use crate::paths::RelPath;
use crate::plan::{Allowed, BuildOptions, Dockerfile, Interpreter, Mount, Options, Secret, Source};

/// An interpreter that is ready to be built or started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Everything that shapes the container.
    pub interpreter: Interpreter,
    /// Why this source was taken.
    pub why: String,
    /// The other sources, and why they were not taken.
    pub passed_over: Vec<Passed>,
}

/// A source that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The source: a setting or a file.
    pub source: String,
    /// Why it was not taken.
    pub reason: String,
}

/// The reason of a source that is not there.
const ABSENT: &str = "not there";

/// Decides where the tests of a suite run.
///
/// `name` is the interpreter that the suite names. `framework` is the suite's, and only serves to propose
/// an image where there is nothing to choose from.
pub fn choose(
    resolution: &Resolution,
    name: Option<&str>,
    framework: &str,
    folder: Folder<'_>,
) -> Result<Choice, RunError> {
    let workspace = Workspace { folder, framework };
    let section = Section::new(name);
    let Some(settings) = resolution.config.interpreter(name) else {
        let message = format!("no interpreter is named `{}`", section.name());
        let names = resolution.config.interpreters.keys().map(String::as_str);
        let near = did_you_mean(section.name(), names);
        let help = format!("{near}define it as [{}] in testdock.toml", section.title());
        return Err(configuration(message).help(help));
    };
    let (found, why, passed_over) = match section.source_setting(settings) {
        Some(setting) => {
            let (found, file) = workspace.configured(&section, settings, setting)?;
            let outranked = workspace.outranked(&file);
            let mut why = section.why(resolution, setting);
            if !found.which.is_empty() {
                why = format!("{why} ({})", found.which);
            }
            (found, why, outranked)
        }
        None if name.is_some() => return Err(workspace.without_source(&section)),
        None => workspace.detected(settings)?,
    };
    workspace.check_stage(&section, &found.source)?;
    let allow = section.allowed(resolution, settings, folder);
    let mut interpreter =
        found.under(settings, (section.name(), &section.title()), allow, folder)?;
    interpreter.unheeded.extend(workspace.unused_arguments(&interpreter.source));
    section.ask_where(resolution, &interpreter, folder)?;
    Ok(Choice { interpreter, why, passed_over })
}

/// The table of the configuration that an interpreter is described in.
pub(super) struct Section<'a>(Option<&'a str>);

impl<'a> Section<'a> {
    pub(super) fn new(name: Option<&'a str>) -> Self {
        Self(name)
    }

    fn name(&self) -> &'a str {
        self.0.unwrap_or("default")
    }

    fn title(&self) -> String {
        self.0.map_or_else(|| "interpreter".to_owned(), |name| format!("interpreters.{name}"))
    }

    /// The key that names the source; the validator leaves at most one.
    pub(super) fn source_setting(&self, settings: &Settings) -> Option<&'static str> {
        let settings = [
            ("local", settings.local == Some(true)),
            ("image", settings.image.is_some()),
            ("dockerfile", settings.dockerfile.is_some()),
            ("compose", settings.compose.is_some()),
            ("devcontainer", settings.devcontainer.is_some()),
            ("jenkinsfile", settings.jenkinsfile.is_some()),
            ("test-environment", settings.test_environment.is_some()),
        ];
        settings.into_iter().find(|(_, set)| *set).map(|(key, _)| key)
    }

    /// Who has set one of its settings.
    fn set_by<'r>(&self, resolution: &'r Resolution, setting: &str) -> Option<&'r Origin> {
        let path: Vec<_> = self.0.map_or(vec!["interpreter"], |name| vec!["interpreters", name]);
        resolution.set_by(&[path.as_slice(), &[setting]].concat())
    }

    /// What the settings let the container have, and which of them came with the workspace.
    fn allowed(&self, resolution: &Resolution, settings: &Settings, folder: Folder<'_>) -> Allowed {
        let came = |setting: &str| self.came(resolution, setting, folder.root);
        Allowed {
            powers: settings.allow.clone(),
            by: came("allow"),
            testcontainers_by: came("testcontainers"),
            mounts: own_mounts(settings, folder, |setting| came(setting).is_none()),
        }
    }

    /// Which part of the workspace has set one of its settings; `None` where the caller has, or nobody.
    fn came(&self, resolution: &Resolution, setting: &str, root: &Utf8Path) -> Option<String> {
        let origin = self.set_by(resolution, setting).filter(|origin| !origin.is_callers());
        origin.map(|origin| origin.to_string().replace(&format!("{root}/"), ""))
    }

    /// Asks before a workspace's own files send it to another engine, or have it run without a container: before anything is
    /// so much as looked at there.
    fn ask_where(
        &self,
        resolution: &Resolution,
        interpreter: &Interpreter,
        folder: Folder<'_>,
    ) -> Result<(), RunError> {
        let host = interpreter.host.as_ref();
        let host = host.map(|host| format!("the engine at {host}, which gets the workspace"));
        let local = (interpreter.source == Source::Local)
            .then(|| "this machine itself, without a container".to_owned());
        for (setting, place) in [("host", host), ("local", local)] {
            let by = self.came(resolution, setting, folder.root);
            let (Some(place), Some(by)) = (place, by) else {
                continue;
            };
            if !(folder.host.is_allowed)(&interpreter.name, &place) {
                let value = match setting {
                    "host" => toml_string(interpreter.host.as_deref().unwrap_or_default()),
                    _ => "true".to_owned(),
                };
                let settings = format!("{}.{setting} = {value}", self.title());
                return Err(unplaced(interpreter, &by, &place, &settings, folder.root));
            }
        }
        Ok(())
    }

    fn why(&self, resolution: &Resolution, setting: &str) -> String {
        let origin = self.set_by(resolution, setting);
        let origin = origin.map(ToString::to_string).unwrap_or_default();
        format!("`{}.{setting}` is set by {origin}", self.title())
    }

    fn write(&self, setting: &str) -> String {
        format!("write {setting} under [{}] in testdock.toml", self.title())
    }
}

/// The mounts of the settings that are the caller's own. One that cannot be read is an error elsewhere.
fn own_mounts(
    settings: &Settings,
    folder: Folder<'_>,
    is_own: impl Fn(&str) -> bool,
) -> Vec<Mount> {
    let mut flags = Flags::new(folder, Options::default());
    if is_own("mounts") {
        settings.mounts.iter().for_each(|written| drop(flags.setting(written)));
    }
    if is_own("run-args") {
        let _ = flags.take(&settings.run_args);
    }
    flags.options.mounts
}

/// The workspace as far as a choice must know it.
struct Workspace<'a> {
    folder: Folder<'a>,
    framework: &'a str,
}

impl Workspace<'_> {
    /// What a setting names, and the file that it stands for.
    fn configured(
        &self,
        section: &Section<'_>,
        settings: &Settings,
        setting: &str,
    ) -> Result<(Found, String), RunError> {
        if let Some(path) = &settings.dockerfile {
            let source = self.dockerfile(section, settings, path)?;
            return Ok((Found::plain(source), path.to_string()));
        }
        if let Some((offer, file)) = Offer::configured(settings, self.folder)? {
            let Some(text) = self.folder.text(&file)? else {
                let message = format!("cannot read {file}: there is no such file in the workspace");
                let help = format!("correct `{}.{setting}` in testdock.toml", section.title());
                return Err(configuration(message).help(help));
            };
            return match offer.read(&file, &text, settings, self.folder)? {
                Read::Found(found) => Ok((*found, file)),
                Read::Nothing(why) => {
                    let instead = self.instead(None);
                    let message = format!("cannot run tests as {file} says: {why}");
                    Err(configuration(message).help(format!("{} instead", section.write(&instead))))
                }
            };
        }
        let source = settings.image.clone().map_or(Source::Local, Source::Image);
        Ok((Found::plain(source), String::new()))
    }

    fn dockerfile(
        &self,
        section: &Section<'_>,
        settings: &Settings,
        path: &Utf8Path,
    ) -> Result<Source, RunError> {
        for (key, path) in [("dockerfile", path), ("context", settings.context.as_path())] {
            self.refuse_outside(section, settings, key, path)?;
        }
        if self.folder.text(path.as_str())?.is_none() {
            let message = format!("cannot build {path}: there is no such file in the workspace");
            let help = format!("correct `{}.dockerfile` in testdock.toml", section.title());
            return Err(configuration(message).help(help));
        }
        Ok(self.build(settings, path))
    }

    /// What a build reads it may send anywhere.
    fn refuse_outside(
        &self,
        section: &Section<'_>,
        settings: &Settings,
        key: &str,
        path: &Utf8Path,
    ) -> Result<(), RunError> {
        if inside("", path.as_str()).is_some() || settings.allow.contains(&Power::HostFiles) {
            return Ok(());
        }
        let title = section.title();
        let message = format!("`{title}.{key}` leads out of the workspace: {path}");
        Err(configuration(message).help(format!(
            "open the folder that holds both as the project, or write allow = [\"host-files\"] under \
             [{title}] in testdock.toml if you trust it"
        )))
    }

    fn build(&self, settings: &Settings, path: &Utf8Path) -> Source {
        let secrets = settings.secrets.iter().map(|(id, written)| {
            let secret = match written.strip_prefix("env:") {
                Some(name) => Secret::Env(name.to_owned()),
                None => Secret::File(self.folder.host_path(written)),
            };
            (id.clone(), secret)
        });
        Source::Dockerfile(Dockerfile {
            path: RelPath::new(path),
            context: RelPath::new(&settings.context),
            target: settings.target.clone(),
            build_args: settings.build_args.clone(),
            options: Box::new(BuildOptions {
                secrets: secrets.collect(),
                network: settings.build_network.clone(),
                ..BuildOptions::default()
            }),
        })
    }

    /// The first thing in the workspace that says where tests run.
    fn detected(&self, settings: &Settings) -> Result<(Found, String, Vec<Passed>), RunError> {
        let why = (self.folder.read)("testdock.toml").map_or(ABSENT, |_| "it names no source");
        let mut passed = vec![passed("testdock.toml", why)];
        for (rank, offer) in Offer::ALL.into_iter().enumerate() {
            let Some((file, text)) = offer.find(self.folder)? else {
                passed.push(absent(offer));
                continue;
            };
            let rivals = offer.rivals(&file, self.folder);
            if let Some(first) = rivals.first() {
                let message =
                    format!("cannot tell where the tests run: there are {}", rivals.join(" and "));
                let help = Section(None).write(&format!("{} = \"{first}\"", offer.setting()));
                return Err(configuration(message).help(format!("{help}, or another of them")));
            }
            if offer == Offer::Dockerfile {
                self.refuse_outside(&Section(None), settings, "context", &settings.context)?;
                let why = format!("no setting names a source, and the workspace has a {file}");
                let found = Found::plain(self.build(settings, Utf8Path::new(&file)));
                return Ok((found, why, passed));
            }
            match offer.read(&file, &text, settings, self.folder)? {
                Read::Nothing(reason) => passed.push(Passed { source: file, reason }),
                Read::Found(found) => {
                    let which = &found.which;
                    let why = format!("no setting names a source, and {file} does: {which}");
                    passed.extend(self.weaker(rank, &file));
                    return Ok((*found, why, passed));
                }
            }
        }
        Err(self.without_any(passed.get(1..).unwrap_or_default()))
    }

    /// What else is there, behind the kind that was taken.
    fn weaker(&self, rank: usize, taken: &str) -> Vec<Passed> {
        let rest = Offer::ALL.into_iter().skip(rank + 1);
        let there = rest.filter_map(|offer| offer.file(self.folder));
        there.map(|file| self::passed(&file, &format!("{taken} comes first"))).collect()
    }

    fn without_source(&self, section: &Section<'_>) -> RunError {
        let message = format!("interpreter `{}` names no source", section.name());
        self.sourceless(section, message)
    }

    /// The same of the default one: `passed` has what became of each kind of file.
    fn without_any(&self, passed: &[Passed]) -> RunError {
        let (absent, there): (Vec<_>, Vec<_>) =
            Offer::ALL.into_iter().zip(passed).partition(|(_, it)| it.reason == ABSENT);
        let absent = absent.iter().filter_map(|(offer, _)| offer.label());
        let absent: String = absent.map(|label| format!(", no {label}")).collect();
        let there = there.iter().map(|(_, it)| format!("; {}: {}", it.source, it.reason));
        let there: String = there.collect();
        let message =
            format!("found nothing that says where the tests run: no setting{absent}{there}");
        self.sourceless(&Section(None), message)
    }

    fn sourceless(&self, section: &Section<'_>, message: String) -> RunError {
        let help = section.write(&self.instead(None));
        let help = format!("{help}, or run without a container: local = true there, or --local");
        let init = self.dockerfile_below().map(|file| {
            format!(
                "if {file} is for the tests of its folder, `testdock init` writes that down; or "
            )
        });
        configuration(message).help(format!("{}{help}", init.unwrap_or_default()))
    }

    /// A Dockerfile in one of the folders, as the services of a monorepo have them.
    fn dockerfile_below(&self) -> Option<String> {
        let files = (self.folder.folders)("").into_iter().map(|name| format!("{name}/Dockerfile"));
        files.into_iter().find(|file| (self.folder.read)(file).is_some())
    }

    /// The setting to write where a source cannot be used: what it says itself, else the Dockerfile that
    /// is there, else the public image that fits.
    fn instead(&self, proposal: Option<String>) -> String {
        let dockerfile =
            || (self.folder.read)("Dockerfile").map(|_| "dockerfile = \"Dockerfile\"".to_owned());
        proposal
            .or_else(dockerfile)
            .unwrap_or_else(|| format!("image = \"{}\"", public_image(self.framework)))
    }

    /// What a setting outranks.
    fn outranked(&self, chosen: &str) -> Vec<Passed> {
        let found = Offer::ALL.into_iter().filter_map(|offer| offer.file(self.folder));
        let chosen = inside("", chosen);
        let others = found.filter(|file| chosen.as_ref() != Some(file));
        others.map(|file| passed(&file, "a setting names the source")).collect()
    }

    fn unused_arguments(&self, source: &Source) -> Vec<String> {
        let Source::Dockerfile(file) = source else {
            return Vec::new();
        };
        let text = (self.folder.read)(file.path.as_str());
        text.map_or_else(Vec::new, |text| dockerfile::unused_arguments(file, &text))
    }

    /// Says at once that a stage does not exist, before anything is built.
    fn check_stage(&self, section: &Section<'_>, source: &Source) -> Result<(), RunError> {
        let Source::Dockerfile(file) = source else {
            return Ok(());
        };
        let text = (self.folder.read)(file.path.as_str()).unwrap_or_default();
        let facts = dockerfile::analyse(&text, file.target.as_deref(), &file.build_args);
        facts.map(drop).map_err(|error| {
            let setting = match error {
                DockerfileError::NoStage => "dockerfile",
                DockerfileError::UnknownTarget { .. } => "target",
            };
            let help = format!("correct {}, or `{}.{setting}`", file.path, section.title());
            configuration(format!("cannot build {}: {error}", file.path)).help(help)
        })
    }
}

/// The public image in which a framework's tests have a chance to run.
fn public_image(framework: &str) -> &'static str {
    Kind::named(framework).map_or("debian:12", |kind| kind.image)
}

fn configuration(message: String) -> RunError {
    RunError::new(Fault::Configuration, message)
}

fn passed(source: &str, reason: &str) -> Passed {
    Passed { source: source.to_owned(), reason: reason.to_owned() }
}

fn absent(offer: Offer) -> Passed {
    passed(offer.files()[0], ABSENT)
}

/// The interpreter that settings describe, from a source that is no file of the workspace.
pub fn plan(name: &str, settings: &Settings, source: Source) -> Interpreter {
    let nowhere = Folder::empty(Utf8Path::new("/"));
    let plain = Settings { run_args: Vec::new(), mounts: Vec::new(), ..settings.clone() };
    let made = Found::plain(source.clone()).shaped(&plain, (name, "interpreter"), nowhere);
    made.unwrap_or_else(|_| Interpreter::new(name, source))
}
