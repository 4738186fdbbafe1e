//! Keeping the agenda behind the log.

use std::collections::{BTreeSet, HashMap};

use resit_derived_store::Changes;
use resit_domain::terms::Limit;
use resit_domain::{EntitlementId, Known, Stream};
use resit_event_log::{EventLog, Position, Record};
use resit_states::{AsOf, States, Touch, with_streams};

use crate::agenda::Shared;
use crate::{Agenda, SchedulerError};

/// How many records are taken in at a time.
const BATCH: usize = 8_192;

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
        for (id, issued) in touched(&records, agenda)? {
            let known = states.entitlement(id, AsOf::Cached).await?;
            let hangs_on = if issued { hangs_on(&known) } else { Vec::new() };
            agenda.note(id, known.next_due(), &hangs_on, &mut changes)?;
        }
        agenda.apply(changes, last)?;
    }
}

/// The entitlements that may fall due at another time now, and whether each is new.
fn touched(
    records: &[(Stream, &Record)],
    agenda: &Agenda,
) -> Result<HashMap<EntitlementId, bool>, SchedulerError> {
    let mut touched = HashMap::new();
    let mut shared = BTreeSet::new();
    for (stream, record) in records {
        match Touch::on(stream, record) {
            Touch::Entitlement(id) => {
                let issued = record.events.iter().any(|event| event.kind == "VoucherIssued");
                *touched.entry(id).or_default() |= issued;
            }
            Touch::Offer(id) => _ = shared.insert(Shared::Offer(id)),
            Touch::Agreement(id) => _ = shared.insert(Shared::Agreement(id)),
            Touch::Calendar(id) => _ = shared.insert(Shared::Calendar(id)),
            Touch::Nothing => {}
        }
    }
    for shared in shared {
        for id in agenda.members(&shared)? {
            touched.entry(id).or_default();
        }
    }
    Ok(touched)
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
