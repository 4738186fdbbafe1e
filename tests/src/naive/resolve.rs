//! From what is tried to what is asked: which instant, which voucher, which exam.

use super::asks::{Ask, Gift, Voucher};
use super::calendar::{self, HOUR, MINUTE, Millis, Period};
use super::facts::{Chance, Model};
use super::life::{Act, EXAMS, Step, When, changed};

/// Rules that a life may waive.
const WAIVABLE: &[&str] = &[
    "retake-wait",
    "same-exam",
    "exam-eligible",
    "open-registrations",
    "policy-wait",
    "retake-sit-by",
    "not-revoked",
];

impl Step {
    /// What is asked, and when, by what the model knows.
    pub(super) fn resolve(&self, model: &Model, now: Millis) -> (Millis, Ask) {
        let voucher = self.voucher(model);
        let at = Self::instant(self.when, model, voucher, now);
        (at, self.ask(model, voucher, at))
    }

    fn ask(&self, model: &Model, voucher: Voucher, at: Millis) -> Ask {
        let order = voucher.order;
        let candidate = self.candidate(model, voucher);
        let today = calendar::day_of(model.terms.zone, at);
        let in_days = |days: u8| Period::Days(days).from_day(today, 1);
        match self.act {
            // Each version would have an end of its own to extend: a life has other versions, or extensions.
            Act::Publish { office } if model.extensions.is_empty() => Ask::Publish { office },
            Act::ExtendOffer { days } if model.versions.len() == 1 => {
                let from = model.offer_end.unwrap_or(today);
                Ask::ExtendOffer { last_day: Period::Days(days).from_day(from, 1) }
            }
            Act::DefineExam { change } => {
                let exam = EXAMS[usize::from(self.pick.exam) % 4];
                Ask::DefineExam { exam, facts: changed(exam, change, in_days(change)) }
            }
            Act::Issue { order, paid, named } => Ask::Issue {
                order: usize::from(order),
                purchased_at: at,
                paid,
                holder: named.then_some(self.pick.candidate),
            },
            Act::Assign => Ask::Assign { voucher, candidate: self.pick.candidate },
            Act::Unassign => Ask::Unassign { voucher },
            Act::Schedule { sit } => Ask::Schedule {
                voucher,
                candidate,
                exam: self.exam(model, voucher),
                sit_at: Self::instant(sit, model, voucher, at),
                booked_at: None,
            },
            Act::Reschedule { sit } => {
                Ask::Reschedule { voucher, sit_at: Self::instant(sit, model, voucher, at) }
            }
            Act::Cancel { by_provider } => Ask::Cancel { voucher, by_provider },
            Act::RecordResult { outcome, sat } => {
                let sat_at = sat.map(|sat| Self::instant(sat, model, voucher, at - 2 * HOUR));
                Ask::RecordResult { voucher, outcome, sat_at }
            }
            Act::CorrectResult { attempt, outcome } => {
                Ask::CorrectResult { voucher, attempt: u16::from(attempt), outcome }
            }
            Act::Activate => Ask::Activate { voucher, candidate },
            Act::ReplaceCode => Ask::ReplaceCode { voucher },
            Act::Revoke { refund } => Ask::Revoke { order, refund },
            Act::ExtraAttempt { well_founded } => extend(voucher, Gift::ExtraAttempt, well_founded),
            Act::LongerTerm { days, well_founded } => {
                extend(voucher, Gift::LongerTerm(in_days(days)), well_founded)
            }
            Act::Waiver { rule } => {
                extend(voucher, Gift::Waiver(WAIVABLE[usize::from(rule) % WAIVABLE.len()]), true)
            }
            Act::Expire | Act::ExtendOffer { .. } | Act::Publish { .. } => Ask::Expire { order },
        }
    }

    fn instant(when: When, model: &Model, voucher: Voucher, now: Millis) -> Millis {
        match when {
            When::Now => now,
            When::Later(minutes) => now + i64::from(minutes) * MINUTE,
            When::Around(pick, nudge) => {
                let turns = model.turns(now);
                let turn = turns.get(usize::from(pick) % turns.len().max(1));
                turn.map_or(now, |turn| (turn + i64::from(nudge)).max(now))
            }
            When::AfterSitting(minutes) => {
                let sit_at = model.find(voucher).and_then(|unit| unit.open()).map_or(now, |open| open.sit_at);
                (sit_at + i64::from(minutes) * MINUTE).max(now)
            }
        }
    }

    fn voucher(&self, model: &Model) -> Voucher {
        let all = model.all_units();
        let open = |&&(order, no): &&(usize, u16)| model.unit(order, no).open().is_some();
        let likely: Vec<(usize, u16)> = match self.act {
            Act::Schedule { .. } => all
                .iter()
                .filter(|unit| !open(unit) && !model.unit(unit.0, unit.1).chance.is_spent())
                .copied()
                .collect(),
            Act::Reschedule { .. } | Act::Cancel { .. } | Act::RecordResult { .. } => {
                all.iter().filter(open).copied().collect()
            }
            Act::Activate => all.iter().filter(|unit| model.unit(unit.0, unit.1).practice).copied().collect(),
            _ => Vec::new(),
        };
        let from = if likely.is_empty() || self.pick.stray { &all } else { &likely };
        let (order, unit) =
            from.get(usize::from(self.pick.unit) % from.len().max(1)).copied().unwrap_or((0, 1));
        Voucher { order, unit, by: self.pick.by }
    }

    fn candidate(&self, model: &Model, voucher: Voucher) -> u8 {
        let known = model.find(voucher).and_then(|_| model.holder(voucher.order, voucher.unit));
        known.filter(|_| !self.pick.stray).map_or(self.pick.candidate, |holder| holder.candidate)
    }

    fn exam(&self, model: &Model, voucher: Voucher) -> &'static str {
        match model.find(voucher).map(|unit| unit.chance) {
            Some(Chance::Retake(fail)) if !self.pick.stray => fail.exam,
            _ => EXAMS[usize::from(self.pick.exam) % EXAMS.len()],
        }
    }
}

fn extend(voucher: Voucher, gift: Gift, well_founded: bool) -> Ask {
    Ask::Extend { voucher, gift, known_reason: well_founded, approved: well_founded }
}
