//! What time it is at least, by what is on record: a process that shows how things stand shows them by no earlier instant.

use std::error::Error;
use std::sync::Arc;

use resit_command_handler::CommandHandler;
use resit_domain::Timestamp;
use resit_event_log::{EventLog, Position};
use resit_gateway::{Clock as _, Task};
use tokio::sync::watch;

use crate::clock::{ServerClock, stopwatch};
use crate::serve::Stop;

/// Where the clock of a rehearsal stands that has not begun: long before anything falls due.
pub(super) fn beginning() -> Timestamp {
    Timestamp::from_millis(0).unwrap_or(Timestamp::MAX)
}

/// Who is told the times of records.
pub(super) struct Times {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) handler: Arc<CommandHandler>,
    /// In a rehearsal it goes where the commands of other processes have taken it.
    pub(super) clock: Arc<ServerClock>,
}

impl Times {
    /// Tells the time of the last record up to each position that is reached.
    pub(super) async fn follow(
        self,
        mut position: watch::Receiver<Position>,
        mut stop: Stop,
        task: Arc<Task>,
    ) {
        loop {
            let reached = *position.borrow_and_update();
            if reached > Position::START {
                task.begins(stopwatch());
                self.tell(reached).await;
            }
            task.waits();
            tokio::select! {
                moved = position.changed() => if moved.is_err() { return },
                () = stop.asked() => return,
            }
        }
    }

    async fn tell(&self, reached: Position) {
        match self.log.read(Position(reached.0 - 1), 1).await {
            Ok(records) => {
                for record in records {
                    self.handler.note_recorded(record.recorded_at);
                    if self.clock.now() < record.recorded_at {
                        // The system's clock is nobody's to set, and right by itself.
                        self.clock.set(record.recorded_at).ok();
                    }
                }
            }
            Err(error) => tracing::warn!(error = &error as &dyn Error, "the time of a record is not known"),
        }
    }
}
