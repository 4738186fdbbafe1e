//! A view of a log keeps the log's contract.

use std::sync::Arc;

use resit_event_log::{EventLog, MemoryLog};
use resit_states::CorrectedLog;

async fn fresh() -> (Arc<dyn EventLog>, ()) {
    let log = CorrectedLog::open(Arc::new(MemoryLog::new())).await.unwrap();
    (Arc::new(log), ())
}

resit_event_log::contract!(fresh);
