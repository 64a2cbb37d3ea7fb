//! Times programs in turn, so that a noisy machine disturbs all of them alike.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell::say;

/// A program to be timed, under the name and version that it is shown with.
pub(crate) struct Contender {
    pub(crate) name: String,
    pub(crate) command: Command,
}

/// Times all contenders, one after the other, `rounds` times, and says how they did; ratios are to the
/// first. A round before the first is not counted: it makes caches and containers warm.
pub(crate) fn compare(title: &str, contenders: &mut [Contender], rounds: usize) -> Result<()> {
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for contender in &mut *contenders {
        time(contender)?;
    }
    for _round in 0..rounds {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            times.push(time(contender)?.as_secs_f64());
        }
    }
    say(format_args!("\n{title}, {rounds} rounds in turn: median (middle half)"));
    for (contender, own) in contenders.iter().zip(&times) {
        let ratios = own.iter().zip(&times[0]).map(|(own, first)| own / first).collect();
        let (time, ratio) = (Spread::of(own.clone()), Spread::of(ratios));
        say(format_args!("  {:<48} {time} s   × {ratio}", contender.name));
    }
    Ok(())
}

/// Runs a contender once. That tests fail is no concern here; that none runs is.
pub(crate) fn time(contender: &mut Contender) -> Result<Duration> {
    let began = Instant::now();
    let output = contender
        .command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", contender.name))?;
    let took = began.elapsed();
    if output.stdout.is_empty() && output.stderr.is_empty() {
        bail!("{} printed nothing: it ran no test", contender.name);
    }
    if !matches!(output.status.code(), Some(0 | 1)) {
        let [out, err] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        bail!("{} ended with {}:\n{out}{err}", contender.name, output.status);
    }
    Ok(took)
}

/// Where the middle half of some samples lies.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    low: f64,
    pub(crate) median: f64,
    high: f64,
}

impl Spread {
    pub(crate) fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let [low, median, high] = [0.25, 0.5, 0.75].map(|share| quantile(&samples, share));
        Self { low, median, high }
    }
}

/// A quantile of sorted samples, between two of them where none lies on it.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = share * last as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * at.fract()
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, median, high } = self;
        let digits = f.precision().unwrap_or(3);
        write!(f, "{median:.digits$} ({low:.digits$} … {high:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    #[track_caller]
    fn check(samples: &[f64], expected: &str) {
        assert_eq!(Spread::of(samples.to_vec()).to_string(), expected);
    }

    #[test]
    fn a_spread_is_the_middle_half() {
        check(&[5.0, 1.0, 3.0, 2.0, 4.0], "3.000 (2.000 … 4.000)");
        check(&[4.0, 1.0, 3.0, 2.0], "2.500 (1.750 … 3.250)");
        check(&[1.0], "1.000 (1.000 … 1.000)");
    }

    #[track_caller]
    fn check_refused(script: &str, expected: &str) {
        let name = "docker run".to_owned();
        let command = shell::command("sh", ["-c", script]);
        let error = time(&mut Contender { name, command }).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_program_that_runs_no_tests_is_not_timed() {
        check_refused(
            "echo no such image >&2; exit 125",
            "docker run ended with exit status: 125:\nno such image\n",
        );
        check_refused("true", "docker run printed nothing: it ran no test");
    }
}
