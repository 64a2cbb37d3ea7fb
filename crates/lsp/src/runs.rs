//! The runs as the client names them.
//!
//! A request may cover several folders, and a run of the session covers one: so a request is a
//! group of runs, known to the client by one name. The session's own ids are unique on this machine,
//! whatever two clients choose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use testdock_core::id::{FolderName, RunId};
use testdock_core::session::Selection;

use crate::ext::EndKind;

/// Who asked for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The test explorer.
    Explorer,
    /// A lens, an action, a command, a saved file.
    Editor,
}

/// What a client asked for, for asking it again.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) parts: Vec<(FolderName, Selection)>,
    pub(crate) fresh: bool,
    /// Whether it stands, and runs what saved files touch.
    pub(crate) is_continuous: bool,
}

impl Wish {
    /// Whether it is one to repeat: a run of tests, once.
    fn is_repeatable(&self) -> bool {
        let builds = |(_, it): &(FolderName, Selection)| matches!(it, Selection::Build(_));
        !self.is_continuous && !self.parts.iter().any(builds)
    }
}

/// The requests that are under way, and the last one.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    groups: BTreeMap<Arc<str>, Group>,
    last: Option<Wish>,
}

#[derive(Debug)]
struct Group {
    origin: Origin,
    active: BTreeSet<RunId>,
    how: EndKind,
    messages: Vec<String>,
    /// Whether asking for it again is asking for its tests.
    is_repeatable: bool,
}

/// A request that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: Arc<str>,
    pub(crate) origin: Origin,
}

/// A request whose runs have all ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished {
    pub(crate) named: Named,
    pub(crate) how: EndKind,
    pub(crate) message: String,
    /// Whether no other request of the test explorer is under way.
    pub(crate) is_last_of_explorer: bool,
}

impl Runs {
    /// Begins a request of one run a folder; `None` where its name is taken by one under way.
    pub(crate) fn begin(
        &self,
        name: Option<String>,
        origin: Origin,
        wish: &Wish,
    ) -> Option<(Arc<str>, Vec<RunId>)> {
        let ids: Vec<RunId> = wish.parts.iter().map(|_| new_id()).collect();
        let name: Arc<str> = match name {
            Some(name) => name.into(),
            None => ids.first()?.0.clone(),
        };
        let mut state = self.state();
        if state.groups.contains_key(&name) {
            return None;
        }
        let group = Group {
            origin,
            active: ids.iter().cloned().collect(),
            how: EndKind::Completed,
            messages: Vec::new(),
            is_repeatable: wish.is_repeatable(),
        };
        state.groups.insert(name.clone(), group);
        if wish.is_repeatable() {
            state.last = Some(wish.clone());
        }
        Some((name, ids))
    }

    /// Whether the request of a run is the last one of tests, which can be asked for again.
    pub(crate) fn is_repeatable(&self, run: &RunId) -> bool {
        let state = self.state();
        state.groups.values().any(|group| group.is_repeatable && group.active.contains(run))
    }

    /// Takes in a run that nobody asked for by a request: one that a saved file has started.
    pub(crate) fn adopt(&self, run: &RunId) {
        let mut state = self.state();
        if state.groups.values().any(|group| group.active.contains(run)) {
            return;
        }
        let group = Group {
            origin: Origin::Editor,
            active: BTreeSet::from([run.clone()]),
            how: EndKind::Completed,
            messages: Vec::new(),
            is_repeatable: false,
        };
        state.groups.insert(run.0.clone(), group);
    }

    /// What was asked for last.
    pub(crate) fn last(&self) -> Option<Wish> {
        self.state().last.clone()
    }

    /// The request that a run belongs to.
    pub(crate) fn request_of(&self, run: &RunId) -> Option<Named> {
        let state = self.state();
        let (name, group) = state.groups.iter().find(|(_, group)| group.active.contains(run))?;
        Some(Named { name: name.clone(), origin: group.origin })
    }

    /// Whether another run of the same request has ended with this message.
    pub(crate) fn has_said(&self, run: &RunId, message: &str) -> bool {
        let state = self.state();
        let mut groups = state.groups.values();
        let group = groups.find(|group| group.active.contains(run));
        group.is_some_and(|group| group.messages.iter().any(|it| it == message))
    }

    /// The runs of a request, or of all.
    pub(crate) fn active(&self, name: Option<&str>) -> Vec<RunId> {
        let state = self.state();
        let groups = state.groups.iter().filter(|(it, _)| name.is_none_or(|name| name == &***it));
        groups.flat_map(|(_, group)| group.active.iter().cloned()).collect()
    }

    /// The names of the requests that are under way: of all, or of one where it is.
    pub(crate) fn names(&self, name: Option<&str>) -> Vec<Arc<str>> {
        let state = self.state();
        let names = state.groups.keys().filter(|it| name.is_none_or(|name| name == &***it));
        names.cloned().collect()
    }

    /// Notes that a run ended; the request, where that was its last run.
    pub(crate) fn ended(&self, run: &RunId, how: EndKind, message: String) -> Option<Finished> {
        let mut state = self.state();
        let (name, group) =
            state.groups.iter_mut().find(|(_, group)| group.active.contains(run))?;
        group.active.remove(run);
        group.how = group.how.max(how);
        group.messages.push(message);
        if !group.active.is_empty() {
            return None;
        }
        let name = name.clone();
        let group = state.groups.remove(&name)?;
        let others = state.groups.values().filter(|it| it.origin == Origin::Explorer);
        Some(Finished {
            is_last_of_explorer: others.count() == 0,
            named: Named { name, origin: group.origin },
            how: group.how,
            message: group.messages.join("; "),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id that no other process of this machine has.
pub(crate) fn new_id() -> RunId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let micros = since.unwrap_or_default().as_micros();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:x}-{micros:x}-{count}", std::process::id());
    RunId(id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(folders: &[&str]) -> Wish {
        let parts = folders.iter().map(|name| ((*name).into(), Selection::all()));
        Wish { parts: parts.collect(), fresh: false, is_continuous: false }
    }

    #[test]
    fn a_request_ends_with_its_last_run_and_as_badly_as_its_worst() {
        let runs = Runs::default();
        let (name, ids) = runs
            .begin(Some("mine".to_owned()), Origin::Explorer, &wish(&["a", "b"]))
            .expect("begun");
        assert_eq!(&*name, "mine");
        assert!(runs.begin(Some("mine".to_owned()), Origin::Editor, &wish(&["a"])).is_none());
        assert_eq!(runs.active(Some("mine")).len(), 2);
        assert_eq!(runs.active(Some("other")), []);
        assert_eq!(runs.ended(&ids[1], EndKind::Broken, "no engine".to_owned()), None);
        let finished = runs.ended(&ids[0], EndKind::Completed, "1 passed".to_owned());
        let finished = finished.expect("the last one");
        assert_eq!(finished.how, EndKind::Broken);
        assert_eq!(finished.message, "no engine; 1 passed");
        assert!(finished.is_last_of_explorer);
        assert_eq!(runs.request_of(&ids[0]), None);
    }

    #[test]
    fn a_request_without_a_name_is_called_like_its_run() {
        let runs = Runs::default();
        let (name, ids) = runs.begin(None, Origin::Editor, &wish(&["a"])).expect("begun");
        assert_eq!(name, ids[0].0);
        assert!(runs.begin(None, Origin::Editor, &wish(&["a"])).is_some());
    }
}
