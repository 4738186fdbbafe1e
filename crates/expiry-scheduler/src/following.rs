//! Keeping the agenda behind the log.

use std::collections::{BTreeSet, HashMap};

use resit_derived_store::Changes;
use resit_domain::{EntitlementId, Known, Stream};
use resit_event_log::{EventLog, Position, Record};
use resit_states::{AsOf, States, Touch, with_streams};

use crate::agenda::Shared;
use crate::{Agenda, SchedulerError};

/// How many records are taken in at a time.
const BATCH: usize = 1_024;

/// Brings the agenda up to the log.
pub(crate) async fn follow(
    log: &dyn EventLog,
    states: &States,
    agenda: &Agenda,
) -> Result<Position, SchedulerError> {
    let mut checkpoint = agenda.settle(log).await?;
    loop {
        let records = log.read(checkpoint, BATCH).await?;
        let Some(last) = records.last() else { return Ok(checkpoint) };
        checkpoint = last.position;
        let records = with_streams(&records)?;
        states.take_in(&records).await?;
        let mut changes = Changes::default();
        let Touched { own, through_others } = touched(&records, agenda)?;
        for (id, issued) in own {
            let known = states.entitlement(id, AsOf::Followed).await?;
            let hangs_on = if issued { hangs_on(&known) } else { Vec::new() };
            agenda.note(id, known.next_due(), &hangs_on, &mut changes)?;
        }
        // What others have put into the cache may be older than what was noted.
        for (stream, folded) in states.at_head(through_others).await? {
            let Stream::Entitlement(id) = stream else { continue };
            let known = states.with_all_it_hangs_on(folded.state, AsOf::Followed).await?;
            // Another version of its offer may count by a calendar that none did before.
            agenda.note(id, known.next_due(), &calendars(&known), &mut changes)?;
        }
        agenda.apply(changes, last)?;
    }
}

/// The entitlements that may fall due at another time now.
struct Touched {
    /// By records of their own, and whether each is new.
    own: HashMap<EntitlementId, bool>,
    /// By what they share with others alone.
    through_others: Vec<Stream>,
}

fn touched(records: &[(Stream, &Record)], agenda: &Agenda) -> Result<Touched, SchedulerError> {
    let mut own: HashMap<_, bool> = HashMap::new();
    let mut shared = BTreeSet::new();
    for (stream, record) in records {
        match Touch::on(stream, record) {
            Touch::Entitlement(id) => {
                let issued = record.events.iter().any(|event| event.kind == "VoucherIssued");
                *own.entry(id).or_default() |= issued;
            }
            Touch::Offer(id) => _ = shared.insert(Shared::Offer(id)),
            Touch::Agreement(id) => _ = shared.insert(Shared::Agreement(id)),
            Touch::Calendar(id) => _ = shared.insert(Shared::Calendar(id)),
            Touch::Nothing => {}
        }
    }
    let mut members = BTreeSet::new();
    for shared in shared {
        members.extend(agenda.members(&shared)?);
    }
    members.retain(|id| !own.contains_key(id));
    Ok(Touched { own, through_others: members.into_iter().map(Stream::Entitlement).collect() })
}

/// What the due time of an entitlement hangs on, beside its own stream.
fn hangs_on(known: &Known) -> Vec<Shared> {
    let Some(issued) = known.entitlement.as_deref().and_then(|e| e.issued.as_ref()) else {
        return Vec::new();
    };
    let mut shared = vec![Shared::Offer(issued.offer.clone())];
    shared.extend(issued.agreement.clone().map(Shared::Agreement));
    shared.extend(calendars(known));
    shared
}

fn calendars(known: &Known) -> Vec<Shared> {
    known.calendars_named().into_iter().cloned().map(Shared::Calendar).collect()
}
