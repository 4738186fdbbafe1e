//! What becomes of a registration: it is cancelled, or it has a result.

use super::asks::{Answer, Voucher};
use super::calendar::{self, Millis};
use super::checks::Checks;
use super::ends::Seen;
use super::facts::{End, Model, Try};
use super::words::{Fate, LateResult, Outcome};

impl Model {
    pub(super) fn cancel(&mut self, voucher: Voucher, by_provider: bool, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        if self.unit(order, no).is_revoked() {
            return Answer::No("not-revoked");
        }
        let Some(open) = self.unit(order, no).open().cloned() else { return Answer::No("registration-open") };
        // The provider's cancellation gives the attempt back whenever it comes (R6).
        if open.sit_at <= at && !by_provider {
            return Answer::No("before-sitting");
        }
        let cut_off_at = self.cut_off_at(open.sit_at);
        let late = !by_provider && cut_off_at.is_some_and(|cut_off_at| cut_off_at <= at);
        let fate = if late { self.terms.rulings.late_cancel } else { Fate::Return };
        let given_back = fate == Fate::Return;
        self.conclude(voucher, open.booked_at, End::Cancelled { at, late, given_back, by_ledger: false });
        Answer::Yes
    }

    pub(super) fn record(
        &mut self,
        voucher: Voucher,
        outcome: Outcome,
        sat_at: Option<Millis>,
        at: Millis,
    ) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        // A report names its sitting by its time. One that names none is of the open registration, unless that is still ahead.
        let sat = |one: &Try| match one.end {
            End::Sat { outcome, sat_at, .. } => Some((outcome, sat_at)),
            _ => None,
        };
        let mut came = unit.tries.iter().rev().filter_map(sat);
        let known = match (sat_at, unit.open()) {
            (Some(sat_at), _) => came.find(|(_, known_at)| *known_at == sat_at),
            (None, Some(open)) if at < open.sit_at => came.find(|(known, _)| *known == outcome),
            (None, Some(_)) => None,
            // It may be of a sitting that is not registered here yet, if one may follow.
            (None, None) => {
                let taken_away = |one: &Try| matches!(one.end, End::Cancelled { by_ledger: true, .. });
                let sat_all_the_same =
                    unit.tries.last().is_some_and(|last| taken_away(last) && last.sit_at <= at);
                came.next().filter(|_| !sat_all_the_same && (unit.chance.is_spent() || unit.is_revoked()))
            }
        };
        if known.is_some_and(|(known, _)| known == outcome) {
            return Answer::Again;
        }
        let open = || unit.tries.iter().rev().filter(|one| one.end == End::Open);
        let said = sat_at.unwrap_or(at);
        let of_sitting = sat_at.and_then(|sat_at| open().find(|one| one.sit_at == sat_at));
        let begun = || open().find(|one| one.booked_at <= said && one.sit_at <= at);
        let meant = of_sitting.or_else(begun).or_else(|| open().next());
        let Some(open) = meant.filter(|_| known.is_none()).cloned() else {
            return Answer::No("result-awaited");
        };
        let sat_at = sat_at.unwrap_or(open.sit_at);
        let seen = Seen { retires_on: open.retires_on, ..Seen::default() };
        let sit_by = self.limits(order, no, self.chance_before(&unit, &open), seen).sit_by;
        let mut checks = Checks::default();
        checks.ask("sat-in-the-past", open.booked_at <= sat_at && sat_at <= at);
        checks.ask("sat-in-time", sit_by.is_none_or(|by| sat_at < by));
        let refuses = self.terms.rulings.late_result == LateResult::Refuse;
        checks.ask("result-in-time", !refuses || sit_by.is_none_or(|by| at < by));
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        let fate = self.fate(outcome);
        let given_back = fate == Fate::Return;
        self.conclude(
            voucher,
            open.booked_at,
            End::Sat { outcome, counts: outcome, sat_at, recorded_at: at, given_back },
        );
        Answer::Yes
    }

    /// From when on a cancellation of this sitting is late.
    pub(super) fn cut_off_at(&self, sit_at: Millis) -> Option<Millis> {
        let period = self.terms.rulings.cut_off?;
        let by_days = || {
            let day = period.from_day(calendar::day_of(self.terms.zone, sit_at), -1);
            calendar::start_of(self.terms.zone, day)
        };
        Some(period.exact().map_or_else(by_days, |length| sit_at - length))
    }

    fn conclude(&mut self, voucher: Voucher, booked_at: Millis, end: End) {
        let unit = self.unit_mut(voucher.order, voucher.unit);
        let open = unit.tries.iter_mut().rev().find(|one| one.booked_at == booked_at).expect("it was open");
        if let End::Sat { sat_at, .. } = end {
            open.sit_at = sat_at;
        }
        open.end = end;
    }

    /// What an outcome does to the attempt. A pass uses the voucher up, as a forfeit does.
    pub(super) fn fate(&self, outcome: Outcome) -> Fate {
        match outcome {
            Outcome::Pass => Fate::Forfeit,
            Outcome::Fail => Fate::Fail,
            Outcome::Missed => self.terms.rulings.no_show,
            Outcome::TechnicalFault => self.terms.rulings.technical_fault,
            Outcome::Invalidated => self.terms.rulings.invalidated,
        }
    }
}
