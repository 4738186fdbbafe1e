//! What an offer says, in numbers: all that the second reading knows of it.

use jiff::civil::Date;

use super::day::Period;

/// From when a deadline is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Purchase,
    ExamSat,
    FirstSchedule,
    ResultRecorded,
    Activation,
    OfferEnd,
    AgreementStart,
    AgreementEnd,
    FirstOrderEnd,
}

/// Until when something is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Without end.
    Never,
    /// A day of the calendar.
    On(Date),
    /// From an anchor, a period later.
    After(Anchor, Option<Period>),
    /// Whichever comes first of what is known.
    Earliest(Vec<Due>),
}

/// How a wait is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Exact,
    CalendarDays,
    FromDayAfter,
}

/// A wait before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// How long.
    pub period: Period,
    /// How it is counted.
    pub counted: Counted,
    /// Whether the sitting waits; otherwise the registration does.
    pub limits_sit: bool,
}

/// What becomes of an attempt that came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Forfeit,
    Fail,
    Return,
}

/// Who has a voucher, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundAt {
    Purchase,
    Assignment,
    Scheduling,
}

/// An exam and its retakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamTerms {
    pub categories: Vec<&'static str>,
    pub providers: Vec<&'static str>,
    pub mix: Vec<Vec<&'static str>>,
    pub not_before: Option<Anchor>,
    pub register_by: Due,
    pub sit_by: Due,
    pub retakes: u16,
    pub only_if_paid: bool,
    pub waits: Vec<Option<Wait>>,
    pub retake_register_by: Due,
    pub retake_sit_by: Due,
}

/// One thing in a bundle, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Benefit {
    Exam(ExamTerms),
    Practice { activate_by: Due, lasts: Period },
    Library { activate_by: Due, use_within: Due },
    Subscription { use_within: Due },
}

/// How many registrations may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenMax {
    /// So many.
    pub max: usize,
    /// Counted over `pack`, `voucher` or `candidate`.
    pub over: &'static str,
    /// Whether one is open until its result is recorded; otherwise until its sitting.
    pub until_result: bool,
}

/// A programme's law for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub zone: &'static str,
    pub counts: Vec<&'static str>,
    pub waits: Vec<Option<Wait>>,
    /// So many in a window, from the first attempt if that is said, otherwise rolling.
    pub caps: Vec<(usize, Period, bool)>,
    /// None: no lock; nothing inside: for ever.
    pub lock: Option<Option<Period>>,
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub id: String,
    pub title: String,
    pub programme: Option<&'static str>,
    pub policy: Option<Policy>,
    pub zone: &'static str,
    pub last_day: Option<Date>,
    pub agreement: Vec<&'static str>,
    pub prorated: bool,
    pub bound_at: BoundAt,
    pub per_pack: bool,
    pub unassign: bool,
    pub benefits: Vec<(u16, Benefit)>,
    pub inclusive: bool,
    pub late_refused: bool,
    pub no_show: Word,
    pub technical_fault: Word,
    pub invalidated: Word,
    pub cut_off: Option<Period>,
    pub late: Word,
    pub open: Option<OpenMax>,
    pub eligible_always: bool,
    pub moves_live: bool,
    pub in_force_at_scheduling: bool,
    pub shortening: Option<Period>,
    pub refund_until: Due,
    pub booked_taken_back: bool,
    pub until_exam_deadline: bool,
    pub revives: bool,
}

impl Offer {
    /// The benefit of a unit, from 1, and the number of units.
    pub fn benefit(&self, unit: u16) -> Option<&Benefit> {
        let mut units = self.benefits.iter().flat_map(|(count, benefit)| (0..*count).map(move |_| benefit));
        units.nth(usize::from(unit).checked_sub(1)?)
    }

    /// How many units one piece has.
    pub fn units(&self) -> u16 {
        self.benefits.iter().map(|(count, _)| count).sum()
    }

    /// The terms of a unit that is an exam.
    pub fn exam(&self, unit: u16) -> Option<&ExamTerms> {
        match self.benefit(unit) {
            Some(Benefit::Exam(exam)) => Some(exam),
            _ => None,
        }
    }
}
