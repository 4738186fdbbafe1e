//! Goodwill: more than the terms give.

use super::asks::{Answer, Gift, Voucher};
use super::calendar::Millis;
use super::checks::Checks;
use super::facts::{End, Model};
use super::words::{Fate, Outcome, Revives};

/// Rules that no gift sets aside: the programme's own, and what the ledger is made of.
const NEVER_WAIVED: &[&str] = &["policy-wait", "not-revoked"];

/// Rules about persons, whose waiver says for whom it is. Nobody in these lives says so.
const ABOUT_PERSONS: &[&str] = &["assigned-first", "holder-matches", "open-registrations"];

impl Model {
    /// Gives a voucher more than its terms do. `said` is whether the reason is on the list, and whether nobody is named as a
    /// second person: that one gives a command of her own, where the offer asks for one.
    pub(super) fn goodwill(
        &mut self,
        voucher: Voucher,
        gift: Gift,
        said: (bool, bool),
        at: Millis,
    ) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        if unit.taken.is_some() {
            return Answer::No("not-revoked");
        }
        let Some((_, revives)) = self.terms.rulings.goodwill else {
            return Answer::No("goodwill-allowed");
        };
        let ended = self.is_over(order, no, at);
        let used = unit.open().is_none() && unit.chance.is_spent();
        let last = unit.last_used().cloned();
        let passed = used
            && last.as_ref().is_some_and(|last| matches!(last.end, End::Sat { counts: Outcome::Pass, .. }));
        // A fail that earned nothing may earn something with more time, or with a rule set aside.
        let wanting = last.as_ref().is_some_and(|last| match last.end {
            End::Sat { counts, .. } => counts != Outcome::Pass && self.fate(counts) == Fate::Fail,
            End::Cancelled { .. } => self.terms.rulings.late_cancel == Fate::Fail,
            End::Open => false,
        }) && Self::attempts_used(&unit) < self.attempts_max(&unit);
        let fits = match gift {
            Gift::ExtraAttempt => !unit.practice && !passed,
            Gift::LongerTerm(_) => !used || wanting,
            Gift::Waiver(rule) => NEVER_WAIVED.iter().all(|never| *never != rule) && (!used || wanting),
        };
        let fits = fits && self.changes(order, no, gift, at);
        let mut checks = Checks::default();
        checks.ask("goodwill-allowed", fits && (!ended || revives == Revives::Ended));
        checks.ask("waiver-names-person", gift.waives().is_none_or(|rule| !ABOUT_PERSONS.contains(&rule)));
        checks.ask("goodwill-reason", said.0);
        checks.ask("goodwill-approved", said.1);
        if let Some(rule) = checks.refusal(&[]) {
            return Answer::No(rule);
        }
        self.unit_mut(order, no).gifts.push((at, gift));
        Answer::Yes
    }

    /// Whether a gift changes anything that can be seen of a voucher.
    fn changes(&mut self, order: usize, no: u16, gift: Gift, at: Millis) -> bool {
        let look = |model: &Self| {
            let unit = model.unit(order, no);
            let mut waived = unit.waived.clone();
            waived.sort_unstable();
            waived.dedup();
            let max = model.attempts_max(unit);
            (model.end_and_rule(order, no), max, waived, unit.stage(), Self::attempts_used(unit))
        };
        let before = look(self);
        let mut given = self.clone();
        given.unit_mut(order, no).gifts.push((at, gift));
        given.refresh();
        look(&given) != before
    }
}
