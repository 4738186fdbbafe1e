//! Writers that append as fast as they are answered.

use std::{
    fmt,
    time::{Duration, Instant},
};

use resit_event_log::Commit;
use tokio::task::JoinSet;

use crate::work;

/// What a round showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    records: u64,
    syncs: u64,
    /// What the whole process took of the processors: it counts where they are shared with others.
    busy: Duration,
    p50: Duration,
    p99: Duration,
}

impl Outcome {
    pub(crate) fn with_syncs(self, syncs: u64) -> Self {
        Self { syncs, ..self }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, records, syncs, busy, p50, p99 } = self;
        let per_sync = records / syncs.max(&1);
        let busy = busy.as_nanos() / u128::from(*records);
        write!(f, "{per_second:9.0} {busy:6} {:6} {:6} {per_sync:8}", p50.as_micros(), p99.as_micros())
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
fn now() -> Instant {
    Instant::now()
}

/// The processors' time that this process has had so far.
fn busy() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has it");
    let fields = stat.rsplit_once(") ").expect("the name stands in brackets").1.split(' ');
    TICK * fields.skip(11).take(2).map(|ticks| ticks.parse::<u32>().expect("a number")).sum()
}

/// Lets so many writers append for so long. `append` answers with the stream's new revision.
pub(crate) async fn measure<F>(
    writers: u64,
    round: Duration,
    append: impl Fn(Commit) -> F + Clone + Send + 'static,
) -> Outcome
where
    F: Future<Output = u64> + Send,
{
    let (start, busy_before) = (now(), busy());
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let append = append.clone();
        tasks.spawn(async move {
            let mut waits = Vec::new();
            let mut revision = 0;
            loop {
                let begun = now();
                if begun - start >= round {
                    return waits;
                }
                revision = append(work::commit(writer, waits.len() as u64, revision)).await;
                waits.push(now() - begun);
            }
        });
    }
    let mut waits: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let (took, busy) = (start.elapsed(), busy().saturating_sub(busy_before));
    waits.sort_unstable();
    let records = waits.len() as u64;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let per_second = records as f64 / took.as_secs_f64();
    Outcome {
        per_second,
        records,
        syncs: 0,
        busy,
        p50: waits[waits.len() / 2],
        p99: waits[waits.len() * 99 / 100],
    }
}
