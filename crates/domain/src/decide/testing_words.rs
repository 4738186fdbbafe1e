//! The words that tests are written in: offers with small variations, and commands with what matters.

use super::testing::{id, order, t, voucher};
use crate::{
    Activate, AmendAgreement, ApproveGoodwill, Assign, Cancel, CancelledBy, Command, CorrectResult,
    DeclineGoodwill, DefineExam, DefinePracticeTest, EntitlementId, ExamFacts, ExamResult, Extend,
    ExtendOffer, Gift, Issue, OpenAgreement, PublishOffer, RecordResult, RecordStep, Reinstate,
    ReinstateReason, ReplaceCode, Reschedule, Revoke, RevokeReason, Schedule, Timestamp, UnitNo, VoucherRef,
};

/// One exam with one retake, twelve months for everything, in UTC; nothing else limits it.
pub(super) const OFFER: &str = r#"
format = 1

[offer]
id = "o"
title = "An offer"
programme = "none"
time_zone = "UTC"
runs = { from = "none", to = "none" }

[sale]
quantity_max = "none"
channels = "any"
regions = "any"
agreement = "none"
combinable = true
payment = "either"
proration = "none"

[holder]
bound_at = "scheduling"
per = "voucher"
unassign = "until-bound"

[[benefit]]
kind = "exam"
count = 1
exams = { categories = "any" }
deliveries = "any"
providers = "any"
register_by = "purchase + P12M"
sit_by = "purchase + P12M"
retake = { count = 1, only_if_paid = false, wait = "none", register_by = "purchase + P12M", sit_by = "purchase + P12M" }

[rulings]
last_day = "inclusive"
late_result = "accept-if-sat-in-time"
no_show = "forfeit"
technical_fault = "return"
invalidated = "forfeit"
cancellation = { cut_off = "none" }
open_registrations = { max = "none" }
same_exam = "or-successor"
eligibility_at = "first-schedule"
practice_test_runs = "past-exam-deadline"
reissue = "same-rights"
extension = "moves-live"
terms_in_force = "purchase"
correction = "regrant"
refund_until = "purchase + P14D"
goodwill = { reasons = ["illness"], approver = "optional", revives = "ended" }
"#;

/// A practice test beside the exam: activated within a year, for thirty days.
pub(super) const PRACTICE_TEST: (&str, &str) = (
    "[rulings]",
    r#"[[benefit]]
kind = "practice-test"
count = 1
tests = "any"
activate_by = "purchase + P1Y"
lasts = "P30D"

[rulings]"#,
);

/// The offer with some of its text replaced.
pub(super) fn vary(source: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(source.to_owned(), |source, (from, to)| {
        assert!(source.contains(from), "the offer has no `{from}`");
        source.replace(from, to)
    })
}

pub(super) fn publish(source: &str) -> Command {
    PublishOffer { source: source.to_owned() }.into()
}

/// [`OFFER`] with some of its text replaced, published.
pub(super) fn offer(changes: &[(&str, &str)]) -> Command {
    publish(&vary(OFFER, changes))
}

pub(super) fn extend_offer(last_day: &str) -> Command {
    ExtendOffer { offer: id("o"), last_day: id(last_day) }.into()
}

/// An exam in one category.
pub(super) fn exam(code: &str, category: &str) -> Command {
    exam_with(code, |facts| facts.categories = vec![id(category)])
}

pub(super) fn exam_with(code: &str, change: impl FnOnce(&mut ExamFacts)) -> Command {
    let mut facts = ExamFacts::default();
    change(&mut facts);
    DefineExam { exam: id(code), facts }.into()
}

pub(super) fn practice_test(test: &str, offers: &[&str]) -> Command {
    DefinePracticeTest { test: id(test), offers: offers.iter().map(|o| id(o)).collect() }.into()
}

/// Order line 1, bought then.
pub(super) fn issue(purchased_at: &str) -> Command {
    issue_with(purchased_at, |_| {})
}

pub(super) fn issue_with(purchased_at: &str, change: impl FnOnce(&mut Issue)) -> Command {
    let mut issue = Issue {
        order: order(1),
        offer: id("o"),
        quantity: 1,
        pieces: None,
        purchased_at: Some(t(purchased_at)),
        paid: true,
        channel: None,
        region: None,
        agreement: None,
        buyer: Vec::new(),
        combined_with: Vec::new(),
        holder: None,
        exam: None,
        tier: None,
        contact: None,
        mode: None,
        valid_until: None,
    };
    change(&mut issue);
    issue.into()
}

pub(super) fn agreement(first_day: &str, last_day: &str) -> Command {
    agreement_with(first_day, last_day, |_| {})
}

pub(super) fn agreement_with(first: &str, last: &str, change: impl FnOnce(&mut OpenAgreement)) -> Command {
    let mut open = OpenAgreement {
        agreement: id("g"),
        programme: id("volume"),
        first_day: id(first),
        last_day: id(last),
        buyer: Vec::new(),
        branches: Vec::new(),
        administrator: None,
        contact: None,
    };
    change(&mut open);
    open.into()
}

pub(super) fn amend(last_day: &str) -> Command {
    amend_with(|c| c.last_day = Some(id(last_day)))
}

pub(super) fn amend_with(change: impl FnOnce(&mut AmendAgreement)) -> Command {
    let mut amend = AmendAgreement {
        agreement: id("g"),
        last_day: None,
        buyer: None,
        branches: None,
        administrator: None,
        contact: None,
    };
    change(&mut amend);
    amend.into()
}

/// Candidate `ann` registers voucher 1 for exam `x`.
pub(super) fn schedule(sit_at: impl Into<When>) -> Command {
    schedule_with(sit_at, |_| {})
}

pub(super) fn schedule_with(sit_at: impl Into<When>, change: impl FnOnce(&mut Schedule)) -> Command {
    let mut schedule = Schedule {
        voucher: voucher(1, 1),
        candidate: id("ann"),
        exam: id("x"),
        sit_at: sit_at.into().0,
        booked_at: None,
        delivery: None,
        provider: None,
        channel: None,
        region: None,
        branch: None,
        paid: None,
    };
    change(&mut schedule);
    schedule.into()
}

pub(super) fn schedule_unit(unit: UnitNo, exam: &str, sit_at: impl Into<When>) -> Command {
    schedule_with(sit_at, |c| {
        c.voucher = voucher(1, unit);
        c.exam = id(exam);
    })
}

pub(super) fn reschedule(sit_at: impl Into<When>) -> Command {
    Reschedule { voucher: voucher(1, 1), sit_at: sit_at.into().0, moved_at: None }.into()
}

pub(super) fn cancel() -> Command {
    Cancel { voucher: voucher(1, 1), by: CancelledBy::Candidate, cancelled_at: None }.into()
}

pub(super) fn cancel_by_provider() -> Command {
    Cancel { voucher: voucher(1, 1), by: CancelledBy::Provider, cancelled_at: None }.into()
}

pub(super) fn result(result: ExamResult) -> Command {
    result_of(1, result)
}

pub(super) fn result_of(unit: UnitNo, result: ExamResult) -> Command {
    RecordResult { voucher: voucher(1, unit), result, sat_at: None }.into()
}

pub(super) fn passed() -> Command {
    result(ExamResult::Pass)
}

pub(super) fn failed() -> Command {
    result(ExamResult::Fail)
}

pub(super) fn missed() -> Command {
    result(ExamResult::Missed)
}

pub(super) fn correct(attempt: u16, result: ExamResult) -> Command {
    CorrectResult { voucher: voucher(1, 1), attempt, result, sat_at: None }.into()
}

pub(super) fn assign(candidate: &str) -> Command {
    Assign { voucher: voucher(1, 1), candidate: id(candidate), branch: None }.into()
}

pub(super) fn activate(unit: UnitNo, test: Option<&str>) -> Command {
    activate_with(unit, test, |_| {})
}

pub(super) fn activate_with(unit: UnitNo, test: Option<&str>, change: impl FnOnce(&mut Activate)) -> Command {
    let mut activate = Activate {
        voucher: voucher(1, unit),
        candidate: id("ann"),
        test: test.map(id),
        branch: None,
        provider: None,
        activated_at: None,
    };
    change(&mut activate);
    activate.into()
}

pub(super) fn replace_code() -> Command {
    ReplaceCode { voucher: voucher(1, 1) }.into()
}

pub(super) fn revoke(reason: RevokeReason) -> Command {
    Revoke { entitlement: first(), reason }.into()
}

pub(super) fn refund() -> Command {
    revoke(RevokeReason::Refund)
}

pub(super) fn give(gift: Gift) -> Command {
    give_to(voucher(1, 1), gift)
}

pub(super) fn give_to(voucher: VoucherRef, gift: Gift) -> Command {
    Extend { voucher, gift, reason: "illness".to_owned(), approver: None, dispute: None }.into()
}

pub(super) fn longer(last_day: &str) -> Command {
    give(Gift::LongerTerm { last_day: id(last_day) })
}

pub(super) fn waive(rule: &str) -> Command {
    give(Gift::Waiver { rule: id(rule), candidate: None })
}

/// A waiver for one candidate.
pub(super) fn waive_for(rule: &str, candidate: &str) -> Command {
    give(Gift::Waiver { rule: id(rule), candidate: Some(id(candidate)) })
}

pub(super) fn approve(proposal: u16) -> Command {
    ApproveGoodwill { voucher: voucher(1, 1), proposal }.into()
}

pub(super) fn decline(proposal: u16) -> Command {
    DeclineGoodwill { voucher: voucher(1, 1), proposal, reason: None }.into()
}

pub(super) fn chargeback() -> Command {
    revoke(RevokeReason::Chargeback)
}

pub(super) fn reinstate() -> Command {
    Reinstate { entitlement: first(), reason: ReinstateReason::DisputeWon }.into()
}

pub(super) fn step(step: &str, taken_at: Option<Timestamp>) -> Command {
    RecordStep { entitlement: first(), step: step.to_owned(), taken_at }.into()
}

/// The first piece of order line 1.
pub(super) fn first() -> EntitlementId {
    EntitlementId::of_order(&order(1), 1)
}

/// A time, as text or not.
pub(super) struct When(Timestamp);

impl When {
    /// The time.
    pub(super) fn time(self) -> Timestamp {
        self.0
    }
}

impl From<&str> for When {
    fn from(text: &str) -> Self {
        Self(t(text))
    }
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
