//! An offer's terms and a programme's policy, in the model's own words.

use jiff::civil::Date;

use super::calendar::Period;
use super::deadline::Deadline;
use super::words::{
    Approver, BoundAt, Correction, Counted, Counts, EligibilityAt, Extension, Fate, InForce, LastDay,
    LateResult, PracticeRuns, Reissue, Revives, SameExam, Scope, Unassign, Waits, Window, Zone,
};

/// An offer of exam vouchers, perhaps with a practice test in the bundle.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Terms {
    pub zone: Zone,
    pub runs_from: Option<Date>,
    pub runs_to: Option<Date>,
    /// How long before an end its holder is told.
    pub notices: Vec<Period>,
    pub bound_at: BoundAt,
    /// A voucher or a pack.
    pub per: Scope,
    pub unassign: Unassign,
    pub vouchers: u16,
    pub not_before: Deadline,
    pub eligible: Eligible,
    pub register_by: Deadline,
    pub sit_by: Deadline,
    pub retake: Retake,
    pub practice_test: Option<PracticeTest>,
    pub rulings: Rulings,
}

/// Which exams it reaches.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Eligible {
    pub categories: Option<&'static str>,
    pub not_categories: Option<&'static str>,
    pub prefixes: Option<&'static str>,
}

/// What a fail earns.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Retake {
    pub count: u16,
    pub only_if_paid: bool,
    pub waits: Vec<Wait>,
    pub register_by: Deadline,
    pub sit_by: Deadline,
}

/// A wait after a sitting.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Wait {
    pub period: Period,
    pub counted: Counted,
    pub limits: Waits,
}

/// The practice test of a bundle.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct PracticeTest {
    pub activate_by: Deadline,
    pub lasts: Period,
    pub runs: PracticeRuns,
}

/// Points that sources leave open.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Rulings {
    pub last_day: LastDay,
    pub late_result: LateResult,
    pub no_show: Fate,
    pub cut_off: Option<Period>,
    pub late_cancel: Fate,
    pub technical_fault: Fate,
    pub invalidated: Fate,
    pub open_max: Option<u16>,
    pub open_over: Scope,
    pub same_exam: SameExam,
    pub eligibility_at: EligibilityAt,
    pub reissue: Reissue,
    pub extension: Extension,
    pub in_force: InForce,
    pub correction: Correction,
    pub refund_until: Option<Deadline>,
    pub goodwill: Option<(Approver, Revives)>,
}

/// A programme's retake policy.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Policy {
    pub zone: Zone,
    pub counts: Vec<Counts>,
    pub same_exam: SameExam,
    pub waits: Vec<Wait>,
    pub caps: Vec<Cap>,
    pub lock: Lock,
    pub beta_once: bool,
}

/// At most so many attempts in a window.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are those of the offer file")]
pub struct Cap {
    pub max: u16,
    pub window: Period,
    pub from: Window,
}

/// How long a pass locks an exam.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the variants are the words of the offer file")]
pub enum Lock {
    None,
    ForEver,
    For(Period),
}

/// The wait before attempt `number`, on a ladder whose last step goes on.
pub fn step(waits: &[Wait], number: usize) -> Option<Wait> {
    waits.get(number.saturating_sub(2)).or(waits.last()).copied()
}
