//! What an offer says, in numbers: all that the second reading knows of it.

use jiff::civil::Date;

use super::day::Period;

/// From when a deadline is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Purchase,
    ExamSat,
    FirstSchedule,
    ResultRecorded,
    OfferEnd,
    AgreementStart,
    AgreementEnd,
    FirstOrderEnd,
}

/// Until when something is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
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
pub(crate) enum Counted {
    Exact,
    CalendarDays,
    FromDayAfter,
}

/// A wait before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    /// How long.
    pub(crate) period: Period,
    /// How it is counted.
    pub(crate) counted: Counted,
    /// Whether the sitting waits; otherwise the registration does.
    pub(crate) limits_sit: bool,
}

/// What becomes of an attempt that came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Forfeit,
    Fail,
    Return,
}

/// Who has a voucher, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundAt {
    Purchase,
    Assignment,
    Scheduling,
}

/// An exam and its retakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExamTerms {
    pub(crate) categories: Vec<&'static str>,
    pub(crate) providers: Vec<&'static str>,
    pub(crate) mix: Vec<Vec<&'static str>>,
    pub(crate) not_before: Option<Anchor>,
    pub(crate) register_by: Due,
    pub(crate) sit_by: Due,
    pub(crate) retakes: u16,
    pub(crate) only_if_paid: bool,
    pub(crate) waits: Vec<Option<Wait>>,
    pub(crate) retake_register_by: Due,
    pub(crate) retake_sit_by: Due,
}

/// One thing in a bundle, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Benefit {
    Exam(ExamTerms),
    Practice { activate_by: Due, lasts: Period },
    Library { activate_by: Due, use_within: Due },
    Subscription { use_within: Due },
}

/// How many registrations may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenMax {
    /// So many.
    pub(crate) max: usize,
    /// Counted over `pack`, `voucher` or `candidate`.
    pub(crate) over: &'static str,
    /// Whether one is open until its result is recorded; otherwise until its sitting.
    pub(crate) until_result: bool,
}

/// Until when an exam that was passed is not sat again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    None,
    ForEver,
    For(Period),
}

/// A programme's law for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) zone: &'static str,
    pub(crate) counts: Vec<&'static str>,
    pub(crate) waits: Vec<Option<Wait>>,
    /// So many in a window, from the first attempt if that is said, otherwise rolling.
    pub(crate) caps: Vec<(usize, Period, bool)>,
    pub(crate) lock: Lock,
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a ruling of its own")]
pub(crate) struct Offer {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) programme: Option<&'static str>,
    pub(crate) policy: Option<Policy>,
    pub(crate) zone: &'static str,
    pub(crate) last_day: Option<Date>,
    pub(crate) agreement: Vec<&'static str>,
    pub(crate) prorated: bool,
    pub(crate) bound_at: BoundAt,
    pub(crate) per_pack: bool,
    pub(crate) unassign: bool,
    pub(crate) benefits: Vec<(u16, Benefit)>,
    pub(crate) inclusive: bool,
    pub(crate) late_refused: bool,
    pub(crate) no_show: Word,
    pub(crate) technical_fault: Word,
    pub(crate) invalidated: Word,
    pub(crate) cut_off: Option<Period>,
    pub(crate) late: Word,
    pub(crate) open: Option<OpenMax>,
    pub(crate) eligible_always: bool,
    pub(crate) moves_live: bool,
    pub(crate) in_force_at_scheduling: bool,
    pub(crate) shortening: Option<Period>,
    pub(crate) refund_until: Due,
    pub(crate) booked_taken_back: bool,
    pub(crate) until_exam_deadline: bool,
    pub(crate) revives: bool,
}

impl Offer {
    /// The benefit of a unit, from 1, and the number of units.
    pub(crate) fn benefit(&self, unit: u16) -> Option<&Benefit> {
        let mut units = self.benefits.iter().flat_map(|(count, benefit)| (0..*count).map(move |_| benefit));
        units.nth(usize::from(unit).checked_sub(1)?)
    }

    /// How many units one piece has.
    pub(crate) fn units(&self) -> u16 {
        self.benefits.iter().map(|(count, _)| count).sum()
    }

    /// The terms of a unit that is an exam.
    pub(crate) fn exam(&self, unit: u16) -> Option<&ExamTerms> {
        match self.benefit(unit) {
            Some(Benefit::Exam(exam)) => Some(exam),
            _ => None,
        }
    }
}
