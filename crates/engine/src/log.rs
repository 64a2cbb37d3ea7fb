//! The full output of a run, in a file; a short output needs none.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufWriter, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::id::RunId;

/// A shorter output has no file: whoever shows the run shows all of it.
const WORTH_A_FILE: usize = 4 << 10;
/// How much is kept from the beginning.
const HEAD: u64 = 64 << 20;
/// How much is kept from the end, when there was more.
const TAIL: usize = 1 << 20;
/// How much is told of a run that broke.
const RECENT: usize = 4 << 10;
/// How many runs' logs are kept.
const KEPT: usize = 20;

/// Collects the output of a run. A log that cannot be written is no reason to fail a run: it says
/// so in the trace, and the run has none.
#[derive(Debug)]
pub(crate) struct RunLog {
    path: Utf8PathBuf,
    /// What there is before a file is worth it.
    start: String,
    file: Option<BufWriter<fs::File>>,
    written: u64,
    tail: VecDeque<u8>,
    left_out: u64,
    /// The end, for whoever has to say why the run broke.
    recent: String,
}

impl RunLog {
    /// A log of `run` in `dir`.
    pub(crate) fn new(dir: &Utf8Path, run: &RunId) -> Self {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }
        };
        let name: String = run.0.chars().take(80).map(safe).collect();
        Self {
            path: dir.join(format!("{name}-{}.log", std::process::id())),
            start: String::new(),
            file: None,
            written: 0,
            tail: VecDeque::new(),
            left_out: 0,
            recent: String::new(),
        }
    }

    /// Adds `text`.
    pub(crate) fn write(&mut self, text: &str) {
        self.remember(text);
        if self.file.is_none() && self.start.len() + text.len() <= WORTH_A_FILE {
            self.start.push_str(text);
            return;
        }
        if self.file.is_none() && self.written == 0 {
            self.open();
        }
        self.append(text);
    }

    fn open(&mut self) {
        let start = std::mem::take(&mut self.start);
        match create(&self.path) {
            Ok(file) => self.file = Some(BufWriter::with_capacity(256 << 10, file)),
            Err(e) => tracing::warn!("cannot write the log {}: {e}", self.path),
        }
        self.append(&start);
    }

    fn append(&mut self, text: &str) {
        self.written += text.len() as u64;
        let Some(file) = &mut self.file else { return };
        if self.written <= HEAD {
            if let Err(e) = file.write_all(text.as_bytes()) {
                tracing::warn!("cannot write the log {}: {e}", self.path);
            }
            return;
        }
        self.tail.extend(text.as_bytes());
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        self.left_out += over as u64;
    }

    /// The file, when the output was worth one.
    /// The last lines that were printed.
    pub(crate) fn recent(&self) -> &str {
        self.recent.trim()
    }

    fn remember(&mut self, text: &str) {
        self.recent.push_str(text);
        let mut over = self.recent.len().saturating_sub(RECENT);
        while !self.recent.is_char_boundary(over) {
            over += 1;
        }
        self.recent.drain(..over);
    }

    pub(crate) fn finish(mut self) -> Option<Utf8PathBuf> {
        let mut file = self.file.take()?;
        let close = |file: &mut BufWriter<fs::File>| {
            if self.left_out > 0 {
                write!(file, "\n[… {} bytes of output are left out here …]\n", self.left_out)?;
            }
            let (a, b) = self.tail.as_slices();
            file.write_all(a)?;
            file.write_all(b)?;
            file.flush()
        };
        if let Err(e) = close(&mut file) {
            tracing::warn!("cannot write the log {}: {e}", self.path);
        }
        Some(self.path)
    }
}

fn create(path: &Utf8Path) -> io::Result<fs::File> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
        prune(dir)?;
    }
    fs::File::create(path)
}

/// Makes room for one more log.
fn prune(dir: &Utf8Path) -> io::Result<()> {
    let mut logs: Vec<_> = fs::read_dir(dir)?
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "log"))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .collect();
    logs.sort();
    let old = logs.len().saturating_sub(KEPT - 1);
    for (_, path) in logs.drain(..old) {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("runs")).unwrap();
        (dir, path)
    }

    #[test]
    fn a_short_output_leaves_no_file() {
        let (_guard, dir) = dir();
        let mut log = RunLog::new(&dir, &"r/1".into());
        log.write("few words\n");
        assert_eq!(log.finish(), None);
        assert!(!dir.exists());
    }

    #[test]
    fn a_flood_keeps_its_beginning_and_its_end() {
        let (_guard, dir) = dir();
        let mut log = RunLog::new(&dir, &"r/1".into());
        log.write("first\n");
        for _ in 0..80 {
            log.write(&"x".repeat(1 << 20));
        }
        log.write("last\n");
        let path = log.finish().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() as u64 <= HEAD + TAIL as u64 + 100);
        assert!(text.starts_with("first\n") && text.ends_with("xlast\n"));
        assert!(text.contains("are left out here"));
    }

    #[test]
    fn only_the_latest_logs_are_kept() {
        let (_guard, dir) = dir();
        for n in 0..KEPT + 5 {
            let mut log = RunLog::new(&dir, &format!("r{n}").as_str().into());
            log.write(&"x".repeat(WORTH_A_FILE + 1));
            log.finish().unwrap();
        }
        assert_eq!(fs::read_dir(&dir).unwrap().count(), KEPT);
    }
}
