//! The command that runs a selection: Testdock's own script configures, builds, and has CTest run what a file names.

use super::selection;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const HELPER: &str = "testdock_ctest.sh";
const HELPERS: &[(&str, &str)] = &[
    (HELPER, include_str!("helper/testdock_ctest.sh")),
    ("testdock_ctest.awk", include_str!("helper/testdock_ctest.awk")),
    ("testdock_ctest.cmake", include_str!("helper/testdock_ctest.cmake")),
];

pub(super) fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let given = suite.args.iter().chain(&job.args).cloned();
    let (of_cmake, of_ctest): (Vec<String>, Vec<String>) =
        given.partition(|arg| arg.starts_with("-D") || arg.starts_with("--preset"));
    let limit =
        suite.test_timeout.map(|limit| ["--timeout".into(), limit.as_secs().max(1).to_string()]);
    let mut env = vec![("TESTDOCK_CMAKE_ARGS".to_owned(), of_cmake.join("\n"))];
    env.extend(suite.env.iter().cloned());
    Invocation {
        candidates: vec![launched(job, site)],
        args: limit.into_iter().flatten().chain(of_ctest).collect(),
        env,
        cwd: site.workspace(&suite.root),
        helpers: HELPERS
            .iter()
            .map(|&(name, text)| HelperFile { name: name.into(), content: text.into() })
            .collect(),
        inputs: selection::files(job, site),
        reports: Reports::None,
        live: Live::Stdout,
        remedy: "install CMake and a compiler where the tests run (such as `RUN apt-get update && apt-get install -y \
                 cmake g++` in a Dockerfile), or set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

/// CTest, after the project was built where nobody else builds.
fn launched(job: &Job, site: &Site) -> Candidate {
    let name = job.suite.root.as_str().replace('/', "+");
    let place = site.cache.as_ref().unwrap_or(&site.scratch);
    let helper = format!("{}/{HELPER}", site.helpers);
    let launch = ["sh".to_owned(), helper, format!("{place}/cmake-{name}"), site.scratch.clone()];
    let ctest = vec!["ctest".to_owned()];
    let command = job.suite.command.as_ref().unwrap_or(&ctest);
    let check = match &job.suite.command {
        Some(_) => Vec::new(),
        None => vec!["cmake".to_owned(), "--version".to_owned()],
    };
    Candidate { argv: launch.into_iter().chain(command.iter().cloned()).collect(), check }
}
