//! Sending many commands at once, each with an answer of its own.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Reply, Request, StateError};
use resit_domain::{EntitlementId, Timestamp};
use resit_event_log::{AppendError, ReadError};
use tokio::task::JoinSet;

use crate::SchedulerError;

/// How many commands are under way at once: enough to share syncs, few enough to leave room for everybody else's.
const UNDER_WAY_MAX: usize = 256;

/// What got no answer.
pub(crate) struct Left {
    count: usize,
    first: EntitlementId,
    failure: Failure,
}

impl Left {
    /// One more, behind those that there are.
    pub(crate) fn with(before: Option<Self>, entitlement: EntitlementId, failure: Failure) -> Self {
        match before {
            Some(before) => Self { count: before.count + 1, ..before },
            None => Self { count: 1, first: entitlement, failure },
        }
    }
}

impl From<Left> for SchedulerError {
    fn from(Left { count, first, failure }: Left) -> Self {
        Self::Left { count, first, failure }
    }
}

/// Sends commands, many at once, and returns what came of each, in their order.
///
/// # Errors
///
/// If the log itself can't be used: then no other command would be answered either.
pub(crate) async fn send(
    handler: Arc<CommandHandler>,
    requests: Vec<Request>,
    now: Timestamp,
) -> Result<Vec<Result<Reply, Failure>>, Failure> {
    let mut answers: Vec<Option<Result<Reply, Failure>>> = requests.iter().map(|_| None).collect();
    let mut waiting = requests.into_iter().enumerate();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < UNDER_WAY_MAX
            && let Some((place, request)) = waiting.next()
        {
            let handler = handler.clone();
            under_way.spawn(async move { (place, handler.handle(request, now).await) });
        }
        let Some(one) = under_way.join_next().await else {
            return Ok(answers.into_iter().flatten().collect());
        };
        let (place, answer) = one.expect("a command does not panic, and nobody cancels it");
        match answer {
            Err(failure) if is_of_the_log(&failure) => return Err(failure),
            answer => answers[place] = Some(answer),
        }
    }
}

/// Whether it says something of the log as a whole, and not of one command.
fn is_of_the_log(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Append(
            AppendError::Unavailable { .. }
                | AppendError::Unanswered { .. }
                | AppendError::NotSent { .. }
                | AppendError::Overloaded { .. }
        )
            | Failure::State(StateError::Read(ReadError::Unavailable { .. }))
    )
}
