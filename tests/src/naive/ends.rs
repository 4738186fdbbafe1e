//! When things end.

use jiff::civil::Date;

use super::calendar::{self, Millis};
use super::deadline::{Deadline, Moment, Origin};
use super::facts::{Chance, Fail, Model, Try, Unit};
use super::terms::step;
use super::words::{Office, Waits};

/// The two deadlines of a try: nothing where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) register_by: Option<Millis>,
    pub(super) sit_by: Option<Millis>,
}

impl Model {
    /// What a deadline of a voucher comes to.
    pub(super) fn ends_at(&self, order: usize, unit: u16, deadline: &Deadline, seen: Seen) -> Option<Millis> {
        let end = self.not_shortened(order, unit, deadline, seen)?;
        Some(end.max(self.unit(order, unit).until.unwrap_or(end)))
    }

    /// What a deadline comes to without goodwill.
    pub(super) fn ends_by_terms_at(
        &self,
        order: usize,
        unit: u16,
        deadline: &Deadline,
        seen: Seen,
    ) -> Option<Millis> {
        let anchors = |origin| self.anchor(order, unit, origin, seen);
        let deadline = deadline.by(self.unit(order, unit).office);
        deadline.ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day)
    }

    /// The same of a right that may be governed by a later version than the one it was sold under: no earlier than by that one.
    fn not_shortened(&self, order: usize, no: u16, deadline: &Deadline, seen: Seen) -> Option<Millis> {
        let now = self.ends_by_terms_at(order, no, deadline, seen)?;
        let unit = self.unit(order, no);
        if unit.office == unit.sold_office {
            return Some(now);
        }
        let anchors = |origin| self.anchor(order, no, origin, seen);
        let sold =
            deadline.by(unit.sold_office).ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day);
        sold.map(|sold| sold.max(now))
    }

    /// When the right to a voucher begins.
    pub(super) fn begins_at(&self, order: usize, unit: u16) -> Option<Millis> {
        if self.unit(order, unit).practice {
            return None;
        }
        let anchors = |origin| self.anchor(order, unit, origin, Seen::default());
        self.terms.not_before.by(self.unit(order, unit).office).starts_at(&anchors, self.terms.zone)
    }

    fn anchor(&self, order: usize, unit: u16, origin: Origin, seen: Seen) -> Option<Moment> {
        let pack = &self.packs[&order];
        let own = self.unit(order, unit);
        match origin {
            Origin::Purchase => Some(Moment::At(pack.purchased_at)),
            Origin::Issue => Some(Moment::At(pack.issued_at)),
            Origin::Assignment => self.holder(order, unit).and_then(|holder| holder.since).map(Moment::At),
            Origin::FirstSchedule => own.first_scheduled_at().or(seen.booked_at).map(Moment::At),
            Origin::ExamSat => seen.fail.map(|fail| Moment::At(fail.sat_at)),
            Origin::ResultRecorded => seen.fail.and_then(|fail| fail.recorded_at).map(Moment::At),
            Origin::OfferStart => self.terms.runs_from.map(Moment::On),
            Origin::OfferEnd => own.offer_end.map(Moment::On),
            Origin::ExamRetirement => seen.retires_on.map(Moment::On),
            Origin::Day(_) | Origin::Local(_) => None,
        }
    }

    /// The deadlines of the try that `chance` allows.
    pub(super) fn limits(&self, order: usize, unit: u16, chance: Chance, seen: Seen) -> Limits {
        let (register_by, sit_by, seen) = match chance {
            Chance::Retake(fail) => {
                let retake = &self.terms.retake;
                (&retake.register_by, &retake.sit_by, Seen { fail: Some(fail), ..seen })
            }
            _ => (&self.terms.register_by, &self.terms.sit_by, seen),
        };
        let (register, sit) = names(chance);
        let waived = |rule: &str| self.unit(order, unit).waived.contains(&rule);
        let register_by = self.ends_at(order, unit, register_by, seen).filter(|_| !waived(register));
        let sit_by = self.ends_at(order, unit, sit_by, seen).filter(|_| !waived(sit));
        Limits { register_by, sit_by }
    }

    /// The first instant at which a voucher is gone by itself.
    pub(super) fn end(&self, order: usize, no: u16) -> Option<Millis> {
        self.end_and_rule(order, no).map(|(_, end)| end)
    }

    /// That instant, and the rule whose deadline it is.
    pub(super) fn end_and_rule(&self, order: usize, no: u16) -> Option<(&'static str, Millis)> {
        let unit = self.unit(order, no);
        if unit.taken.is_some() && unit.open().is_none() && unit.active.is_none() {
            return None;
        }
        if unit.practice {
            return match unit.active {
                Some((_, ends_at)) => Some(("use-within", ends_at.max(unit.until.unwrap_or(ends_at)))),
                None => self.activate_by(order, no).map(|by| ("activate-by", by)),
            };
        }
        if let Some(open) = unit.open() {
            return self.end_while_open(order, no, open);
        }
        let retires_on = match unit.chance {
            Chance::Retake(fail) => fail.retires_on,
            Chance::First => None,
            Chance::Spent(_) => return None,
        };
        self.first_limit(order, no, unit.chance, Seen { retires_on, ..Seen::default() })
    }

    /// The end of a voucher; of one that is used, the end that one more attempt would have.
    pub(super) fn end_of_more(&self, order: usize, no: u16) -> Option<Millis> {
        let unit = self.unit(order, no);
        if let (None, Chance::Spent(_), Some(last)) = (unit.open(), unit.chance, unit.last_used()) {
            let seen = Seen { retires_on: last.retires_on, ..Seen::default() };
            return self.first_limit(order, no, Chance::Retake(last.as_fail()), seen).map(|(_, by)| by);
        }
        self.end(order, no)
    }

    /// The end of a voucher that is registered: it is not gone while a fail would still earn a retake.
    fn end_while_open(&self, order: usize, no: u16, open: &Try) -> Option<(&'static str, Millis)> {
        let unit = self.unit(order, no);
        let seen = Seen { retires_on: open.retires_on, ..Seen::default() };
        let chance = self.chance_before(unit, open);
        let sit_by = self.limits(order, no, chance, seen).sit_by?;
        let own = (if chance == Chance::First { "sit-by" } else { "retake-sit-by" }, sit_by);
        let waived = unit.waived.contains(&"retake-only-if-paid");
        let paid = !self.terms.retake.only_if_paid || self.packs[&order].paid || waived;
        if self.attempts_max(unit) <= Self::attempts_used(unit) || !paid || unit.taken.is_some() {
            return Some(own);
        }
        let (number, exam, retires_on) = (open.number, open.exam, open.retires_on);
        let (sat_at, ended_at) = (open.sit_at, open.sit_at);
        let fail = Fail { number, exam, sat_at, ended_at, recorded_at: None, retires_on };
        let retake = self.first_limit(order, no, Chance::Retake(fail), seen)?;
        Some(if own.1 < retake.1 { retake } else { own })
    }

    fn first_limit(
        &self,
        order: usize,
        no: u16,
        chance: Chance,
        seen: Seen,
    ) -> Option<(&'static str, Millis)> {
        let limits = self.limits(order, no, chance, seen);
        let (register, sit) = names(chance);
        let both = [limits.register_by.map(|by| (register, by)), limits.sit_by.map(|by| (sit, by))];
        both.into_iter().flatten().min_by_key(|&(_, by)| by)
    }

    /// Until when the practice test of a bundle is activated.
    pub(super) fn activate_by(&self, order: usize, unit: u16) -> Option<Millis> {
        let test = self.terms.practice_test.as_ref()?;
        self.ends_at(order, unit, &test.activate_by, Seen::default())
    }

    /// Whether a voucher is over, even for the attempt that goodwill might add.
    pub(super) fn is_over(&self, order: usize, unit: u16, at: Millis) -> bool {
        self.end_of_more(order, unit).is_some_and(|end| end <= at)
    }

    /// Whether a voucher is over by itself.
    pub(super) fn ended(&self, order: usize, unit: u16, at: Millis) -> bool {
        self.end(order, unit).is_some_and(|end| end <= at)
    }

    /// When the wait behind a fail is over, and what waits.
    pub(super) fn wait(&self, unit: &Unit, fail: Fail) -> Option<(Millis, Waits)> {
        if unit.waived.contains(&"retake-wait") {
            return None;
        }
        let wait = step(&self.terms.retake.waits, usize::from(fail.number) + 1)?;
        let period = wait.period.by(unit.office);
        Some((calendar::wait_is_over(period, wait.counted, fail.ended_at, self.terms.zone), wait.limits))
    }
}

/// The rules that hold the two deadlines of a try.
pub(super) fn names(chance: Chance) -> (&'static str, &'static str) {
    match chance {
        Chance::Retake(_) => ("retake-register-by", "retake-sit-by"),
        _ => ("register-by", "sit-by"),
    }
}

/// What is known beside the voucher's own page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// When the registration in question was made.
    pub(super) booked_at: Option<Millis>,
    /// The last day of the exam in question.
    pub(super) retires_on: Option<Date>,
    /// The fail that earned the retake in question.
    pub(super) fail: Option<Fail>,
}

impl Unit {
    /// The page of a voucher that was just issued.
    pub(super) fn new(practice: bool, offer_end: Option<Date>, office: Option<Office>) -> Self {
        Self {
            practice,
            office,
            holder: None,
            tries: Vec::new(),
            chance: Chance::First,
            taken: None,
            charged_back: false,
            codes: 1,
            sold_end: offer_end,
            offer_end,
            sold_office: office,
            gifts: Vec::new(),
            extra: 0,
            until: None,
            waived: Vec::new(),
            expired: None,
            ends: Vec::new(),
            active: None,
        }
    }
}
