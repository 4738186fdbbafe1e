//! The points that sources leave open: each has to be ruled, or the offer does not load.

use super::super::file::RawRulings;
use super::super::open_points::{Points, Question};
use super::super::{
    BranchLeaves, Correction, EligibilityAt, Extension, Forfeit, LateResult, Limit, OpenUntil, PolicyInForce,
    PracticeTestRuns, RefundOfBooked, Rulings, SameExam, Scope,
};
use super::Uses;

const LAST_DAY: Question =
    Question::new("R1", "last_day", "is the last day of a period inside? say \"inclusive\" or \"exclusive\"");
const LATE_RESULT: Question = Question::new(
    "R3",
    "late_result",
    "what becomes of a result that arrives after the deadline? say \"accept-if-sat-in-time\" or \"refuse\"",
);
const NO_SHOW: Question = Question::new(
    "R5",
    "no_show",
    "what becomes of the attempt when the candidate does not come? say \"forfeit\", \"fail\" or \"return\"",
);
const TECHNICAL_FAULT: Question = Question::new(
    "R5",
    "technical_fault",
    "what becomes of an attempt that a technical fault ended? say \"forfeit\", \"fail\" or \"return\"",
);
const INVALIDATED: Question = Question::new(
    "R5",
    "invalidated",
    "what becomes of an attempt whose result is invalidated? say \"forfeit\", \"fail\" or \"return\"",
);
const CUT_OFF: Question = Question::new(
    "R6",
    "cancellation.cut_off",
    "how long before the sitting must a cancellation come? such as \"PT24H\", or \"none\"",
);
const LATE_CANCEL: Question = Question::new(
    "R6",
    "cancellation.late",
    "what becomes of an attempt that is cancelled later? say \"forfeit\", \"fail\" or \"return\"",
);
const OPEN_MAX: Question = Question::new(
    "R7",
    "open_registrations.max",
    "how many registrations may be open at a time? a number, or \"none\"",
);
const OPEN_OVER: Question = Question::new(
    "R7",
    "open_registrations.over",
    "over what are open registrations counted? say \"pack\", \"voucher\" or \"candidate\"",
);
const SAME_EXAM: Question = Question::new(
    "R8",
    "same_exam",
    "what is the same exam? say \"exact\", \"or-successor\" or \"any-eligible\"",
);
const ELIGIBILITY_AT: Question = Question::new(
    "R9",
    "eligibility_at",
    "when is eligibility judged? say \"first-schedule\" or \"every-schedule\"",
);
const PRACTICE_TEST_RUNS: Question = Question::new(
    "R10",
    "practice_test_runs",
    "does an activated practice test run on behind the exam's deadline? say \"past-exam-deadline\" or \
     \"until-exam-deadline\"",
);
const REISSUE: Question =
    Question::new("R11", "reissue", "is a lost code replaced? say \"same-rights\" or \"never\"");
const EXTENSION: Question = Question::new(
    "R12",
    "extension",
    "does an extension of the offer move live vouchers? say \"moves-live\" or \"leaves-live\"",
);
const TERMS_IN_FORCE: Question = Question::new(
    "R13",
    "terms_in_force",
    "which version of the terms governs? say \"purchase\" or \"scheduling\"",
);
const CORRECTION: Question = Question::new(
    "R14",
    "correction",
    "what does a corrected result change? say \"regrant\" or \"record-only\"",
);
const REFUND_UNTIL: Question = Question::new(
    "R15",
    "refund_until",
    "until when can a purchase be refunded? a deadline such as \"purchase + P14D\", or \"none\" for never",
);
const GOODWILL: Question = Question::new(
    "R17",
    "goodwill",
    "may the programme give out of goodwill? say { reasons = [\"…\"], approver = \"required\" or \"optional\", \
     revives = \"ended\" or \"nothing\" }, or \"none\"",
);

pub(super) fn rulings(raw: &RawRulings, uses: Uses, points: &mut Points) -> Option<Rulings> {
    const AT: &str = "rulings";
    let Uses { exams, retakes, practice_tests, an_end } = uses;
    let (cut_off, late) = raw.cancellation.as_ref().map_or((None, None), |c| (c.cut_off, c.late));
    let (max, over) = raw.open_registrations.as_ref().map_or((None, None), |o| (o.max, o.over));

    let last_day = points.ask(AT, raw.last_day, LAST_DAY);
    let late_result = points.ask_if(exams, AT, raw.late_result, LateResult::AcceptIfSatInTime, LATE_RESULT);
    let no_show = points.ask_if(exams, AT, raw.no_show, Forfeit::Forfeit, NO_SHOW);
    let fault = points.ask_if(exams, AT, raw.technical_fault, Forfeit::Return, TECHNICAL_FAULT);
    let invalidated = points.ask_if(exams, AT, raw.invalidated, Forfeit::Forfeit, INVALIDATED);
    let cut_off = points.ask_if(exams, AT, cut_off, Limit::None, CUT_OFF);
    let with_cut_off = exams && !matches!(cut_off, Some(Limit::None));
    let late_cancel = points.ask_if(with_cut_off, AT, late, Forfeit::Return, LATE_CANCEL);
    let open_max = points.ask_if(exams, AT, max, Limit::None, OPEN_MAX);
    let counts_open = exams && !matches!(open_max, Some(Limit::None));
    let open_over = points.ask_if(counts_open, AT, over, Scope::Pack, OPEN_OVER);
    let same_exam = points.ask_if(retakes, AT, raw.same_exam, SameExam::Exact, SAME_EXAM);
    let eligibility_at =
        points.ask_if(exams, AT, raw.eligibility_at, EligibilityAt::FirstSchedule, ELIGIBILITY_AT);
    let practice_test_runs = points.ask_if(
        practice_tests,
        AT,
        raw.practice_test_runs,
        PracticeTestRuns::PastExamDeadline,
        PRACTICE_TEST_RUNS,
    );
    let reissue = points.ask(AT, raw.reissue, REISSUE);
    let extension = points.ask_if(an_end, AT, raw.extension, Extension::LeavesLive, EXTENSION);
    let terms_in_force = points.ask(AT, raw.terms_in_force, TERMS_IN_FORCE);
    let correction = points.ask_if(exams, AT, raw.correction, Correction::RecordOnly, CORRECTION);
    let refund = points.ask(AT, raw.refund_until.clone(), REFUND_UNTIL);
    let goodwill = points.ask(AT, raw.goodwill.clone(), GOODWILL);
    Some(Rulings {
        last_day: last_day?,
        late_result: late_result?,
        no_show: no_show?,
        technical_fault: fault?,
        invalidated: invalidated?,
        cancel_cut_off: cut_off?,
        late_cancel: late_cancel?,
        open_max: open_max?,
        open_over: open_over?,
        // Where a file does not say it, the first reading of ruling 7 holds.
        open_until: raw.open_registrations.as_ref().and_then(|o| o.until).unwrap_or(OpenUntil::Sitting),
        same_exam: same_exam?,
        eligibility_at: eligibility_at?,
        practice_test_runs: practice_test_runs?,
        reissue: reissue?,
        // Where a file does not say it, a branch keeps its share.
        branch_leaves: raw.branch_leaves.unwrap_or(BranchLeaves::Keeps),
        extension: extension?,
        terms_in_force: terms_in_force?,
        // Where a file does not say it, a registration is judged by the policy of its own time.
        policy_in_force: raw.policy_in_force.unwrap_or(PolicyInForce::Deed),
        // Where a file does not say it, what was sold keeps its ends (ruling 18).
        shortening: raw.shortening.as_ref().map_or(Limit::None, |s| Limit::Some(s.notice)),
        correction: correction?,
        refund: refund?,
        // Where a file does not say it, a refund is no way around a late cancellation.
        refund_of_booked: raw.refund_of_booked.unwrap_or(RefundOfBooked::AsLateCancel),
        business_days: raw.business_days.clone().unwrap_or(Limit::None),
        goodwill: goodwill?,
    })
}
