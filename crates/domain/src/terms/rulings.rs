//! How an offer rules the points that sources leave open.

use serde::{Deserialize, Serialize};

use super::{Goodwill, Limit, Scope};
use crate::CalendarId;
use crate::calendar_time::{DeadlineExpr, LastDay, Period};

/// The points that sources leave open, ruled by the offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rulings {
    /// R1: whether the last day is inside.
    pub last_day: LastDay,
    /// R3: what becomes of a result that arrives after the deadline.
    pub late_result: LateResult,
    /// R5: what a no-show is.
    pub no_show: Forfeit,
    /// R6: how long before the sitting a cancellation is in time.
    pub cancel_cut_off: Limit<Period>,
    /// R6: what a cancellation after the cut-off is.
    pub late_cancel: Forfeit,
    /// What a technical fault during the sitting is.
    pub technical_fault: Forfeit,
    /// What an invalidated result is.
    pub invalidated: Forfeit,
    /// R7: how many registrations may be open.
    pub open_max: Limit<u16>,
    /// R7: over what they are counted.
    pub open_over: Scope,
    /// R7: until when one is open.
    pub open_until: OpenUntil,
    /// R8: what counts as the same exam.
    pub same_exam: SameExam,
    /// R9: when eligibility is judged.
    pub eligibility_at: EligibilityAt,
    /// R10: whether an activated practice test runs on behind the exam's deadline.
    pub practice_test_runs: PracticeTestRuns,
    /// R11: whether a lost code is replaced.
    pub reissue: Reissue,
    /// What becomes of a branch's share when the branch leaves the agreement.
    pub branch_leaves: BranchLeaves,
    /// R12: what an extension of the offer does.
    pub extension: Extension,
    /// R13: which version governs.
    pub terms_in_force: TermsInForce,
    /// R18: which version of the programme's policy a registration is judged by.
    pub policy_in_force: PolicyInForce,
    /// R18: whether this version may end a right earlier that was sold under another one, and how long after it was published.
    pub shortening: Limit<Period>,
    /// R14: what a corrected result changes.
    pub correction: Correction,
    /// R15: until when a purchase can be refunded.
    pub refund: Limit<DeadlineExpr>,
    /// R15: what becomes of a booked sitting whose cut-off has passed when the purchase is refunded.
    pub refund_of_booked: RefundOfBooked,
    /// R16: the calendar of business days.
    pub business_days: Limit<CalendarId>,
    /// R17: goodwill.
    pub goodwill: Limit<Goodwill>,
}

/// What becomes of an attempt that was not sat as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forfeit {
    /// The attempt is lost and earns nothing.
    Forfeit,
    /// It counts as a fail.
    Fail,
    /// The attempt is given back.
    Return,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
    )*};
}

words! {
    /// What becomes of a result that arrives after the deadline, for an exam sat before it.
    LateResult {
        /// It is accepted.
        AcceptIfSatInTime,
        /// It is refused.
        Refuse,
    }
    /// Until when a registration is open.
    OpenUntil {
        /// Until its sitting.
        Sitting,
        /// Until its result is on record.
        Result,
    }
    /// What counts as the same exam.
    SameExam {
        /// The same code.
        Exact,
        /// The same code, or the successor that the catalogue declares.
        OrSuccessor,
        /// Any exam the offer reaches.
        AnyEligible,
    }
    /// When eligibility is judged.
    EligibilityAt {
        /// Once, when the first try is scheduled.
        FirstSchedule,
        /// Anew for every registration.
        EverySchedule,
    }
    /// Whether an activated practice test runs on behind the exam's deadline.
    PracticeTestRuns {
        /// It runs its full time.
        PastExamDeadline,
        /// It ends with the exam's deadline.
        UntilExamDeadline,
    }
    /// Whether a lost code is replaced.
    Reissue {
        /// By a new code with the same rights and dates.
        SameRights,
        /// Never.
        Never,
    }
    /// What becomes of a branch's share when the branch leaves the agreement.
    BranchLeaves {
        /// The branch keeps it, and goes on using it.
        Keeps,
        /// It belongs to the pool again.
        Returns,
    }
    /// What an extension of the offer does to live vouchers.
    Extension {
        /// Deadlines that hang on the offer's end move.
        MovesLive,
        /// Live vouchers keep the end they were bought with.
        LeavesLive,
    }
    /// Which version of the terms governs a voucher.
    TermsInForce {
        /// The one in force at purchase.
        Purchase,
        /// The one in force when the first try is scheduled.
        Scheduling,
    }
    /// Which version of the programme's policy a registration is judged by.
    PolicyInForce {
        /// The one in force when the right was sold.
        Purchase,
        /// The one in force when the registration was made.
        Deed,
    }
    /// What becomes of a booked sitting whose cut-off has passed when the purchase is refunded.
    RefundOfBooked {
        /// It is as if the candidate had cancelled it then.
        AsLateCancel,
        /// It is taken back like any other.
        TakenBack,
    }
    /// What a corrected result changes.
    Correction {
        /// A retake is withdrawn or granted, as if the right result had come first.
        Regrant,
        /// The result alone.
        RecordOnly,
    }
}
