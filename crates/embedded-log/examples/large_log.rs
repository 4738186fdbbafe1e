//! Fills, opens and checks a large log, and prints what that took: `tests/large-log` runs it inside a limit of memory.
//!
//! `large_log fill FOLDER BYTES`, `large_log open FOLDER`, `large_log check FOLDER`.

use std::{
    error::Error,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog, verify};
use resit_event_log::{Commit, EventData, EventLog, Position, Slice};

/// How many lives are lived at the same time.
const WRITERS: u64 = 512;

/// How many commands a life has.
const STEPS: u64 = 5;

#[expect(clippy::print_stdout, reason = "it is a program that prints")]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let started_at = Instant::now();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fill", folder, bytes] => fill(Path::new(folder), bytes.parse()?)?,
        ["open", folder] => {
            let (log, report) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
            println!(
                "head {}, {} of {} segments indexed",
                report.head, report.segments_indexed, report.segments
            );
            drop(log);
        }
        ["check", folder] => {
            let report = verify(Path::new(folder))?;
            println!(
                "{} records in {} segments, sound: {}",
                report.records,
                report.segments,
                report.is_sound()
            );
        }
        _ => return Err("large_log fill FOLDER BYTES | open FOLDER | check FOLDER".into()),
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default().trim();
    println!("{} took {:.1} s, resident at most {peak}", words[0], started_at.elapsed().as_secs_f64());
    Ok(())
}

/// Appends lives until the log has so many bytes.
fn fill(folder: &Path, bytes: u64) -> Result<(), Box<dyn Error>> {
    let (log, _) = EmbeddedLog::open(folder, &Config::default())?;
    let written = Arc::new(AtomicU64::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    runtime.block_on(async {
        let from = log.head().await?.0;
        let writers = (0..WRITERS).map(|writer| {
            tokio::spawn(write_lives(log.clone(), format!("{from}-{writer}"), written.clone(), bytes))
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await?;
        }
        Ok(())
    })
}

async fn write_lives(log: EmbeddedLog, writer: String, written: Arc<AtomicU64>, bytes: u64) {
    for life in 0_u64.. {
        let streams = [format!("entitlement/{writer}-{life}"), format!("candidate/{writer}-{life}")];
        let mut revisions = [Position::START; 2];
        for step in 0..STEPS {
            let commit = commit(&format!("{writer}-{life}-{step}"), &streams, revisions);
            let len = commit.content_bytes() as u64;
            let appended = log.append(commit).await.expect("the log takes it");
            revisions = [appended.first, appended.last];
            if written.fetch_add(len, Ordering::Relaxed) >= bytes {
                return;
            }
        }
    }
}

/// A commit about as long as a command on a voucher: some 600 bytes on two streams.
fn commit(command: &str, streams: &[String; 2], revisions: [Position; 2]) -> Commit {
    let at = Timestamp::from_millis(1_567_332_000_000).expect("it is in the calendar");
    let event = |len: usize| EventData {
        kind: "ExamScheduled".into(),
        version: 1,
        happened_at: at,
        body: Bytes::from(vec![0x5a; len]),
    };
    let slice = |n: usize| Slice {
        stream: streams[n].as_str().into(),
        expected: revisions[n],
        events: vec![event(120), event(60)],
    };
    Commit {
        command: command.parse().expect("it is an id"),
        command_body: Bytes::from_static(&[0x80; 100]),
        actor: "large-log".parse().expect("it is an id"),
        recorded_at: at,
        slices: vec![slice(0), slice(1)],
    }
}
