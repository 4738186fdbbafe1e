//! Where an exam voucher stands: what follows from all that happened to it.

use super::ask::{Gift, Voucher};
use super::book::{Attempt, Book, Fate};
use super::day::Millis;
use super::ends::{earlier, over, wait_before};
use super::terms::Wait;

/// All that ever happens.
pub const EVER: Millis = Millis::MAX;

/// What can be done with a voucher next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A first try.
    First,
    /// A try after this fail, with this number.
    Retake(Millis, usize),
    /// A try that was given, after one that was lost at this time.
    Extra(Millis),
    /// The result of a registration.
    Result,
    /// Nothing more.
    Nothing,
}

/// Where a voucher stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub stage: &'static str,
    pub used: usize,
    pub max: usize,
    /// None where it is not compared: of what is used or taken back.
    pub end: Option<Option<Millis>>,
}

impl Book {
    /// What can be done next with an exam voucher, by what had happened at `until`.
    pub fn next(&self, voucher: Voucher, until: Millis) -> Next {
        let offer = self.offer(voucher.order);
        let fates: Vec<Fate> = self.attempts(voucher, until).iter().map(|one| one.fate(offer)).collect();
        let used: Vec<Fate> = fates.into_iter().filter(|fate| *fate != Fate::Back).collect();
        if used.iter().any(|fate| matches!(fate, Fate::Passed(_))) {
            return Next::Nothing;
        }
        if used.contains(&Fate::Open) {
            return Next::Result;
        }
        match used.last() {
            None => Next::First,
            Some(last) => self.next_after(voucher, &used, *last, until),
        }
    }

    /// What can be done next, if this came of the last attempt.
    fn next_after(&self, voucher: Voucher, used: &[Fate], last: Fate, until: Millis) -> Next {
        let gifts = self.extra(voucher, until);
        let lost = used.iter().filter(|fate| matches!(fate, Fate::Lost(_))).count();
        if lost > gifts || used.len() > self.retakes(voucher) + gifts {
            return Next::Nothing;
        }
        let number = used.len() + 1;
        // A fail that leaves no time earns no retake; what was given is there all the same.
        let spare = gifts > lost + used.len().saturating_sub(1 + lost).saturating_sub(self.retakes(voucher));
        match last {
            Fate::Failed(at) if spare || self.leaves_time(voucher, at, number, until) => Next::Retake(at, number),
            Fate::Lost(at) => Next::Extra(at),
            _ => Next::Nothing,
        }
    }

    /// How many retakes the terms have for a voucher.
    fn retakes(&self, voucher: Voucher) -> usize {
        let exam = self.offer(voucher.order).exam(voucher.unit).expect("an exam");
        if exam.only_if_paid && !self.is_paid(voucher.order) { 0 } else { usize::from(exam.retakes) }
    }

    fn extra(&self, voucher: Voucher, until: Millis) -> usize {
        self.gifts(voucher, until).iter().filter(|(_, gift)| *gift == Gift::ExtraAttempt).count()
    }

    /// Whether a fail leaves time for a retake (ruling 3).
    fn leaves_time(&self, voucher: Voucher, at: Millis, number: usize, until: Millis) -> bool {
        let exam = self.offer(voucher.order).exam(voucher.unit).expect("an exam");
        let ready = self.wait(voucher, at, number);
        let (register, sit) = match ready {
            None => (at, at),
            Some((wait, over)) if wait.limits_sit => (at, over),
            Some((_, over)) => (over, over),
        };
        let before = |ready: Millis, end: Option<Millis>| end.is_none_or(|end| ready < end);
        before(register, self.ends(voucher, &exam.retake_register_by, Some(at), until))
            && before(sit, self.ends(voucher, &exam.retake_sit_by, Some(at), until))
    }

    /// The wait after a fail, and when it is over.
    pub fn wait(&self, voucher: Voucher, at: Millis, number: usize) -> Option<(Wait, Millis)> {
        let offer = self.offer(voucher.order);
        let wait = wait_before(&offer.exam(voucher.unit)?.waits, number)?;
        Some((wait, over(offer.zone, wait, at)))
    }

    /// Until when the next try is registered and sat.
    pub fn limits(&self, voucher: Voucher, next: Next, until: Millis) -> (Option<Millis>, Option<Millis>) {
        let exam = self.offer(voucher.order).exam(voucher.unit).expect("an exam");
        match next {
            Next::Retake(after, _) | Next::Extra(after) if exam.retakes > 0 => (
                self.ends(voucher, &exam.retake_register_by, Some(after), until),
                self.ends(voucher, &exam.retake_sit_by, Some(after), until),
            ),
            _ => (self.ends(voucher, &exam.register_by, None, until), self.ends(voucher, &exam.sit_by, None, until)),
        }
    }

    /// What the registration of an attempt was: a first try, or a retake.
    pub fn was(&self, voucher: Voucher, attempt: &Attempt) -> Next {
        let offer = self.offer(voucher.order);
        let before: Vec<Fate> = self
            .attempts(voucher, EVER)
            .iter()
            .filter(|one| one.booked < attempt.booked)
            .map(|one| one.fate(offer))
            .filter(|fate| *fate != Fate::Back)
            .collect();
        match before.last() {
            None => Next::First,
            Some(Fate::Failed(at) | Fate::Passed(at)) => Next::Retake(*at, before.len() + 1),
            Some(Fate::Lost(at)) => Next::Extra(*at),
            Some(_) => Next::First,
        }
    }

    /// The end of a voucher with an open registration: that of its sitting, or that of the retake which a fail of it would earn.
    fn end_of_open(&self, voucher: Voucher, until: Millis) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        let attempts = self.attempts(voucher, until);
        let open = attempts.iter().rfind(|one| one.fate(offer) == Fate::Open).expect("one is open");
        let (_, own) = self.limits(voucher, self.was(voucher, open), until);
        let used: Vec<Fate> = attempts.iter().map(|one| one.fate(offer)).filter(|fate| *fate != Fate::Back).collect();
        match self.next_after(voucher, &used, Fate::Failed(open.sit()), until) {
            next @ Next::Retake(..) if self.retakes(voucher) > 0 => {
                let (register_by, sit_by) = self.limits(voucher, next, until);
                own.zip(earlier(register_by, sit_by)).map(|(own, other)| own.max(other))
            }
            _ => own,
        }
    }

    /// Where a voucher stands, by all that is known.
    pub fn shown(&self, voucher: Voucher) -> Standing {
        self.standing(voucher, EVER)
    }

    /// Where an exam voucher stood at `until`.
    pub fn standing(&self, voucher: Voucher, until: Millis) -> Standing {
        let offer = self.offer(voucher.order);
        let exam = offer.exam(voucher.unit).expect("an exam");
        let attempts = self.attempts(voucher, until);
        let used = attempts.iter().filter(|one| one.fate(offer) != Fate::Back).count();
        let max = 1 + usize::from(exam.retakes) + self.extra(voucher, until);
        let next = self.next(voucher, until);
        let limits = self.limits(voucher, next, until);
        let (stage, end) = match next {
            Next::First => ("unused", Some(earlier(limits.0, limits.1))),
            Next::Retake(..) | Next::Extra(_) => ("retake", Some(earlier(limits.0, limits.1))),
            Next::Result => ("registered", Some(self.end_of_open(voucher, until))),
            Next::Nothing => ("used", None),
        };
        Standing { stage, used, max, end }
    }
}
