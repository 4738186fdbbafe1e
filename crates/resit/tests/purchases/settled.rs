//! What must be so when everything that was sent is settled.

use std::collections::{BTreeMap, BTreeSet};

use resit_command_handler::decode;
use resit_domain::Event;
use resit_event_log::{Position, Record};
use resit_intake::parked::ParkedEvents;
use resit_intake::{CloudEvent, Fact};
use serde_json::Value;

use crate::Meant;
use crate::ledger::Ledger;

/// Asks that the ledger has exactly what was meant.
pub(crate) async fn check(ledger: &Ledger, meant: &Meant) {
    let records = records(ledger).await;
    issued(&records, meant);
    parked(ledger, meant).await;
    told(ledger, meant).await;
    announced(ledger, &records).await;
}

async fn records(ledger: &Ledger) -> Vec<Record> {
    let (mut all, mut after) = (Vec::new(), Position::START);
    loop {
        let more = ledger.log.read(after, 1_000).await.unwrap();
        let Some(last) = more.last() else { return all };
        after = last.position;
        all.extend(more);
    }
}

/// Every piece of every line is issued once, and nothing else is on record.
fn issued(records: &[Record], meant: &Meant) {
    let mut pieces: BTreeMap<(String, u32), Vec<u16>> = BTreeMap::new();
    for data in records.iter().flat_map(|record| &record.events) {
        match decode(data).unwrap() {
            Event::VoucherIssued(issued) => {
                let line = (issued.order.number.to_string(), issued.order.line);
                pieces.entry(line).or_default().push(issued.piece);
            }
            Event::CodeMinted(_) | Event::OfferPublished(_) => {}
            // The offer is sold to nobody by an agreement, and a line that came twice is one command.
            other => panic!("{other:?} is on record"),
        }
    }
    let lines = meant.orders.iter().flat_map(|(number, lines)| {
        lines
            .iter()
            .map(move |(line, quantity)| ((number.clone(), *line), (1..=*quantity).collect::<Vec<u16>>()))
    });
    let due: BTreeMap<_, _> = lines.collect();
    for pieces in pieces.values_mut() {
        pieces.sort_unstable();
    }
    assert_eq!(pieces.len(), due.len(), "as many lines are issued as were ordered");
    assert!(pieces == due, "each line has its pieces, each once");
}

/// Everything malformed is parked, with its reason, and nothing else is.
async fn parked(ledger: &Ledger, meant: &Meant) {
    let mut events = ParkedEvents::of(ledger.link.clone()).await.unwrap();
    events.catch_up().await.unwrap();
    let mut parked = BTreeMap::new();
    for one in events.open() {
        let mark = one.headers.get("X-Mark").expect("what is parked was malformed").to_string();
        assert!(!one.note.poison.error.remedy.is_empty());
        assert!(parked.insert(mark, one.note.poison.reason.to_string()).is_none(), "it is parked once");
    }
    assert_eq!(parked, meant.parked);
    // The same through the program's own words.
    let listed: Value = serde_json::from_str(&ledger.run(&["parked", "list", "--output", "json"])).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), meant.parked.len());
}

/// The sender was told of every order that it was accepted, and of everything else that it was parked.
async fn told(ledger: &Ledger, meant: &Meant) {
    let (mut accepted, mut parked) = (BTreeSet::new(), 0);
    let mut answers: BTreeMap<String, Value> = BTreeMap::new();
    for event in messages(ledger, ledger.link.names.outcome_stream()).await {
        let data: Value = serde_json::from_slice(&event.data).unwrap();
        match event.kind.as_str() {
            "event-accepted-v1" => {
                accepted.insert(data["event"]["id"].as_str().unwrap().to_owned());
                // However often it was told, it was the same.
                let first = answers.entry(event.id).or_insert_with(|| data.clone());
                assert_eq!(*first, data);
            }
            "event-parked-v1" => parked += 1,
            other => panic!("{other}: {data}"),
        }
    }
    let due: BTreeSet<_> = meant.orders.keys().map(|number| format!("order-{number}")).collect();
    assert!(accepted == due, "{} of {} orders were told of", accepted.len(), due.len());
    assert!(parked >= meant.parked.len());
}

/// Every fact was announced, once, in order.
async fn announced(ledger: &Ledger, records: &[Record]) {
    let due: Vec<Fact> = records.iter().flat_map(Fact::of).collect();
    let intake = ledger.start("intake");
    let mut look = tokio::time::interval(std::time::Duration::from_millis(100));
    let name = ledger.link.names.facts_stream();
    let stream = ledger.link.jetstream.get_stream_no_info(&name).await.unwrap();
    let all = async {
        while stream.get_info().await.unwrap().state.messages < due.len() as u64 {
            look.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), all).await.expect("all facts are announced");
    intake.stop();
    let facts = messages(ledger, name).await;
    let facts: Vec<Fact> = facts.iter().map(|event| serde_json::from_slice(&event.data).unwrap()).collect();
    assert!(facts == due, "{} facts were announced, and {} are on record", facts.len(), due.len());
}

/// All events of a stream.
async fn messages(ledger: &Ledger, stream: String) -> Vec<CloudEvent> {
    let stream = ledger.link.jetstream.get_stream_no_info(stream).await.unwrap();
    let last = stream.get_info().await.unwrap().state.last_sequence;
    let mut events = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        events.push(CloudEvent::read(&message.headers, &message.payload).unwrap());
    }
    events
}
