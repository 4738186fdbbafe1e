//! The rows of one entitlement: a function of its folded state, and of what it hangs on.

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::{EntitlementId, Known};

use crate::order::Bought;
use crate::pack::{self, Rewrite};
use crate::pending::Changed;
use crate::{ProjectionError, goodwill, key};

/// Puts the rows of an entitlement into `to`, as far as they are not in `store` already.
pub(crate) fn put(
    known: &Known,
    changed: Changed,
    store: &DerivedStore,
    to: &mut Changes,
) -> Result<(), ProjectionError> {
    let Some(view) = known.view() else { return Ok(()) };
    let Some((entitlement, issued)) =
        known.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?)))
    else {
        return Ok(());
    };
    if changed.issued {
        to.put_for_good(key::member(key::offer(&view.offer), view.id), []);
        // A line's first piece says what it bought. Each other one has a row behind that: pieces may be passed over, so that
        // no number tells how many there are.
        let line = key::bought(&issued.order);
        if issued.pieces == 1 || view.id == EntitlementId::of_order(&issued.order, 1) {
            let bought = Bought { offer: issued.offer.clone(), quantity: issued.pieces };
            to.put_for_good(line, encode(&bought)?);
        } else {
            to.put_for_good(key::member(line, view.id), []);
        }
        if let Some(agreement) = &issued.agreement {
            to.put_for_good(key::member(key::agreement(agreement), view.id), []);
        }
    }
    if changed.issued || changed.offered {
        // Of every version that may govern it. Nothing is ever taken off: it may govern it again.
        for calendar in known.calendars_named() {
            to.put_for_good(key::member(key::calendar(calendar), view.id), []);
        }
        if known.hangs_on_zones() {
            to.put_for_good(key::member(key::zones(), view.id), []);
        }
    }
    if changed.served {
        // Whoever sat or holds one of its vouchers. Nobody is ever taken off: they were there.
        let holders = entitlement.units.iter().filter_map(|unit| entitlement.holder_of(unit).candidate());
        let sitters =
            entitlement.units.iter().flat_map(|unit| unit.attempts.iter().map(|attempt| &attempt.candidate));
        let mut served: Vec<_> = holders.chain(sitters).collect();
        served.sort_unstable();
        served.dedup();
        for candidate in served {
            to.put_for_good(key::member(key::candidate(candidate), view.id), []);
        }
    }
    goodwill::put(entitlement, &issued.offer, store, to)?;
    let rewrite = if changed.issued { Rewrite::All } else { Rewrite::Changed };
    pack::put(view, rewrite, store, to)
}

/// The stored form of a row.
pub(crate) fn encode(row: &impl serde::Serialize) -> Result<Vec<u8>, ProjectionError> {
    rmp_serde::to_vec_named(row).map_err(|e| ProjectionError::Row(e.to_string()))
}
