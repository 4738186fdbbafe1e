//! What follows from a voucher's life: which version governs it, when its offer ends for it, and what may be registered next.

use super::asks::Gift;
use super::calendar::{self, Millis};
use super::ends::Seen;
use super::facts::{Chance, End, Fail, Model, Try, Unit};
use super::words::{Extension, Fate, InForce, Outcome, Waits};

/// What came of a registration, as the terms see it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Came {
    Open,
    Back,
    Lost,
    Failed,
    Passed,
}

impl Model {
    /// Works out what follows from each life.
    pub(super) fn refresh(&mut self) {
        for (order, no) in self.all_units() {
            self.count_gifts(order, no);
            self.move_ends(order, no);
            let chance = self.chance_of(order, no);
            self.unit_mut(order, no).chance = chance;
        }
    }

    fn count_gifts(&mut self, order: usize, no: u16) {
        let zone = self.terms.zone;
        let unit = self.unit_mut(order, no);
        (unit.extra, unit.until) = (0, None);
        unit.waived.clear();
        for (_, gift) in unit.gifts.clone() {
            match gift {
                Gift::ExtraAttempt => unit.extra += 1,
                Gift::LongerTerm(day) => {
                    unit.until = unit.until.max(Some(calendar::start_of(zone, calendar::tomorrow(day))));
                }
                Gift::Waiver(rule) => unit.waived.push(rule),
            }
        }
    }

    /// Goes through extensions and versions in the order in which they came. Each reaches a voucher that had not ended by what
    /// had happened until then.
    fn move_ends(&mut self, order: usize, no: u16) {
        let (bought_at, issued_at) = (self.packs[&order].purchased_at, self.packs[&order].issued_at);
        let registered = !self.unit(order, no).tries.is_empty();
        let unit = self.unit_mut(order, no);
        unit.offer_end = unit.sold_end;
        if !registered {
            unit.office = unit.sold_office;
        }
        let mut came: Vec<(Millis, Reaches)> = Vec::new();
        if self.terms.rulings.extension == Extension::MovesLive {
            came.extend(
                self.extensions
                    .iter()
                    .filter(|(at, _)| issued_at < *at)
                    .map(|&(at, day)| (at, Reaches::Day(day))),
            );
        }
        if self.terms.rulings.in_force == InForce::Scheduling && !registered {
            came.extend(
                self.versions
                    .iter()
                    .filter(|(at, _)| bought_at < *at)
                    .map(|&(at, office)| (at, Reaches::Office(office))),
            );
        }
        came.sort_by_key(|(at, _)| *at);
        for (at, what) in came {
            if !self.was_over(order, no, at) {
                let unit = self.unit_mut(order, no);
                match what {
                    Reaches::Day(day) => unit.offer_end = Some(day),
                    Reaches::Office(office) => unit.office = office,
                }
            }
        }
    }

    /// Whether a voucher was over at an instant, by what had happened until then.
    fn was_over(&mut self, order: usize, no: u16, at: Millis) -> bool {
        let now = self.unit(order, no).clone();
        self.turn_back(order, no, at);
        let over = self.is_over(order, no, at);
        *self.unit_mut(order, no) = now;
        over
    }

    /// Puts the page of that time in the place of a voucher's own page.
    pub(super) fn turn_back(&mut self, order: usize, no: u16, at: Millis) {
        let past = self.unit(order, no).until_then(at);
        *self.unit_mut(order, no) = past;
        self.count_gifts(order, no);
        let chance = self.chance_of(order, no);
        self.unit_mut(order, no).chance = chance;
    }

    /// What a registration uses: the first try, or the retake after the attempt before it.
    pub(super) fn chance_before(&self, unit: &Unit, one: &Try) -> Chance {
        let before =
            unit.tries.iter().take_while(|before| before.booked_at < one.booked_at || **before != *one);
        let counted = before.filter(|before| self.came(before) != Came::Back).last();
        counted.map_or(Chance::First, |before| Chance::Retake(before.as_fail()))
    }

    fn came(&self, one: &Try) -> Came {
        match one.end {
            End::Open => Came::Open,
            End::Cancelled { given_back: true, .. } | End::Sat { given_back: true, .. } => Came::Back,
            End::Cancelled { by_ledger: false, .. } if self.terms.rulings.late_cancel == Fate::Fail => {
                Came::Failed
            }
            End::Sat { counts: Outcome::Pass, .. } => Came::Passed,
            End::Sat { counts, .. } if self.fate(counts) == Fate::Fail => Came::Failed,
            End::Cancelled { .. } | End::Sat { .. } => Came::Lost,
        }
    }

    /// What may be registered next, by all registrations in the order in which they were made.
    pub(super) fn chance_of(&self, order: usize, no: u16) -> Chance {
        let unit = self.unit(order, no);
        let (mut retakes, mut extra) = (self.terms.retake.count, unit.extra);
        let mut last: Option<(&Try, Came)> = None;
        let (mut passed, mut used) = (false, 0);
        for one in &unit.tries {
            let came = self.came(one);
            if came == Came::Back {
                continue;
            }
            match last {
                Some((_, Came::Failed)) if retakes > 0 && self.is_paid(order, no) => retakes -= 1,
                Some(_) => extra = extra.saturating_sub(1),
                None => {}
            }
            used += 1;
            passed |= came == Came::Passed;
            if came != Came::Open {
                last = Some((one, came));
            }
        }
        let Some((last, came)) = last else { return Chance::First };
        let fail = Fail { number: used, ..last.as_fail() };
        let all = self.attempts_max(unit) <= used;
        let is_fail = match last.end {
            End::Sat { outcome, .. } => outcome != Outcome::Pass && self.fate(outcome) == Fate::Fail,
            _ => came == Came::Failed,
        };
        let nothing = if all || is_fail { "attempts-left" } else { "retake-needs-fail" };
        if passed {
            return Chance::Spent(nothing);
        }
        let withheld =
            if came == Came::Failed { self.withheld(order, no, fail, retakes) } else { Some(nothing) };
        match withheld {
            None => Chance::Retake(fail),
            Some(_) if extra > 0 && unit.taken.is_none() => Chance::Retake(fail),
            Some(rule) => Chance::Spent(rule),
        }
    }

    /// Whether a fail earns a retake as far as payment goes.
    fn is_paid(&self, order: usize, no: u16) -> bool {
        let waived = self.unit(order, no).waived.contains(&"retake-only-if-paid");
        !self.terms.retake.only_if_paid || self.packs[&order].paid || waived
    }

    /// Why a fail earns no retake.
    fn withheld(&self, order: usize, no: u16, fail: Fail, retakes: u16) -> Option<&'static str> {
        let unit = self.unit(order, no);
        if retakes == 0 {
            return Some("attempts-left");
        }
        if unit.taken.is_some() {
            return Some("not-revoked");
        }
        if !self.is_paid(order, no) {
            return Some("retake-only-if-paid");
        }
        let ended_at = fail.ended_at;
        let (register_at, sit_at) = match self.wait(unit, fail) {
            Some((until, Waits::Register)) => (until.max(ended_at), until.max(ended_at)),
            Some((until, Waits::Sit)) => (ended_at, until.max(ended_at)),
            None => (ended_at, ended_at),
        };
        let seen = Seen { retires_on: fail.retires_on, ..Seen::default() };
        let limits = self.limits(order, no, Chance::Retake(fail), seen);
        if limits.register_by.is_some_and(|by| by <= register_at) {
            return Some("retake-register-by");
        }
        limits.sit_by.is_some_and(|by| by <= sit_at).then_some("retake-sit-by")
    }

    /// Cancels a registration that lies ahead, if the attempts before it don't permit it any more.
    pub(super) fn withdraw(&mut self, order: usize, no: u16, at: Millis) {
        if self.unit(order, no).open().is_none_or(|open| open.sit_at <= at) {
            return;
        }
        let now = self.unit(order, no).clone();
        self.unit_mut(order, no).tries.retain(|one| one.end != End::Open);
        let chance = self.chance_of(order, no);
        *self.unit_mut(order, no) = now;
        if chance.is_spent() {
            let gone = End::Cancelled { at, late: false, given_back: true, by_ledger: true };
            let open = self.unit_mut(order, no).tries.iter_mut().rev().find(|one| one.end == End::Open);
            open.expect("one is open").end = gone;
        }
    }
}

/// What may reach a voucher.
#[derive(Debug, Clone, Copy)]
enum Reaches {
    Day(jiff::civil::Date),
    Office(Option<super::words::Office>),
}

impl Unit {
    /// The page with what had happened by then.
    fn until_then(&self, at: Millis) -> Self {
        let mut past = self.clone();
        past.gifts.retain(|(given_at, _)| *given_at <= at);
        past.taken = past.taken.filter(|taken| *taken <= at);
        past.active = past.active.filter(|(since, _)| *since <= at);
        past.tries.retain(|one| one.booked_at <= at);
        for one in &mut past.tries {
            let moved_later = one.moves.iter().find(|(moved_at, _)| at < *moved_at);
            let planned = moved_later.map(|&(_, from)| from);
            let open = match one.end {
                End::Sat { sat_at, .. } => at < sat_at,
                End::Cancelled { at: cancelled_at, .. } => at < cancelled_at,
                End::Open => true,
            };
            if open {
                one.end = End::Open;
                one.sit_at = planned.unwrap_or(one.sit_at);
            }
        }
        past
    }
}
