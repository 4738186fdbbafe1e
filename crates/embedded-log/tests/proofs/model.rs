//! Random operations, answered like the log in memory answers them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use resit_embedded_log::EmbeddedLog;
use resit_event_log::{EventLog, MemoryLog, Position, StreamId};

use crate::given::{commit, runtime, tiny};

#[derive(Debug, Clone)]
enum Step {
    /// A command on some streams; `lag` says how far behind each one's revision the expectation is.
    Append {
        command: u8,
        streams: BTreeSet<u8>,
        lag: u64,
        millis: i64,
        body: usize,
    },
    Read {
        after: u64,
        limit: usize,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let append =
        (0..40_u8, prop::collection::btree_set(0..6_u8, 1..4), 0..12_u64, -500..500_i64, 0..2_000_usize);
    let append = append.prop_map(|(command, streams, lag, millis, body)| Step::Append {
        command,
        streams,
        // Most expectations are right.
        lag: lag.saturating_sub(9),
        millis,
        body,
    });
    prop_oneof![
        12 => append,
        3 => (0..80_u64, 0..20_usize).prop_map(|(after, limit)| Step::Read { after, limit }),
        1 => Just(Step::Reopen),
    ]
}

fn said<T: std::fmt::Debug, E: std::fmt::Debug>(answer: &Result<T, E>) -> String {
    format!("{answer:?}")
}

async fn agree_on_everything(log: &EmbeddedLog, model: &MemoryLog) {
    assert_eq!(log.head().await.unwrap(), model.head().await.unwrap());
    for stream in (0..6).map(|n| StreamId::new("stream", n)) {
        assert_eq!(log.revision(&stream).await.unwrap(), model.revision(&stream).await.unwrap());
        for after in [0, 7].map(Position) {
            let (ours, theirs) =
                (log.read_stream(&stream, after).await, model.read_stream(&stream, after).await);
            assert_eq!(ours.unwrap(), theirs.unwrap());
        }
    }
    for command in (0..40).map(|n| format!("c{n}").parse().unwrap()) {
        assert_eq!(log.find_command(&command).await.unwrap(), model.find_command(&command).await.unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_answers_as_the_memory_log_does(steps in prop::collection::vec(step(), 1..120)) {
        let folder = tempfile::tempdir().unwrap();
        runtime().block_on(async {
            let model = MemoryLog::new();
            let mut log = EmbeddedLog::open(folder.path(), &tiny()).unwrap().0;
            for step in steps {
                match step {
                    Step::Append { command, streams, lag, millis, body } => {
                        let mut slices = Vec::new();
                        for name in streams.iter().map(|n| format!("stream/{n}")) {
                            let revision = model.revision(&StreamId::from(&*name)).await.unwrap();
                            slices.push((name, revision.0.saturating_sub(lag)));
                        }
                        let slices: Vec<_> = slices.iter().map(|(name, expected)| (&**name, *expected)).collect();
                        let mut given = commit(&format!("c{command}"), &slices, &vec![7; body]);
                        given.recorded_at = given.recorded_at.plus_millis(millis);
                        let (ours, theirs) = (log.append(given.clone()).await, model.append(given).await);
                        assert_eq!(said(&ours), said(&theirs));
                    }
                    Step::Read { after, limit } => {
                        let (ours, theirs) =
                            (log.read(Position(after), limit).await, model.read(Position(after), limit).await);
                        assert_eq!(ours.unwrap(), theirs.unwrap());
                    }
                    Step::Reopen => {
                        drop(log);
                        log = EmbeddedLog::open(folder.path(), &tiny()).unwrap().0;
                    }
                }
            }
            agree_on_everything(&log, &model).await;
            drop(log);
            log = EmbeddedLog::open(folder.path(), &tiny()).unwrap().0;
            agree_on_everything(&log, &model).await;
            assert!(log.verify().unwrap().is_sound());
        });
    }
}
