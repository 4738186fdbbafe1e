//! From the model's words to the ledger's.

use chrono::NaiveDate;
use jiff::civil::Date;
use resit_domain::{
    Activate, Assign, Cancel, CancelledBy, Command, CorrectResult, DefineExam, EntitlementId, ExamCode,
    ExamFacts, ExamResult, Expire, Extend, ExtendOffer, Gift, Issue, OrderLine, PublishOffer, RecordResult,
    ReplaceCode, Reschedule, Revoke, RevokeReason, Schedule, Unassign,
};

use super::asks::{self, Ask};
use super::calendar::Millis;
use super::file::{OFFER, REASON};
use super::ledger::{Ledger, PRACTICE_TEST, instant, person};
use super::words;

impl Ledger {
    /// The command, in the ledger's words.
    pub fn command(&self, ask: &Ask) -> Command {
        match *ask {
            Ask::ExtendOffer { last_day } => ExtendOffer { offer: id(OFFER), last_day: day(last_day) }.into(),
            Ask::Publish { office } => PublishOffer { source: self.version(office) }.into(),
            Ask::DefineExam { exam, ref facts } => {
                DefineExam { exam: id(exam), facts: exam_facts(facts) }.into()
            }
            Ask::Issue { order, purchased_at, paid, holder } => {
                issue(order, purchased_at, paid, holder).into()
            }
            Ask::Assign { voucher, candidate } => {
                Assign { voucher: self.voucher(voucher), candidate: person(candidate), branch: None }.into()
            }
            Ask::Unassign { voucher } => Unassign { voucher: self.voucher(voucher) }.into(),
            Ask::Schedule { voucher, candidate, exam, sit_at, booked_at } => Schedule {
                voucher: self.voucher(voucher),
                candidate: person(candidate),
                exam: id(exam),
                sit_at: instant(sit_at),
                booked_at: booked_at.map(instant),
                delivery: None,
                provider: None,
                channel: None,
                region: None,
                branch: None,
                paid: None,
            }
            .into(),
            Ask::Reschedule { voucher, sit_at } => {
                Reschedule { voucher: self.voucher(voucher), sit_at: instant(sit_at), moved_at: None }.into()
            }
            Ask::Cancel { voucher, by_provider } => {
                let by = if by_provider { CancelledBy::Provider } else { CancelledBy::Candidate };
                Cancel { voucher: self.voucher(voucher), by, cancelled_at: None }.into()
            }
            Ask::RecordResult { voucher, outcome, sat_at } => RecordResult {
                voucher: self.voucher(voucher),
                result: result(outcome),
                sat_at: sat_at.map(instant),
            }
            .into(),
            Ask::CorrectResult { voucher, attempt, outcome } => CorrectResult {
                voucher: self.voucher(voucher),
                attempt,
                result: result(outcome),
                sat_at: None,
            }
            .into(),
            Ask::Activate { voucher, candidate } => Activate {
                voucher: self.voucher(voucher),
                candidate: person(candidate),
                test: Some(id(PRACTICE_TEST)),
                branch: None,
                provider: None,
                activated_at: None,
            }
            .into(),
            Ask::ReplaceCode { voucher } => ReplaceCode { voucher: self.voucher(voucher) }.into(),
            Ask::Revoke { order, refund } => {
                let reason = if refund { RevokeReason::Refund } else { RevokeReason::Chargeback };
                Revoke { entitlement: entitlement(order), reason }.into()
            }
            Ask::Extend { voucher, gift, known_reason, approved } => Extend {
                voucher: self.voucher(voucher),
                gift: self::gift(gift),
                reason: if known_reason { REASON } else { "good-mood" }.to_owned(),
                // A name that is typed is no second person.
                approver: (!approved).then(|| id("second-operator")),
                dispute: None,
            }
            .into(),
            Ask::Expire { order } => Expire { entitlement: entitlement(order) }.into(),
        }
    }
}

fn issue(order: usize, purchased_at: Millis, paid: bool, holder: Option<u8>) -> Issue {
    Issue {
        order: line(order),
        offer: id(OFFER),
        quantity: 1,
        pieces: None,
        purchased_at: Some(instant(purchased_at)),
        paid,
        channel: None,
        region: None,
        agreement: None,
        buyer: Vec::new(),
        combined_with: Vec::new(),
        holder: holder.map(person),
        exam: None,
        tier: None,
        contact: None,
        mode: None,
        valid_until: None,
    }
}

fn line(order: usize) -> OrderLine {
    OrderLine { shop: id("shop"), number: id(&format!("order-{order}")), line: 1 }
}

pub(super) fn entitlement(order: usize) -> EntitlementId {
    EntitlementId::of_order(&line(order), 1)
}

fn exam_facts(facts: &asks::Exam) -> ExamFacts {
    ExamFacts {
        categories: vec![id(facts.category)],
        retires_on: facts.retires_on.map(day),
        successor: facts.successor.map(id::<ExamCode>),
        beta: facts.beta,
        ..ExamFacts::default()
    }
}

fn result(outcome: words::Outcome) -> ExamResult {
    match outcome {
        words::Outcome::Pass => ExamResult::Pass,
        words::Outcome::Fail => ExamResult::Fail,
        words::Outcome::Missed => ExamResult::Missed,
        words::Outcome::TechnicalFault => ExamResult::TechnicalFault,
        words::Outcome::Invalidated => ExamResult::Invalidated,
    }
}

fn gift(gift: asks::Gift) -> Gift {
    match gift {
        asks::Gift::ExtraAttempt => Gift::ExtraAttempt,
        asks::Gift::LongerTerm(last_day) => Gift::LongerTerm { last_day: day(last_day) },
        asks::Gift::Waiver(rule) => {
            Gift::Waiver { rule: rule.parse().expect("the name of a rule"), candidate: None }
        }
    }
}

fn day(day: Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(
        i32::from(day.year()),
        u32::try_from(day.month()).expect("a month"),
        u32::try_from(day.day()).expect("a day"),
    )
    .expect("a day of our time")
}

pub(super) fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("our ids are well formed")
}
