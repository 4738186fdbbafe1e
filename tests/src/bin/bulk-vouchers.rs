//! Fills a ledger with vouchers that are bought by the hundred, or publishes a version of their offer that moves all their ends.
//!
//! `bulk-vouchers fill FOLDER COUNT`, `bulk-vouchers publish FOLDER`.

use std::path::Path;
use std::sync::Arc;

use resit_embedded_log::{Config, EmbeddedLog};
use resit_tests::{Ledger, bulk, handler};
use tokio::task::JoinSet;

/// How many orders are given at once.
const AT_ONCE: u64 = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    match *words {
        ["fill", folder, count] => runtime.block_on(fill(folder, count.parse()?)),
        ["publish", folder] => runtime.block_on(publish(folder)),
        _ => Err("bulk-vouchers fill FOLDER COUNT | publish FOLDER".into()),
    }
}

async fn fill(folder: &str, count: u64) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
    let Ledger { handler, .. } = Ledger::over(Arc::new(log)).await;
    bulk::give(&handler, bulk::publication("follows", bulk::offer())).await;
    let orders = count.div_ceil(u64::from(bulk::EACH));
    let mut tasks = JoinSet::new();
    for lane in 0..AT_ONCE {
        let handler = handler.clone();
        tasks.spawn(async move {
            for number in (lane..orders).step_by(usize::try_from(AT_ONCE).expect("it is a small number")) {
                bulk::give(&handler, bulk::order(number, "exam-replay", bulk::EACH)).await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    println!("{} vouchers in {orders} orders", orders * u64::from(bulk::EACH));
    Ok(())
}

async fn publish(folder: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
    let log: Arc<dyn resit_event_log::EventLog> = Arc::new(log);
    bulk::publish_longer(&handler(&log)).await;
    Ok(())
}
