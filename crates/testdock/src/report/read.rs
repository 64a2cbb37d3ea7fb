//! Reads report files, several at a time.

use std::fs::File;
use std::io::{self, BufReader};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use camino::Utf8Path;
use testdock_core::paths::{Files, RelPath};
use testdock_core::report::{BrokenSuite, Entry, Listener, Placing, Reading, Tally};
use testdock_core::views::JsonReport;
use testdock_engine::reports::Named;
use testdock_junit::{Harm, Problem, Report, Selection, visit_reader};

use super::ordered::{Ordered, Turn};

/// What is read at once from a file.
const BUFFER: usize = 256 << 10;

/// How report files are read.
pub(super) struct Reader<'r> {
    pub(super) placing: Placing<'r>,
    /// The workspace's files, where there is one.
    pub(super) files: Option<&'r Files>,
    /// Where each file's JSON goes, if it is asked for.
    pub(super) json: Option<&'r Ordered<io::Stdout>>,
    /// Whether the reports are needed whole.
    pub(super) keep: bool,
}

/// What one file came to.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) path: String,
    pub(super) tally: Tally,
    pub(super) problems: Vec<Problem>,
    /// How to run its first failure again.
    pub(super) next: Option<Selection>,
    /// The report, if it is needed whole.
    pub(super) kept: Report<'static>,
    /// Why its JSON could not be written.
    pub(super) unwritten: Option<io::Error>,
}

impl Reader<'_> {
    /// Reads all files, as many at a time as there are processors.
    pub(super) fn read_all(&self, files: &[Named], cwd: &Utf8Path) -> Vec<Outcome> {
        let next = AtomicUsize::new(0);
        let outcomes = Mutex::new(Vec::new());
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..workers.min(files.len()) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(file) = files.get(number) else { break };
                        let outcome = self.read(number, file, cwd);
                        if let Ok(mut outcomes) = outcomes.lock() {
                            outcomes.push((number, outcome));
                        }
                    }
                });
            }
        });
        let mut outcomes = outcomes.into_inner().unwrap_or_default();
        outcomes.sort_by_key(|(number, _)| *number);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn read(&self, number: usize, file: &Named, cwd: &Utf8Path) -> Outcome {
        let turn = self.json.map(|output| output.writer(number));
        let json = turn.map(|turn| JsonReport::new(&file.path, turn));
        let both = Both { tally: Tally::default(), json };
        let mut reading = Reading::new(self.placing, both).keep_all(self.keep);
        let problems = match &file.problem {
            Some(problem) => vec![unreadable(problem.clone())],
            None => visit(&mut reading, &file.path, cwd),
        };
        let (both, report) = reading.finish();
        let written = both.json.map_or(Ok(()), |json| json.end(&problems).and_then(Turn::end));
        Outcome {
            path: file.path.clone(),
            next: self.next(&both.tally, &report),
            tally: both.tally,
            problems,
            kept: if self.keep { report } else { Report::default() },
            unwritten: written.err(),
        }
    }

    fn next(&self, tally: &Tally, report: &Report<'_>) -> Option<Selection> {
        let mut bad = tally.bad.iter().filter_map(|bad| bad.case.as_ref()).take(20).peekable();
        let tool = bad.peek().and_then(|_| report.tool())?;
        let is_file = |path: &str| self.files.is_some_and(|files| files.has(&RelPath::new(path)));
        bad.find_map(|case| report.select_as(tool, case, &is_file))
    }
}

fn visit<L: Listener>(reading: &mut Reading<'_, L>, path: &str, cwd: &Utf8Path) -> Vec<Problem> {
    if path == "-" {
        return visit_reader(BufReader::with_capacity(BUFFER, io::stdin()), reading);
    }
    match File::open(cwd.join(path)) {
        Ok(file) => visit_reader(BufReader::with_capacity(BUFFER, file), reading),
        Err(error) => vec![unreadable(format!("cannot read the report: {error}"))],
    }
}

fn unreadable(message: String) -> Problem {
    Problem { message, offset: 0, harm: Harm::Unreadable }
}

/// The counts, and the JSON if it is asked for.
struct Both<'o> {
    tally: Tally,
    json: Option<JsonReport<Turn<'o, io::Stdout>>>,
}

impl Listener for Both<'_> {
    fn case(&mut self, entry: &Entry<'_>) {
        self.tally.case(entry);
        self.json.iter_mut().for_each(|json| json.case(entry));
    }

    fn suite(&mut self, suite: &BrokenSuite<'_>) {
        self.tally.suite(suite);
        self.json.iter_mut().for_each(|json| json.suite(suite));
    }
}
