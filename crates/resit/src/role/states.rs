//! Keeping a handler's states up with what other handlers put on record. What it answers never depends on it.

use std::error::Error;
use std::sync::Arc;

use resit_command_handler::CommandHandler;
use resit_event_log::{EventLog, Position};
use resit_states::{StateError, with_streams};
use tokio::sync::watch;

use crate::serve::{Retry, Stop};

/// How many records are taken in at a time.
const BATCH: usize = 1_024;

/// Follows the log from its head on.
pub(super) struct Freshness {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) handler: Arc<CommandHandler>,
    /// How far it is.
    pub(super) position: watch::Sender<Position>,
}

impl Freshness {
    /// Follows until it is time to stop. What goes wrong is told and tried again.
    pub(super) async fn follow(self, mut stop: Stop) {
        let mut retry = Retry::new();
        while !stop.is_now() {
            let gone_on = tokio::select! {
                gone_on = self.go_on() => gone_on,
                () = stop.asked() => return,
            };
            match gone_on {
                Ok(()) => retry.went_well(),
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "the states are not kept up; trying again");
                    retry.again(&mut stop).await;
                }
            }
        }
    }

    async fn go_on(&self) -> Result<(), StateError> {
        let position = *self.position.borrow();
        let records = self.log.read(position, BATCH).await?;
        let Some(last) = records.last() else {
            self.log.wait_past(position).await?;
            return Ok(());
        };
        // What can't be kept up is read when it is asked for: it is told, and passed over.
        let kept_up = with_streams(&records).and_then(|records| self.handler.states().keep_up(&records));
        self.handler.note_recorded(last.recorded_at);
        self.position.send_replace(last.position);
        kept_up
    }
}
