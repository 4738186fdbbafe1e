//! What is asked of the ledger, in the second reading's own words.

use jiff::civil::Date;

use super::day::Millis;

/// One voucher: a unit (from 1) of what an order bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Voucher {
    /// The order.
    pub(crate) order: usize,
    /// The unit.
    pub(crate) unit: u16,
}

/// What came of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pass,
    Fail,
    Missed,
    TechnicalFault,
    Invalidated,
}

/// What goodwill gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gift {
    ExtraAttempt,
    LongerTerm(Date),
}

/// What the catalogue says of an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exam {
    pub(crate) category: &'static str,
    pub(crate) retires_on: Option<Date>,
    pub(crate) successor: Option<&'static str>,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Publish {
        version: usize,
    },
    ExtendOffer {
        offer: String,
        last_day: Date,
    },
    Migrate {
        offer: String,
        from: &'static str,
        to: &'static str,
    },
    DefineExam {
        exam: &'static str,
        facts: Exam,
    },
    OpenAgreement {
        agreement: &'static str,
        programme: &'static str,
        first_day: Date,
        last_day: Date,
        branches: Vec<&'static str>,
    },
    AmendAgreement {
        agreement: &'static str,
        last_day: Option<Date>,
        branches: Option<Vec<&'static str>>,
    },
    Issue {
        order: usize,
        offer: String,
        purchased_at: Millis,
        paid: bool,
        agreement: Option<&'static str>,
        holder: Option<&'static str>,
    },
    Assign {
        voucher: Voucher,
        candidate: &'static str,
        branch: Option<&'static str>,
    },
    Unassign {
        voucher: Voucher,
    },
    Schedule {
        voucher: Voucher,
        candidate: &'static str,
        exam: &'static str,
        sit_at: Millis,
        booked_at: Millis,
        provider: Option<&'static str>,
        branch: Option<&'static str>,
    },
    Move {
        voucher: Voucher,
        sit_at: Millis,
        moved_at: Millis,
    },
    Cancel {
        voucher: Voucher,
        by_provider: bool,
        cancelled_at: Millis,
    },
    Result {
        voucher: Voucher,
        outcome: Outcome,
        sat_at: Option<Millis>,
    },
    Correct {
        voucher: Voucher,
        attempt: u16,
        outcome: Outcome,
        sat_at: Option<Millis>,
    },
    Activate {
        voucher: Voucher,
        candidate: &'static str,
        branch: Option<&'static str>,
    },
    ReplaceCode {
        voucher: Voucher,
    },
    Revoke {
        order: usize,
        refund: bool,
    },
    Extend {
        voucher: Voucher,
        gift: Gift,
    },
    Expire {
        order: usize,
    },
}

/// What comes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is done.
    Yes,
    /// It was so already; nothing changes.
    Again,
    /// Refused, by any of these rules.
    No(Vec<&'static str>),
    /// Nothing changes; what that is called is not compared.
    Either,
}
