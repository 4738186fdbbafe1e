//! The ledger under test: the real handler, over a log in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use jiff::civil::Date;
use resit_command_handler::{CommandHandler, Outcome as Came, Request, Seen, Settings};
use resit_domain::{
    Activate, AmendAgreement, Assign, Cancel, CancelledBy, Command, CorrectResult, DefineExam,
    DefinePracticeTest, EntitlementId, EntitlementView, Event, ExamFacts, ExamResult, Expire, Extend,
    ExtendOffer, Issue, MigrateProvider, OpenAgreement, OrderLine, PublishOffer, RecordResult, ReplaceCode,
    Reschedule, Revoke, RevokeReason, Schedule, Timestamp, Unassign, VoucherRef,
};
use resit_event_log::MemoryLog;
use resit_voucher_code::CodeKey;
use tokio::runtime::Runtime;

use super::ask::{Ask, Exam, Gift, Outcome, Voucher};
use super::day::Millis;
use super::file::file;
use super::terms::Offer;

/// The practice test of the catalogue.
pub(crate) const PRACTICE: &str = "practice";

/// A ledger of its own.
pub(crate) struct Ledger {
    handler: Arc<CommandHandler>,
    runtime: Runtime,
    sent: usize,
}

/// What the ledger said.
pub(crate) enum Said {
    /// Done.
    Yes,
    /// It was so already.
    Again,
    /// Refused by a rule, in these words.
    No(&'static str, String),
}

impl Ledger {
    /// An empty one, with a practice test in its catalogue.
    pub(crate) fn new(at: Millis) -> Self {
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = Arc::new(CommandHandler::new(Arc::new(MemoryLog::new()), key, Settings::default()));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime of one thread");
        let mut ledger = Self { handler, runtime, sent: 0 };
        ledger.send(DefinePracticeTest { test: id(PRACTICE), offers: Vec::new() }.into(), at);
        ledger
    }

    /// Asks something.
    pub(crate) fn ask(&mut self, ask: &Ask, versions: &[Offer], at: Millis) -> Said {
        self.send(command(ask, versions, at), at)
    }

    fn send(&mut self, command: Command, at: Millis) -> Said {
        self.sent += 1;
        let request =
            Request { id: id(&format!("c{}", self.sent)), actor: id("operator"), command, confirm: true };
        let reply = self.runtime.block_on(self.handler.handle(request, instant(at)));
        match reply.expect("a log in memory takes everything").outcome {
            Came::Refused(refusal) => Said::No(refusal.rule.name(), format!("{refusal:?}")),
            Came::Accepted { events, .. } => {
                let repeated = events.iter().any(|one| matches!(one.event, Event::CommandRepeated(_)));
                if repeated { Said::Again } else { Said::Yes }
            }
        }
    }

    /// What an order bought, as the ledger shows it.
    pub(crate) fn view(&self, order: usize) -> Option<EntitlementView> {
        let view = self.handler.view(entitlement(order), Seen::default());
        self.runtime.block_on(view).expect("a log in memory is readable")
    }
}

/// The command, in the ledger's words.
fn command(ask: &Ask, versions: &[Offer], now: Millis) -> Command {
    let told_late = |at: Millis| (at != now).then(|| instant(at));
    match *ask {
        Ask::Publish { version } => PublishOffer { source: file(&versions[version]) }.into(),
        Ask::ExtendOffer { ref offer, last_day } => {
            ExtendOffer { offer: id(offer), last_day: day(last_day) }.into()
        }
        Ask::Migrate { ref offer, from, to } => {
            MigrateProvider { offer: id(offer), from: id(from), to: id(to) }.into()
        }
        Ask::DefineExam { exam, facts } => DefineExam { exam: id(exam), facts: exam_facts(facts) }.into(),
        Ask::OpenAgreement { agreement, programme, first_day, last_day, ref branches } => OpenAgreement {
            agreement: id(agreement),
            programme: id(programme),
            first_day: day(first_day),
            last_day: day(last_day),
            buyer: Vec::new(),
            branches: branches.iter().map(|branch| id(branch)).collect(),
            administrator: None,
            contact: None,
        }
        .into(),
        Ask::AmendAgreement { agreement, last_day, ref branches } => AmendAgreement {
            agreement: id(agreement),
            last_day: last_day.map(day),
            buyer: None,
            branches: branches.as_ref().map(|all| all.iter().map(|branch| id(branch)).collect()),
            administrator: None,
            contact: None,
        }
        .into(),
        Ask::Issue { .. } => issue(ask, now),
        Ask::Assign { voucher, candidate, branch } => {
            Assign { voucher: named(voucher), candidate: id(candidate), branch: branch.map(id) }.into()
        }
        Ask::Unassign { voucher } => Unassign { voucher: named(voucher) }.into(),
        Ask::Schedule { voucher, candidate, exam, sit_at, booked_at, provider, branch } => Schedule {
            voucher: named(voucher),
            candidate: id(candidate),
            exam: id(exam),
            sit_at: instant(sit_at),
            booked_at: told_late(booked_at),
            delivery: None,
            provider: provider.map(id),
            channel: None,
            region: None,
            branch: branch.map(id),
            paid: None,
        }
        .into(),
        Ask::Move { voucher, sit_at, moved_at } => {
            Reschedule { voucher: named(voucher), sit_at: instant(sit_at), moved_at: told_late(moved_at) }
                .into()
        }
        Ask::Cancel { voucher, by_provider, cancelled_at } => {
            let by = if by_provider { CancelledBy::Provider } else { CancelledBy::Candidate };
            Cancel { voucher: named(voucher), by, cancelled_at: told_late(cancelled_at) }.into()
        }
        Ask::Result { voucher, outcome, sat_at } => {
            RecordResult { voucher: named(voucher), result: result(outcome), sat_at: sat_at.map(instant) }
                .into()
        }
        Ask::Correct { voucher, attempt, outcome, sat_at } => CorrectResult {
            voucher: named(voucher),
            attempt,
            result: result(outcome),
            sat_at: sat_at.map(instant),
        }
        .into(),
        Ask::Activate { voucher, candidate, branch } => {
            let offered = versions.iter().find(|offer| {
                matches!(offer.benefit(voucher.unit), Some(super::terms::Benefit::Practice { .. }))
            });
            let test = offered.map(|_| id(PRACTICE));
            Activate {
                voucher: named(voucher),
                candidate: id(candidate),
                test,
                branch: branch.map(id),
                provider: None,
                activated_at: None,
            }
            .into()
        }
        Ask::ReplaceCode { voucher } => ReplaceCode { voucher: named(voucher) }.into(),
        Ask::Revoke { order, refund } => {
            let reason = if refund { RevokeReason::Refund } else { RevokeReason::Chargeback };
            Revoke { entitlement: entitlement(order), reason }.into()
        }
        Ask::Extend { voucher, gift } => Extend {
            voucher: named(voucher),
            gift: given(gift),
            reason: "outage".to_owned(),
            approver: None,
            dispute: None,
        }
        .into(),
        Ask::Expire { order } => Expire { entitlement: entitlement(order) }.into(),
    }
}

/// A gift, in the ledger's words.
fn given(gift: Gift) -> resit_domain::Gift {
    match gift {
        Gift::ExtraAttempt => resit_domain::Gift::ExtraAttempt,
        Gift::LongerTerm(last_day) => resit_domain::Gift::LongerTerm { last_day: day(last_day) },
    }
}

/// An order, in the ledger's words.
fn issue(ask: &Ask, now: Millis) -> Command {
    let told_late = |at: Millis| (at != now).then(|| instant(at));
    match *ask {
        Ask::Issue { order, ref offer, purchased_at, paid, agreement, holder } => Issue {
            order: line(order),
            offer: id(offer),
            quantity: 1,
            pieces: None,
            purchased_at: told_late(purchased_at),
            paid,
            channel: None,
            region: None,
            agreement: agreement.map(id),
            buyer: Vec::new(),
            combined_with: Vec::new(),
            holder: holder.map(id),
            exam: None,
            tier: None,
            contact: None,
            mode: None,
            valid_until: None,
        }
        .into(),
        _ => unreachable!("it is an order"),
    }
}

fn line(order: usize) -> OrderLine {
    OrderLine { shop: id("shop"), number: id(&format!("order-{order}")), line: 1 }
}

fn entitlement(order: usize) -> EntitlementId {
    EntitlementId::of_order(&line(order), 1)
}

fn named(voucher: Voucher) -> VoucherRef {
    VoucherRef::Id { entitlement: entitlement(voucher.order), unit: voucher.unit }
}

fn exam_facts(facts: Exam) -> ExamFacts {
    ExamFacts {
        categories: vec![id(facts.category)],
        retires_on: facts.retires_on.map(day),
        successor: facts.successor.map(id),
        ..ExamFacts::default()
    }
}

fn result(outcome: Outcome) -> ExamResult {
    match outcome {
        Outcome::Pass => ExamResult::Pass,
        Outcome::Fail => ExamResult::Fail,
        Outcome::Missed => ExamResult::Missed,
        Outcome::TechnicalFault => ExamResult::TechnicalFault,
        Outcome::Invalidated => ExamResult::Invalidated,
    }
}

fn day(day: Date) -> NaiveDate {
    day.to_string().parse().expect("a day of our time")
}

fn instant(at: Millis) -> Timestamp {
    Timestamp::from_millis(at).expect("an instant of our time")
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("our ids are well formed")
}
