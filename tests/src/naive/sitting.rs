//! What becomes of a registration: it is cancelled, or it has a result.

use super::asks::{Answer, Voucher};
use super::calendar::{self, Millis};
use super::checks::Checks;
use super::ends::Seen;
use super::facts::{Chance, End, Fail, Model};
use super::words::{Fate, LateResult, Outcome, Waits};

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
        self.conclude(voucher, End::Cancelled { late, given_back });
        self.settle(voucher, fate, open.sit_at, at);
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
        let Some(open) = unit.open().cloned() else {
            // Who does not say when it was sat may mean a sitting that is not registered here yet, if one may follow.
            let none_follows = unit.revoked || unit.chance.is_spent();
            let again = unit.tries.last().is_some_and(|last| match last.end {
                End::Sat { outcome: known, sat_at: known_at, .. } => {
                    known == outcome && sat_at.map_or(none_follows, |sat_at| sat_at == known_at)
                }
                _ => false,
            });
            return if again { Answer::Again } else { Answer::No("result-awaited") };
        };
        let sat_at = sat_at.unwrap_or(open.sit_at);
        let seen = Seen { retires_on: open.retires_on, ..Seen::default() };
        let sit_by = self.limits(order, no, open.chance, seen).sit_by;
        let mut checks = Checks::default();
        checks.ask("sat-in-the-past", open.booked_at <= sat_at && sat_at <= at);
        // Who did not come, or was stopped by a fault, sat nothing that could be late.
        let sat = matches!(outcome, Outcome::Pass | Outcome::Fail);
        checks.ask("sat-in-time", !sat || sit_by.is_none_or(|by| sat_at < by));
        let refuses = self.terms.rulings.late_result == LateResult::Refuse;
        checks.ask("result-in-time", !refuses || sit_by.is_none_or(|by| at < by));
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        let fate = self.fate(outcome);
        self.conclude(
            voucher,
            End::Sat { outcome, sat_at, recorded_at: at, given_back: fate == Fate::Return },
        );
        self.settle(voucher, fate, sat_at, at);
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

    fn conclude(&mut self, voucher: Voucher, end: End) {
        let unit = self.unit_mut(voucher.order, voucher.unit);
        unit.tries.last_mut().expect("it was open").end = end;
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

    /// Writes down what the last registration leaves to be registered.
    pub(super) fn settle(&mut self, voucher: Voucher, fate: Fate, sat_at: Millis, at: Millis) {
        let (order, no) = (voucher.order, voucher.unit);
        let last = self.unit(order, no).tries.last().expect("there was one").clone();
        // A late cancellation that counts as a fail has no result of its own: it stands for the sitting it gave up.
        let recorded_at = Some(if matches!(last.end, End::Cancelled { .. }) { last.sit_at } else { at });
        let (number, exam, retires_on) = (last.number, last.exam, last.retires_on);
        let fail = Fail { number, exam, sat_at, recorded_at, retires_on };
        let rest_revoked = self.unit(order, no).rest_revoked;
        let chance = match fate {
            Fate::Return if rest_revoked && last.chance != Chance::First => Chance::Spent("not-revoked"),
            Fate::Return => last.chance,
            Fate::Fail => self.earned(order, no, fail, at),
            Fate::Forfeit => Chance::Spent("retake-needs-fail"),
        };
        let unit = self.unit_mut(order, no);
        unit.chance = chance;
        // Given back to a voucher whose rest was taken back, the first try is taken back with it.
        unit.revoked |= rest_revoked && chance == Chance::First;
    }

    /// What a fail earns: a retake, if one is left, it was paid for, and there is time for it.
    pub(super) fn earned(&self, order: usize, no: u16, fail: Fail, at: Millis) -> Chance {
        let retake = &self.terms.retake;
        if self.attempts_max(self.unit(order, no)) <= fail.number {
            return Chance::Spent("attempts-left");
        }
        if self.unit(order, no).rest_revoked {
            return Chance::Spent("not-revoked");
        }
        if retake.only_if_paid && !self.packs[&order].paid {
            return Chance::Spent("retake-only-if-paid");
        }
        let (register_at, sit_at) = match self.wait(self.unit(order, no), fail) {
            Some((until, Waits::Register)) => (until.max(at), until.max(at)),
            Some((until, Waits::Sit)) => (at, until.max(at)),
            None => (at, at),
        };
        let seen = Seen { retires_on: fail.retires_on, ..Seen::default() };
        let limits = self.limits(order, no, Chance::Retake(fail), seen);
        if limits.register_by.is_some_and(|by| by <= register_at) {
            return Chance::Spent("retake-register-by");
        }
        if limits.sit_by.is_some_and(|by| by <= sit_at) {
            return Chance::Spent("retake-sit-by");
        }
        Chance::Retake(fail)
    }
}
