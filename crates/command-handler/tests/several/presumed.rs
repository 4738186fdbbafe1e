//! What a handler presumes new, because it keeps nothing of it: where that is wrong, it answers as if it had looked.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Outcome, Reply, Settings};
use resit_domain::{
    DefineExam, EntitlementId, ExamFacts, Issue, OrderLine, PublishOffer, Rule, Schedule, Stream, Timestamp,
    VoucherRef,
};
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_states::stream_id;
use resit_voucher_code::CodeKey;

use crate::given::{OFFER, handled, is_yes, now, order, publish_with, request};

/// A ledger whose offer allows one open registration of a candidate, whichever vouchers it is for.
async fn ledger() -> Arc<dyn EventLog> {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let (handler, any, one) = (handler(&log), "{ max = \"none\" }", "{ max = 1, over = \"candidate\" }");
    publish_with(&handler, |terms| {
        let offer = terms.replace(any, one);
        assert!(offer != terms);
        offer
    })
    .await;
    let facts = ExamFacts::default();
    assert!(is_yes(&handled(&handler, "exam", DefineExam { exam: "EX-1".parse().unwrap(), facts }).await));
    log
}

/// A handler that keeps nothing yet.
fn handler(log: &Arc<dyn EventLog>) -> Arc<CommandHandler> {
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    Arc::new(CommandHandler::new(log.clone(), key, Settings::default()))
}

fn piece(number: &str, piece: u16) -> EntitlementId {
    let line = OrderLine { shop: "web".parse().unwrap(), number: number.parse().unwrap(), line: 1 };
    EntitlementId::of_order(&line, piece)
}

fn schedule(number: &str, sit_at: &str) -> Schedule {
    Schedule {
        voucher: VoucherRef::Id { entitlement: piece(number, 1), unit: 1 },
        candidate: "anna".parse().unwrap(),
        exam: "EX-1".parse().unwrap(),
        sit_at: sit_at.parse::<Timestamp>().unwrap(),
        booked_at: None,
        delivery: Some("online".parse().unwrap()),
        provider: None,
        channel: None,
        region: None,
        branch: None,
        paid: None,
    }
}

fn rule(reply: &Reply) -> Option<Rule> {
    match &reply.outcome {
        Outcome::Refused(refusal) => Some(refusal.rule),
        Outcome::Accepted { .. } => None,
    }
}

async fn records(log: &Arc<dyn EventLog>, stream: Stream) -> usize {
    log.read_stream(&stream_id(&stream), Position::START).await.unwrap().len()
}

#[tokio::test]
async fn an_order_that_another_handler_took_is_never_taken_twice() {
    for quantity in [1, 3] {
        let log = ledger().await;
        let order = || Issue { quantity, ..order("7", None) };
        let first = handled(&handler(&log), "first", order()).await;
        let again = handled(&handler(&log), "first", order()).await;
        assert!(again.replayed && again.position == first.position);
        // Under another id it is judged as by whoever looked first.
        let command = request("second", order());
        let judged = handler(&log).judge(&command, now()).await.unwrap().outcome;
        let answered = handler(&log).handle(command, now()).await.unwrap();
        assert_eq!(answered.outcome, judged);
        let other = handler(&log).handle(request("first", Issue { quantity: 2, ..order() }), now()).await;
        assert!(matches!(other, Err(Failure::IdReused { .. })), "{other:?}");
        for n in 1..=quantity {
            let told_again = usize::from(n == 1);
            assert_eq!(records(&log, Stream::Entitlement(piece("7", n))).await, 1 + told_again, "{quantity}");
        }
    }
}

#[tokio::test]
async fn an_order_that_would_be_too_large_today_is_answered_as_it_was_taken() {
    let log = ledger().await;
    let order = || Issue { quantity: 400, ..order("7", None) };
    let first = handled(&handler(&log), "first", order()).await;
    assert!(is_yes(&first));
    let twice = PublishOffer { source: OFFER.replacen("count = 1 ", "count = 2 ", 1) };
    assert!(is_yes(&handled(&handler(&log), "twice", twice).await));
    let again = handled(&handler(&log), "first", order()).await;
    assert!(again.replayed && again.position == first.position);
}

#[tokio::test]
async fn a_candidate_whom_another_handler_knows_is_judged_by_what_it_knows() {
    let log = ledger().await;
    let one = handler(&log);
    for number in ["7", "8"] {
        assert!(is_yes(&handled(&one, number, order(number, None)).await));
    }
    assert!(is_yes(&handled(&one, "anna-7", schedule("7", "2026-12-01T10:00Z")).await));
    let refused = handled(&handler(&log), "anna-8", schedule("8", "2026-12-02T10:00Z")).await;
    assert_eq!(rule(&refused), Some(Rule::OpenRegistrations));
    // The registration, and the note that a voucher was refused because of it.
    assert_eq!(records(&log, Stream::Candidate("anna".parse().unwrap())).await, 2);
}
