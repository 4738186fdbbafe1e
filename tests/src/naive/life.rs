//! Lives: what is tried, before it is known at which instant and on which voucher.

use super::asks::{By, Exam};
use super::calendar::Millis;
use super::terms::{Policy, Terms};
use super::words::{Office, Outcome};

/// The exams of every catalogue, and one that is in none.
pub const EXAMS: &[&str] = &["070-a", "070-b", "071-c", "070-beta", "070-unknown"];

/// A ledger's life: its law, and what is asked of it.
#[derive(Debug, Clone)]
pub struct Life {
    /// The offer.
    pub terms: Terms,
    /// The programme's policy.
    pub policy: Option<Policy>,
    /// By which office its first version counts.
    pub office: Option<Office>,
    /// When it begins.
    pub begins_at: Millis,
    /// What is tried, in order.
    pub steps: Vec<Step>,
}

/// One thing that is tried.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub when: When,
    /// What.
    pub act: Act,
    /// On which voucher.
    pub pick: Pick,
    /// Whether the same request comes twice.
    pub twice: bool,
}

/// When something is tried.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// At once.
    Now,
    /// So many minutes later.
    Later(u32),
    /// Around an instant at which something turns: a millisecond before, at it, or after.
    Around(u8, i8),
    /// After the sitting of the voucher that is picked.
    AfterSitting(u32),
}

/// Which voucher, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Pick {
    /// Out of those that are likely.
    pub unit: u8,
    /// Which candidate.
    pub candidate: u8,
    /// Which exam.
    pub exam: u8,
    /// Whether the likely voucher, candidate and exam are passed over.
    pub stray: bool,
    /// How the voucher is named.
    pub by: By,
}

/// What is tried.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are those of the commands")]
pub enum Act {
    ExtendOffer { days: u8 },
    Publish { office: Option<Office> },
    DefineExam { change: u8 },
    Issue { order: u8, paid: bool, named: bool },
    Assign,
    Unassign,
    Schedule { sit: When },
    Reschedule { sit: When },
    Cancel { by_provider: bool },
    RecordResult { outcome: Outcome, sat: Option<When> },
    CorrectResult { attempt: u8, outcome: Outcome },
    Activate,
    ReplaceCode,
    Revoke { refund: bool },
    ExtraAttempt { well_founded: bool },
    LongerTerm { days: u8, well_founded: bool },
    Waiver { rule: u8 },
    Expire,
}

/// What the catalogue says of an exam: at first (`change` 0), or later.
pub fn changed(exam: &str, change: u8, day: jiff::civil::Date) -> Exam {
    let beta = exam == "070-beta";
    let category = if beta { "beta" } else { "pro" };
    let successor = (exam == "070-a").then_some("070-b");
    let facts = Exam { category, retires_on: None, successor, beta };
    match change % 5 {
        1 => Exam { retires_on: Some(day), ..facts },
        2 => Exam { category: "other", ..facts },
        3 => Exam { successor: None, ..facts },
        4 => Exam { beta: !beta, ..facts },
        _ => facts,
    }
}
