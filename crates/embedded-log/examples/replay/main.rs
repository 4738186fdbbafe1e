//! How fast a whole log is read back, and what it takes on disk and to open.
//!
//! ```text
//! cargo run --release -p resit-embedded-log --example replay [folder [records]]
//! ```

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::{path::PathBuf, sync::Arc, time::Instant};

use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position};
use tokio::task::JoinSet;

mod work;

const WRITERS: u64 = 256;
const STEP: usize = 10_000;

#[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let records: u64 = arguments.next().map_or(1_000_000, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir_in(folder).expect("the folder can be written");

    let start = now();
    let (log, _) = EmbeddedLog::open(folder.path(), &Config::default()).expect("an empty folder opens");
    append(Arc::new(log), records).await;
    per_second("appended and closed", records, start);

    let start = now();
    let (log, report) = EmbeddedLog::open(folder.path(), &Config::default()).expect("a closed log opens");
    println!(
        "opened {} segments in {:?}, {} to index",
        report.segments,
        start.elapsed(),
        report.segments_indexed
    );

    for _ in 0..3 {
        let (start, mut after, mut bytes) = (now(), Position::START, 0);
        loop {
            let records = log.read(after, STEP).await.expect("the log is sound");
            let Some(last) = records.last() else { break };
            after = last.position;
            bytes += records.iter().flat_map(|r| &r.events).map(|event| event.body.len()).sum::<usize>();
        }
        assert!(bytes > 0);
        per_second("replayed", after.0, start);
    }

    let start = now();
    let lookups = 20_000;
    for n in 0..lookups {
        let stream = work::commit(n % WRITERS, (n / WRITERS) * 5, 0).slices.remove(0).stream;
        let history = log.read_stream(&stream, Position::START).await.expect("the log is sound");
        assert!(!history.is_empty());
    }
    per_second("histories", lookups, start);

    let start = now();
    let report = log.verify().expect("the log can be read");
    assert!(report.is_sound() && report.index_faults.is_empty());
    per_second("verified", report.records, start);
}

async fn append(log: Arc<EmbeddedLog>, records: u64) {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let log = log.clone();
        writers.spawn(async move {
            let mut revision = 0;
            for n in 0..records / WRITERS {
                let appended =
                    log.append(work::commit(writer, n, revision)).await.expect("nothing conflicts");
                revision = appended.last.0;
            }
        });
    }
    writers.join_all().await;
}

fn per_second(what: &str, count: u64, start: Instant) {
    let took = start.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let rate = count as f64 / took.as_secs_f64();
    println!("{what}: {count} in {took:.2?}, {rate:.0} per second");
}
