//! An entitlement together with all that its deadlines hang on.

use resit_domain::terms::Limit;
use resit_domain::{EntitlementId, Known, State, Stream};

use crate::{AsOf, StateError, States};

impl States {
    /// An entitlement with its offer, agreement and calendar, for a view of it or its next due date.
    pub async fn entitlement(&self, id: EntitlementId, as_of: AsOf) -> Result<Known, StateError> {
        let state = self.load(&Stream::Entitlement(id), as_of).await?.state;
        self.with_all_it_hangs_on(state, as_of).await
    }

    /// An entitlement's state with its offer, agreement and calendar.
    pub async fn with_all_it_hangs_on(&self, state: State, as_of: AsOf) -> Result<Known, StateError> {
        let mut known = Known { unit: Some(1), ..Known::default() };
        let State::Entitlement(entitlement) = state else { return Ok(known) };
        known.entitlement = Some(entitlement.clone());
        let Some(issued) = &entitlement.issued else { return Ok(known) };
        if let State::Offer(offer) = self.load(&Stream::Offer(issued.offer.clone()), as_of).await?.state {
            let terms = offer.versions.get(&issued.terms);
            if let Some(Limit::Some(calendar)) = terms.map(|terms| &terms.rulings.business_days)
                && let State::Calendar(calendar) =
                    self.load(&Stream::Calendar(calendar.clone()), as_of).await?.state
            {
                known.calendar = calendar;
            }
            known.offer = Some(offer);
        }
        if let Some(id) = &issued.agreement
            && let State::Agreement(agreement) = self.load(&Stream::Agreement(id.clone()), as_of).await?.state
        {
            known.agreement = Some(agreement);
        }
        Ok(known)
    }
}
