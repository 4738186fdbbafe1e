//! How much the log costs over the least that any durable log has to do.
//!
//! In one run, by turns: the embedded log, and a plain file to which a thread appends the same number of bytes with
//! the same batching: it takes all that waits, writes it at once, syncs it at once, and answers.
//!
//! ```text
//! cargo run --release -p resit-embedded-log --example floor [folder [rounds [milliseconds [writers]]]]
//! ```

#![expect(clippy::print_stdout, reason = "it prints a table")]

mod measure;
mod plain;
mod work;

use std::{path::PathBuf, sync::Arc, time::Duration};

use measure::{Outcome, measure};
use plain::PlainFile;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;

const WRITERS: [u64; 4] = [1, 16, 64, 256];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let mut number = |default: u32| arguments.next().map_or(default, |text| text.parse().expect("a number"));
    let (rounds, round) = (number(7), Duration::from_millis(number(1_500).into()));
    let only = u64::from(number(0));

    println!("{rounds} rounds by turns, {} bytes a record, in {}\n", work::RECORD_BYTES, folder.display());
    println!(
        "writers |       log/s  p50 µs  p99 µs   rec/sync |     floor/s  p50 µs  p99 µs   rec/sync | ratio (min–max)"
    );
    for writers in WRITERS.into_iter().filter(|writers| only == 0 || *writers == only) {
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            pairs.push((embedded(&folder, writers, round).await, plain(&folder, writers, round).await));
        }
        let (log, floor) = (median(pairs.iter().map(|p| p.0)), median(pairs.iter().map(|p| p.1)));
        let mut ratios: Vec<f64> =
            pairs.iter().map(|(log, floor)| log.per_second / floor.per_second).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        println!("{writers:7} | {log} | {floor} | {:.2} ({least:.2}–{most:.2})", ratios[ratios.len() / 2]);
    }
}

async fn embedded(folder: &std::path::Path, writers: u64, round: Duration) -> Outcome {
    let folder = tempfile::tempdir_in(folder).expect("the folder can be written");
    let (log, _) = EmbeddedLog::open(folder.path(), &Config::default()).expect("an empty folder opens");
    let log = Arc::new(log);
    let appending = log.clone();
    let outcome = measure(writers, round, move |commit| {
        let log = appending.clone();
        async move {
            let appended = log.append(commit).await.expect("nothing conflicts");
            appended.last.0
        }
    });
    let outcome = outcome.await;
    outcome.with_syncs(log.syncs())
}

async fn plain(folder: &std::path::Path, writers: u64, round: Duration) -> Outcome {
    let folder = tempfile::tempdir_in(folder).expect("the folder can be written");
    let file = Arc::new(PlainFile::create(&folder.path().join("floor")));
    let appending = file.clone();
    let outcome = measure(writers, round, move |commit| {
        let file = appending.clone();
        async move {
            // What the log does with a commit is not done here, only what the writers do to make one.
            std::hint::black_box(commit);
            file.append().await
        }
    });
    let outcome = outcome.await;
    outcome.with_syncs(file.syncs())
}

fn median(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut outcomes: Vec<_> = outcomes.collect();
    outcomes.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    outcomes[outcomes.len() / 2]
}
