//! What a project's own tool says of its tests.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use regex::Regex;

use super::project::Project;
use crate::shell::{answer, command, say};

/// Where the recipes' Dockerfiles put a project.
const HOME: &str = "/app";

/// Outcomes; of those that are no pass not every tool tells errors from failures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.passed, self.failed, self.skipped)
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            passed: a.passed + b.passed,
            failed: a.failed + b.failed,
            skipped: a.skipped + b.skipped,
        })
    }
}

/// How a tool runs, and how its words are read. A pattern's groups are numbers, or, where it has none,
/// each match counts as one; all that it finds is added up.
struct Tool {
    name: &'static str,
    command: &'static str,
    /// All that ran, for tools that do not tell what passed.
    ran: &'static str,
    passed: &'static str,
    failed: &'static str,
    skipped: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "pytest",
        command: "pytest -q -p no:cacheprovider | tail -1",
        ran: "",
        passed: r"(\d+) x?passed",
        failed: r"(\d+) (?:failed|errors?)\b",
        skipped: r"(\d+) (?:skipped|xfailed)",
    },
    Tool {
        name: "unittest",
        command: "python3 -m unittest discover -t .",
        ran: r"(?m)^Ran (\d+) tests?",
        passed: "",
        failed: r"\(failures=(\d+)|[( ]errors=(\d+)|unexpected successes=(\d+)",
        skipped: r"skipped=(\d+)|expected failures=(\d+)",
    },
    Tool {
        name: "go",
        command: "go test -count=1 -v ./...",
        ran: "",
        passed: r"(?m)^\s*--- PASS: ",
        failed: r"(?m)^\s*--- FAIL: ",
        skipped: r"(?m)^\s*--- SKIP: ",
    },
    Tool {
        name: "cargo",
        command: "cargo test --no-fail-fast",
        ran: "",
        passed: r"test result: .* (\d+) passed",
        failed: r"test result: .* (\d+) failed",
        skipped: r"test result: .* (\d+) ignored",
    },
    Tool {
        name: "mocha",
        command: "node_modules/.bin/mocha",
        ran: "",
        passed: r"(?m)^  (\d+) passing",
        failed: r"(?m)^  (\d+) failing",
        skipped: r"(?m)^  (\d+) pending",
    },
    Tool {
        name: "jest",
        command: "node_modules/.bin/jest",
        ran: "",
        passed: r"(?m)^Tests: .*\b(\d+) passed",
        failed: r"(?m)^Tests: +(\d+) failed",
        skipped: r"(?m)^Tests: +(?:\d+ failed, )?(?:(\d+) skipped, )?(?:(\d+) todo, )?",
    },
    Tool {
        name: "node",
        command: "node --test",
        ran: "",
        passed: r"(?m)^(?:#|ℹ) pass (\d+)",
        failed: r"(?m)^(?:#|ℹ) fail (\d+)",
        skipped: r"(?m)^(?:#|ℹ) (?:skipped|todo) (\d+)",
    },
    Tool {
        name: "maven",
        command: "mvn --batch-mode test",
        ran: r"(?m)Tests run: (\d+), .*Skipped: \d+$",
        passed: "",
        failed: r"(?m)Failures: (\d+), Errors: (\d+), Skipped: \d+$",
        skipped: r"(?m)Tests run: .*Skipped: (\d+)$",
    },
    Tool {
        name: "rspec",
        command: "rspec",
        ran: r"(?m)^(\d+) examples?,",
        passed: "",
        failed: r"(?m)^\d+ examples?, (\d+) failure",
        skipped: r"(?m)^\d+ examples?, .* (\d+) pending",
    },
    Tool {
        name: "minitest",
        command: "rake test",
        ran: r"(\d+) runs, ",
        passed: "",
        failed: r", (\d+) (?:failures|errors)\b",
        skipped: r" (\d+) skips",
    },
    Tool {
        name: "phpunit",
        command: "phpunit",
        // Its total leaves out a test whose provider fails, which is among its errors all the same.
        ran: r"(?m)^Tests: (\d+)|^OK \((\d+) tests|^There (?:was|were) (\d+) PHPUnit errors?:",
        passed: "",
        failed: r", (?:Errors|Failures): (\d+)",
        skipped: r", (?:Skipped|Incomplete): (\d+)",
    },
    Tool {
        name: "ctest",
        command: "cmake --build $TESTDOCK_CMAKE_BUILD_DIR >/dev/null; ctest --test-dir $TESTDOCK_CMAKE_BUILD_DIR",
        ran: "",
        passed: r"(?m)^ *\d+/\d+ Test .* Passed ",
        failed: r"(?m)^ *\d+/\d+ Test .*\*\*\*(?:Failed|Exception|Timeout|Not Run)",
        skipped: r"(?m)^ *\d+/\d+ Test .*\*\*\*Skipped",
    },
    Tool {
        name: "googletest",
        command: "cmake --build $TESTDOCK_CMAKE_BUILD_DIR >/dev/null; ctest --test-dir $TESTDOCK_CMAKE_BUILD_DIR --verbose",
        ran: "",
        passed: r"(?m)^\d+: \[       OK \]",
        failed: r"(?m)^\d+: \[  FAILED  \] .* \(\d+ ms\)",
        // What is turned off it counts by itself.
        skipped: r"(?m)^\d+: \[  SKIPPED \] (\d+) tests?, listed below:|^\d+: +YOU HAVE (\d+) DISABLED TESTS?$",
    },
    Tool {
        name: "catch2",
        command: "cmake --build $TESTDOCK_CMAKE_BUILD_DIR >/dev/null; ctest --test-dir $TESTDOCK_CMAKE_BUILD_DIR --verbose",
        ran: "",
        passed: r"(?m)^\d+: All tests passed \(.* in (\d+) test cases?\)|^\d+: test cases: +\d+ \|(?: +(\d+) passed)?(?:.*\| +(\d+) failed as expected)?",
        failed: r"(?m)^\d+: test cases:.*\| +(\d+) failed(?: \||$)",
        skipped: r"(?m)^\d+: test cases:.*\| +(\d+) skipped",
    },
];

/// Runs the tool in the image, which holds the planted files, and reads what it says. Of several (`catch2+ctest`) all
/// that they tell is added up.
pub(super) fn counts(project: &Project, image: &str) -> Result<Counts> {
    let names = project.tool.as_deref().unwrap_or(&project.framework);
    let tools = names.split('+').map(|name| {
        let tool = TOOLS.iter().find(|it| it.name == name);
        tool.with_context(|| format!("it is not described how {name} tells its counts"))
    });
    let tools = tools.collect::<Result<Vec<_>>>()?;
    let words = project.command.as_deref().unwrap_or(tools[0].command);
    say(format_args!("running `{words}`"));
    let output = run_in(image, &project.folder()?, words)?;
    let text = String::from_utf8_lossy(&output);
    let log = project.log("tool.log")?;
    std::fs::write(&log, text.as_bytes())?;
    let told = tools.iter().map(|tool| tool.read(&text)).collect::<Result<Vec<_>>>()?;
    let counts = told.into_iter().sum();
    if counts == Counts::default() {
        bail!("the tool told of no test: see {}", log.display());
    }
    Ok(counts)
}

/// What a shell prints in a container of this image, with the files that are in this folder now: the image may
/// be of an earlier day.
fn run_in(image: &str, folder: &Path, words: &str) -> Result<Vec<u8>> {
    const SOON: Duration = Duration::from_secs(60);
    let script = format!("{words} 2>&1");
    let create = ["create", "--workdir", HOME, image, "sh", "-c", &script];
    let container = answer(&mut command("docker", create), SOON)?;
    let files = format!("{}/.", folder.display());
    let copied =
        answer(&mut command("docker", ["cp", &files, &format!("{container}:{HOME}")]), SOON);
    let output = command("docker", ["start", "--attach", &container]).output();
    answer(&mut command("docker", ["rm", "--force", &container]), SOON)?;
    copied?;
    Ok(output.context("cannot start `docker`")?.stdout)
}

impl Tool {
    fn read(&self, text: &str) -> Result<Counts> {
        let failed = sum(self.failed, text)?;
        let skipped = sum(self.skipped, text)?;
        let passed = match self.ran {
            "" => sum(self.passed, text)?,
            ran => sum(ran, text)?.saturating_sub(failed + skipped),
        };
        Ok(Counts { passed, failed, skipped })
    }
}

fn sum(pattern: &str, text: &str) -> Result<usize> {
    let pattern = Regex::new(pattern)?;
    if pattern.captures_len() == 1 {
        return Ok(pattern.find_iter(text).count());
    }
    let groups = pattern.captures_iter(text).flat_map(|found| {
        found.iter().skip(1).flatten().map(|digits| digits.as_str()).collect::<Vec<_>>()
    });
    groups.map(str::parse::<usize>).sum::<Result<usize, _>>().context("not a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> (usize, usize, usize) {
        let tool = TOOLS.iter().find(|it| it.name == name).unwrap();
        let Counts { passed, failed, skipped } = tool.read(text).unwrap();
        (passed, failed, skipped)
    }

    #[test]
    fn each_tools_summary_is_read() {
        let pytest = "2 failed, 7 passed, 1 skipped, 3 xfailed, 1 error in 0.05s";
        assert_eq!(read("pytest", pytest), (7, 3, 4));
        let unittest = "Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)\n";
        assert_eq!(read("unittest", unittest), (3, 3, 3));
        let go = "--- FAIL: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\n    --- FAIL: TestA/y (0.00s)\n";
        assert_eq!(read("go", go), (1, 2, 0));
        let cargo = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured\n\
                     test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured\n";
        assert_eq!(read("cargo", cargo), (7, 1, 2));
        assert_eq!(read("mocha", "\n  12 passing (9ms)\n  1 pending\n  2 failing\n"), (12, 2, 1));
        let jest = "Tests:       1 failed, 2 skipped, 1 todo, 9 passed, 13 total\n";
        assert_eq!(read("jest", jest), (9, 1, 3));
        let maven = "[ERROR] Tests run: 448, Failures: 2, Errors: 1, Skipped: 60\n";
        assert_eq!(read("maven", maven), (385, 3, 60));
        assert_eq!(read("rspec", "700 examples, 1 failure, 2 pending\n"), (697, 1, 2));
        let minitest = "9 runs, 20 assertions, 1 failures, 2 errors, 3 skips\n";
        assert_eq!(read("minitest", minitest), (3, 3, 3));
        let phpunit = "Tests: 9, Assertions: 3, Errors: 1, Failures: 2, Skipped: 1.\n";
        assert_eq!(read("phpunit", phpunit), (5, 3, 1));
        assert_eq!(read("phpunit", "OK (44 tests, 80 assertions)\n"), (44, 0, 0));
        let of_providers = "..F. 4 / 4 (100%)\n\nThere were 2 PHPUnit errors:\n\n\
                            Tests: 4, Assertions: 8, Errors: 2, Failures: 1.\n";
        assert_eq!(read("phpunit", of_providers), (3, 3, 0));
        let ctest = "  1/3 Test #1: a ....   Passed    0.01 sec\n\
                     2/3 Test #2: b ....***Failed    0.01 sec\n\
                     3/3 Test #3: c ....***Skipped   0.01 sec\n";
        assert_eq!(read("ctest", ctest), (1, 1, 1));
        let google =
            "1: [       OK ] A.b (0 ms)\n1: [  FAILED  ] A.c (0 ms)\n1: [  FAILED  ] A.c\n";
        assert_eq!(read("googletest", google), (1, 1, 0));
        let left_out = "1: [  SKIPPED ] A.b (0 ms)\n1: [  SKIPPED ] 1 test, listed below:\n\
                        1: [  SKIPPED ] A.b\n1: \n1:   YOU HAVE 8 DISABLED TESTS\n1: \n";
        assert_eq!(read("googletest", left_out), (0, 0, 9));
        let catch = "1: All tests passed (39 assertions in 7 test cases)\n\
                     2: test cases: 13 | 4 passed | 6 failed | 1 skipped | 2 failed as expected\n\
                     3: test cases: 1 | 1 failed\n";
        assert_eq!(read("catch2", catch), (13, 7, 1));
    }
}
