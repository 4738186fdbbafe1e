//! What time it is at least, by what is on record: a process that shows how things stand shows them by no earlier instant.

use std::error::Error;
use std::sync::Arc;

use resit_command_handler::CommandHandler;
use resit_event_log::{EventLog, Position};
use tokio::sync::watch;

use crate::serve::Stop;

/// Tells `handler` the time of the last record up to each position that is reached.
pub(super) async fn note(
    mut position: watch::Receiver<Position>,
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
    mut stop: Stop,
) {
    loop {
        let reached = *position.borrow_and_update();
        if reached > Position::START {
            match log.read(Position(reached.0 - 1), 1).await {
                Ok(records) => records.iter().for_each(|record| handler.note_recorded(record.recorded_at)),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn Error, "the time of a record is not known");
                }
            }
        }
        tokio::select! {
            moved = position.changed() => if moved.is_err() { return },
            () = stop.asked() => return,
        }
    }
}
