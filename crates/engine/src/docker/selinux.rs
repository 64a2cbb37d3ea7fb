//! Relabelling for SELinux, without which a confined container may not touch what is mounted from the host.

use camino::Utf8Path;
use testdock_core::plan::Options;

/// Whether this machine enforces labels. Files of another machine are not mounted from here.
pub(super) fn is_on() -> bool {
    Utf8Path::new("/sys/fs/selinux/enforce").exists()
}

/// Whether the workspace's folder `path` is to have a label that containers share; `home` is the caller's.
pub(super) fn relabels(
    is_on: bool,
    path: &Utf8Path,
    options: &Options,
    home: Option<&Utf8Path>,
) -> bool {
    let is_unconfined = options.privileged
        || options.security_opt.iter().any(|it| it == "label=disable" || it == "label:disable");
    // Another label takes a home, or the system, away from everything else that uses it.
    let holds_more =
        path.components().count() < 3 || home.is_some_and(|home| home.starts_with(path));
    // A colon is a part of how such a mount is written.
    is_on && !is_unconfined && !holds_more && !path.as_str().contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_relabelled_where_labels_count_and_nothing_else_is() {
        let home = Some(Utf8Path::new("/home/me"));
        let relabels =
            |is_on, path: &str, options: &Options| relabels(is_on, path.into(), options, home);
        let plain = Options::default();
        assert!(relabels(true, "/home/me/shop", &plain));
        assert!(!relabels(false, "/home/me/shop", &plain));
        for path in ["/home/me", "/home", "/", "/srv", "/home/me/a:b"] {
            assert!(!relabels(true, path, &plain), "{path}");
        }
        let disabled =
            |option: &str| Options { security_opt: vec![option.into()], ..plain.clone() };
        assert!(!relabels(true, "/home/me/shop", &disabled("label=disable")));
        assert!(relabels(true, "/home/me/shop", &disabled("no-new-privileges")));
        assert!(!relabels(true, "/home/me/shop", &Options { privileged: true, ..plain.clone() }));
    }
}
