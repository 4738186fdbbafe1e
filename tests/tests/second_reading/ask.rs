//! What is asked of the ledger, in the second reading's own words.

use jiff::civil::Date;

use super::day::Millis;

/// One voucher: a unit (from 1) of what an order bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voucher {
    /// The order.
    pub order: usize,
    /// The unit.
    pub unit: u16,
}

/// What came of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail,
    Missed,
    TechnicalFault,
    Invalidated,
}

/// What goodwill gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gift {
    ExtraAttempt,
    LongerTerm(Date),
}

/// What the catalogue says of an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exam {
    pub category: &'static str,
    pub retires_on: Option<Date>,
    pub successor: Option<&'static str>,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Publish { version: usize },
    ExtendOffer { offer: String, last_day: Date },
    Migrate { offer: String, from: &'static str, to: &'static str },
    DefineExam { exam: &'static str, facts: Exam },
    OpenAgreement { agreement: &'static str, programme: &'static str, first_day: Date, last_day: Date, branches: Vec<&'static str> },
    AmendAgreement { agreement: &'static str, last_day: Option<Date>, branches: Option<Vec<&'static str>> },
    Issue { order: usize, offer: String, purchased_at: Millis, paid: bool, agreement: Option<&'static str>, holder: Option<&'static str> },
    ShareOut { order: usize, branch: &'static str, count: u16 },
    Assign { voucher: Voucher, candidate: &'static str, branch: Option<&'static str> },
    Unassign { voucher: Voucher },
    Schedule {
        voucher: Voucher,
        candidate: &'static str,
        exam: &'static str,
        sit_at: Millis,
        booked_at: Millis,
        provider: Option<&'static str>,
        branch: Option<&'static str>,
    },
    Move { voucher: Voucher, sit_at: Millis, moved_at: Millis },
    Cancel { voucher: Voucher, by_provider: bool, cancelled_at: Millis },
    Result { voucher: Voucher, outcome: Outcome, sat_at: Option<Millis> },
    Correct { voucher: Voucher, attempt: u16, outcome: Outcome, sat_at: Option<Millis> },
    Activate { voucher: Voucher, candidate: &'static str, branch: Option<&'static str> },
    ReplaceCode { voucher: Voucher },
    Revoke { order: usize, refund: bool },
    Extend { voucher: Voucher, gift: Gift },
    Expire { order: usize },
}

/// What comes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Yes,
    /// It was so already; nothing changes.
    Again,
    /// Refused, by any of these rules.
    No(Vec<&'static str>),
    /// Nothing changes; what that is called is not compared.
    Either,
}
