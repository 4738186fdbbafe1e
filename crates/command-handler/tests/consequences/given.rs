//! Words for these tests: vouchers under a programme's policy, and what happens to them.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request, Settings};
use resit_domain::{
    Cancel, CancelledBy, Command, CorrectResult, DefineExam, EntitlementId, Event, ExamFacts, ExamResult,
    Issue, OrderLine, PublishOffer, RecordResult, Schedule, Timestamp, UnitNo, VoucherRef,
};
use resit_event_log::MemoryLog;
use resit_voucher_code::CodeKey;

const OFFER: &str = include_str!("../../../../deploy/offers/exam-replay.toml");

/// A pass locks an exam for ever; nothing waits, nothing is capped.
pub(crate) const LOCK: &str = "lock_after_pass = \"for-ever\"\nwait = \"none\"\ncaps = []";

pub(crate) fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A ledger with an offer `exam-replay` of a programme with this policy, and the exams `x` and `y`.
pub(crate) struct Ledger {
    pub(crate) handler: Arc<CommandHandler>,
}

/// One of the vouchers of order line `line`.
pub(crate) fn voucher(line: u32, unit: UnitNo) -> VoucherRef {
    VoucherRef::Id { entitlement: EntitlementId::of_order(&order(line), 1), unit }
}

fn order(line: u32) -> OrderLine {
    OrderLine { shop: "web".parse().unwrap(), number: "7".parse().unwrap(), line }
}

/// The offer under another name, with some of its text replaced, and with a policy of its own programme.
pub(crate) fn offer(id: &str, changes: &[(&str, &str)], policy: &str) -> Command {
    let examples = OFFER.find("[[example]]").unwrap_or(OFFER.len());
    let named = OFFER[..examples].replace("id = \"exam-replay\"", &format!("id = \"{id}\""));
    let own = named.replace("programme = \"none\"", &format!("programme = \"programme-of-{id}\""));
    let source = changes.iter().fold(own, |offer, (from, to)| {
        assert!(offer.contains(from), "{from}");
        offer.replace(from, to)
    });
    let head =
        "[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nbeta_once = false\n";
    let policy = if policy.is_empty() { String::new() } else { format!("{head}{policy}\n") };
    PublishOffer { source: format!("{source}\n{policy}") }.into()
}

impl Ledger {
    pub(crate) async fn new(changes: &[(&str, &str)], policy: &str) -> Self {
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = CommandHandler::new(Arc::new(MemoryLog::new()), key, Settings::default());
        let ledger = Self { handler: Arc::new(handler) };
        ledger.done("publish", "2026-01-01", offer("exam-replay", changes, policy)).await;
        for exam in ["x", "y"] {
            let facts = ExamFacts { categories: vec!["associate".parse().unwrap()], ..ExamFacts::default() };
            let define = DefineExam { exam: exam.parse().unwrap(), facts };
            ledger.done(&format!("exam-{exam}"), "2026-01-01", define).await;
        }
        ledger
    }

    pub(crate) async fn give(&self, id: &str, at: &str, command: impl Into<Command>) -> Reply {
        let request = Request {
            id: id.parse().unwrap(),
            actor: "desk".parse().unwrap(),
            command: command.into(),
            confirm: false,
        };
        self.handler.handle(request, t(at)).await.unwrap()
    }

    pub(crate) async fn done(&self, id: &str, at: &str, command: impl Into<Command>) -> Reply {
        let reply = self.give(id, at, command).await;
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{id}: {:?}", reply.outcome);
        reply
    }

    pub(crate) async fn refused(&self, id: &str, at: &str, command: impl Into<Command>, rule: &str) {
        let reply = self.give(id, at, command).await;
        let Outcome::Refused(refusal) = reply.outcome else { panic!("{id}: {:?}", reply.outcome) };
        assert_eq!(refusal.rule.name(), rule, "{id}: {:?}", refusal.facts);
    }

    /// Buys so many order lines of an offer, one after the other from line `first`.
    pub(crate) async fn buy(&self, offer: &str, first: u32, count: u32) {
        for line in first..first + count {
            let issue = Issue {
                order: order(line),
                offer: offer.parse().unwrap(),
                quantity: 1,
                pieces: None,
                purchased_at: None,
                paid: true,
                channel: None,
                region: None,
                agreement: None,
                buyer: Vec::new(),
                combined_with: Vec::new(),
                holder: None,
                exam: None,
                tier: None,
                mode: None,
                valid_until: None,
                contact: None,
            };
            self.done(&format!("buy-{line}"), "2026-01-02", issue).await;
        }
    }

    /// The commands that a correction lists, and the texts of its warnings.
    pub(crate) async fn corrected(&self, at: &str, correction: CorrectResult) -> (Vec<String>, Vec<String>) {
        let id = format!("correct-{at}");
        let reply = self.done(&id, at, correction).await;
        let why = self.handler.why(&id.parse().unwrap()).await.unwrap();
        assert!(why.agrees, "asked later, it lists the same");
        let Outcome::Accepted { events, warnings } = reply.outcome else { unreachable!() };
        let listed = events.into_iter().find_map(|happened| match happened.event {
            Event::ResultCorrected(e) => Some(e.flips),
            _ => None,
        });
        let listed = listed.unwrap().iter().map(|command| command.as_str().to_owned()).collect();
        (
            listed,
            warnings.into_iter().map(|warning| format!("{}: {}", warning.clause, warning.text)).collect(),
        )
    }
}

/// `ann` registers a voucher for exam `x`.
pub(crate) fn book(voucher: VoucherRef, sit_at: &str) -> Schedule {
    Schedule {
        voucher,
        candidate: "ann".parse().unwrap(),
        exam: "x".parse().unwrap(),
        sit_at: t(sit_at),
        booked_at: None,
        delivery: Some("online".parse().unwrap()),
        provider: None,
        channel: None,
        region: None,
        branch: None,
        paid: None,
    }
}

pub(crate) fn came(voucher: VoucherRef, result: ExamResult) -> RecordResult {
    RecordResult { voucher, result, sat_at: None }
}

pub(crate) fn cancel(voucher: VoucherRef) -> Cancel {
    Cancel { voucher, by: CancelledBy::Candidate, cancelled_at: None }
}

/// The result of attempt 1 of a voucher is this.
pub(crate) fn correct(voucher: VoucherRef, result: ExamResult) -> CorrectResult {
    correct_attempt(voucher, 1, result)
}

pub(crate) fn correct_attempt(voucher: VoucherRef, attempt: u16, result: ExamResult) -> CorrectResult {
    CorrectResult { voucher, attempt, result, sat_at: None }
}
