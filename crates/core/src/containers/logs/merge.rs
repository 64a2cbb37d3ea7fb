//! The lines of several logs in the order of their times.

use super::Line;

/// Merges logs, each of which is in order.
#[derive(Debug)]
pub struct Merge(Vec<Head>);

/// The next line of a log.
#[derive(Debug)]
enum Head {
    Unknown,
    Line(Line),
    Over,
}

impl Merge {
    /// Merges so many logs.
    pub fn new(count: usize) -> Self {
        Self((0..count).map(|_| Head::Unknown).collect())
    }

    /// A log whose next line must be known first.
    pub fn waits_for(&self) -> Option<usize> {
        self.0.iter().position(|head| matches!(head, Head::Unknown))
    }

    /// The next line of the log that is waited for; `None` at its end.
    pub fn put(&mut self, log: usize, line: Option<Line>) {
        self.0[log] = line.map_or(Head::Over, Head::Line);
    }

    /// The first of the lines that are known, and its log. One without a time goes first: it holds back
    /// those behind it.
    pub fn take(&mut self) -> Option<(usize, Line)> {
        let time = |head: &Head| match head {
            Head::Line(line) => Some(line.at),
            Head::Unknown | Head::Over => None,
        };
        let known = self.0.iter().enumerate().filter_map(|(at, head)| Some((time(head)?, at)));
        let (_, log) = known.min()?;
        match std::mem::replace(&mut self.0[log], Head::Unknown) {
            Head::Line(line) => Some((log, line)),
            Head::Unknown | Head::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Moment, Stream};
    use super::*;

    fn check(logs: &[&[Option<i64>]], expected: &[(usize, Option<i64>)]) {
        let mut rest: Vec<_> = logs.iter().map(|log| log.iter()).collect();
        let mut merge = Merge::new(logs.len());
        let mut merged = Vec::new();
        loop {
            while let Some(log) = merge.waits_for() {
                let line = |at: &Option<i64>| Line {
                    at: at.map(Moment),
                    stream: Stream::Stdout,
                    text: String::new(),
                };
                merge.put(log, rest[log].next().map(line));
            }
            let Some((log, line)) = merge.take() else { break };
            merged.push((log, line.at.map(|at| at.0)));
        }
        assert_eq!(merged, expected);
    }

    #[test]
    fn lines_come_in_the_order_of_their_times() {
        check(
            &[&[Some(1), Some(4)], &[Some(2), Some(3), Some(9)], &[]],
            &[(0, Some(1)), (1, Some(2)), (1, Some(3)), (0, Some(4)), (1, Some(9))],
        );
        check(&[], &[]);
    }

    #[test]
    fn a_line_without_a_time_stays_in_its_place() {
        check(
            &[&[Some(5), None, Some(6)], &[Some(5), Some(7)]],
            &[(0, Some(5)), (0, None), (1, Some(5)), (0, Some(6)), (1, Some(7))],
        );
    }
}
