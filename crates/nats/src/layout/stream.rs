//! The table of streams.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use super::LEASE_AGE;
use crate::Names;

/// The shortest window in which a server looks for duplicates. Nothing here relies on it, and it takes a message for another's
/// duplicate whatever its subject is: with a longer one, one sender could swallow another's events.
const WINDOW_MIN: Duration = Duration::from_millis(100);

/// The longest event, with its headers: it must be possible to park it with what is said about it.
const EVENT_BYTES_MAX: i32 = 4 << 20;

/// Servers set this much aside at once, so that it is no more than they surely have.
const GIB: i64 = 1 << 30;
const DAY: Duration = Duration::from_hours(24);

/// How long a stream keeps what it holds.
#[derive(Debug, Clone, Copy)]
enum Keeps {
    /// For ever; nobody can take anything out.
    Forever,
    /// Until it is taken; if there is more of it than so many bytes, no more comes in.
    UntilTaken(i64),
    /// For ever; if there is more of it than so many bytes, no more comes in.
    UpTo(i64),
    /// For so long.
    For(Duration),
}

struct Row {
    name: String,
    subjects: String,
    keeps: Keeps,
    about: &'static str,
}

pub(super) fn of(names: &Names, replicas: usize) -> Vec<Config> {
    let row = |name, subjects, keeps, about| Row { name, subjects, keeps, about };
    let (ledger, intake) = (names.ledger_stream(), names.intake_stream());
    let (outcomes, parked, facts) = (names.outcome_stream(), names.parked_stream(), names.facts_stream());
    let mut streams: Vec<Config> = [
        row(ledger, names.ledger_subjects(), Keeps::Forever, "the log: every record of the ledger"),
        row(intake, names.intake_subjects(), Keeps::UntilTaken(GIB), "events that other systems sent in"),
        row(
            outcomes,
            names.outcome_subjects(),
            Keeps::For(30 * DAY),
            "what came of the events that were sent in",
        ),
        row(parked, names.parked_subjects(), Keeps::UpTo(GIB), "events that could not be taken"),
        row(facts, names.facts_subjects(), Keeps::Forever, "what is on record, for those who report"),
    ]
    .into_iter()
    .map(|row| row.config(replicas))
    .collect();
    // A command's records on several streams are one batch: all of them, or none.
    streams[0].allow_atomic_publish = true;
    streams.push(leases(names, replicas));
    streams
}

impl Row {
    fn config(self, replicas: usize) -> Config {
        let Row { name, subjects, keeps, about } = self;
        let mut config = Config {
            name,
            subjects: vec![subjects],
            description: Some(about.to_owned()),
            storage: StorageType::File,
            num_replicas: replicas,
            discard: DiscardPolicy::New,
            duplicate_window: WINDOW_MIN,
            allow_direct: true,
            max_bytes: -1,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_message_size: -1,
            max_consumers: -1,
            ..Config::default()
        };
        match keeps {
            Keeps::Forever => (config.deny_delete, config.deny_purge) = (true, true),
            Keeps::UntilTaken(bytes) => {
                (config.retention, config.max_bytes) = (RetentionPolicy::WorkQueue, bytes);
                config.max_message_size = EVENT_BYTES_MAX;
            }
            Keeps::UpTo(bytes) => config.max_bytes = bytes,
            Keeps::For(age) => (config.discard, config.max_age) = (DiscardPolicy::Old, age),
        }
        config
    }
}

/// A bucket: a stream that keeps the last value of each key.
fn leases(names: &Names, replicas: usize) -> Config {
    let bucket = names.leases_bucket();
    let about = "which process works where one is enough; a lease ends if it is not renewed";
    let row = Row {
        name: format!("KV_{bucket}"),
        subjects: format!("$KV.{bucket}.>"),
        keeps: Keeps::For(LEASE_AGE),
        about,
    };
    Config {
        max_messages_per_subject: 1,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        ..row.config(replicas)
    }
}
