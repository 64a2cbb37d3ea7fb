//! What the tests of all frameworks begin with.

use crate::paths::{Mount, PathMap};
use crate::plan::Site;

/// A workspace at `/w`, which is `/app` in the container.
pub(super) fn site() -> Site {
    let mount = Mount { container: "/app".into(), host: Some("/w".into()) };
    Site {
        root: "/w".into(),
        paths: PathMap::new([mount]),
        helpers: "/h".into(),
        cache: None,
        scratch: "/s".into(),
    }
}
