//! Asks the editor to ask for its lenses again, and not too often.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::shared::Shared;

/// At most so often.
const PAUSE: Duration = Duration::from_millis(200);

/// Tells that lenses changed. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refresh(Arc<Notify>);

impl Refresh {
    /// Lenses changed: the editor will be told, once for all changes of a short while.
    pub(crate) fn ask(&self) {
        self.0.notify_one();
    }

    /// Passes it on, the first change at once and the last one for certain.
    pub(crate) async fn pass_on(self, shared: Arc<Shared>) {
        loop {
            self.0.notified().await;
            let client = shared.client.clone();
            shared.spawn(async move {
                if let Err(error) = client.code_lens_refresh().await {
                    tracing::debug!(%error, "the client does not refresh its lenses");
                }
            });
            tokio::time::sleep(PAUSE).await;
        }
    }
}
