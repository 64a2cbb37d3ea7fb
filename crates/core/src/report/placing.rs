//! From the places that a report tells to places here.

use camino::Utf8Path;
use testdock_junit as junit;

use crate::model::Place;
use crate::paths::{Finder, Near};

/// How the paths of a report are understood.
#[derive(Debug, Clone, Copy)]
pub enum Placing<'w> {
    /// As the tool wrote them.
    AsWritten,
    /// As files of a workspace, shown below the folder as it was named; what is none of them as the tool wrote it.
    Within {
        /// The files.
        finder: Finder<'w>,
        /// The workspace folder's name.
        named: &'w Utf8Path,
    },
    /// As files of a workspace, and nothing else.
    Only(Finder<'w>),
}

/// Where something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    /// The place that says it best.
    pub place: Option<Place>,
    /// Where the test is defined, which is not where it failed.
    pub definition: Option<Place>,
    /// The other places along the way, in the tool's order.
    pub frames: Vec<Place>,
}

impl Placing<'_> {
    /// A location, in our paths.
    pub fn located(
        &self,
        location: &junit::Location,
        case: Option<&junit::Case<'_>>,
        suite: Option<&junit::Suite<'_>>,
    ) -> Located {
        let file = case.and_then(|case| case.file.as_deref());
        let near = Near {
            file: file.or_else(|| suite?.file.as_deref()),
            group: case.and_then(|case| case.classname.as_deref()),
        };
        let place = |place: &junit::Place| self.place(place, near);
        Located {
            place: location.place.as_ref().and_then(place),
            definition: location.definition.as_ref().and_then(place),
            frames: location.frames.iter().filter_map(place).collect(),
        }
    }

    fn place(&self, place: &junit::Place, near: Near<'_>) -> Option<Place> {
        let written = || place.path.as_str().into();
        let path = match self {
            Placing::AsWritten => Some(written()),
            Placing::Within { finder, named } => {
                Some(finder.find(&place.path, near).map_or_else(written, |path| path.on(named)))
            }
            Placing::Only(finder) => finder.find_on_host(&place.path, near),
        };
        Some(Place { path: path?, line: place.line, column: place.column })
    }
}
