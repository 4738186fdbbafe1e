//! Which entitlements look different after a record.

use resit_domain::{AgreementId, CalendarId, EntitlementId, OfferId, Stream};
use resit_event_log::Record;

use crate::says_nothing;

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
    /// Every entitlement whose days are those of another zone than UTC.
    Zones,
    /// Something that no entitlement's view hangs on.
    Nothing,
}

impl Touch {
    /// What a record on `stream` touches. A refusal touches nothing.
    pub fn on(stream: &Stream, record: &Record) -> Self {
        if record.events.iter().all(|event| says_nothing(&event.kind)) {
            return Touch::Nothing;
        }
        match stream {
            Stream::Entitlement(id) => Touch::Entitlement(*id),
            Stream::Offer(id) => Touch::Offer(id.clone()),
            Stream::Agreement(id) => Touch::Agreement(id.clone()),
            Stream::Calendar(id) => Touch::Calendar(id.clone()),
            Stream::Zones(_) => Touch::Zones,
            _ => Touch::Nothing,
        }
    }
}
