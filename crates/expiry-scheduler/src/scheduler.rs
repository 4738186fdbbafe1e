//! Sending commands for what is due.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Outcome, Reply, Request};
use resit_domain::{Actor, EntitlementId, Expire, Timestamp};
use resit_event_log::{EventLog, Position};
use resit_states::States;

use crate::following::follow;
use crate::sending::{Left, send};
use crate::{Agenda, SchedulerError};

/// Sends a command for everything that falls due.
pub struct ExpiryScheduler {
    handler: Arc<CommandHandler>,
    log: Arc<dyn EventLog>,
    states: Arc<States>,
    agenda: Agenda,
    actor: Actor,
}

/// When which entitlement falls due.
type Due = (Timestamp, EntitlementId);

/// How many due entitlements are taken from the agenda at a time.
const BATCH: usize = 8_192;

impl ExpiryScheduler {
    /// A scheduler that keeps `agenda` behind `log` and sends its commands to `handler`, whose states it shares.
    pub fn new(handler: Arc<CommandHandler>, log: Arc<dyn EventLog>, agenda: Agenda) -> Self {
        let actor = "expiry-scheduler".parse().expect("a plain word is an actor's name");
        Self { states: handler.states().clone(), handler, log, agenda, actor }
    }

    /// Brings the agenda up to the log, and puts on record all that is due by `now`. Answers come oldest first.
    ///
    /// Safe to call at any time, by any number of schedulers: a command's id is made of what is due and when.
    pub async fn tick(&self, now: Timestamp) -> Result<Vec<Reply>, SchedulerError> {
        let mut replies = Vec::new();
        self.tick_telling(now, |reply| replies.push(reply)).await?;
        Ok(replies)
    }

    /// The same, telling each answer as it comes; returns how many there were.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::Left`] if some got no answer: by then all others are on record.
    pub async fn tick_telling(
        &self,
        now: Timestamp,
        mut tell: impl FnMut(Reply),
    ) -> Result<usize, SchedulerError> {
        let mut told = 0;
        let (mut before, mut aside, mut left) = (HashMap::new(), HashSet::new(), None::<Left>);
        loop {
            self.catch_up().await?;
            let mut goes_on = false;
            let mut due = self.agenda.due(now, BATCH)?;
            while let Some(last) = due.last().copied() {
                due.retain(|due| !aside.contains(due));
                let requests = due.iter().map(|due| self.expire(*due, before.get(due))).collect();
                let sending = tokio::spawn(send(self.handler.clone(), requests, now));
                // Meanwhile the agenda takes in the answers to what was sent before.
                self.catch_up().await?;
                let answers = sending.await.expect("commands do not panic, and nobody cancels them")?;
                for (due, answer) in due.into_iter().zip(answers) {
                    match answer {
                        // Another scheduler was first, or it was refused once: that is on record, and nothing happened
                        // now. If this is due all the same when the agenda has that record, it fell due again since.
                        Ok(Reply { replayed: true, position, .. })
                        | Err(Failure::IdReused { position, .. }) => {
                            goes_on = true;
                            before.insert(due, position);
                        }
                        Ok(reply) => {
                            goes_on = true;
                            told += 1;
                            if matches!(reply.outcome, Outcome::Refused(_)) {
                                aside.insert(due);
                            }
                            tell(reply);
                        }
                        // It must not keep the others waiting. It is due again at the next tick.
                        Err(failure) => {
                            aside.insert(due);
                            left = Some(Left::with(left, due.1, failure));
                        }
                    }
                }
                due = self.agenda.due_behind(last, now, BATCH)?;
            }
            if !goes_on {
                return left.map_or(Ok(told), |left| Err(left.into()));
            }
        }
    }

    /// What is due by `now`, the oldest first, by all that is on record.
    pub async fn due(&self, now: Timestamp) -> Result<Vec<Due>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.due(now, usize::MAX)?)
    }

    /// When the next thing falls due, by all that is on record.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.next()?)
    }

    /// Brings the agenda up to the log.
    pub async fn catch_up(&self) -> Result<Position, SchedulerError> {
        follow(&*self.log, &self.states, &self.agenda).await
    }

    /// Drops the agenda, and makes it anew from the first record on.
    pub async fn rebuild(&self) -> Result<Position, SchedulerError> {
        self.agenda.clear()?;
        self.catch_up().await
    }

    /// The command for what is due; behind one that is on record at `before`, the next one.
    ///
    /// One instant can come twice: a unit's end goes, its neighbour's is put on record, and then it comes back. Or a booking
    /// took the end away just before the command came, and was cancelled.
    fn expire(&self, (due_at, entitlement): Due, before: Option<&Position>) -> Request {
        let id = match before {
            None => format!("expire:{entitlement}:{}", due_at.millis()),
            Some(before) => format!("expire:{entitlement}:after-{before}"),
        };
        let id = id.parse().expect("an id and a number fit into a command id");
        Request { id, actor: self.actor.clone(), command: Expire { entitlement }.into() }
    }
}
