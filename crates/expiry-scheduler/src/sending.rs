//! Sending many commands at once, each with an answer of its own.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use resit_command_handler::{CommandHandler, Failure, Reply, Request, StateError};
use resit_domain::Timestamp;
use resit_event_log::{AppendError, ReadError};
use tokio::sync::mpsc;

/// How many commands are under way at once: enough to share syncs, few enough to leave room for everybody else's.
const UNDER_WAY_MAX: usize = 256;

/// What came of a command.
pub(crate) type Answer = Result<Reply, Failure>;

/// Sends commands, many at once, and hands on what came of each, in their order. At most [`UNDER_WAY_MAX`] are under way, and
/// as many answers wait to be received. When nobody receives any more, no further command is sent.
///
/// The channel ends early after an answer that is about the log as a whole: then no other command would be answered either.
pub(crate) fn send(
    handler: Arc<CommandHandler>,
    requests: Vec<Request>,
    now: Timestamp,
) -> mpsc::Receiver<Answer> {
    let (to, answers) = mpsc::channel(UNDER_WAY_MAX);
    tokio::spawn(async move {
        // A command that was begun is not cut off.
        let one = |request| {
            let handler = handler.clone();
            tokio::spawn(async move { handler.handle(request, now).await })
        };
        let mut under_way = stream::iter(requests).map(one).buffered(UNDER_WAY_MAX);
        while let Some(answer) = under_way.next().await {
            let answer = answer.expect("a command does not panic, and nobody cancels it");
            let is_last = answer.as_ref().is_err_and(is_of_the_log);
            if to.send(answer).await.is_err() || is_last {
                return;
            }
        }
    });
    answers
}

/// Whether it says something of the log as a whole, and not of one command.
pub(crate) fn is_of_the_log(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Append(
            AppendError::Unavailable { .. }
                | AppendError::Unanswered { .. }
                | AppendError::NotSent { .. }
                | AppendError::Overloaded { .. }
        ) | Failure::State(StateError::Read(ReadError::Unavailable { .. }))
    )
}
