//! Sending commands for what is due.

use std::collections::HashMap;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request};
use resit_domain::{Actor, EntitlementId, Expire, Timestamp};
use resit_event_log::{EventLog, Position};
use resit_states::States;
use tokio::task::JoinSet;

use crate::following::follow;
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
/// How many commands are under way at once: enough to share syncs, few enough to leave room for everybody else's.
const UNDER_WAY_MAX: usize = 256;

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
    pub async fn tick_telling(
        &self,
        now: Timestamp,
        mut tell: impl FnMut(Reply),
    ) -> Result<usize, SchedulerError> {
        let mut told = 0;
        let mut answered = HashMap::new();
        loop {
            self.catch_up().await?;
            let mut goes_on = false;
            let mut due = self.agenda.due(now, BATCH)?;
            while let Some(last) = due.last().copied() {
                let requests = due.iter().map(|due| self.expire(*due, answered.get(due))).collect();
                let sending = tokio::spawn(send(self.handler.clone(), requests, now));
                // Meanwhile the agenda takes in the answers to what was sent before.
                self.catch_up().await?;
                let replies = sending.await.expect("commands do not panic, and nobody cancels them")?;
                for (due, reply) in due.into_iter().zip(replies) {
                    if !reply.replayed {
                        goes_on = true;
                        told += 1;
                        tell(reply);
                    } else if matches!(reply.outcome, Outcome::Accepted { .. }) {
                        // Another scheduler was first: its answer is on record, and nothing happened now. If this is
                        // due all the same when the agenda has that record, it fell due again since.
                        goes_on = true;
                        answered.insert(due, reply.position);
                    }
                }
                due = self.agenda.due_behind(last, now, BATCH)?;
            }
            if !goes_on {
                return Ok(told);
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

    /// The command for what is due; behind one that was answered at `before`, the next one.
    ///
    /// One instant can come twice: a unit's end goes, its neighbour's is put on record, and then it comes back.
    fn expire(&self, (due_at, entitlement): Due, before: Option<&Position>) -> Request {
        let id = match before {
            None => format!("expire:{entitlement}:{}", due_at.millis()),
            Some(before) => format!("expire:{entitlement}:after-{before}"),
        };
        let id = id.parse().expect("an id and a number fit into a command id");
        Request { id, actor: self.actor.clone(), command: Expire { entitlement }.into() }
    }
}

/// Sends commands, many at once, and returns the answers in their order.
async fn send(
    handler: Arc<CommandHandler>,
    requests: Vec<Request>,
    now: Timestamp,
) -> Result<Vec<Reply>, SchedulerError> {
    let mut replies: Vec<Option<Reply>> = vec![None; requests.len()];
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
            return Ok(replies.into_iter().flatten().collect());
        };
        let (place, reply) = one.expect("a command does not panic, and nobody cancels it");
        replies[place] = Some(reply?);
    }
}
