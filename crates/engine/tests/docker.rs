//! Runs in real containers. Skipped, with the reason, where no engine answers, unless
//! `TESTDOCK_REQUIRE_DOCKER` is set.

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use support::{Bench, Script, Story, gone_within, processes};
use testdock_core::plan::Source;

/// An image with a shell; `TESTDOCK_TEST_BASE` names another one.
fn image() -> Option<String> {
    let name =
        std::env::var("TESTDOCK_TEST_BASE").unwrap_or_else(|_| "probe/python:bookworm".into());
    match docker(&["image", "inspect", "-f", "{{.Id}}", &name]) {
        Ok(_) => Some(name),
        Err(why) if std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_some() => panic!("{why}"),
        Err(why) => {
            println!("skipped: {}", why.trim());
            None
        }
    }
}

fn docker(args: &[&str]) -> Result<String, String> {
    let out = Command::new("docker")
        .args(args)
        .output()
        .map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(text(&out.stderr)),
    }
}

/// A bench whose containers are removed at its end.
struct Yard(Bench);

impl Yard {
    fn new() -> Option<Self> {
        Some(Self(Bench::new(Source::Image(image()?))))
    }

    fn containers(&self) -> Vec<String> {
        let filter = format!("label=dev.testdock.workspace={}", self.0.root);
        let ids = docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]).unwrap_or_default();
        ids.lines().map(String::from).collect()
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        for id in self.containers() {
            let _ = docker(&["rm", "-fv", &id]);
        }
    }
}

#[tokio::test]
async fn the_second_run_is_warm_and_sees_the_workspace() {
    let Some(yard) = Yard::new() else { return };
    let script = "echo \"$GIVEN\"; cat \"$2/helper\" file.txt; echo e >&3; [ -w \"$HOME\" ] && echo a >$1/report; touch made; exit 7";
    let first = yard.0.run(script).await;
    assert_eq!(first.end(), "Completed");
    assert_eq!(first.printed(), "it's given\nbrought alonghere\n");
    assert_eq!(first.results(), ["a"]);
    assert_eq!(first.warnings(), ["live e"]);
    let second = yard.0.run(script).await;
    assert_eq!(second.container(), (first.container().0, true));
    assert!(!first.container().1);
    let left: Vec<_> = yard
        .0
        .root
        .read_dir_utf8()
        .unwrap()
        .flatten()
        .map(|e| e.file_name().to_owned())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
