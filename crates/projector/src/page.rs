//! Lists of entitlements, page by page.

use resit_domain::{AgreementId, CandidateId, EntitlementId, OfferId};

use crate::{ProjectionError, Projector, key};

/// A list that the read models keep. It is in the order of ids, so that a page ends at an id and the next goes on there.
#[derive(Debug, Clone, Copy)]
pub enum List<'a> {
    /// What was sold of an offer.
    Offer(&'a OfferId),
    /// What serves or served a candidate.
    Candidate(&'a CandidateId),
    /// What was bought under an agreement.
    Agreement(&'a AgreementId),
}

impl Projector {
    /// At most `limit` members of a list behind `after`, in order.
    pub fn page(
        &self,
        list: List<'_>,
        after: Option<EntitlementId>,
        limit: usize,
    ) -> Result<Vec<EntitlementId>, ProjectionError> {
        let prefix = match list {
            List::Offer(offer) => key::offer(offer),
            List::Candidate(candidate) => key::candidate(candidate),
            List::Agreement(agreement) => key::agreement(agreement),
        };
        let behind = after.map_or_else(|| prefix.clone(), |id| key::member(prefix.clone(), id));
        let rows = self.store.scan_behind(&prefix, &behind).take(limit);
        let members = rows.map(|row| row.map(|(key, _)| key::member_of(&key)));
        members.filter_map(Result::transpose).map(|member| Ok(member?)).collect()
    }
}
