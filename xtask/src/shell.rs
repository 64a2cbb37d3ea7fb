//! Runs other programs and tells the person at the terminal what goes on.
//!
//! Three ways, by what one wants of a program: [`run`] shows all of it, [`step`] shows one line and
//! keeps the rest for the case of failure, [`answer`] wants its output, and soon.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// A command and its arguments, to be run in the repository's root.
pub(crate) fn command<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a program on this terminal until it ends well.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a program behind one line of progress; where it fails, the end of its output follows.
pub(crate) fn step(what: &str, command: &mut Command) -> Result<()> {
    announce(format_args!("{what} … "));
    let began = Instant::now();
    let log = scratch()?.join("step.log");
    let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .status()
        .with_context(|| cannot_start(command))?;
    if !status.success() {
        say("failed");
        bail!("`{}` ended with {status}:\n{}", shown(command), tail(&log));
    }
    say(format_args!("{:.1} s", began.elapsed().as_secs_f64()));
    Ok(())
}

/// A Python of its own in the scratch folder, with packages that pip brings; made once.
pub(crate) fn python(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = scratch()?.join(name);
    let python = folder.join("bin/python");
    if python.exists() {
        return Ok(python);
    }
    let made = step("making a Python", command("python3", ["-m", "venv"]).arg(&folder));
    let mut install = command(&python, ["-m", "pip", "install", "--quiet"]);
    let what = format!("installing {}", packages.join(" and "));
    let installed = made.and_then(|()| step(&what, install.args(packages)));
    // What is half there would be taken for whole the next time.
    installed.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
    Ok(python)
}

/// What a program prints, if it ends well in time; otherwise what it complains of.
pub(crate) fn answer(command: &mut Command, within: Duration) -> Result<String> {
    let deadline = Instant::now() + within;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| cannot_start(command))?;
    // Read meanwhile: a pipe that nobody empties stops who fills it.
    let (printed, complaint) = (drained(child.stdout.take()), drained(child.stderr.take()));
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!("`{}` did not answer in {within:?}", shown(command));
        }
        thread::sleep(Duration::from_millis(10));
    };
    let text = |reader: JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).trim().to_owned()
    };
    if !status.success() {
        bail!("{}", text(complaint));
    }
    Ok(text(printed))
}

fn drained(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut read = Vec::new();
        // What came before it broke is what there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut read));
        read
    })
}

/// Whether a program of this name can be found.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A person's own PATH may lack the folders of a system's daemons.
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).any(|folder| folder.join(program).is_file())
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder, wherever the person keeps it.
pub(crate) fn target() -> Result<PathBuf> {
    let me = std::env::current_exe().context("cannot find the path of xtask itself")?;
    let folder = me.ancestors().nth(2).context("xtask lies outside of a target folder")?;
    Ok(folder.to_owned())
}

/// Where xtask keeps what may be thrown away: logs, downloads, measurements.
pub(crate) fn scratch() -> Result<PathBuf> {
    let folder = target()?.join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    const LINES: usize = 25;
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Prints a line.
pub(crate) fn say(line: impl Display) {
    announce(format_args!("{line}\n"));
}

/// Prints what the next line's end will complete.
///
/// All words of xtask go to standard error, where the programs it runs write theirs: so they stay in
/// order in a log. A closed terminal is no reason to stop.
fn announce(words: impl Display) {
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "{words}");
    let _ = terminal.flush();
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`", command.get_program().display())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_what_the_program_printed() {
        let said = answer(&mut command("sh", ["-c", "echo 28.2"]), Duration::from_secs(10));
        assert_eq!(said.unwrap(), "28.2");
    }

    #[test]
    fn an_answer_may_be_long() {
        let said = answer(&mut command("seq", ["100000"]), Duration::from_secs(60));
        assert_eq!(said.unwrap().lines().count(), 100_000);
    }

    #[test]
    fn a_failing_program_answers_with_its_complaint() {
        let said = answer(
            &mut command("sh", ["-c", "echo no such host >&2; exit 1"]),
            Duration::from_secs(10),
        );
        assert_eq!(said.unwrap_err().to_string(), "no such host");
    }

    #[test]
    fn a_silent_program_is_not_waited_for() {
        let said = answer(&mut command("sleep", ["60"]), Duration::from_millis(1));
        assert_eq!(said.unwrap_err().to_string(), "`sleep 60` did not answer in 1ms");
    }
}
