//! Keeping a handler's states fresh, where other processes write the same log.

use std::error::Error;
use std::time::Duration;

use resit_command_handler::Following;
use tokio::time::timeout;

use crate::serve::Stop;

/// How long until it is tried again. Each command takes longer meanwhile.
const AGAIN: Duration = Duration::from_secs(1);

/// Follows until it is time to stop. What goes wrong is told and tried again; commands are judged by the log itself meanwhile.
pub(super) async fn follow(mut following: Following, mut stop: Stop) {
    while !stop.is_now() {
        let gone_on = tokio::select! {
            gone_on = following.go_on() => gone_on,
            () = stop.asked() => return,
        };
        if let Err(error) = gone_on {
            tracing::error!(error = &error as &dyn Error, "the states are not kept up; trying again");
            drop(timeout(AGAIN, stop.asked()).await);
        }
    }
}
