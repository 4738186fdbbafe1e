//! What is asked of the ledger, in the model's own words, and what it answers.

use jiff::civil::Date;

use super::calendar::Millis;
use super::words::{Office, Outcome};

/// A command.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of the commands")]
pub enum Ask {
    ExtendOffer {
        last_day: Date,
    },
    Publish {
        office: Option<Office>,
    },
    DefineExam {
        exam: &'static str,
        facts: Exam,
    },
    Issue {
        order: usize,
        purchased_at: Millis,
        paid: bool,
        holder: Option<u8>,
    },
    Assign {
        voucher: Voucher,
        candidate: u8,
    },
    Unassign {
        voucher: Voucher,
    },
    Schedule {
        voucher: Voucher,
        candidate: u8,
        exam: &'static str,
        sit_at: Millis,
        booked_at: Option<Millis>,
    },
    Reschedule {
        voucher: Voucher,
        sit_at: Millis,
    },
    Cancel {
        voucher: Voucher,
        by_provider: bool,
    },
    RecordResult {
        voucher: Voucher,
        outcome: Outcome,
        sat_at: Option<Millis>,
    },
    CorrectResult {
        voucher: Voucher,
        attempt: u16,
        outcome: Outcome,
    },
    Activate {
        voucher: Voucher,
        candidate: u8,
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
        known_reason: bool,
        approved: bool,
    },
    Expire {
        order: usize,
    },
}

/// Which voucher is meant: a unit (from 1) of what an order bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voucher {
    /// The order.
    pub order: usize,
    /// The unit, from 1.
    pub unit: u16,
    /// How it is named.
    pub by: By,
}

/// How a voucher is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By its id.
    Id,
    /// By the code it was issued with.
    FirstCode,
    /// By the code that holds now.
    Code,
}

/// What goodwill gives.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the variants are those of the command")]
pub enum Gift {
    ExtraAttempt,
    LongerTerm(Date),
    Waiver(&'static str),
}

/// What the catalogue knows of an exam.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of the catalogue")]
pub struct Exam {
    pub category: &'static str,
    pub retires_on: Option<Date>,
    pub successor: Option<&'static str>,
    pub beta: bool,
}

/// What comes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Yes,
    /// It had been done already; nothing changes.
    Again,
    /// A rule says no.
    No(&'static str),
}
