//! Keeping the agenda behind the log, in steps that are bounded in rows.

use std::collections::{BTreeSet, HashMap};

use resit_derived_store::Changes;
use resit_domain::{EntitlementId, Known, Stream};
use resit_event_log::{EventLog, Position, Record};
use resit_states::{AsOf, States, Touch, with_streams};
use tokio::sync::watch;
use tokio::task::yield_now;

use crate::agenda::Shared;
use crate::progress::Progress;
use crate::{Agenda, SchedulerError};

/// How many records are applied at a time.
const BATCH: usize = 1_024;
/// How many entitlements that share something are loaded at a time. Each may be a pack of a thousand vouchers.
const MEMBERS: usize = 128;

/// What a scheduler follows the log with.
pub(crate) struct Following<'a> {
    pub(crate) log: &'a dyn EventLog,
    pub(crate) states: &'a States,
    pub(crate) agenda: &'a Agenda,
    pub(crate) progress: &'a watch::Sender<Progress>,
}

impl Following<'_> {
    /// Brings the agenda up to the log.
    ///
    /// It yields between steps and may be dropped at any await: rows are idempotent and go ahead of the checkpoint, so the
    /// next call goes on from there.
    pub(crate) async fn catch_up(&self) -> Result<Position, SchedulerError> {
        let mut checkpoint = self.agenda.settle(self.log).await?;
        let head = self.log.head().await?;
        self.progress.send_modify(|progress| (progress.position, progress.head) = (checkpoint, head));
        loop {
            let records = self.log.read(checkpoint, BATCH).await?;
            let Some(last) = records.last() else { break };
            self.apply(&with_streams(&records)?, last).await?;
            checkpoint = last.position;
            self.progress.send_modify(|progress| {
                (progress.position, progress.members) = (checkpoint, 0);
            });
            // A log in memory or on this disk never makes its reader wait. Others must get their turn.
            yield_now().await;
        }
        let next_due_at = self.agenda.next()?;
        self.progress.send_modify(|progress| progress.next_due_at = next_due_at);
        Ok(checkpoint)
    }

    /// Applies records that follow each other in the log, and moves the checkpoint behind them.
    async fn apply(&self, records: &[(Stream, &Record)], last: &Record) -> Result<(), SchedulerError> {
        self.states.take_in(records).await?;
        let Touched { own, shared } = touched(records);
        for shared in &shared {
            self.note_members(shared, &own).await?;
        }
        let mut changes = Changes::default();
        for (id, issued) in own {
            let known = self.states.entitlement(id, AsOf::Followed).await?;
            let hangs_on = if issued { hangs_on(&known) } else { Vec::new() };
            self.agenda.note(id, known.next_due(), &hangs_on, &mut changes)?;
        }
        Ok(self.agenda.apply(changes, last, self.log.corrected_at())?)
    }

    /// Notes again when the members of a list fall due, except those with records of their own. Any number of members is
    /// handled in bounded steps, ahead of the checkpoint.
    async fn note_members(
        &self,
        shared: &Shared,
        own: &HashMap<EntitlementId, bool>,
    ) -> Result<(), SchedulerError> {
        let mut after = None;
        loop {
            let members = self.agenda.members(shared, after, MEMBERS)?;
            let Some(last) = members.last().copied() else { return Ok(()) };
            after = Some(last);
            let count = members.len() as u64;
            let streams = members.into_iter().filter(|id| !own.contains_key(id)).map(Stream::Entitlement);
            let mut changes = Changes::default();
            // What others have put into the cache may be older than what was noted.
            for (stream, folded) in self.states.at_head(streams.collect()).await? {
                let Stream::Entitlement(id) = stream else { continue };
                let known = self.states.with_all_it_hangs_on(folded.state, AsOf::Followed).await?;
                // Another version of its offer may count by a calendar, or in a zone, that none did before.
                self.agenda.note(id, known.next_due(), &of_versions(&known), &mut changes)?;
            }
            self.agenda.write(changes)?;
            self.progress.send_modify(|progress| progress.members += count);
            yield_now().await;
        }
    }
}

/// The entitlements that may fall due at another time now.
#[derive(Default)]
struct Touched {
    /// By records of their own, and whether each is new.
    own: HashMap<EntitlementId, bool>,
    /// By what they share with others: every member of these.
    shared: BTreeSet<Shared>,
}

fn touched(records: &[(Stream, &Record)]) -> Touched {
    let mut touched = Touched::default();
    for (stream, record) in records {
        let shared = match Touch::on(stream, record) {
            Touch::Entitlement(id) => {
                let issued = record.events.iter().any(|event| event.kind == "VoucherIssued");
                *touched.own.entry(id).or_default() |= issued;
                continue;
            }
            Touch::Offer(id) => Shared::Offer(id),
            Touch::Agreement(id) => Shared::Agreement(id),
            Touch::Calendar(id) => Shared::Calendar(id),
            Touch::Zones => Shared::Zones,
            Touch::Nothing => continue,
        };
        touched.shared.insert(shared);
    }
    touched
}

/// What the due time of an entitlement hangs on, beside its own stream.
fn hangs_on(known: &Known) -> Vec<Shared> {
    let Some(issued) = known.entitlement.as_deref().and_then(|e| e.issued.as_ref()) else {
        return Vec::new();
    };
    let mut shared = vec![Shared::Offer(issued.offer.clone())];
    shared.extend(issued.agreement.clone().map(Shared::Agreement));
    shared.extend(of_versions(known));
    shared
}

/// What it hangs on by the versions that may govern it: calendars, and the rules of zones.
fn of_versions(known: &Known) -> Vec<Shared> {
    let mut shared: Vec<_> = known.calendars_named().into_iter().cloned().map(Shared::Calendar).collect();
    shared.extend(known.hangs_on_zones().then_some(Shared::Zones));
    shared
}
