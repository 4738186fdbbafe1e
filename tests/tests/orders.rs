//! Orders of more than one commit holds: one request, one answer, nothing twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Outcome, Reply, Request, Seen};
use resit_domain::{
    AmendAgreement, BuyerFact, Command, EntitlementId, Event, Issue, OpenAgreement, OrderLine, Pieces,
    PublishOffer, Rule, Stream, Timestamp, WithdrawOffer,
};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position, Record};
use resit_tests::handler;

const PACK: &str = include_str!("../../deploy/offers/class-pack-30.toml");
const PACKS: u16 = 300;
const VOUCHERS: usize = 9_000;
/// How many packs go into a commit: thirty-one streams each, and one more for the agreement.
const PACKS_OF_A_PART: u16 = 32;

/// A ledger on disk that can be closed and opened again.
struct Ledger {
    folder: tempfile::TempDir,
}

struct Open {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
}

impl Ledger {
    /// A ledger that sells class packs to one agreement.
    async fn selling() -> (Self, Open) {
        let ledger = Self { folder: tempfile::tempdir().unwrap() };
        let open = ledger.open();
        let agreement = OpenAgreement {
            agreement: id("EES-1"),
            programme: id("ees"),
            first_day: id("2019-07-01"),
            last_day: id("2022-06-30"),
            buyer: vec![id::<BuyerFact>("accredited")],
            branches: Vec::new(),
            administrator: None,
            contact: None,
        };
        open.yes("set-offer", PublishOffer { source: PACK.to_owned() }.into()).await;
        open.yes("set-agreement", agreement.into()).await;
        (ledger, open)
    }

    fn open(&self) -> Open {
        open(self.folder.path())
    }
}

fn open(folder: &Path) -> Open {
    let log: Arc<dyn EventLog> = Arc::new(EmbeddedLog::open(folder, &Config::default()).unwrap().0);
    Open { handler: handler(&log), log }
}

impl Open {
    async fn send(&self, name: &str, command: Command) -> Result<Reply, Failure> {
        self.send_at(name, command, now()).await
    }

    async fn send_at(&self, name: &str, command: Command, at: Timestamp) -> Result<Reply, Failure> {
        self.handler.handle(Request { id: id(name), actor: id("shop"), command, confirm: false }, at).await
    }

    async fn yes(&self, name: &str, command: Command) -> Reply {
        let reply = self.send(name, command).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{name}: {:?}", reply.outcome);
        reply
    }

    async fn records(&self) -> Vec<Record> {
        self.log.read(Position::START, usize::MAX).await.unwrap()
    }

    async fn count(&self, kind: &str) -> usize {
        let records = self.records().await;
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == kind).count()
    }
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    id("2019-09-02T10:00Z")
}

fn line() -> OrderLine {
    OrderLine { shop: id("web"), number: id("PO-9"), line: 1 }
}

fn order(quantity: u16) -> Issue {
    Issue {
        order: line(),
        offer: id("class-pack-30"),
        quantity,
        pieces: None,
        purchased_at: None,
        paid: true,
        channel: None,
        region: None,
        agreement: Some(id("EES-1")),
        buyer: Vec::new(),
        combined_with: Vec::new(),
        holder: None,
        exam: None,
        tier: None,
        contact: None,
        mode: None,
        valid_until: None,
    }
}

fn packs() -> Command {
    order(PACKS).into()
}

fn part(first: u16, last: u16) -> Command {
    Issue { pieces: Some(Pieces { first, last }), ..order(PACKS) }.into()
}

/// Every code once, in the order of the pieces; all packs as they stand.
#[track_caller]
fn is_whole(reply: &Reply) {
    let ids: Vec<_> = (1..=PACKS).map(|piece| EntitlementId::of_order(&line(), piece)).collect();
    let shown: Vec<_> = reply.entitlements.iter().map(|view| view.id).collect();
    assert_eq!(shown, ids);
    let codes: BTreeSet<_> = reply.codes.iter().map(|minted| minted.code.fingerprint().0).collect();
    assert_eq!((reply.codes.len(), codes.len()), (VOUCHERS, VOUCHERS));
    let owners = ids.iter().flat_map(|id| (1..=30).map(move |unit| (*id, unit)));
    assert!(reply.codes.iter().map(|minted| (minted.entitlement, minted.unit)).eq(owners));
}

#[tokio::test]
async fn an_order_of_hundreds_of_packs_is_one_request() {
    let (_ledger, open) = Ledger::selling().await;
    let reply = open.yes("big", packs()).await;
    assert!(!reply.replayed);
    is_whole(&reply);
    let Outcome::Accepted { events, .. } = &reply.outcome else { panic!("{:?}", reply.outcome) };
    let issued = events.iter().filter(|happened| matches!(happened.event, Event::VoucherIssued(_))).count();
    assert_eq!(issued, usize::from(PACKS));
    let records = open.records().await;
    assert_eq!(reply.position, records.last().unwrap().position, "read models wait for the last part");
    // No commit is larger than brokers take.
    let parts: BTreeSet<_> = records.iter().map(|record| record.command.clone()).collect();
    let largest = parts.iter().map(|id| records.iter().filter(|r| r.command == *id).count()).max().unwrap();
    assert_eq!(largest, usize::from(PACKS_OF_A_PART) * 31 + 1);
    assert!(largest <= 1_000);
}

#[tokio::test]
async fn sent_again_it_is_answered_in_full_and_done_once() {
    let (ledger, open) = Ledger::selling().await;
    let first = open.yes("big", packs()).await;
    let records = open.records().await.len();
    drop(open);
    let open = ledger.open();
    let again = open.yes("big", packs()).await;
    assert!(again.replayed);
    is_whole(&again);
    assert_eq!(again.position, first.position);
    let Outcome::Accepted { events: before, .. } = &first.outcome else { panic!() };
    let Outcome::Accepted { events: after, .. } = &again.outcome else { panic!() };
    assert_eq!(before, after);
    assert_eq!(open.records().await.len(), records, "nothing was written");
    // Under another id, the line is known all the same.
    let other = open.yes("other", packs()).await;
    assert!(!other.replayed);
    is_whole(&other);
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS));
    let fewer = open.send("third", order(PACKS - 1).into()).await.unwrap();
    assert!(matches!(&fewer.outcome, Outcome::Refused(refusal) if refusal.rule == Rule::OrderUnchanged));
}

#[tokio::test]
async fn the_same_id_with_another_body_is_told_apart() {
    let (_ledger, open) = Ledger::selling().await;
    open.yes("big", packs()).await;
    for other in [order(PACKS + 1), order(1), Issue { paid: false, ..order(PACKS) }, order(20)] {
        let answer = open.send("big", other.into()).await;
        assert!(matches!(answer, Err(Failure::IdReused { .. })), "{answer:?}");
    }
    assert!(matches!(open.send("set-offer", packs()).await, Err(Failure::IdReused { .. })));
}

#[tokio::test]
async fn killed_half_way_and_sent_again_it_is_completed() {
    let (ledger, open) = Ledger::selling().await;
    // What a handler did before it was killed: two parts, under the ids that it gives to them.
    open.yes("big", part(1, PACKS_OF_A_PART)).await;
    open.yes("big:33", part(33, 64)).await;
    let bought_at = now();
    drop(open);
    let open = ledger.open();
    // Between them, the offer has left the shelf. What was begun is completed under the terms that it began with.
    let gone =
        WithdrawOffer { offer: id("class-pack-30"), grandfather: resit_domain::Grandfather::default() };
    let gone = open.send_at("gone", gone.into(), now().plus_millis(60_000)).await.unwrap();
    assert!(matches!(gone.outcome, Outcome::Accepted { .. }));
    let reply = open.yes("big", packs()).await;
    assert!(!reply.replayed, "not all of it was on record");
    is_whole(&reply);
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS));
    assert_eq!(open.count("CodeMinted").await, VOUCHERS);
    assert!(reply.entitlements.iter().all(|view| view.purchased_at == bought_at));
    assert!(open.yes("big", packs()).await.replayed);
}

#[tokio::test]
async fn every_part_has_its_own_why_and_each_piece_its_history() {
    let (_ledger, open) = Ledger::selling().await;
    open.yes("big", packs()).await;
    for (name, first, last) in [("big", 1, 32), ("big:33", 33, 64), ("big:289", 289, 300)] {
        let why = open.handler.why(&id(name)).await.unwrap();
        assert!(why.agrees, "{name}");
        assert_eq!(why.command, part(first, last));
        let asked = why.judgements.iter().find(|judged| judged.rule == Rule::QuantityMax).unwrap();
        assert!(asked.facts.iter().any(|fact| fact.name == "quantity" && fact.value == "300"), "{asked:?}");
        let history =
            open.handler.history(EntitlementId::of_order(&line(), last), Seen::default()).await.unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!((history[0].command.as_str(), history[0].event.kind()), (name, "VoucherIssued"));
    }
}

#[tokio::test]
async fn a_refused_order_leaves_nothing_and_is_refused_again() {
    let (_ledger, open) = Ledger::selling().await;
    let free = || Command::from(Issue { paid: false, ..order(PACKS) });
    let reply = open.send("free", free()).await.unwrap();
    let Outcome::Refused(refusal) = &reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!((open.count("VoucherIssued").await, reply.codes.len()), (0, 0));
    let again = open.send("free", free()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.outcome, Outcome::Refused(refusal.clone()));
    // A new version with other packs changes nothing for what is on record.
    let source = PACK.replace("count = 30 ", "count = 20 ");
    open.yes("smaller", PublishOffer { source }.into()).await;
    assert!(open.send("free", free()).await.unwrap().replayed);
}

#[tokio::test]
async fn a_refusal_in_the_middle_is_the_answer_and_what_was_issued_stays() {
    let (_ledger, open) = Ledger::selling().await;
    open.yes("big", part(1, PACKS_OF_A_PART)).await;
    let amend = |buyer: Vec<BuyerFact>| AmendAgreement {
        agreement: id("EES-1"),
        last_day: None,
        buyer: Some(buyer),
        branches: None,
        administrator: None,
        contact: None,
    };
    open.yes("accreditation-lost", amend(Vec::new()).into()).await;
    let reply = open.send("big", packs()).await.unwrap();
    assert!(matches!(&reply.outcome, Outcome::Refused(refusal) if refusal.rule == Rule::BuyerQualifies));
    assert_eq!((reply.codes.len(), open.count("VoucherIssued").await), (0, usize::from(PACKS_OF_A_PART)));
    let issued: Vec<_> = (1..=PACKS_OF_A_PART).map(|piece| EntitlementId::of_order(&line(), piece)).collect();
    let shown = |reply: &Reply| reply.entitlements.iter().map(|view| view.id).collect::<Vec<_>>();
    assert_eq!(shown(&reply), issued, "what was issued before is told with the refusal");
    // Accredited again, a new id completes the line; the old one is answered as before.
    open.yes("accredited", amend(vec![id("accredited")]).into()).await;
    is_whole(&open.yes("big-2", packs()).await);
    let again = open.send("big", packs()).await.unwrap();
    assert_eq!((again.replayed, again.outcome), (true, reply.outcome));
    let fewer = open.send("big-3", order(PACKS_OF_A_PART).into()).await.unwrap();
    assert!(matches!(&fewer.outcome, Outcome::Refused(refusal) if refusal.rule == Rule::OrderUnchanged));
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS));
}

#[tokio::test]
async fn an_id_of_a_part_that_is_taken_is_told() {
    let (_ledger, open) = Ledger::selling().await;
    open.yes("big", part(1, PACKS_OF_A_PART)).await;
    // Somebody else took the id of a part for something that was refused.
    let elsewhere = open.send("big:33", part(299, 301)).await.unwrap();
    assert!(matches!(&elsewhere.outcome, Outcome::Refused(refusal) if refusal.rule == Rule::PiecesOfOrder));
    assert!(matches!(open.send("big", packs()).await, Err(Failure::IdReused { .. })));
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS_OF_A_PART));
    // A new id completes the line.
    is_whole(&open.yes("big-2", packs()).await);
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS));
}

#[tokio::test]
async fn what_is_too_much_or_leaves_no_room_for_parts_is_said_before_anything_is_done() {
    let (_ledger, open) = Ledger::selling().await;
    let before = open.records().await.len();
    let answer = open.send("huge", order(3_334).into()).await;
    assert!(matches!(answer, Err(Failure::TooLarge { units: 100_020, max: 100_000 })), "{answer:?}");
    let answer = open.send("long-part", part(1, 33)).await;
    assert!(matches!(answer, Err(Failure::TooLarge { units: 990, max: 960 })), "{answer:?}");
    let answer = open.send(&"x".repeat(61), packs()).await;
    let Err(failure @ Failure::IdTooLong { max: 60, .. }) = answer else { panic!("{answer:?}") };
    assert!(failure.to_string().contains("60 bytes at most"), "{failure}");
    assert_eq!(open.records().await.len(), before);
    is_whole(&open.yes(&"x".repeat(60), packs()).await);
}

#[tokio::test]
async fn a_dry_run_shows_the_whole_order() {
    let (_ledger, open) = Ledger::selling().await;
    let before = open.records().await.len();
    let request = Request { id: id("dry"), actor: id("shop"), command: packs(), confirm: false };
    let judged = open.handler.judge(&request, now()).await.unwrap();
    let Outcome::Accepted { events, .. } = judged.outcome else { panic!("{:?}", judged.outcome) };
    assert_eq!(events.iter().filter(|e| matches!(e.stream, Stream::Code(_))).count(), VOUCHERS);
    assert_eq!(open.records().await.len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_handlers_that_take_the_same_order_make_one() {
    let (_ledger, open) = Ledger::selling().await;
    let other = Open { handler: handler(&open.log), log: open.log.clone() };
    let (one, two, three) =
        tokio::join!(open.yes("big", packs()), other.yes("big", packs()), other.yes("small", packs()));
    for reply in [one, two, three] {
        is_whole(&reply);
    }
    assert_eq!(open.count("VoucherIssued").await, usize::from(PACKS));
    assert_eq!(open.count("CodeMinted").await, VOUCHERS);
}
