//! Keeping the agenda, and sending commands for what is due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request};
use resit_derived_store::Changes;
use resit_domain::terms::Limit;
use resit_domain::{Actor, EntitlementId, Expire, Known, Timestamp};
use resit_event_log::{EventLog, Position, Record};
use resit_states::{AsOf, States, Touch};

use crate::agenda::Shared;
use crate::{Agenda, SchedulerError};

/// Sends a command for everything that falls due.
pub struct ExpiryScheduler {
    handler: Arc<CommandHandler>,
    log: Arc<dyn EventLog>,
    states: States,
    agenda: Agenda,
    actor: Actor,
}

/// How many records are taken in, and how many commands sent, at a time.
const BATCH: usize = 1_024;

impl ExpiryScheduler {
    /// A scheduler that keeps `agenda` behind `log` and sends its commands to `handler`.
    pub fn new(handler: Arc<CommandHandler>, log: Arc<dyn EventLog>, agenda: Agenda) -> Self {
        let actor = "expiry-scheduler".parse().expect("a plain word is an actor's name");
        Self { handler, states: States::new(log.clone(), 100_000), log, agenda, actor }
    }

    /// Brings the agenda up to the log, and puts on record all that is due by `now`. Answers come oldest first.
    ///
    /// Safe to call at any time, by any number of schedulers: a command's id is made of what is due and when.
    pub async fn tick(&self, now: Timestamp) -> Result<Vec<Reply>, SchedulerError> {
        let mut replies = Vec::new();
        let mut answered = BTreeMap::new();
        loop {
            self.catch_up().await?;
            let due = self.agenda.due(now, BATCH)?;
            if due.is_empty() {
                return Ok(replies);
            }
            let mut goes_on = false;
            for (due_at, id) in due {
                let before = answered.get(&(due_at, id)).copied();
                let reply = self.expire(id, due_at, before, now).await?;
                if !reply.replayed {
                    replies.push(reply);
                    goes_on = true;
                } else if matches!(reply.outcome, Outcome::Accepted { .. }) {
                    // Another scheduler was first: its answer is on record, and nothing happened now. If this is due
                    // all the same when the agenda has that record, it fell due again since.
                    answered.insert((due_at, id), reply.position);
                    goes_on = true;
                }
            }
            if !goes_on {
                return Ok(replies);
            }
        }
    }

    /// What is due by `now`, the oldest first, by all that is on record.
    pub async fn due(&self, now: Timestamp) -> Result<Vec<(Timestamp, EntitlementId)>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.due(now, usize::MAX)?)
    }

    /// When the next thing falls due, by all that is on record.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.next()?)
    }

    /// Sends the command for what is due; behind one that was answered at `before`, the next one.
    ///
    /// One instant can come twice: a unit's end goes, its neighbour's is put on record, and then it comes back.
    async fn expire(
        &self,
        entitlement: EntitlementId,
        due_at: Timestamp,
        before: Option<Position>,
        now: Timestamp,
    ) -> Result<Reply, SchedulerError> {
        let id = match before {
            None => format!("expire:{entitlement}:{}", due_at.millis()),
            Some(before) => format!("expire:{entitlement}:after-{before}"),
        };
        let id = id.parse().expect("an id and a number fit into a command id");
        let request = Request { id, actor: self.actor.clone(), command: Expire { entitlement }.into() };
        Ok(self.handler.handle(request, now).await?)
    }

    /// Brings the agenda up to the log.
    pub async fn catch_up(&self) -> Result<Position, SchedulerError> {
        let mut checkpoint = self.agenda.settle(&*self.log).await?;
        loop {
            let records = self.log.read(checkpoint, BATCH).await?;
            let Some(last) = records.last() else { return Ok(checkpoint) };
            checkpoint = last.position;
            let mut changes = Changes::default();
            for id in self.touched(&records)? {
                let known = self.states.entitlement(id, AsOf::Head).await?;
                self.agenda.note(id, known.next_due(), &hangs_on(&known), &mut changes)?;
            }
            self.agenda.apply(changes, last)?;
        }
    }

    fn touched(&self, records: &[Record]) -> Result<BTreeSet<EntitlementId>, SchedulerError> {
        let mut touched = BTreeSet::new();
        for record in records {
            let shared = match Touch::of(record)? {
                Touch::Entitlement(id) => {
                    touched.insert(id);
                    continue;
                }
                Touch::Offer(id) => Shared::Offer(id),
                Touch::Agreement(id) => Shared::Agreement(id),
                Touch::Calendar(id) => Shared::Calendar(id),
                Touch::Nothing => continue,
            };
            touched.extend(self.agenda.members(&shared)?);
        }
        Ok(touched)
    }
}

/// What the due time of an entitlement hangs on, beside its own stream.
fn hangs_on(known: &Known) -> Vec<Shared> {
    let Some(issued) = known.entitlement.as_deref().and_then(|e| e.issued.as_ref()) else {
        return Vec::new();
    };
    let mut shared = vec![Shared::Offer(issued.offer.clone())];
    shared.extend(issued.agreement.clone().map(Shared::Agreement));
    let terms = known.offer.as_deref().and_then(|offer| offer.versions.get(&issued.terms));
    if let Some(Limit::Some(calendar)) = terms.map(|terms| &terms.rulings.business_days) {
        shared.push(Shared::Calendar(calendar.clone()));
    }
    shared
}
