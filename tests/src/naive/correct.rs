//! Corrections of results that were recorded wrongly.

use super::asks::{Answer, Voucher};
use super::calendar::Millis;
use super::checks::Checks;
use super::ends::Seen;
use super::facts::{End, Model, Try};
use super::words::{Correction, Fate, LateResult, Outcome};

impl Model {
    pub(super) fn correct(&mut self, voucher: Voucher, attempt: u16, outcome: Outcome, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        let last = |is: fn(&Try) -> bool| unit.tries.iter().rposition(|one| one.number == attempt && is(one));
        let sat = last(|one| matches!(one.end, End::Sat { .. }));
        // What was cancelled may have been sat all the same.
        let given_up = || last(|one| matches!(one.end, End::Cancelled { by_ledger: false, .. }));
        let taken_away = || last(|one| matches!(one.end, End::Cancelled { .. }));
        let Some(index) = sat.or_else(given_up).or_else(taken_away) else {
            return Answer::No("result-known");
        };
        let one = unit.tries[index].clone();
        let (was, first, recorded_at) = match one.end {
            End::Sat { outcome, counts, recorded_at, .. } => (Some(outcome), Some(counts), recorded_at),
            _ => (None, None, at),
        };
        if was == Some(outcome) {
            return Answer::Again;
        }
        let seen = Seen { retires_on: one.retires_on, ..Seen::default() };
        let sit_by = self.limits(order, no, self.chance_before(&unit, &one), seen).sit_by;
        let mut checks = Checks::default();
        checks.ask("sat-in-the-past", one.booked_at <= one.sit_at && one.sit_at <= at);
        checks.ask("sat-in-time", sit_by.is_none_or(|by| one.sit_at < by));
        // The first report of a sitting is new; a correction of what came in time is not late.
        let is_new = was.is_none();
        let refuses = self.terms.rulings.late_result == LateResult::Refuse;
        checks.ask("result-in-time", !refuses || !is_new || sit_by.is_none_or(|by| at < by));
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        let only = self.terms.rulings.correction == Correction::RecordOnly;
        let counts = first.filter(|_| only).unwrap_or(outcome);
        // A deadline counts from the correction only where that changes what the attempt came to be.
        let moves = !only && was.map(|was| self.becomes(was)) != Some(self.becomes(outcome));
        let recorded_at = if moves || was.is_none() { at } else { recorded_at };
        let given_back = self.becomes(counts) == Some(Fate::Return);
        let sat_at = one.sit_at;
        self.unit_mut(order, no).tries[index].end =
            End::Sat { outcome, counts, sat_at, recorded_at, given_back };
        self.withdraw(order, no, at);
        Answer::Yes
    }

    /// What becomes of an attempt; a pass is its own end.
    fn becomes(&self, outcome: Outcome) -> Option<Fate> {
        (outcome != Outcome::Pass).then(|| self.fate(outcome))
    }
}
