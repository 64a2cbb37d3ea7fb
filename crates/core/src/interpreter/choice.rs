//! Which source an interpreter is made from, and why that one.

use camino::Utf8Path;

use super::detect::Offer;
use super::dockerfile::{self, DockerfileError};
use crate::config::{Interpreter as Settings, Resolution, User as UserSetting};
use crate::frameworks::Kind;
use crate::model::{Fault, RunError};
use crate::paths::RelPath;
use crate::plan::{Dockerfile, Interpreter, Limits, Source, User};

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

/// Reads a file of the workspace; `None` where there is none at that path.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Decides where the tests of a suite run.
///
/// `name` is the interpreter that the suite names. `framework` is the suite's, and only serves to propose
/// an image where there is nothing to choose from.
pub fn choose(
    resolution: &Resolution,
    name: Option<&str>,
    framework: &str,
    read: ReadFile<'_>,
) -> Result<Choice, RunError> {
    let workspace = Workspace { read, framework };
    let section = Section::new(name);
    let Some(settings) = resolution.config.interpreter(name) else {
        let message = format!("no interpreter is named `{}`", section.name());
        let help = format!("define it as [{}] in testdock.toml", section.title());
        return Err(configuration(message).help(help));
    };
    let (source, why, passed_over) = match section.source_setting(settings) {
        Some(setting) => {
            let source = workspace.configured(&section, settings, setting)?;
            let outranked = workspace.outranked(&source);
            (source, section.why(resolution, setting), outranked)
        }
        None if name.is_some() => return Err(workspace.without_source(&section)),
        None => workspace.detected(settings)?,
    };
    workspace.check_stage(&section, &source)?;
    Ok(Choice { interpreter: plan(section.name(), settings, source), why, passed_over })
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
        ];
        settings.into_iter().find(|(_, set)| *set).map(|(key, _)| key)
    }

    fn why(&self, resolution: &Resolution, setting: &str) -> String {
        let path: Vec<_> = self.0.map_or(vec!["interpreter"], |name| vec!["interpreters", name]);
        let origin = resolution.set_by(&[path.as_slice(), &[setting]].concat());
        let origin = origin.map(ToString::to_string).unwrap_or_default();
        format!("`{}.{setting}` is set by {origin}", self.title())
    }

    fn write(&self, setting: &str) -> String {
        format!("write {setting} under [{}] in testdock.toml", self.title())
    }
}

/// The workspace as far as a choice must know it.
struct Workspace<'a> {
    read: ReadFile<'a>,
    framework: &'a str,
}

impl Workspace<'_> {
    fn configured(
        &self,
        section: &Section<'_>,
        settings: &Settings,
        setting: &str,
    ) -> Result<Source, RunError> {
        let unsupported = |offer: Offer, file: &Utf8Path| {
            let message = format!("`{}.{setting}` is not supported yet", section.title());
            let instead = self.instead(offer.proposal(file.as_str(), self.read));
            configuration(message).help(format!("{} instead", section.write(&instead)))
        };
        if let Some(path) = &settings.dockerfile {
            return self.dockerfile(section, settings, path);
        }
        if let Some(compose) = &settings.compose {
            return Err(unsupported(Offer::Compose, &compose.file));
        }
        if let Some(file) = &settings.devcontainer {
            return Err(unsupported(Offer::DevContainer, file));
        }
        if let Some(file) = &settings.jenkinsfile {
            return Err(unsupported(Offer::Jenkinsfile, file));
        }
        Ok(settings.image.clone().map_or(Source::Local, Source::Image))
    }

    fn dockerfile(
        &self,
        section: &Section<'_>,
        settings: &Settings,
        path: &Utf8Path,
    ) -> Result<Source, RunError> {
        if (self.read)(path.as_str()).is_none() {
            let message = format!("cannot build {path}: there is no such file in the workspace");
            let help = format!("correct `{}.dockerfile` in testdock.toml", section.title());
            return Err(configuration(message).help(help));
        }
        Ok(build(settings, path))
    }

    /// The first thing in the workspace that says where tests run.
    fn detected(&self, settings: &Settings) -> Result<(Source, String, Vec<Passed>), RunError> {
        let mut passed = vec![passed("testdock.toml", "it names no source")];
        for offer in Offer::ALL {
            let Some((file, text)) = offer.find(self.read) else {
                passed.push(absent(offer));
                continue;
            };
            if let Some(reason) = offer.is_no_container(&text) {
                passed.push(Passed { source: file.to_owned(), reason: reason.to_owned() });
                continue;
            }
            if offer != Offer::Dockerfile {
                let instead = self.instead(offer.proposal(file, self.read));
                let message = format!("found {file}, which Testdock cannot use yet");
                return Err(configuration(message).help(Section(None).write(&instead)));
            }
            let why = format!("no setting names a source, and the workspace has a {file}");
            return Ok((build(settings, Utf8Path::new(file)), why, passed));
        }
        Err(self.without_source(&Section(None)))
    }

    fn without_source(&self, section: &Section<'_>) -> RunError {
        let message = match section.0 {
            Some(name) => format!("interpreter `{name}` names no source"),
            None => {
                "found nothing that says where the tests run: no setting, no dev container, no \
                     Jenkinsfile, no compose file, no Dockerfile"
                    .to_owned()
            }
        };
        let help = section.write(&self.instead(None));
        configuration(message).help(format!("{help}, or pass --local to run without a container"))
    }

    /// The setting to write where a source cannot be used: what it says itself, else the Dockerfile that
    /// is there, else the public image that fits.
    fn instead(&self, proposal: Option<String>) -> String {
        let dockerfile =
            || (self.read)("Dockerfile").map(|_| "dockerfile = \"Dockerfile\"".to_owned());
        proposal
            .or_else(dockerfile)
            .unwrap_or_else(|| format!("image = \"{}\"", public_image(self.framework)))
    }

    /// What a setting outranks.
    fn outranked(&self, source: &Source) -> Vec<Passed> {
        let found = Offer::ALL.into_iter().filter_map(|offer| offer.find(self.read));
        let is_source = |file: &str| match source {
            Source::Dockerfile(chosen) => chosen.path.as_str() == file,
            Source::Image(_) | Source::Local => false,
        };
        let others = found.filter(|(file, _)| !is_source(file));
        others.map(|(file, _)| passed(file, "a setting names the source")).collect()
    }

    /// Says at once that a stage does not exist, before anything is built.
    fn check_stage(&self, section: &Section<'_>, source: &Source) -> Result<(), RunError> {
        let Source::Dockerfile(file) = source else {
            return Ok(());
        };
        let text = (self.read)(file.path.as_str()).unwrap_or_default();
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
    passed(offer.files()[0], "not there")
}

fn build(settings: &Settings, path: &Utf8Path) -> Source {
    Source::Dockerfile(Dockerfile {
        path: RelPath::new(path),
        context: RelPath::new(&settings.context),
        target: settings.target.clone(),
        build_args: settings.build_args.clone(),
    })
}

/// The interpreter that settings describe, from a source that was chosen.
pub fn plan(name: &str, settings: &Settings, source: Source) -> Interpreter {
    Interpreter {
        name: name.to_owned(),
        source,
        host: settings.host.as_ref().map(ToString::to_string),
        user: match settings.user {
            UserSetting::Host => User::Host,
            UserSetting::Image => User::Image,
            UserSetting::Ids { .. } => User::Named(settings.user.to_string()),
        },
        env: settings.env.clone(),
        workdir: settings.workdir.as_ref().map(ToString::to_string),
        keep_warm: settings.keep_warm.0,
        limits: Limits {
            cpus_milli: settings.limits.cpus.map(|cpus| (cpus * 1000.0).round() as u64),
            memory: settings.limits.memory.map(|memory| memory.0),
            pids: settings.limits.pids.map(u64::from),
        },
        network: settings.network.clone(),
    }
}
