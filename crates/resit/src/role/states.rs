//! Keeping a handler's states fresh, where other processes write the same log.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use resit_command_handler::Following;
use resit_gateway::Task;
use tokio::time::timeout;

use crate::clock::stopwatch;
use crate::exit::in_one_line;
use crate::serve::Stop;

/// How long until it is tried again. Each command takes longer meanwhile.
const AGAIN: Duration = Duration::from_secs(1);

/// Follows until it is time to stop. What goes wrong is told and tried again; commands are judged by the log itself meanwhile.
pub(super) async fn follow(mut following: Following, mut stop: Stop, task: Arc<Task>) {
    while !stop.is_now() {
        task.begins(stopwatch());
        let Some(gone_on) = stop.unless_asked(following.go_on()).await else { return };
        if let Err(error) = gone_on {
            task.fails(in_one_line(&error), stopwatch());
            tracing::error!(error = &error as &dyn Error, "the states are not kept up; trying again");
            drop(timeout(AGAIN, stop.asked()).await);
        } else {
            task.moves(stopwatch());
        }
    }
}
