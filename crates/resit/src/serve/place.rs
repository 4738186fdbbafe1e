//! Sees that the ledger's folder stays where it was opened: what is written into files that no path leads to is gone when
//! they are closed.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use resit_gateway::Task;

use super::stop::{Stop, Stopper};
use crate::clock;
use crate::ledger::Ledger;

/// How long a folder that is gone may go unnoticed.
const EVERY: Duration = Duration::from_secs(1);

/// Whether the folder stayed in its place until it was time to stop. If it does not stay, this is that time.
pub(super) async fn kept(ledger: Arc<Ledger>, stopper: Stopper, mut stop: Stop, task: Arc<Task>) -> bool {
    while !stop.is_now() {
        match ledger.embedded.is_in_place() {
            Ok(true) => task.moves(clock::stopwatch()),
            Ok(false) => {
                tracing::error!(
                    ledger = %ledger.folder.display(),
                    "the ledger's folder, or a file of its log, was removed or replaced under this server; it stops"
                );
                stopper.stop();
                return false;
            }
            // Whoever can't look does not know that it is gone.
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "the ledger's folder can't be looked at");
                task.fails(format!("the ledger's folder can't be looked at: {error}"), clock::stopwatch());
            }
        }
        drop(tokio::time::timeout(EVERY, stop.asked()).await);
    }
    true
}
