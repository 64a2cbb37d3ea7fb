//! How tests ended: those of CTest, and those of a library in its programs.

use std::time::Duration;

use super::CtestReader;
use crate::frameworks::ItemKind;
use crate::frameworks::ctest::LISTS;
use crate::frameworks::ctest::case::Ended;
use crate::frameworks::ctest::program::Program;
use crate::frameworks::ctest::report::{Element, Heard, Report, Said};
use crate::frameworks::ctest::running::{Inner, Running};
use crate::frameworks::ctest::status::Status;
use crate::frameworks::ctest::verdict::Scene;
use crate::id::TestId;
use crate::model::{Outcome, Place, RunEvent, TestResult};

impl CtestReader {
    /// GoogleTest says that a test begins or ends, behind what that printed.
    pub(super) fn mark(
        &mut self,
        number: u32,
        before: &str,
        mark: &str,
        name: &str,
        time: Option<&str>,
    ) -> Vec<RunEvent> {
        let Some(running) = self.running.get_mut(&number) else {
            return Vec::new();
        };
        if !before.is_empty() {
            running.print(before);
        }
        let outcome = match mark {
            "RUN" => {
                let id = self.names.of_googletest(name, &running.test.program);
                return self.began(number, name, id).into_iter().collect();
            }
            "OK" => Outcome::Passed,
            "FAILED" => Outcome::Failed,
            _ => Outcome::Skipped,
        };
        // All that failed are named again at the end, without a time.
        let is_its_end = |it: &Inner| it.name == name && (it.ended.is_none() || time.is_some());
        let Some(inner) = running.inner.as_mut().filter(|it| is_its_end(it)) else {
            return Vec::new();
        };
        let said_before = inner.ended.take();
        let is_said_again = said_before.is_some();
        let mut lines = said_before.unwrap_or_default();
        lines.extend(running.lines.split_off(inner.from));
        let id = inner.id.clone();
        inner.ended = Some(lines.clone());
        if is_said_again {
            running.forget(&id);
        }
        let mut result = self.result(id, outcome, &lines);
        result.duration = time.and_then(|time| time.parse().ok()).map(Duration::from_millis);
        self.part(number, result).into_iter().collect()
    }

    /// A line of a program that reports in XML.
    pub(super) fn reported(&mut self, number: u32, line: &str) -> Vec<RunEvent> {
        let Some(running) = self.running.get_mut(&number) else {
            return Vec::new();
        };
        let Some(report) = &mut running.report else {
            running.report = Report::begun(line);
            let before = line.split_once("<?xml ").map_or(line, |(before, _)| before);
            let is_begun = running.report.is_some();
            return if is_begun { Vec::new() } else { self.printed_beside(number, before) };
        };
        let Heard { printed, said } = report.line(line);
        let mut events = self.printed_beside(number, printed.unwrap_or_default());
        match said {
            Said::Nothing => {}
            Said::Began => events.extend(self.case_began(number)),
            Said::Ended(case) => events.extend(self.case_ended(number, &case)),
        }
        events
    }

    /// What a program prints beside its report.
    fn printed_beside(&mut self, number: u32, line: &str) -> Vec<RunEvent> {
        if line.is_empty() {
            return Vec::new();
        }
        if let Some(running) = self.running.get_mut(&number) {
            running.print(line);
        }
        vec![self.shown(number, line)]
    }

    fn case_began(&mut self, number: u32) -> Option<RunEvent> {
        let case = self.running.get(&number)?.report.as_ref()?.open()?;
        let name = case.attribute("name").trim().to_owned();
        let id = self.of_case(number, case);
        self.began(number, &name, id)
    }

    fn of_case(&self, number: u32, case: &Element) -> Option<TestId> {
        let (path, line) = (case.attribute("filename"), case.attribute("line"));
        let place = self.scene(None).place(path, line);
        let program = &self.running.get(&number)?.test.program;
        self.names.of_case(case.attribute("name").trim(), place.as_ref(), &self.site.root, program)
    }

    fn case_ended(&mut self, number: u32, case: &Element) -> Vec<RunEvent> {
        let known = self.of_case(number, case);
        let Some(running) = self.running.get_mut(&number) else {
            return Vec::new();
        };
        // One that is skipped may not have begun.
        let inner = running.inner.take();
        let name = case.attribute("name").trim();
        let lines = inner.as_ref().map_or(Vec::new(), |it| running.lines.split_off(it.from));
        let id = inner.map(|it| it.id).or(known.map(|it| self.with_suite(it)));
        let id = id.unwrap_or_else(|| self.with_suite(self.nowhere(name)));
        let definition = self.known.place(&id, &self.site.root);
        let scene = self.scene(definition.as_ref());
        let Ended { outcome, duration, verdict } = scene.ended(case);
        let printed = scene.verdict(&lines).output;
        let result = TestResult {
            duration,
            reason: verdict.reason.filter(|_| outcome == Outcome::Skipped),
            failures: verdict.failures,
            output: printed + &verdict.output,
            ..TestResult::new(id, outcome)
        };
        let is_meant = self.job.selects(&result.id) || outcome != Outcome::Skipped;
        let mut events: Vec<RunEvent> = Vec::new();
        if is_meant {
            events.extend(verdict.output.lines().map(|line| self.shown(number, line)));
            let details = result.failures.iter().flat_map(|it| it.detail.lines());
            events.extend(details.map(|line| self.shown(number, line)));
            let time =
                duration.map(|it| format!(" ({:.2} s)", it.as_secs_f64())).unwrap_or_default();
            let line = format!("{}: {name}{time}", outcome.as_str());
            events.push(self.shown(number, &line));
        }
        events.extend(self.part(number, result));
        events
    }

    /// What people see of a test of CTest in the place of what it printed.
    fn shown(&self, number: u32, line: &str) -> RunEvent {
        RunEvent::Output(self.site.text_to_host(&format!("{number}: {line}\n")))
    }

    /// A test began in a program.
    fn began(&mut self, number: u32, name: &str, id: Option<TestId>) -> Option<RunEvent> {
        let id = self.with_suite(id.unwrap_or_else(|| self.nowhere(name)));
        let running = self.running.get_mut(&number)?;
        let from = running.lines.len();
        running.inner = Some(Inner { name: name.to_owned(), id: id.clone(), from, ended: None });
        let test = running.test.clone();
        let is_told = self.job.selects(&id) && !self.is_only(&test, &id);
        is_told.then_some(RunEvent::TestStarted(id))
    }

    /// Whether a test in a program is all that its test of CTest is about.
    fn is_only(&self, test: &Program, id: &TestId) -> bool {
        test.filter.is_some() || self.named(test) == *id
    }

    fn part(&mut self, number: u32, result: TestResult) -> Option<RunEvent> {
        let mut running = self.running.remove(&number)?;
        let event = self.part_of(number, &mut running, result);
        self.running.insert(number, running);
        event
    }

    /// How a test in a program ended: by itself, or as what its test of CTest is about.
    fn part_of(
        &mut self,
        number: u32,
        running: &mut Running,
        result: TestResult,
    ) -> Option<RunEvent> {
        let is_told = self.job.selects(&result.id);
        // What doctest's filter leaves out is skipped, as it has it.
        let is_left_out = result.outcome == Outcome::Skipped && (!is_told || running.test.is_case);
        if self.is_only(&running.test, &result.id) {
            running.only = Some(result);
        } else if is_told && !is_left_out {
            running.told.push((result.id.clone(), result.outcome));
            return self.finished(number, result);
        } else if !is_left_out {
            running.untold.push(result);
        }
        None
    }

    /// A test of CTest ended.
    pub(super) fn concluded(
        &mut self,
        number: u32,
        mut running: Running,
        text: &str,
    ) -> Vec<RunEvent> {
        let mut status = Status::of(text, &running.test.name);
        if stands_for_unbuilt(&running.test.name) && self.build.complaint().is_some() {
            return Vec::new();
        }
        // GoogleTest skips the tests of a suite that it cannot set up, and CTest sees that alone.
        if status.outcome == Outcome::Skipped && self.has_failure(&running.lines) {
            status.outcome = Outcome::Errored;
        }
        let is_passed = status.outcome == Outcome::Passed;
        if is_passed && running.is_mute() {
            self.mute.push(running.test.program.clone());
        }
        let mut events = self.abandoned(number, &mut running, &mut status);
        if !status.outcome.is_bad() {
            events.extend(self.excused(number, &mut running));
        }
        let id = self.named(&running.test);
        let is_explained = status.outcome == Outcome::Failed
            && running.untold.iter().any(|part| part.outcome.is_bad());
        let is_asked_for = self.job.selects(&id);
        self.is_red_elsewhere |= is_explained && !is_asked_for;
        let fails_outside = status.outcome.is_bad() && self.fails_outside_of_tests(&running);
        let is_more_than_its_parts = match is_asked_for {
            true => self.is_told(&id) || fails_outside || !running.is_told_by_parts(&status),
            false => {
                let is_unexplained =
                    running.is_well_in_parts() || is_passed && running.is_under_way;
                fails_outside || status.outcome.is_bad() && is_unexplained
            }
        };
        if is_more_than_its_parts {
            let result = self.whole(id, running, &status);
            events.extend(self.finished(number, result));
        }
        events
    }

    /// Whether a program of tests that are told says of a failure that is of none of them: of a suite's end, say.
    fn fails_outside_of_tests(&self, running: &Running) -> bool {
        !running.told.is_empty() && self.has_failure(&running.lines)
    }

    fn has_failure(&self, lines: &[String]) -> bool {
        !self.scene(None).verdict(lines).failures.is_empty()
    }

    /// What ran in a program when that ended.
    fn abandoned(
        &mut self,
        number: u32,
        running: &mut Running,
        status: &mut Status,
    ) -> Vec<RunEvent> {
        let case = running.report.as_mut().and_then(Report::abandoned);
        let Some(inner) = running.unended() else {
            if running.is_cut() && status.outcome == Outcome::Passed {
                *status = Status::left("it told of its tests", status.time);
            }
            return Vec::new();
        };
        // What CTest takes for success is none.
        if status.outcome == Outcome::Passed {
            *status = Status::left(&format!("{} ran", inner.name), status.time);
        }
        let lines = running.lines.split_off(inner.from);
        let mut result = self.result(inner.id, Outcome::Errored, &lines);
        let definition = self.known.place(&result.id, &self.site.root);
        let scene = self.scene(definition.as_ref());
        result.failures.extend(case.iter().flat_map(|case| scene.failures(case)));
        result.failures.push(scene.of_program(&lines, &status.words));
        self.part_of(number, running, result).into_iter().collect()
    }

    /// Tests that failed in a program that CTest takes as passed: it is meant to fail, or judged by what it prints.
    fn excused(&mut self, number: u32, running: &mut Running) -> Vec<RunEvent> {
        let mut events = Vec::new();
        for (id, outcome) in running.told.iter_mut().filter(|(_, it)| it.is_bad()) {
            *outcome = Outcome::Skipped;
            if self.told_by.get(id) != Some(&number) {
                continue;
            }
            let Some(result) = self.results.get_mut(id) else { continue };
            result.outcome = Outcome::Skipped;
            result.reason = Some("it failed, and CTest takes its program as passed".to_owned());
            result.failures.clear();
            events.push(RunEvent::TestFinished(Box::new(result.clone())));
        }
        events
    }

    /// Whether a test of CTest is told in any case: where it is listed as a test, or asked for by its name. What else is
    /// a program of tests is told where they do not tell all of it.
    pub(super) fn is_told(&self, id: &TestId) -> bool {
        let is_named = |it: &TestId| it.file == id.file && it.names == id.names;
        self.known.definition(id).is_some_and(|item| item.kind != ItemKind::Group)
            || self.job.selection.iter().any(is_named)
    }

    fn whole(&mut self, id: TestId, running: Running, status: &Status) -> TestResult {
        let is_told_bad = running.is_told_bad();
        let Running { lines, only, untold, .. } = running;
        let outside = self.result(id.clone(), status.outcome, &lines);
        let mut result = match only {
            Some(mut only) => {
                only.failures.extend(outside.failures);
                only
            }
            None => outside,
        };
        // CTest may know better: a test may be meant to fail, or be judged by what it prints.
        result.id = id;
        result.outcome = status.outcome;
        result.duration = status.time;
        match status.outcome {
            Outcome::Passed => result.failures.clear(),
            Outcome::Skipped => {
                result.failures.clear();
                result.reason = result.reason.or_else(|| status.reason());
            }
            Outcome::Failed | Outcome::Errored => {
                let parts = untold.into_iter().flat_map(|part| part.failures);
                result.failures.extend(parts);
                let is_of_process = status.outcome == Outcome::Errored;
                if result.failures.is_empty() && (!is_told_bad || is_of_process) {
                    let definition = self.known.place(&result.id, &self.site.root);
                    let how = self.complaint.take().filter(|_| status.is_not_run());
                    let how = how.unwrap_or_else(|| status.words.clone());
                    let failure = self.scene(definition.as_ref()).of_program(&lines, &how);
                    result.failures.push(failure);
                }
            }
        }
        result
    }

    /// What a test printed, and what that says of it.
    fn result(&self, id: TestId, outcome: Outcome, lines: &[String]) -> TestResult {
        let definition = self.known.place(&id, &self.site.root);
        let verdict = self.scene(definition.as_ref()).verdict(lines);
        let failures = if outcome.is_bad() { verdict.failures } else { Vec::new() };
        let reason = verdict.reason.filter(|_| outcome == Outcome::Skipped);
        TestResult { failures, reason, output: verdict.output, ..TestResult::new(id, outcome) }
    }

    fn scene<'s>(&'s self, definition: Option<&'s Place>) -> Scene<'s> {
        Scene { site: &self.site, root: &self.suite.root, definition }
    }

    pub(super) fn named(&self, test: &Program) -> TestId {
        self.with_suite(self.names.of(test).unwrap_or_else(|| self.nowhere(&test.name)))
    }

    /// A test that stands in no file under such a name: the project knows it.
    fn nowhere(&self, name: &str) -> TestId {
        let file = TestId::of_file(self.suite.root.join(LISTS));
        TestId { names: vec![name.to_owned()], ..file }
    }

    pub(super) fn with_suite(&self, id: TestId) -> TestId {
        TestId { suite: self.suite.name.clone(), ..id }
    }

    fn finished(&mut self, number: u32, result: TestResult) -> Option<RunEvent> {
        // Of several programs with a test of that name, one in which it failed counts, then one in which it ran.
        let by = self.told_by.get(&result.id).copied();
        let weight = |outcome: Outcome| match outcome {
            Outcome::Failed | Outcome::Errored => 2,
            Outcome::Passed => 1,
            Outcome::Skipped => 0,
        };
        let known = self.results.get(&result.id).filter(|_| by != Some(number));
        if known
            .is_some_and(|it| it.outcome.is_bad() || weight(it.outcome) > weight(result.outcome))
        {
            return None;
        }
        self.told_by.insert(result.id.clone(), number);
        self.results.insert(result.id.clone(), result.clone());
        Some(RunEvent::TestFinished(Box::new(result)))
    }
}

/// `program_NOT_BUILT`, behind which Catch2 has a hash: what stands for the tests of a program that is not there.
fn stands_for_unbuilt(name: &str) -> bool {
    name.rsplit_once("_NOT_BUILT").is_some_and(|(_, hash)| {
        hash.is_empty()
            || hash.strip_prefix('-').is_some_and(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}
