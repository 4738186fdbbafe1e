//! Clients that send their next command as soon as the one before is answered.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::BenchError;
use crate::clock::{busy, now, rate};

/// What a round showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// How many clients sent at once.
    pub clients: u64,
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers took no longer.
    pub p50: Duration,
    /// 99 of 100 answers took no longer.
    pub p99: Duration,
    /// Processor time of this process for each answer: it counts where processors are shared.
    pub busy_each: Duration,
    /// Answers for each sync of the disk; none where that is not counted.
    pub per_sync: Option<f64>,
    /// How many answers there were.
    pub answers: u64,
}

impl Measured {
    /// How many answers there were for each of `count`.
    pub(crate) fn each(&self, count: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let (answers, count) = (self.answers as f64, count.max(1) as f64);
        answers / count
    }
}

/// A client: `send` sends its `n`th command and returns when it is answered.
pub(crate) trait Client: Send + 'static {
    fn send(&mut self, n: u64) -> impl Future<Output = Result<(), BenchError>> + Send;
}

/// Lets all clients send for so long.
pub(crate) async fn drive<C: Client>(clients: Vec<C>, round: Duration) -> Result<Measured, BenchError> {
    let count = clients.len() as u64;
    let (start, busy_before) = (now(), busy());
    let mut tasks = JoinSet::new();
    for mut client in clients {
        tasks.spawn(async move {
            let mut waits: Vec<Duration> = Vec::new();
            loop {
                let begun = now();
                if begun - start >= round {
                    return Ok::<_, BenchError>((waits, client));
                }
                client.send(waits.len() as u64).await?;
                waits.push(now() - begun);
            }
        });
    }
    let mut waits = Vec::new();
    // What a client has prepared and not sent is let go when all is measured.
    let mut done = Vec::new();
    while let Some(task) = tasks.join_next().await {
        let (waited, client) = task.map_err(|e| BenchError::Broken(e.to_string()))??;
        waits.extend(waited);
        done.push(client);
    }
    let (took, busy) = (now() - start, busy().saturating_sub(busy_before));
    Ok(measured(count, waits, took, busy))
}

fn measured(clients: u64, mut waits: Vec<Duration>, took: Duration, busy: Duration) -> Measured {
    waits.sort_unstable();
    let answers = waits.len() as u64;
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    let busy_each = busy / u32::try_from(answers.max(1)).unwrap_or(u32::MAX);
    Measured {
        clients,
        per_second: rate(answers, took),
        p50: at(50),
        p99: at(99),
        busy_each,
        per_sync: None,
        answers,
    }
}
