//! The helper plugin's own tests, with the pytest that the fixtures use.

use crate::support::docker::docker;
use crate::support::images;

#[test]
fn the_pytest_helper_keeps_its_promises() {
    let Some(image) = images::pytest() else { return };
    let helper =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src/frameworks/pytest/helper:/helper:ro");
    let run = "cp /helper/*.py /tmp
        python3 -m pytest -q -p no:cacheprovider test_helper.py >told 2>&1 && exec cat told
        cat told >&2; exit 1";
    let told = docker(&["run", "--rm", "-v", helper, "-w", "/tmp", &image, "sh", "-c", run]);
    let told = told.unwrap_or_else(|why| panic!("{why}"));
    assert!(told.lines().last().unwrap_or_default().contains(" passed"), "{told}");
}
