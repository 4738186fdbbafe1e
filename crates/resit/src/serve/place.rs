//! Sees that the ledger's folder stays where it was opened, and as it was: what is written into files that no path leads to
//! is gone when they are closed. Keeps the ledger's mark up with its log.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use resit_gateway::{Gauges, Task};

use super::stop::{Stop, Stopper};
use crate::clock;
use crate::ledger::Ledger;

/// How long a folder that is gone may go unnoticed.
const EVERY: Duration = Duration::from_secs(1);

/// Whether the folder stayed in its place until it was time to stop. If it does not stay, this is that time.
pub(super) async fn kept(
    ledger: Arc<Ledger>,
    gauges: Arc<Gauges>,
    stopper: Stopper,
    mut stop: Stop,
    task: Arc<Task>,
) -> bool {
    let mut marked_at = None;
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
        let head = ledger.embedded.durable_head();
        let look = tokio::task::spawn_blocking({
            let (ledger, gauges) = (ledger.clone(), gauges.clone());
            move || look_beside(&ledger, &gauges)
        });
        // A disk that answers nothing must not keep the server from stopping.
        tokio::select! {
            _ = look => {}
            () = stop.asked() => {}
        }
        // What comes after a rest is marked at once, and under load once in a while.
        let is_at_rest = marked_at.replace(head) == Some(head);
        let written = async {
            if !is_at_rest {
                std::future::pending::<()>().await;
            }
            drop(ledger.log.wait_past(head).await);
        };
        let next = async {
            tokio::select! {
                () = stop.asked() => {}
                () = written => {}
            }
        };
        drop(tokio::time::timeout(EVERY, next).await);
    }
    true
}

/// Looks at the files beside the log, and brings the mark up to the log. The server works without them: it is only not ready.
fn look_beside(ledger: &Ledger, gauges: &Gauges) {
    gauges.note_fault("the ledger's files", ledger.identity().fault_beside());
    let renewed = ledger.identity().try_renew(&ledger.embedded);
    let fault = match renewed {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("the ledger's MARK file can't be written: {error}")),
        Err(error) => Some(format!("the ledger's MARK file can't be brought up to the log: {error}")),
    };
    gauges.note_fault("the ledger's mark", fault);
}
