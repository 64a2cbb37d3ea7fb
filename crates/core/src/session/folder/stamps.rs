//! Whether outcomes come from where their tests would run now: each is stamped with the image, the files that
//! it was built from, the engine and the profile.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::{Folder, Stale};
use crate::id::TestId;
use crate::interpreter::Found;
use crate::model::Provenance;
use crate::session::{Change, Effect};

/// What is known of the images of a folder's interpreters, by the interpreter's name.
pub(in crate::session) type Images = BTreeMap<String, Now>;

/// The image that an interpreter's tests would run in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) enum Now {
    /// The one of this id.
    Image(String),
    /// Another one than any that there was: the next run makes it.
    Other,
}

impl Now {
    /// As far as a look at the engine tells.
    pub(in crate::session) fn by(found: &Found) -> Option<Self> {
        match found {
            Found::Ready(image) | Found::Warm(image) => Some(Self::Image(image.id.clone())),
            Found::Stale => Some(Self::Other),
            // What is gone may come back as it was.
            Found::Absent | Found::Unread | Found::Unreachable(_) | Found::Invalid(_) => None,
        }
    }
}

impl Folder {
    /// Learns where tests run now; the effects show whose outcomes come from elsewhere.
    pub(in crate::session) fn learn(
        &mut self,
        known: impl IntoIterator<Item = (String, Now)>,
    ) -> Vec<Effect> {
        self.images.extend(known);
        self.restamp()
    }

    /// Learns where a run's tests run.
    pub(in crate::session) fn learn_of_run(&mut self, provenance: &Provenance) -> Vec<Effect> {
        let now = Now::Image(provenance.image.clone());
        let is_named = !provenance.name.is_empty();
        self.learn(is_named.then(|| (provenance.name.clone(), now)))
    }

    /// Tells outcomes from elsewhere from those of here.
    pub(in crate::session) fn restamp(&mut self) -> Vec<Effect> {
        let expected = self.expected_interpreters();
        let mut tests = Vec::new();
        for (id, record) in &mut self.records {
            // What does not say where it ran says nothing of that.
            let Some(provenance) = record.provenance.as_ref().filter(|it| !it.name.is_empty())
            else {
                continue;
            };
            let suite = id.suite.as_deref().unwrap_or_default();
            let name = expected.get(suite).map(String::as_str);
            let is_here = name.is_none_or(|name| name == provenance.name)
                && provenance.profile == self.workspace.profile
                && is_of(provenance, self.images.get(&provenance.name));
            let told = match (record.stale, is_here) {
                (None, false) => Some(Stale::Elsewhere),
                (Some(Stale::Elsewhere), true) => None,
                _ => continue,
            };
            record.stale = told;
            tests.push(id.clone());
        }
        self.show_stale(tests)
    }

    /// By suite: the name of the interpreter that its tests run in.
    fn expected_interpreters(&self) -> BTreeMap<String, String> {
        let chosen = |name: &Option<String>| match self.workspace.interpreters.get(name) {
            Some(Ok(choice)) => Some(choice.interpreter.name.clone()),
            _ => None,
        };
        let suites = self.workspace.suites.iter();
        suites
            .filter_map(|suite| {
                let name = chosen(&suite.interpreter)?;
                Some((suite.name.as_deref().unwrap_or_default().to_owned(), name))
            })
            .collect()
    }

    fn show_stale(&mut self, tests: Vec<TestId>) -> Vec<Effect> {
        if tests.is_empty() {
            return Vec::new();
        }
        let failing = self.failing.iter();
        let touched = failing.filter(|(_, ids)| tests.iter().any(|id| ids.contains(id)));
        let paths: Vec<Utf8PathBuf> = touched.map(|(path, _)| path.clone()).collect();
        let mut effects = vec![Effect::Show(Change::Stale { folder: self.name.clone(), tests })];
        effects.extend(self.publish(paths));
        effects
    }
}

/// Whether a result comes from the image that there is now; nobody knows of an image that nobody asked for.
fn is_of(provenance: &Provenance, now: Option<&Now>) -> bool {
    match now {
        None => true,
        Some(Now::Image(image)) => provenance.image == *image,
        Some(Now::Other) => provenance.image.is_empty(),
    }
}
