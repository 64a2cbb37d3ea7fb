//! The terminal that this process has: its size, and whether it passes on what is typed as it is.

use futures_util::Stream;
use testdock_engine::containers::Size;

/// A terminal that passes on each key as it is, control characters included, and shows nothing by itself;
/// as it was before when dropped.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Raw(rustix::termios::Termios);

#[cfg(unix)]
impl Raw {
    /// `None` where there is no terminal.
    pub(crate) fn enter() -> Option<Self> {
        use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(std::io::stdin(), OptionalActions::Now, &raw).ok()?;
        Some(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Raw {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // A terminal that is gone needs no mending.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// How large the terminal is.
#[cfg(unix)]
pub(crate) fn size() -> Option<Size> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    // Some do not know; programs take that for what is usual.
    match (size.ws_col, size.ws_row) {
        (0, _) | (_, 0) => Some(Size { columns: 80, rows: 24 }),
        (columns, rows) => Some(Size { columns, rows }),
    }
}

/// The sizes that it takes from now on.
#[cfg(unix)]
pub(crate) fn sizes() -> impl Stream<Item = Size> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = signal(SignalKind::window_change()).ok();
    let next = async |signals: Option<tokio::signal::unix::Signal>| {
        let mut signals = signals?;
        signals.recv().await?;
        Some((size()?, Some(signals)))
    };
    Box::pin(futures_util::stream::unfold(signals, next))
}

/// Waits until the terminal is closed or this process is asked to end; by which signal.
#[cfg(unix)]
pub(crate) async fn asked_to_end() -> i64 {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
    let waiting = kinds.into_iter().filter_map(|kind| {
        let mut signal = signal(kind).ok()?;
        Some(Box::pin(async move {
            signal.recv().await;
            i64::from(kind.as_raw_value())
        }))
    });
    futures_util::future::select_all(waiting).await.0
}

/// Elsewhere what is typed comes by the line.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Raw;

#[cfg(not(unix))]
impl Raw {
    pub(crate) fn enter() -> Option<Self> {
        None
    }
}

#[cfg(not(unix))]
pub(crate) fn size() -> Option<Size> {
    Some(Size { columns: 80, rows: 24 })
}

#[cfg(not(unix))]
pub(crate) async fn asked_to_end() -> i64 {
    std::future::pending().await
}

#[cfg(not(unix))]
pub(crate) fn sizes() -> impl Stream<Item = Size> + Unpin {
    futures_util::stream::pending()
}
