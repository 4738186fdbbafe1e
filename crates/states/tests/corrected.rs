//! A log that is shown by corrected times, over random logs and random spans.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use resit_domain::correction::{FlipCounts, Replacement, StoredFact, Voided};
use resit_domain::event::{ExamRescheduled, Expired, TimeCorrected};
use resit_domain::{
    Command, DefineExam, EntitlementId, Event, ExamFacts, Expire, LedgerClock, Rule, Stream, Timestamp, codec,
};
use resit_event_log::{Commit, EventData, EventLog, MemoryLog, Position, Record, Slice, as_stored};
use resit_states::{Asked, CorrectedLog, asked_of, stream_id};
use tokio::runtime::Builder;

const START_MS: i64 = 1_700_000_000_000;
const AHEAD_MS: u64 = 300_000_000_000;

/// A record of a random log.
#[derive(Debug, Clone)]
struct Step {
    /// Milliseconds since the one before it.
    gap_ms: i64,
    /// Which entitlement it is on.
    entitlement: u8,
    /// Whether a moment came, or something happened.
    is_due: bool,
    /// When that was, in milliseconds before the record.
    ago_ms: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let due = 0..i64::try_from(AHEAD_MS).unwrap() * 2;
    let step = (0_i64..10_000, 0_u8..4, any::<bool>(), prop_oneof![Just(0), due]);
    vec(
        step.prop_map(|(gap_ms, entitlement, is_due, ago_ms)| Step { gap_ms, entitlement, is_due, ago_ms }),
        2..40,
    )
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(START_MS + ms).unwrap()
}

fn data(event: &Event, happened_at: Timestamp) -> EventData {
    EventData {
        kind: event.kind().into(),
        version: codec::version(event.kind()),
        happened_at,
        body: codec::encode(event).into(),
    }
}

/// Puts one record on a stream.
async fn put(
    log: &dyn EventLog,
    command: &Command,
    stream: &Stream,
    at: Timestamp,
    event: EventData,
) -> Position {
    let stream = stream_id(stream);
    let number = log.head().await.unwrap().0 + 1;
    let commit = Commit {
        command: format!("c-{number}").parse().unwrap(),
        command_body: Asked::encode(at, command).into(),
        actor: "desk".parse().unwrap(),
        recorded_at: at,
        slices: vec![Slice { expected: log.revision(&stream).await.unwrap(), stream, events: vec![event] }],
    };
    log.append(commit).await.unwrap().last
}

/// A log of steps, of which those from `first` to `last`, counted from 1, were recorded by a clock that was ahead.
async fn played(steps: &[Step], first: u64, last: u64) -> (Arc<dyn EventLog>, Vec<Timestamp>) {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let (mut ms, mut right) = (0, Vec::new());
    for (step, position) in steps.iter().zip(1..) {
        ms += step.gap_ms;
        right.push(at(ms));
        let is_wrong = (first..=last).contains(&position);
        let shows = if is_wrong { at(ms).plus_millis(i64::try_from(AHEAD_MS).unwrap()) } else { at(ms) };
        let happened_at = shows.plus_millis(-step.ago_ms);
        let id = EntitlementId([step.entitlement; 16]);
        let (command, event): (Command, Event) = if step.is_due {
            let (rule, clause) = (Rule::SitBy, "C-1".to_owned());
            (
                Expire { entitlement: id }.into(),
                Expired { unit: 1, ended_at: happened_at, rule, clause }.into(),
            )
        } else {
            let exam = DefineExam { exam: "EX-1".parse().unwrap(), facts: ExamFacts::default() };
            (exam.into(), ExamRescheduled { unit: 1, sit_at: at(0), booked_at: None }.into())
        };
        put(&*log, &command, &Stream::Entitlement(id), shows, data(&event, happened_at)).await;
    }
    (log, right)
}

fn correction(first: u64, last: u64, not_before: Option<Timestamp>, latest: Timestamp) -> TimeCorrected {
    TimeCorrected {
        first,
        last,
        ahead_ms: AHEAD_MS,
        reason: "a test".to_owned(),
        latest,
        not_before,
        voided: Voided::default(),
        instead: Vec::new(),
        flips: Vec::new(),
        turned: FlipCounts::default(),
    }
}

/// Records a correction, judged at `at`.
async fn correct(log: &Arc<dyn EventLog>, corrected: TimeCorrected, at: Timestamp) -> Position {
    let command = DefineExam { exam: "EX-1".parse().unwrap(), facts: ExamFacts::default() }.into();
    let event = data(&corrected.into(), at);
    put(&**log, &command, &Stream::Clock(LedgerClock), at, event).await
}

async fn all(log: &dyn EventLog) -> Vec<Record> {
    log.read(Position::START, usize::MAX).await.unwrap()
}

/// What the stored log and the span make of a record, said once more in other words.
fn expected(stored: &Record, right: Timestamp) -> (Timestamp, Vec<Timestamp>) {
    let ahead = i64::try_from(AHEAD_MS).unwrap();
    let happened = stored.events.iter().filter_map(|event| {
        let is_in_time = event.happened_at <= right;
        match (is_in_time, &*event.kind) {
            (true, _) => Some(event.happened_at),
            (false, "Expired") => None,
            (false, _) => Some(event.happened_at.plus_millis(-ahead)),
        }
    });
    (right, happened.collect())
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_span_is_shown_by_the_right_time_and_the_rest_as_it_is(steps in steps(), ends in any::<(prop::sample::Index, prop::sample::Index)>()) {
        wait(async {
            let (a, b) = (ends.0.index(steps.len()) as u64 + 1, ends.1.index(steps.len()) as u64 + 1);
            // Nothing after the span was recorded yet, for its time could not be stored.
            let (first, last) = (a.min(b), steps.len() as u64);
            let (log, right) = played(&steps, first, last).await;
            let stored = all(&*log).await;
            let now = *right.last().unwrap();
            let not_before = first.checked_sub(2).map(|n| right[usize::try_from(n).unwrap()]);
            let latest = stored.last().unwrap().recorded_at;
            let at = correct(&log, correction(first, last, not_before, latest), now).await;
            let shown = CorrectedLog::open(log.clone()).await.unwrap();
            prop_assert_eq!(shown.corrected_at(), at);

            let records = all(&shown).await;
            for ((record, stored), right) in records.iter().zip(&stored).zip(&right) {
                if stored.position.0 < first {
                    prop_assert_eq!(record, stored);
                } else {
                    let (recorded_at, happened) = expected(stored, *right);
                    prop_assert_eq!(record.recorded_at, recorded_at);
                    prop_assert_eq!(record.events.iter().map(|e| e.happened_at).collect::<Vec<_>>(), happened);
                    prop_assert_eq!(asked_of(record).unwrap().at, *right);
                    prop_assert_eq!(asked_of(record).unwrap().command, asked_of(stored).unwrap().command);
                }
            }
            prop_assert!(records.is_sorted_by_key(|record| record.recorded_at));
            // The correction itself, and what follows until the stored time has passed, goes by what it was judged by.
            prop_assert_eq!(records.last().unwrap().recorded_at, now);
            for (later_ms, stored_late) in [(5, true), (i64::try_from(AHEAD_MS).unwrap() * 2, false)] {
                let later = now.plus_millis(later_ms);
                let exam = Stream::Exam("EX-1".parse().unwrap());
                let define = DefineExam { exam: "EX-1".parse().unwrap(), facts: ExamFacts::default() }.into();
                let event = data(&ExamRescheduled { unit: 1, sit_at: later, booked_at: None }.into(), later);
                let position = put(&shown, &define, &exam, later, event).await;
                let shown = shown.read(Position(position.0 - 1), 1).await.unwrap();
                prop_assert_eq!(shown[0].recorded_at, later);
                let stored = log.read(Position(position.0 - 1), 1).await.unwrap();
                prop_assert_eq!(stored[0].recorded_at > later, stored_late);
            }

            // However a record is read, it is the same.
            for record in all(&shown).await {
                let behind = Position(record.position.0 - 1);
                prop_assert_eq!(&shown.read_stream(&record.stream, behind).await.unwrap()[0], &record);
                prop_assert_eq!(&shown.glance_at_stream(&record.stream, behind).await.unwrap()[0], &record);
                prop_assert_eq!(&shown.find_command(&record.command).await.unwrap()[0], &record);
            }
            let shown: Arc<dyn EventLog> = Arc::new(shown);
            prop_assert_eq!(all(&*as_stored(&shown)).await, all(&*log).await);
            Ok(())
        })?;
    }

    #[test]
    fn corrections_of_two_parts_show_what_one_of_the_whole_does(steps in steps(), cut in any::<prop::sample::Index>()) {
        wait(async {
            let last = steps.len() as u64;
            let cut = cut.index(steps.len() - 1) as u64 + 1;
            let (whole, right) = played(&steps, 1, last).await;
            let (parts, _) = played(&steps, 1, last).await;
            let (now, latest) = (*right.last().unwrap(), all(&*whole).await.last().unwrap().recorded_at);
            correct(&whole, correction(1, last, None, latest), now).await;
            correct(&parts, correction(1, cut, None, latest), now).await;
            let before = right[usize::try_from(cut).unwrap() - 1];
            // The second span may reach over the first correction, which is recorded by the right time.
            let at = correct(&parts, correction(cut + 1, last + 1, Some(before), latest), now).await;
            let (whole, parts) = (CorrectedLog::open(whole).await.unwrap(), CorrectedLog::open(parts).await.unwrap());
            let count = steps.len();
            prop_assert_eq!(&all(&whole).await[..count], &all(&parts).await[..count]);
            for correction in &all(&parts).await[count..] {
                prop_assert_eq!(correction.recorded_at, now);
            }
            prop_assert_eq!(parts.corrected_at(), at);
            // As it was shown between the two.
            let first = parts.corrected_until(Position(last + 1)).unwrap();
            prop_assert_eq!(first.corrected_at(), Position(last + 1));
            prop_assert!(parts.corrected_until(Position(1)).is_none());
            Ok(())
        })?;
    }
}

#[test]
fn without_a_correction_nothing_is_changed_and_a_new_one_is_noticed() {
    wait(async {
        let step = Step { gap_ms: 5, entitlement: 1, is_due: true, ago_ms: 0 };
        let (log, right) = played(&[step.clone(), step], 1, 2).await;
        let shown = CorrectedLog::open(log.clone()).await.unwrap();
        assert_eq!(all(&shown).await, all(&*log).await);
        assert_eq!(shown.corrected_at(), Position::START);
        let outdated = shown.outdated();
        assert!(!*outdated.borrow());
        let latest = all(&*log).await[1].recorded_at;
        correct(&log, correction(1, 2, None, latest), right[1]).await;
        assert!(!*outdated.borrow());
        all(&shown).await;
        assert!(*outdated.borrow(), "whoever reads it has to start again");
    });
}

#[test]
fn facts_that_a_correction_brings_are_shown_instead_of_the_stored_ones() {
    wait(async {
        let step = Step { gap_ms: 5, entitlement: 1, is_due: false, ago_ms: 0 };
        let (log, right) = played(&[step.clone(), step], 1, 2).await;
        let latest = all(&*log).await[1].recorded_at;
        let fact = data(&ExamRescheduled { unit: 1, sit_at: at(7), booked_at: None }.into(), right[1]);
        let stored = StoredFact {
            kind: fact.kind.clone().into_owned(),
            version: fact.version,
            happened_at: fact.happened_at,
            body: fact.body.to_vec(),
        };
        let instead = vec![Replacement { position: 2, facts: vec![stored] }];
        correct(&log, TimeCorrected { instead, ..correction(1, 2, None, latest) }, right[1]).await;
        let shown = all(&CorrectedLog::open(log).await.unwrap()).await;
        assert_eq!(shown[1].events, [fact]);
        assert_ne!(shown[0].events, shown[1].events);
    });
}
