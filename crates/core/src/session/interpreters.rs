//! How the interpreters of the open folders stand: when the engine is asked, and what is shown of
//! its answer.
//!
//! Nobody is asked before somebody wants to know, nor for a folder that the user does not trust: a
//! configuration may name any engine. There is no clock here and nothing is asked over and over;
//! what a run or a changed file may have changed is looked at again.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::folder::Now;
use super::{Change, Effect, Folder, Run, Session};
use crate::id::{FolderName, RunId};
use crate::interpreter::{Found, Image, Registered, Standing};
use crate::model::{RunEvent, Stage};
use crate::paths::RelPath;
use crate::plan::Interpreter;
use crate::views::InterpreterView;

/// A container ends some seconds after its time; this long after it is looked whether it did.
const AFTER_LEASE: Duration = Duration::from_secs(15);

/// What an event of a run says of its interpreter.
#[derive(Debug)]
pub(super) enum Told {
    /// A step on the way to its image.
    Step,
    /// What is there now.
    Found(Found),
    /// Nothing more.
    End,
}

impl Told {
    pub(super) fn by(event: &RunEvent, is_fresh: bool) -> Option<Self> {
        match event {
            RunEvent::Preparing(_) => Some(Self::Step),
            RunEvent::Started(provenance) if !provenance.image.is_empty() => {
                let image = Image {
                    id: provenance.image.clone(),
                    name: provenance.image_name().to_owned(),
                    ..Image::default()
                };
                // A fresh container is gone with its run.
                let found = if is_fresh { Found::Ready(image) } else { Found::Warm(image) };
                Some(Self::Found(found))
            }
            RunEvent::Built(image) => Some(Self::Found(Found::Ready(image.clone()))),
            RunEvent::Ended(_) => Some(Self::End),
            _ => None,
        }
    }
}

/// What the engine said of a folder's interpreters.
#[derive(Debug, Default)]
pub(super) struct Standings {
    known: Vec<(Arc<Interpreter>, Standing)>,
    asking: Asking,
    /// Whether a look was arranged for when the warm containers' time is over.
    is_arranged: bool,
    shown: Vec<InterpreterView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Asking {
    #[default]
    No,
    /// The engine was asked and did not answer yet.
    Asked,
    /// Something changed since it was asked.
    AskedTooEarly,
}

impl Standings {
    /// How an interpreter stands; `None` before that is known, or where another one of its name was
    /// asked for.
    fn of(&self, registered: &Registered) -> Option<&Standing> {
        let choice = registered.choice.as_ref().ok()?;
        let (_, standing) = self.known.iter().find(|(known, _)| **known == choice.interpreter)?;
        Some(standing)
    }

    /// The files that the images are built from: paths and globs.
    fn inputs(&self) -> impl Iterator<Item = &str> {
        self.known.iter().flat_map(|(_, standing)| standing.inputs.iter().map(String::as_str))
    }
}

impl Folder {
    /// The files that the images of its interpreters are built from, as far as that is known: paths
    /// and globs.
    pub fn build_inputs(&self) -> impl Iterator<Item = &str> {
        self.standings.inputs()
    }

    /// Has a look arranged for when the warm containers' time is over, once.
    fn arrange_look(&mut self) -> Vec<Effect> {
        let is_warm = |(_, standing): &&(Arc<Interpreter>, Standing)| {
            matches!(standing.found, Found::Warm(_))
        };
        let warm = self.standings.known.iter().filter(is_warm).map(|(it, _)| it.keep_warm);
        match warm.min() {
            Some(left) if !self.standings.is_arranged => {
                self.standings.is_arranged = true;
                vec![Effect::Remind { folder: self.name.clone(), after: left + AFTER_LEASE }]
            }
            _ => Vec::new(),
        }
    }

    fn places(&self) -> Vec<Arc<Interpreter>> {
        let places = self.workspace.registered.iter().filter_map(Registered::needs_engine);
        places.cloned().map(Arc::new).collect()
    }
}

impl Session {
    /// The interpreters of a folder, as they stand.
    pub fn interpreters(&self, folder: &Folder) -> Vec<InterpreterView> {
        let is_held_up = !folder.workspace.problems.is_empty();
        let view = |registered: &Registered| {
            let standing = folder.standings.of(registered);
            let stage = self.making(folder, registered, standing);
            let view = InterpreterView::new(registered, standing, stage);
            if is_held_up { view.held_up() } else { view }
        };
        folder.workspace.registered.iter().map(view).collect()
    }

    /// What a run is doing to get an interpreter's image.
    fn making(
        &self,
        folder: &Folder,
        registered: &Registered,
        standing: Option<&Standing>,
    ) -> Option<&Stage> {
        let is_there =
            matches!(standing.map(|it| &it.found), Some(Found::Ready(_) | Found::Warm(_)));
        let runs = self.runs.values().filter(|run| run.folder == folder.name);
        // A run with several does not say which it is at.
        let is_its = |run: &&Run| {
            run.interpreters().any(|it| it.name == registered.name)
                && (run.only_interpreter().is_some() || !is_there)
        };
        runs.filter(is_its)
            .filter_map(|run| run.stage.as_ref())
            .find(|stage| matches!(stage, Stage::Building { .. } | Stage::Pulling { .. }))
    }

    /// Somebody wants to know, now and from now on.
    pub(super) fn watch_interpreters(&mut self) -> Vec<Effect> {
        self.watches_interpreters = true;
        let folders: Vec<FolderName> = self.folders.keys().cloned().collect();
        folders.iter().flat_map(|folder| self.look(folder)).collect()
    }

    /// Asks the engine about a folder's interpreters.
    pub(super) fn look(&mut self, name: &FolderName) -> Vec<Effect> {
        let may = self.watches_interpreters && !self.untrusted;
        let Some(folder) = self.folders.get_mut(name).filter(|it| may && it.is_resolved) else {
            return Vec::new();
        };
        if folder.standings.asking != Asking::No {
            folder.standings.asking = Asking::AskedTooEarly;
            return Vec::new();
        }
        let places = folder.places();
        if places.is_empty() {
            folder.standings.known.clear();
            return Vec::new();
        }
        folder.standings.asking = Asking::Asked;
        vec![Effect::Look { folder: name.clone(), root: folder.root.clone(), places }]
    }

    /// The engine has answered.
    pub(super) fn looked(
        &mut self,
        name: &FolderName,
        known: Vec<(Arc<Interpreter>, Standing)>,
    ) -> Vec<Effect> {
        let Some(folder) = self.folders.get_mut(name) else {
            return Vec::new();
        };
        let before: Vec<String> = folder.standings.inputs().map(str::to_owned).collect();
        folder.standings.known = known;
        let images = folder.standings.known.iter();
        let images: Vec<(String, Now)> = images
            .filter_map(|(it, standing)| Some((it.name.clone(), Now::by(&standing.found)?)))
            .collect();
        let restamped = folder.learn(images);
        let asking = std::mem::take(&mut folder.standings.asking);
        let mut effects = folder.arrange_look();
        if !folder.build_inputs().eq(before.iter().map(String::as_str)) {
            effects.push(Effect::Show(Change::BuildInputs(name.clone())));
        }
        effects.extend(restamped);
        effects.extend(self.show_interpreters(name));
        if asking == Asking::AskedTooEarly {
            effects.extend(self.look(name));
        }
        effects
    }

    /// The time of a warm container may be over.
    pub(super) fn look_again(&mut self, name: &FolderName) -> Vec<Effect> {
        if let Some(folder) = self.folders.get_mut(name) {
            folder.standings.is_arranged = false;
        }
        self.look(name)
    }

    /// Says how the interpreters stand, where they do otherwise than before.
    pub(super) fn show_interpreters(&mut self, name: &FolderName) -> Vec<Effect> {
        if !self.watches_interpreters {
            return Vec::new();
        }
        let Some(folder) = self.folders.get(name).filter(|it| it.is_resolved) else {
            return Vec::new();
        };
        let now = self.interpreters(folder);
        match self.folders.get_mut(name) {
            Some(folder) if folder.standings.shown != now => {
                folder.standings.shown = now;
                vec![Effect::Show(Change::Interpreters(name.clone()))]
            }
            _ => Vec::new(),
        }
    }

    /// Takes over what an event of a run says of the interpreters, and asks for the rest.
    pub(super) fn run_told(
        &mut self,
        run: &RunId,
        folder: &FolderName,
        told: &Told,
    ) -> Vec<Effect> {
        if !self.watches_interpreters {
            return Vec::new();
        }
        let is_known = match told {
            Told::Step => true,
            Told::Found(found) => self.note(run, folder, found),
            Told::End => false,
        };
        let mut effects = self.show_interpreters(folder);
        if !is_known {
            effects.extend(self.look(folder));
        }
        effects
    }

    /// Notes what a run found of its interpreter; `false` where it has several.
    fn note(&mut self, run: &RunId, folder: &FolderName, found: &Found) -> bool {
        let interpreter = self.runs.get(run).and_then(Run::only_interpreter);
        let folder = self.folders.get_mut(folder);
        let (Some(interpreter), Some(folder)) = (interpreter, folder) else {
            return false;
        };
        let mut known = folder.standings.known.iter_mut();
        if let Some((_, standing)) = known.find(|(it, _)| *it == *interpreter) {
            standing.found = found.clone();
        }
        true
    }

    /// Files changed that an image may be built from.
    pub(super) fn build_inputs_changed(&mut self, paths: &[Utf8PathBuf]) -> Vec<Effect> {
        let is_touched = |folder: &&Folder| {
            let here = paths.iter().filter_map(|path| RelPath::below(&folder.root, path));
            let standings = || folder.standings.known.iter().map(|(_, standing)| standing);
            here.into_iter().any(|path| standings().any(|it| it.is_built_from(&path)))
        };
        let touched = self.folders.values().filter(is_touched);
        let touched: Vec<FolderName> = touched.map(|folder| folder.name.clone()).collect();
        touched.iter().flat_map(|folder| self.look(folder)).collect()
    }
}
