//! Folding on from wherever a state stands.

use std::sync::Arc;

use resit_domain::event::{ExamDefined, StepTaken};
use resit_domain::{EntitlementId, Event, ExamFacts, State, Stream, Timestamp, codec};
use resit_event_log::{Commit, EventData, EventLog, MemoryLog, Position, Record, Slice};
use resit_states::{AsOf, Folded, States, stream_id, with_streams};

const STREAM: Stream = Stream::Entitlement(EntitlementId([7; 16]));

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).unwrap()
}

/// A log with one stream, on which so many steps were taken, one in each record.
async fn with_steps(count: i64) -> (Arc<dyn EventLog>, Vec<Record>) {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let mut expected = Position::START;
    for n in 0..count {
        let event: Event = StepTaken { step: format!("step-{n}") }.into();
        let fact = EventData {
            kind: event.kind().into(),
            version: codec::version(event.kind()),
            happened_at: at(n),
            body: codec::encode(&event).into(),
        };
        let commit = Commit {
            command: format!("c-{n}").parse().unwrap(),
            command_body: Vec::new().into(),
            actor: "desk".parse().unwrap(),
            recorded_at: at(n),
            slices: vec![Slice { stream: stream_id(&STREAM), expected, events: vec![fact] }],
        };
        expected = log.append(commit).await.unwrap().last;
    }
    let records = log.read(Position::START, usize::MAX).await.unwrap();
    (log, records)
}

fn steps(folded: &Folded) -> usize {
    let State::Entitlement(entitlement) = &folded.state else { panic!("it is an entitlement's stream") };
    entitlement.steps.len()
}

#[tokio::test]
async fn a_state_that_stands_anywhere_is_folded_on_to_the_last_record() {
    let (log, records) = with_steps(6).await;
    let all: Vec<&Record> = records.iter().collect();
    for kept in 0..=6 {
        for from in 0..6 {
            let states = States::new(log.clone(), 10);
            let before = Folded::new(&STREAM).absorb(&records[..kept]).unwrap();
            states.put_back(&STREAM, before.clone());
            let by_cache = states.behind(&STREAM, None, &all[from..]).await.unwrap();
            let by_hand = states.behind(&STREAM, Some(before), &all[from..]).await.unwrap();
            for folded in [by_cache, by_hand] {
                assert_eq!((steps(&folded), folded.revision), (6, records[5].position), "{kept}, {from}");
            }
        }
    }
}

#[tokio::test]
async fn a_state_at_hand_is_not_asked_of_the_log() {
    let (_, records) = with_steps(3).await;
    let states = States::new(Arc::new(MemoryLog::new()), 10);
    let at_hand = Folded::new(&STREAM).absorb(&records[..1]).unwrap();
    let later: Vec<&Record> = records[1..].iter().collect();
    assert_eq!(steps(&states.behind(&STREAM, Some(at_hand), &later).await.unwrap()), 3);
}

#[tokio::test]
async fn an_older_state_does_not_take_the_place_of_a_newer_one() {
    let (log, records) = with_steps(3).await;
    let states = States::new(log, 10);
    for count in [3, 1] {
        states.put_back(&STREAM, Folded::new(&STREAM).absorb(&records[..count]).unwrap());
        assert_eq!(steps(&states.load(&STREAM, AsOf::Cached).await.unwrap()), 3);
    }
}

#[tokio::test]
async fn an_append_that_is_noted_late_takes_nothing_back() {
    let (log, records) = with_steps(2).await;
    let states = States::new(log, 10);
    // Who follows the log has seen it, and what came behind it, before its own handler gets there.
    states.take_in(&with_streams(&records).unwrap()).await.unwrap();
    let appended = Folded::new(&STREAM).absorb(&records[..1]).unwrap();
    states.keep(&STREAM, appended.state, appended.revision);
    for as_of in [AsOf::Cached, AsOf::Followed, AsOf::Head] {
        assert_eq!(steps(&states.load(&STREAM, as_of).await.unwrap()), 2, "{as_of:?}");
    }
}

/// The definition of an exam, behind what is on record of it.
async fn define(log: &dyn EventLog, command: &str, category: &str, expected: Position) -> Position {
    let categories = vec![category.parse().unwrap()];
    let event: Event = ExamDefined { facts: ExamFacts { categories, ..ExamFacts::default() } }.into();
    let fact = EventData {
        kind: event.kind().into(),
        version: codec::version(event.kind()),
        happened_at: at(0),
        body: codec::encode(&event).into(),
    };
    let commit = Commit {
        command: command.parse().unwrap(),
        command_body: Vec::new().into(),
        actor: "desk".parse().unwrap(),
        recorded_at: at(0),
        slices: vec![Slice { stream: "exam/EX-1".into(), expected, events: vec![fact] }],
    };
    log.append(commit).await.unwrap().last
}

#[tokio::test]
async fn no_state_of_any_stream_stays_behind_what_a_follower_takes_in() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let stream = Stream::Exam("EX-1".parse().unwrap());
    let first = define(&*log, "c-1", "associate", Position::START).await;
    let states = States::new(log.clone(), 10);
    assert_eq!(states.load(&stream, AsOf::Cached).await.unwrap().revision, first);
    // Somebody else puts on record what concerns no voucher's row.
    let second = define(&*log, "c-2", "fundamentals", first).await;
    let records = log.read(first, usize::MAX).await.unwrap();
    states.take_in(&with_streams(&records).unwrap()).await.unwrap();
    assert_eq!(states.load(&stream, AsOf::Cached).await.unwrap().revision, second);
}
