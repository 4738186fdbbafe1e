//! What a killed ledger has on record, and what must hold of it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position, Record};

/// All that is on record in a folder that was killed, and whether a tail was set aside.
pub(crate) fn look(folder: &Path) -> (Vec<Record>, bool) {
    let (log, report) = EmbeddedLog::open(folder, &Config::default()).expect("a killed ledger opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let records = runtime.block_on(async {
        let mut records: Vec<Record> = Vec::new();
        loop {
            let after = records.last().map_or(Position::START, |record| record.position);
            let more = log.read(after, 10_000).await.expect("the log can be read");
            if more.is_empty() {
                return records;
            }
            records.extend(more);
        }
    });
    (records, report.torn.is_some())
}

/// Nothing acknowledged is lost, no position has a gap, no command has two effects, and no end is on record twice or before
/// a registration.
pub(crate) fn check(records: &[Record], answers: &HashMap<String, u64>) {
    for (record, expected) in records.iter().zip(1..) {
        assert_eq!(record.position.0, expected, "positions have no gap");
    }
    check_commands(records, answers);
}

/// The same of a log whose positions have gaps.
pub(crate) fn check_commands(records: &[Record], answers: &HashMap<String, u64>) {
    let mut last: HashMap<&str, u64> = HashMap::new();
    let mut begun: HashSet<&str> = HashSet::new();
    for record in records {
        if record.slice == 0 {
            assert!(begun.insert(record.command.as_str()), "{} has two effects", record.command);
        }
        last.insert(record.command.as_str(), record.position.0);
    }
    for (id, position) in answers {
        assert_eq!(last.get(id.as_str()), Some(position), "{id} was acknowledged at {position}");
    }
    check_lives(records);
}

fn check_lives(records: &[Record]) {
    let (mut issued, mut ended, mut ended_at) = (HashSet::new(), HashSet::new(), HashMap::new());
    for (record, event) in
        records.iter().flat_map(|record| record.events.iter().map(move |event| (record, event)))
    {
        let stream = record.stream.as_str();
        match &*event.kind {
            "VoucherIssued" => assert!(issued.insert(stream), "{stream} was issued twice"),
            "Expired" => {
                assert!(
                    ended.insert((stream, event.happened_at, &event.body)),
                    "{stream} ended twice at one instant"
                );
                ended_at.insert(stream, event.happened_at);
            }
            "ExamScheduled" => assert!(
                ended_at.get(stream).is_none_or(|end| event.happened_at < *end),
                "{stream} was registered at {}, after its end",
                event.happened_at
            ),
            _ => {}
        }
    }
}
