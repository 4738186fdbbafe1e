//! Where an exam voucher stands: what follows from all that happened to it.

use super::ask::{Gift, Voucher};
use super::book::{Attempt, Book, Fate};
use super::day::Millis;
use super::ends::{earlier, over, wait_before};
use super::terms::Wait;

/// All that ever happens.
pub(crate) const EVER: Millis = Millis::MAX;

/// What can be done with a voucher next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// A first try.
    First,
    /// A try after a fail of this time, with this number; the sitting that was failed has a time of its own.
    Retake(Millis, Millis, usize),
    /// A try that was given, after one that was lost at this time.
    Extra(Millis),
    /// The result of a registration.
    Result,
    /// Nothing more.
    Nothing,
}

/// Where a voucher stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) stage: &'static str,
    pub(crate) used: usize,
    pub(crate) max: usize,
    /// Of what is used or taken back there is none, and none is compared.
    pub(crate) end: Option<Millis>,
}

impl Standing {
    /// Whether it is used or taken back.
    pub(crate) fn is_over(&self) -> bool {
        ["used", "revoked"].contains(&self.stage)
    }
}

impl Book {
    /// What can be done next with an exam voucher, by what had happened at `until`.
    pub(crate) fn next(&self, voucher: Voucher, until: Millis) -> Next {
        self.next_behind(voucher, &self.attempts(voucher, until), until)
    }

    /// What can be done next behind these attempts.
    pub(crate) fn next_behind(&self, voucher: Voucher, attempts: &[Attempt], until: Millis) -> Next {
        let offer = self.offer(voucher.order);
        let fates: Vec<Fate> = attempts.iter().map(|one| one.fate(offer)).collect();
        let used: Vec<Fate> = fates.into_iter().filter(|fate| *fate != Fate::Back).collect();
        if used.contains(&Fate::Open) {
            return Next::Result;
        }
        if used.iter().any(|fate| matches!(fate, Fate::Passed(_))) {
            return Next::Nothing;
        }
        match used.last() {
            None => Next::First,
            Some(last) => self.next_after(voucher, &used, *last, until),
        }
    }

    /// What can be done next, if this came of the last attempt.
    fn next_after(&self, voucher: Voucher, used: &[Fate], last: Fate, until: Millis) -> Next {
        let gifts = self.extra(voucher, until);
        let forfeited = used.iter().filter(|fate| matches!(fate, Fate::Lost(_))).count();
        if forfeited > gifts || used.len() > self.retakes(voucher) + gifts {
            return Next::Nothing;
        }
        let number = used.len() + 1;
        // A fail that leaves no time earns no retake; what was given is there all the same.
        let spare = gifts
            > forfeited + used.len().saturating_sub(1 + forfeited).saturating_sub(self.retakes(voucher));
        match last {
            Fate::Failed(at, sat) if spare || self.leaves_time(voucher, (at, sat), number, until) => {
                Next::Retake(at, sat, number)
            }
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
    fn leaves_time(
        &self,
        voucher: Voucher,
        (at, sat): (Millis, Millis),
        number: usize,
        until: Millis,
    ) -> bool {
        let exam = self.offer(voucher.order).exam(voucher.unit).expect("an exam");
        let ready = self.wait(voucher, at, number);
        let (register, sit) = match ready {
            None => (at, at),
            Some((wait, over)) if wait.limits_sit => (at, over),
            Some((_, over)) => (over, over),
        };
        let before = |ready: Millis, end: Option<Millis>| end.is_none_or(|end| ready < end);
        before(register, self.ends(voucher, &exam.retake_register_by, Some(sat), until))
            && before(sit, self.ends(voucher, &exam.retake_sit_by, Some(sat), until))
    }

    /// The wait after a fail, and when it is over.
    pub(crate) fn wait(&self, voucher: Voucher, at: Millis, number: usize) -> Option<(Wait, Millis)> {
        let offer = self.offer(voucher.order);
        let exam = offer.exam(voucher.unit).filter(|exam| exam.retakes > 0)?;
        let wait = wait_before(&exam.waits, number)?;
        Some((wait, over(offer.zone, wait, at)))
    }

    /// Until when the next try is registered and sat.
    pub(crate) fn limits(
        &self,
        voucher: Voucher,
        next: Next,
        until: Millis,
    ) -> (Option<Millis>, Option<Millis>) {
        let exam = self.offer(voucher.order).exam(voucher.unit).expect("an exam");
        match next {
            Next::Retake(_, after, _) | Next::Extra(after) if exam.retakes > 0 => (
                self.ends(voucher, &exam.retake_register_by, Some(after), until),
                self.ends(voucher, &exam.retake_sit_by, Some(after), until),
            ),
            _ => (
                self.ends(voucher, &exam.register_by, None, until),
                self.ends(voucher, &exam.sit_by, None, until),
            ),
        }
    }

    /// What a registration was when it was taken: a first try, or a retake. That stays, whatever is corrected behind it.
    pub(crate) fn was(&self, voucher: Voucher, attempt: &Attempt) -> Next {
        let facts = self.facts[..attempt.place].to_vec();
        Self { versions: self.versions.clone(), facts }.next(voucher, attempt.booked)
    }

    /// The end of a voucher with an open registration: that of its sitting, or that of the retake which a fail of it would earn.
    fn end_of_open(&self, voucher: Voucher, until: Millis) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        let attempts = self.attempts(voucher, until);
        let open = attempts.iter().rfind(|one| one.fate(offer) == Fate::Open).expect("one is open");
        let (_, own) = self.limits(voucher, self.was(voucher, open), until);
        let used: Vec<Fate> =
            attempts.iter().map(|one| one.fate(offer)).filter(|fate| *fate != Fate::Back).collect();
        let more = self.revoked(voucher.order, until).is_none()
            && used.len() <= self.retakes(voucher) + self.extra(voucher, until);
        let next = Next::Retake(open.sit(), open.sit(), used.len() + 1);
        let (register_by, sit_by) = self.limits(voucher, next, until);
        let other = earlier(register_by, sit_by);
        let time = other.is_none_or(|other| open.sit() < other);
        if more && time && self.retakes(voucher) > 0 {
            own.zip(other).map(|(own, other)| own.max(other))
        } else {
            own
        }
    }

    /// When a voucher that is used would have ended, if there were another try.
    pub(crate) fn end_of_used(&self, voucher: Voucher, until: Millis) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        let attempts = self.attempts(voucher, until);
        let mut fates = attempts.iter().map(|one| one.fate(offer));
        let next = match fates.rfind(|fate| *fate != Fate::Back) {
            Some(Fate::Failed(at, sat)) => Next::Retake(at, sat, 2),
            Some(Fate::Lost(at)) => Next::Extra(at),
            _ => return None,
        };
        let (register_by, sit_by) = self.limits(voucher, next, until);
        earlier(register_by, sit_by)
    }

    /// Where a voucher stands, by all that is known.
    pub(crate) fn shown(&self, voucher: Voucher) -> Standing {
        match self.offer(voucher.order).exam(voucher.unit) {
            Some(_) => self.standing(voucher, EVER),
            None => self.other_standing(voucher),
        }
    }

    /// Where an exam voucher stood at `until`.
    pub(crate) fn standing(&self, voucher: Voucher, until: Millis) -> Standing {
        let offer = self.offer(voucher.order);
        let exam = offer.exam(voucher.unit).expect("an exam");
        let attempts = self.attempts(voucher, until);
        let used = attempts.iter().filter(|one| one.fate(offer) != Fate::Back).count();
        let max = 1 + usize::from(exam.retakes) + self.extra(voucher, until);
        let next = self.next(voucher, until);
        let limits = self.limits(voucher, next, until);
        let (stage, end) = match next {
            Next::First => ("unused", earlier(limits.0, limits.1)),
            Next::Retake(..) | Next::Extra(_) => ("retake", earlier(limits.0, limits.1)),
            Next::Result => ("registered", self.end_of_open(voucher, until)),
            Next::Nothing => ("used", None),
        };
        let gone = self.revoked(voucher.order, until).is_some() && stage != "used" && stage != "registered";
        let (stage, end) = match (gone, used) {
            (false, _) => (stage, end),
            (true, 0) => ("revoked", None),
            (true, _) => ("used", None),
        };
        Standing { stage, used, max, end }
    }
}
