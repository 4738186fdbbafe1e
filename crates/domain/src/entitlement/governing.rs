//! Which version of an offer's terms governs a right (ruling 13).

use super::Right;
use crate::terms::{Terms, TermsInForce};
use crate::{CalendarId, Offer, TermsHash, Timestamp};

impl Right<'_> {
    /// The right by the terms that govern it: those it was bought under, or those it was first registered under, or,
    /// where the offer says so and nothing was registered yet, those in force now.
    ///
    /// A version that came when the right had ended does not revive it, and one of another shape can't govern it. Each
    /// counts business days by its own calendar; behind one whose calendar is not known, nobody can tell what had ended.
    pub(crate) fn governed(self) -> Self {
        self.governed_at(Timestamp::MAX)
    }

    /// The same, by the versions that were on record at `at`.
    pub(super) fn governed_at(mut self, at: Timestamp) -> Self {
        if self.unit.first_scheduled_at().is_some() {
            return self;
        }
        self.terms = self.offer.versions.get(&self.issued.terms).map_or(self.terms, AsRef::as_ref);
        let later = self.offer.published_behind(self.issued.purchased_at);
        for &(published_at, hash) in later.filter(|(published_at, _)| *published_at <= at) {
            if !self.terms.gives_way() || !self.has_its_calendar() {
                break;
            }
            // Goodwill may have brought it back before the next one came.
            if self.was_alive(published_at, self.last_days()) {
                self.terms = self.offer.successor(self.terms, hash).unwrap_or(self.terms);
            }
        }
        self
    }
}

impl Offer {
    /// The calendars by which deadlines of a right may count that was bought at that time, under those terms: of every
    /// version that may come to govern it, whichever of them does now.
    pub fn calendars_of(&self, bought: TermsHash, bought_at: Timestamp) -> Vec<&CalendarId> {
        let mut calendars = Vec::new();
        let Some(bought) = self.versions.get(&bought).map(AsRef::as_ref) else { return calendars };
        calendars.extend(bought.rulings.business_days.value());
        let later = self.published_behind(bought_at).filter(|_| bought.gives_way());
        for terms in later.filter_map(|(_, hash)| self.successor(bought, *hash)) {
            calendars.extend(terms.rulings.business_days.value().filter(|named| !calendars.contains(named)));
        }
        calendars
    }

    /// What was published behind a purchase, oldest first.
    fn published_behind(&self, bought_at: Timestamp) -> impl Iterator<Item = &(Timestamp, TermsHash)> {
        self.published.iter().filter(move |(at, _)| bought_at < *at)
    }

    /// A version, if it can follow on these terms.
    fn successor(&self, terms: &Terms, hash: TermsHash) -> Option<&Terms> {
        self.versions.get(&hash).map(AsRef::as_ref).filter(|next| next.has_shape_of(terms))
    }
}

impl Terms {
    /// Whether a later version takes the place of this one, as long as nothing was registered.
    fn gives_way(&self) -> bool {
        self.rulings.terms_in_force == TermsInForce::Scheduling
    }
}
