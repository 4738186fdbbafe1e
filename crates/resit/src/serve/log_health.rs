//! Shows in the server's health what is wrong with the work that the log does in the background.

use std::sync::Arc;
use std::time::Duration;

use resit_gateway::Gauges;

use super::stop::Stop;
use crate::ledger::Ledger;

/// How long a fault may go unnoticed.
const EVERY: Duration = Duration::from_secs(1);

/// What the fault is about.
const ABOUT: &str = "log";

/// Notes the log's faults until it is time to stop.
pub(super) async fn watched(ledger: Arc<Ledger>, gauges: Arc<Gauges>, mut stop: Stop) {
    while !stop.is_now() {
        gauges.note_fault(ABOUT, ledger.embedded.fault());
        drop(tokio::time::timeout(EVERY, stop.asked()).await);
    }
}
