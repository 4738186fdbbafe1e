//! What is done behind the log: rebuilds, expiries, histories.

use std::path::Path;
use std::time::Duration;

use resit_derived_store::DerivedStore;
use resit_domain::{EntitlementId, Timestamp};
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use tokio::task::JoinSet;

use crate::clock::{now, rate};
use crate::in_process::Ledger;
use crate::{BenchError, life};

/// How fast something went through a number of things.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pass {
    /// How many things.
    pub count: u64,
    /// How long it took.
    pub took: Duration,
}

impl Pass {
    /// So many per second.
    pub fn per_second(&self) -> f64 {
        rate(self.count, self.took)
    }
}

/// Lives until at least so many events are on record; the number of events, and of vouchers.
pub(crate) async fn fill(ledger: &Ledger, events: u64) -> Result<(u64, u64), BenchError> {
    // Each life makes as many as the first one.
    for step in 0..life::LIFE {
        ledger.handler.handle(life::command(u64::MAX, step), life::judged_at()).await?;
    }
    let each = count_events(&*ledger.log).await?;
    let vouchers = events.div_ceil(each.max(1));
    every(vouchers, 256, ledger, |voucher| (0..life::LIFE).map(move |step| (voucher, step))).await?;
    Ok((count_events(&*ledger.log).await?, vouchers + 1))
}

/// Sends the commands of so many workers, `at_once` workers at a time.
async fn every<I: Iterator<Item = (u64, u64)> + Send + 'static>(
    workers: u64,
    at_once: u64,
    ledger: &Ledger,
    commands: impl Fn(u64) -> I + Clone + Send + 'static,
) -> Result<(), BenchError> {
    let mut tasks = JoinSet::new();
    for lane in 0..at_once {
        let (handler, commands) = (ledger.handler.clone(), commands.clone());
        tasks.spawn(async move {
            for worker in (lane..workers).step_by(usize::try_from(at_once).unwrap_or(1)) {
                for (worker, step) in commands(worker) {
                    handler.handle(life::command(worker, step), life::judged_at()).await?;
                }
            }
            Ok::<_, BenchError>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.map_err(|e| BenchError::Broken(e.to_string()))??;
    }
    Ok(())
}

async fn count_events(log: &dyn EventLog) -> Result<u64, BenchError> {
    let (mut after, mut count) = (Position::START, 0);
    loop {
        let records = log.read(after, 16_384).await?;
        let Some(last) = records.last() else { return Ok(count) };
        after = last.position;
        count += records.iter().map(|record| record.events.len() as u64).sum::<u64>();
    }
}

/// Rebuilds all read models from so many events.
pub(crate) async fn rebuild(ledger: &Ledger, folder: &Path, events: u64) -> Result<Pass, BenchError> {
    let (store, _) = DerivedStore::open(&folder.join("read-models"))?;
    let projector = Projector::new(ledger.log.clone(), store);
    let begun = now();
    projector.rebuild(|_| ()).await?;
    Ok(Pass { count: events, took: now() - begun })
}

/// Issues so many vouchers that end at one instant, and puts their ends on record when it has come.
pub(crate) async fn expire(ledger: &Ledger, folder: &Path, vouchers: u64) -> Result<Pass, BenchError> {
    every(vouchers, 256, ledger, |voucher| std::iter::once((voucher, 0))).await?;
    let agenda = Agenda::open(&folder.join("agenda"))?;
    let scheduler = ExpiryScheduler::new(ledger.handler.clone(), ledger.log.clone(), agenda);
    scheduler.catch_up().await?;
    let end: Timestamp = "2021-01-01T00:00Z".parse().expect("it is written as instants are");
    let begun = now();
    let mut ended = 0;
    scheduler.tick_telling(end, |_| ended += 1).await?;
    let took = now() - begun;
    let again = scheduler.tick(end).await?.len();
    if (ended, again) != (vouchers, 0) {
        return Err(BenchError::Broken(format!("{vouchers} ended: {ended} told at first, {again} again")));
    }
    Ok(Pass { count: vouchers, took })
}

/// Reads histories of single vouchers, spread over the whole log; how long each took, sorted.
pub(crate) async fn histories(ledger: &Ledger, vouchers: u64) -> Result<Vec<Duration>, BenchError> {
    const READ: u64 = 1_000;
    let mut waits = Vec::new();
    for n in 0..READ.min(vouchers) {
        // Steps of a prime: no two neighbours, none twice.
        let id = life_of(n.wrapping_mul(7_368_787) % vouchers);
        let begun = now();
        let history = ledger.handler.history(id, resit_command_handler::Seen::default()).await?;
        waits.push(now() - begun);
        if history.is_empty() {
            return Err(BenchError::Broken(format!("{id} has no history")));
        }
    }
    waits.sort_unstable();
    Ok(waits)
}

fn life_of(worker: u64) -> EntitlementId {
    match life::command(worker, 0).command {
        resit_domain::Command::Issue(issue) => EntitlementId::of_order(&issue.order, 1),
        _ => unreachable!("a life begins with its purchase"),
    }
}
