//! The words of an offer file, as lists to choose from.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is the word of the offer file")]
        pub enum $name { $($variant),* }

        impl $name {
            /// Every word.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word, as an offer file writes it.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    )*};
}

words! {
    /// Which version of the offer governs.
    InForce { Purchase "purchase", Scheduling "scheduling" }
    /// A calendar of business days.
    Office { Town "town", Plant "plant" }
    /// What becomes of an attempt that was not sat as planned.
    Fate { Forfeit "forfeit", Fail "fail", Return "return" }
    /// Whether the last day is inside.
    LastDay { Inclusive "inclusive", Exclusive "exclusive" }
    /// What a late result is.
    LateResult { Accept "accept-if-sat-in-time", Refuse "refuse" }
    /// What counts as the same exam.
    SameExam { Exact "exact", OrSuccessor "or-successor", AnyEligible "any-eligible" }
    /// When eligibility is judged.
    EligibilityAt { First "first-schedule", Every "every-schedule" }
    /// Over what registrations are counted.
    Scope { Voucher "voucher", Pack "pack", Candidate "candidate" }
    /// When a holder becomes bound.
    BoundAt { Purchase "purchase", Assignment "assignment", Scheduling "scheduling" }
    /// Whether an assignment can be taken back.
    Unassign { UntilBound "until-bound", Never "never" }
    /// How a wait is counted.
    Counted { Exact "exact", CalendarDays "calendar-days", FromDayAfter "from-day-after" }
    /// What must wait.
    Waits { Register "register", Sit "sit" }
    /// Whether a lost code is replaced.
    Reissue { SameRights "same-rights", Never "never" }
    /// What an extension does.
    Extension { MovesLive "moves-live", LeavesLive "leaves-live" }
    /// What a correction changes.
    Correction { Regrant "regrant", RecordOnly "record-only" }
    /// Whether a practice test runs on behind the exam's deadline.
    PracticeRuns { Past "past-exam-deadline", Until "until-exam-deadline" }
    /// Whether goodwill needs a second person.
    Approver { Required "required", Optional "optional" }
    /// Whether goodwill brings back what has ended.
    Revives { Ended "ended", Nothing "nothing" }
    /// What counts as an attempt in a programme's policy.
    Counts {
        Sat "sat", NoShow "no-show", LateCancel "late-cancel", TechnicalFault "technical-fault",
        Invalidated "invalidated",
    }
    /// Where a policy's window begins.
    Window { FirstAttempt "first-attempt", Rolling "rolling" }
    /// A zone in which days are counted.
    Zone { Utc "UTC", Chicago "America/Chicago", Berlin "Europe/Berlin" }
    /// What came of a sitting.
    Outcome {
        Pass "pass", Fail "fail", Missed "missed", TechnicalFault "technical-fault", Invalidated "invalidated",
    }
}
