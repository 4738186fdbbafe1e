//! Which entitlements look different after a record.

use resit_domain::{AgreementId, CalendarId, EntitlementId, OfferId, Stream};
use resit_event_log::Record;

use crate::{StateError, stream_of};

/// What a record touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// One entitlement.
    Entitlement(EntitlementId),
    /// Every entitlement of an offer.
    Offer(OfferId),
    /// Every entitlement under an agreement.
    Agreement(AgreementId),
    /// Every entitlement whose terms name a calendar.
    Calendar(CalendarId),
    /// Something that no entitlement's view hangs on.
    Nothing,
}

impl Touch {
    /// What a record touches. A refusal touches nothing.
    pub fn of(record: &Record) -> Result<Self, StateError> {
        if record
            .events
            .iter()
            .all(|event| matches!(&*event.kind, "CommandRefused" | "CommandRepeated" | "OrderPlaced"))
        {
            return Ok(Touch::Nothing);
        }
        Ok(match stream_of(&record.stream)? {
            Stream::Entitlement(id) => Touch::Entitlement(id),
            Stream::Offer(id) => Touch::Offer(id),
            Stream::Agreement(id) => Touch::Agreement(id),
            Stream::Calendar(id) => Touch::Calendar(id),
            _ => Touch::Nothing,
        })
    }
}
