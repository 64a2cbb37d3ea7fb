//! Writers that work at the same time, and whose output comes one after the other.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So much is kept while another writer is before us.
const BUFFER: usize = 1 << 20;

/// Gives each of several writers its turn, in the order of their numbers.
pub(super) struct Ordered<W> {
    state: Mutex<State<W>>,
    turned: Condvar,
}

struct State<W> {
    turn: usize,
    out: W,
}

impl<W: Write> Ordered<W> {
    pub(super) fn new(out: W) -> Self {
        Ordered { state: Mutex::new(State { turn: 0, out }), turned: Condvar::new() }
    }

    /// The writer of that number, from 0. Numbers must be taken in order, or a writer that waits for
    /// its turn may wait for one that is never made.
    pub(super) fn writer(&self, number: usize) -> Turn<'_, W> {
        Turn { ordered: self, number, buffer: Vec::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the writers. Its turn passes on when it goes.
pub(super) struct Turn<'o, W: Write> {
    ordered: &'o Ordered<W>,
    number: usize,
    buffer: Vec<u8>,
}

impl<W: Write> Turn<'_, W> {
    fn wait(&self) -> MutexGuard<'_, State<W>> {
        let mut state = self.ordered.lock();
        while state.turn != self.number {
            state = self.ordered.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Writes all, and says what was wrong.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.flush()
    }
}

impl<W: Write> Write for Turn<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let mut state = self.wait();
        state.out.write_all(&buffer)?;
        state.out.flush()
    }
}

impl<W: Write> Drop for Turn<'_, W> {
    fn drop(&mut self) {
        self.wait().turn += 1;
        self.ordered.turned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_at_once_comes_in_order() {
        let ordered = Ordered::new(Vec::new());
        std::thread::scope(|scope| {
            for number in (0..4).rev() {
                let mut turn = ordered.writer(number);
                scope.spawn(move || {
                    for _ in 0..3 {
                        turn.write_all(&vec![b'0' + number as u8; BUFFER / 2]).unwrap();
                    }
                    turn.end().unwrap();
                });
            }
        });
        let mut out = ordered.state.into_inner().unwrap().out;
        out.dedup();
        assert_eq!(out, b"0123");
    }
}
