//! A run of several commands, one after another: each has a reader of its own, so that one that ends before its tool did is
//! not taken for the others' success.

use std::collections::HashMap;

use super::{Broken, Conclusion, Exit, Reader};
use crate::id::TestId;
use crate::model::{Fault, RunEvent};
use crate::paths::Files;
use crate::plan::ReportFile;

/// Follows the commands of a run.
pub struct Readers {
    make: Box<dyn Fn() -> Box<dyn Reader> + Send>,
    /// Those of the commands that began so far.
    all: Vec<Box<dyn Reader>>,
    /// How those ended that did.
    exits: Vec<Exit>,
    /// The command that prints. What is printed comes by another way than what is told, and may be late.
    printing: usize,
}

impl Readers {
    /// Readers that `make` makes, one for each command.
    pub fn new(make: impl Fn() -> Box<dyn Reader> + Send + 'static) -> Self {
        Self { make: Box::new(make), all: Vec::new(), exits: Vec::new(), printing: 0 }
    }

    /// A live line of the command under way: see [`Reader::line`].
    pub fn line(&mut self, line: &str) -> Vec<RunEvent> {
        self.reader(self.exits.len()).line(line)
    }

    /// The command under way has ended, and another begins.
    pub fn ended(&mut self, exit: Exit) {
        self.reader(self.exits.len());
        self.exits.push(exit);
    }

    /// A line for people: see [`Reader::printed`].
    pub fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.reader(self.printing).printed(line)
    }

    /// All that the command printed has come.
    pub fn printed_all(&mut self) {
        self.printing += 1;
    }

    /// What all of them come to, of which the last ended with `exit`. `reports` are those of each command; `files` as for
    /// [`Reader::files`].
    pub fn conclude(
        mut self,
        reports: &[Vec<ReportFile>],
        files: Option<Files>,
        exit: Exit,
    ) -> Conclusion {
        let last = self.exits.len();
        let reader = self.reader(last);
        if let Some(files) = files {
            reader.files(files);
        }
        self.exits.push(exit);
        if let [reader] = self.all.as_mut_slice() {
            return reader.conclude(reports.first().map_or(&[], Vec::as_slice), exit);
        }
        let reports = reports.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        let ended = self.all.into_iter().zip(self.exits).zip(reports);
        merged(ended.map(|((mut reader, exit), reports)| reader.conclude(reports, exit)))
    }

    fn reader(&mut self, command: usize) -> &mut dyn Reader {
        while self.all.len() <= command {
            self.all.push((self.make)());
        }
        &mut *self.all[command]
    }
}

/// What several commands come to: all that each of them told. One that had nothing to run spoils nothing beside others that
/// had.
fn merged(conclusions: impl Iterator<Item = Conclusion>) -> Conclusion {
    let mut all = Conclusion::default();
    let mut told: HashMap<TestId, usize> = HashMap::new();
    for conclusion in conclusions {
        for result in conclusion.results {
            match told.get(&result.id) {
                Some(&at) if all.results[at].outcome.is_bad() => {}
                Some(&at) => all.results[at] = result,
                None => {
                    told.insert(result.id.clone(), all.results.len());
                    all.results.push(result);
                }
            }
        }
        let is_news = |warning: &String| !all.warnings.contains(warning);
        let news: Vec<String> = conclusion.warnings.into_iter().filter(is_news).collect();
        all.warnings.extend(news);
        all.broken = worse(all.broken, conclusion.broken);
    }
    let is_empty = all.results.is_empty();
    all.broken = all.broken.filter(|broken| is_empty || broken.fault != Fault::NoTests);
    all
}

fn worse(one: Option<Broken>, other: Option<Broken>) -> Option<Broken> {
    match (one, other) {
        (Some(one), Some(other)) if one.fault == Fault::NoTests => Some(other),
        (one, other) => one.or(other),
    }
}
