//! Registrations: made, and moved.

use super::asks::{Answer, Exam, Voucher};
use super::calendar::{self, Millis};
use super::checks::Checks;
use super::ends::{Seen, names};
use super::facts::{Chance, End, Fail, Model, Try, Unit};
use super::words::{BoundAt, EligibilityAt, SameExam, Scope, Waits};

/// A registration that is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booking {
    pub(super) candidate: u8,
    pub(super) exam: &'static str,
    pub(super) sit_at: Millis,
    pub(super) booked_at: Millis,
}

impl Model {
    pub(super) fn schedule(&mut self, voucher: Voucher, booking: Booking) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let Some(exam) = self.exams.get(booking.exam).cloned() else { return Answer::No("known-exam") };
        let present = self.unit(order, no).clone();
        if present.practice {
            return Answer::No("right-kind");
        }
        let open = self.open_with(order, no, booking);
        let mut checks = Checks::default();
        checks.ask("not-revoked", !present.is_revoked());
        // What is reported later is judged by the page as it was then.
        self.turn_back(order, no, booking.booked_at);
        let unit = self.unit(order, no).clone();
        checks.ask("not-retroactive", self.packs[&order].purchased_at <= booking.booked_at);
        checks.ask("not-before", self.begins_at(order, no).is_none_or(|begins| begins <= booking.booked_at));
        let assigned = self.holder(order, no).is_some();
        checks.ask("assigned-first", self.terms.bound_at != BoundAt::Assignment || assigned);
        checks.ask("holder-matches", self.serves(voucher, booking.candidate));
        let more = unit.open().is_some() && Self::attempts_used(&unit) < self.attempts_max(&unit);
        checks.ask("retake-needs-fail", !more);
        if let Chance::Retake(fail) = unit.chance {
            checks.ask("retake-needs-fail", unit.open().is_some() || fail.ended_at <= booking.booked_at);
        }
        checks.ask("one-open-here", unit.open().is_none());
        if unit.chance.is_spent() && unit.open().is_none() {
            let Chance::Spent(rule) = unit.chance else { unreachable!("it was spent just now") };
            checks.ask(rule, false);
        }
        let seen = Seen { booked_at: Some(booking.booked_at), retires_on: exam.retires_on, fail: None };
        let limits = self.limits(order, no, unit.chance, seen);
        let (register, sit) = names(unit.chance);
        if !unit.chance.is_spent() {
            checks.ask(register, limits.register_by.is_none_or(|by| booking.booked_at < by));
            checks.ask(sit, limits.sit_by.is_none_or(|by| booking.booked_at < by && booking.sit_at < by));
        }
        self.ask_wait(&mut checks, &unit, unit.chance, Some(booking.booked_at), booking.sit_at);
        checks.ask("sitting-ahead", booking.booked_at <= booking.sit_at);
        self.ask_exam(&mut checks, unit.chance, booking.exam, &exam);
        self.ask_offered(&mut checks, exam.retires_on, booking.sit_at);
        checks
            .ask("open-registrations", self.terms.rulings.open_max.is_none_or(|max| open < usize::from(max)));
        *self.unit_mut(order, no) = present;
        self.ask_policy(&mut checks, booking, exam.beta, None);
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        self.bind(voucher, booking.candidate, booking.booked_at);
        let number = Self::attempts_used(&unit) + 1;
        let page = unit.office;
        let unit = self.unit_mut(order, no);
        // The first registration fixes the version that governs.
        if unit.tries.is_empty() {
            unit.office = page;
        }
        let Booking { candidate, exam: code, sit_at, booked_at } = booking;
        let (retires_on, end) = (exam.retires_on, End::Open);
        let beta = exam.beta;
        let place = unit.tries.partition_point(|before| before.booked_at <= booked_at);
        unit.tries.insert(
            place,
            Try {
                candidate,
                number,
                exam: code,
                beta,
                booked_at,
                sit_at,
                moves: Vec::new(),
                retires_on,
                end,
            },
        );
        Answer::Yes
    }

    pub(super) fn reschedule(&mut self, voucher: Voucher, sit_at: Millis, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        if unit.is_revoked() {
            return Answer::No("not-revoked");
        }
        let Some(open) = unit.open().cloned() else { return Answer::No("registration-open") };
        // Past the cut-off the registration stands: to move it would be a late cancellation by another name.
        let movable_until = self.cut_off_at(open.sit_at).unwrap_or(open.sit_at);
        if movable_until <= at {
            return Answer::No("before-sitting");
        }
        let mut checks = Checks::default();
        let seen = Seen { retires_on: open.retires_on, ..Seen::default() };
        let chance = self.chance_before(&unit, &open);
        let limits = self.limits(order, no, chance, seen);
        let (_, sit) = names(chance);
        checks.ask(sit, limits.sit_by.is_none_or(|by| at < by && sit_at < by));
        self.ask_wait(&mut checks, &unit, chance, None, sit_at);
        checks.ask("sitting-ahead", at <= sit_at);
        self.ask_offered(&mut checks, open.retires_on, sit_at);
        let booking = Booking { candidate: open.candidate, exam: open.exam, sit_at, booked_at: at };
        self.ask_policy(&mut checks, booking, open.beta, Some((order, no, unit.tries.len() - 1)));
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        let open = self.unit_mut(order, no).tries.iter_mut().rev().find(|one| one.end == End::Open);
        let open = open.expect("it is open");
        open.moves.push((at, open.sit_at));
        open.sit_at = sit_at;
        Answer::Yes
    }

    fn ask_wait(
        &self,
        checks: &mut Checks,
        unit: &Unit,
        chance: Chance,
        booked_at: Option<Millis>,
        sit_at: Millis,
    ) {
        if let Chance::Retake(fail) = chance {
            let over = match self.wait(unit, fail) {
                None => true,
                Some((until, Waits::Register)) => booked_at.is_none_or(|booked_at| until <= booked_at),
                Some((until, Waits::Sit)) => until <= sit_at,
            };
            checks.ask("retake-wait", over);
        }
    }

    fn ask_exam(&self, checks: &mut Checks, chance: Chance, code: &'static str, exam: &Exam) {
        let rulings = &self.terms.rulings;
        let retake: Option<Fail> = match chance {
            Chance::Retake(fail) => Some(fail),
            _ => None,
        };
        let judged = retake.is_none()
            || rulings.eligibility_at == EligibilityAt::Every
            || (rulings.same_exam == SameExam::AnyEligible && retake.is_some_and(|fail| fail.exam != code));
        checks.ask("exam-eligible", !judged || self.reaches(code, exam));
        if let Some(fail) = retake {
            let same = match rulings.same_exam {
                SameExam::Exact => code == fail.exam,
                SameExam::OrSuccessor => code == fail.exam || self.succeeds(code, fail.exam),
                SameExam::AnyEligible => true,
            };
            checks.ask("same-exam", same);
        }
    }

    /// Whether the catalogue names `later` as what follows `earlier`, over any number of successors.
    pub(super) fn succeeds(&self, later: &str, earlier: &str) -> bool {
        let next = |code: &str| self.exams.get(code).and_then(|exam| exam.successor);
        let mut at = next(earlier);
        for _ in 0..=self.exams.len() {
            match at {
                Some(code) if code == later => return code != earlier,
                Some(code) if code == earlier => return false,
                Some(code) => at = next(code),
                None => return false,
            }
        }
        false
    }

    fn reaches(&self, code: &str, exam: &Exam) -> bool {
        let eligible = &self.terms.eligible;
        // What is marked as a beta is in that category, whatever else it is in.
        let is_in = |category| category == exam.category || (exam.beta && category == "beta");
        eligible.categories.is_none_or(is_in)
            && !eligible.not_categories.is_some_and(is_in)
            && eligible.prefixes.is_none_or(|prefix| code.starts_with(prefix))
    }

    fn ask_offered(&self, checks: &mut Checks, retires_on: Option<jiff::civil::Date>, sit_at: Millis) {
        let gone_at = retires_on.map(|day| calendar::start_of(self.terms.zone, calendar::tomorrow(day)));
        checks.ask("exam-offered", gone_at.is_none_or(|gone_at| sit_at < gone_at));
    }

    /// How many other registrations are open at once while the new one is, each until its sitting.
    fn open_with(&self, order: usize, no: u16, booking: Booking) -> usize {
        let mut others: Vec<(Millis, Millis)> = Vec::new();
        for (of, unit) in self.all_units() {
            for one in &self.unit(of, unit).tries {
                let counted = match self.terms.rulings.open_over {
                    Scope::Voucher => (of, unit) == (order, no),
                    Scope::Pack => of == order,
                    Scope::Candidate => one.candidate == booking.candidate,
                };
                let until = match one.end {
                    End::Cancelled { at, .. } => at,
                    _ => one.sit_at,
                };
                if counted {
                    others.push((one.booked_at, until));
                }
            }
        }
        let open_at = |at: Millis| others.iter().filter(|(from, until)| *from <= at && at < *until).count();
        let begun = others.iter().map(|(from, _)| *from);
        let inside = begun.filter(|from| booking.booked_at <= *from && *from < booking.sit_at);
        inside.chain([booking.booked_at]).map(open_at).max().unwrap_or(0)
    }
}
