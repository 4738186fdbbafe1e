//! An entitlement together with all that its deadlines hang on.

use resit_domain::{EntitlementId, Gathered, Known, LedgerZones, State, Stream};

use crate::{AsOf, StateError, States};

impl States {
    /// An entitlement with its offer, agreement, calendars and rules of zones, for a view of it or its next due date.
    pub async fn entitlement(&self, id: EntitlementId, as_of: AsOf) -> Result<Known, StateError> {
        let state = self.load(&Stream::Entitlement(id), as_of).await?.state;
        self.with_all_it_hangs_on(state, as_of).await
    }

    /// An entitlement's state with its offer, its agreement, the calendars of every version that may govern it, and the
    /// rules of zones.
    pub async fn with_all_it_hangs_on(&self, state: State, as_of: AsOf) -> Result<Known, StateError> {
        let mut known = Known { unit: Some(1), ..Known::default() };
        let State::Entitlement(entitlement) = state else { return Ok(known) };
        known.entitlement = Some(entitlement.clone());
        let Some(issued) = &entitlement.issued else { return Ok(known) };
        if let State::Offer(offer) = self.load(&Stream::Offer(issued.offer.clone()), as_of).await?.state {
            for id in offer.calendars_of(issued.terms, issued.purchased_at) {
                if let State::Calendar(Some(calendar)) =
                    self.load(&Stream::Calendar(id.clone()), as_of).await?.state
                {
                    known.calendars.insert(id.clone(), calendar);
                }
            }
            if offer.is_in_other_zones()
                && let State::Zones(zones) = self.load(&Stream::Zones(LedgerZones), as_of).await?.state
            {
                known.zones = zones;
            }
            known.offer = Some(offer);
        }
        known.agreement = match &issued.agreement {
            Some(id) => match self.load(&Stream::Agreement(id.clone()), as_of).await?.state {
                State::Agreement(agreement) => Gathered::Found(agreement),
                _ => Gathered::Nothing,
            },
            None => Gathered::Nothing,
        };
        Ok(known)
    }
}
