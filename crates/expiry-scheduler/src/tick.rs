//! What one tick keeps in mind while it sends commands for what is due.

use std::collections::{HashMap, HashSet};

use resit_command_handler::{Failure, Outcome, Reply};
use resit_domain::EntitlementId;
use resit_event_log::Position;
use tokio::sync::{mpsc, watch};

use crate::progress::Progress;
use crate::scheduler::Due;
use crate::sending::{Answer, is_of_the_log};
use crate::{Agenda, SchedulerError};

/// How many due entitlements a tick keeps in mind of each kind, refused ones and ones that another scheduler did first.
/// Each takes about 100 bytes.
const KEPT_MAX: usize = 65_536;

/// One tick.
#[derive(Default)]
pub(crate) struct Tick {
    /// How many answers were handed on.
    pub(crate) told: usize,
    /// Where the command of what was due is on record already.
    before: HashMap<Due, Position>,
    /// How many of those were found in this pass.
    found: usize,
    /// What was refused or got no answer: it is not sent again in this tick.
    aside: HashSet<Due>,
    /// Whether there may be more to do behind what was done in this pass.
    pub(crate) goes_on: bool,
    left: Option<Left>,
}

/// What got no answer.
struct Left {
    count: usize,
    first: EntitlementId,
    failure: Failure,
}

impl Tick {
    /// Begins at the oldest due entitlement again.
    pub(crate) fn begin_pass(&mut self, agenda: &Agenda) -> Result<(), SchedulerError> {
        (self.goes_on, self.found) = (false, 0);
        let mut kept = HashMap::new();
        for (due, position) in self.before.drain() {
            if agenda.has(due)? {
                kept.insert(due, position);
            }
        }
        self.before = kept;
        Ok(())
    }

    /// Whether something is not to be sent again in this tick.
    pub(crate) fn is_aside(&self, due: &Due) -> bool {
        self.aside.contains(due)
    }

    /// Where the command of what is due is on record, if another scheduler was first.
    pub(crate) fn before(&self, due: &Due) -> Option<&Position> {
        self.before.get(due)
    }

    /// Whether so many were done by others that the agenda is to be looked at again before more are sent.
    pub(crate) fn is_full(&self) -> bool {
        self.found >= KEPT_MAX
    }

    /// Whether another pass may do more: not if nothing was done in this one, nor if it could not be kept in mind what is
    /// not to be sent again.
    pub(crate) fn ends(&self) -> bool {
        !self.goes_on || self.aside.len() >= KEPT_MAX
    }

    /// Receives the answers to what was sent, in the order in which it was.
    pub(crate) async fn receive(
        &mut self,
        sent: Vec<Due>,
        mut answers: mpsc::Receiver<Answer>,
        progress: &watch::Sender<Progress>,
        tell: &mut impl FnMut(Reply),
    ) -> Result<(), SchedulerError> {
        for due in sent {
            let Some(answer) = answers.recv().await else { return Ok(()) };
            match answer {
                // Another scheduler was first, or it was refused once: that is on record, and nothing happened
                // now. If this is due all the same when the agenda has that record, it fell due again since.
                Ok(Reply { replayed: true, position, .. }) | Err(Failure::IdReused { position, .. }) => {
                    (self.goes_on, self.found) = (true, self.found + 1);
                    self.before.insert(due, position);
                }
                Ok(reply) => {
                    self.goes_on = true;
                    self.told += 1;
                    if matches!(reply.outcome, Outcome::Refused(_)) {
                        self.put_aside(due);
                    }
                    tell(reply);
                }
                Err(failure) if is_of_the_log(&failure) => return Err(failure.into()),
                // It must not keep the others waiting. It is due again at the next tick.
                Err(failure) => {
                    self.put_aside(due);
                    self.leave(due, failure);
                }
            }
            progress.send_modify(|progress| {
                progress.answered += 1;
                progress.overdue = progress.overdue.saturating_sub(1);
            });
        }
        Ok(())
    }

    /// What has no place is met once more if there is another pass, and there is none: see [`Tick::ends`].
    fn put_aside(&mut self, due: Due) {
        if self.aside.len() < KEPT_MAX {
            self.aside.insert(due);
        }
    }

    fn leave(&mut self, (_, entitlement): Due, failure: Failure) {
        match &mut self.left {
            Some(left) => left.count += 1,
            None => self.left = Some(Left { count: 1, first: entitlement, failure }),
        }
    }

    /// How many answers were handed on; an error if some gave none.
    pub(crate) fn done(self) -> Result<usize, SchedulerError> {
        match self.left {
            None => Ok(self.told),
            Some(Left { count, first, failure }) => Err(SchedulerError::Left { count, first, failure }),
        }
    }
}
