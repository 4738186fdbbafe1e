//! A command whose commit was not taken, judged again by what is there now: a commit is never sent again as it was.

use resit_domain::Timestamp;
use resit_event_log::{AppendError, ReadError};
use resit_states::StateError;

use crate::{CommandHandler, Failure, Reply, Request};

/// How often a command is judged whose commits are not taken. Servers that lost their leader have another one by then.
const ROUNDS_MAX: u32 = 3;

/// How often it may be judged while nobody knows what became of a commit before: each takes as long as that is looked for.
const UNANSWERED_MAX: u32 = 2;

/// What a round of judging begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    /// Whatever is kept, while it is fresh.
    First,
    /// The log itself: time has passed since the first.
    Again,
}

impl CommandHandler {
    /// Takes a command in one commit.
    ///
    /// If no answer says whether its commit is on record, and a reading of the log that begins later does not find it, the command is
    /// judged again by the log. The first commit may still land. It has the same command id, and the log takes each id once:
    /// whichever of the two lands is the command's only effect, and the other one is answered that its id is taken.
    pub(crate) async fn take(&self, request: &Request, at: Timestamp) -> Result<Reply, Failure> {
        let first = match self.take_once(request, at, Round::First).await {
            Err(Failure::Append(error)) if is_to_be_judged_again(&error) => error,
            done => return done,
        };
        Box::pin(self.take_again(request, at, first)).await
    }

    async fn take_again(
        &self,
        request: &Request,
        at: Timestamp,
        first: AppendError,
    ) -> Result<Reply, Failure> {
        let mut known = first;
        let mut unanswered = u32::from(is_unanswered(&known));
        for _ in 1..ROUNDS_MAX {
            tracing::info!(error = %known, command = %request.id, "its commit was not taken; judging it again");
            match self.take_once(request, at, Round::Again).await {
                Err(Failure::Append(error)) if is_to_be_judged_again(&error) => {
                    unanswered += u32::from(is_unanswered(&error));
                    // What is unknown stays so, whatever is known of a later commit.
                    if !is_unanswered(&known) {
                        known = error;
                    }
                }
                // Nothing was done this time, which says nothing of the time before.
                Err(
                    Failure::Busy { .. }
                    | Failure::Append(AppendError::Overloaded { .. })
                    | Failure::State(StateError::Read(ReadError::Unavailable { .. })),
                ) => {}
                done => return done,
            }
            if unanswered == UNANSWERED_MAX {
                break;
            }
        }
        Err(known.into())
    }
}

fn is_to_be_judged_again(error: &AppendError) -> bool {
    matches!(error, AppendError::NotSent { .. }) || is_unanswered(error)
}

fn is_unanswered(error: &AppendError) -> bool {
    matches!(error, AppendError::Unanswered { .. })
}
