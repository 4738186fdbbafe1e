//! Fills a ledger with vouchers that are bought by the hundred, publishes a version of their offer that moves all their ends,
//! and follows either with an agenda and read models whose memory is measured: a process of its own has only that.
//!
//! `bulk-vouchers fill FOLDER COUNT [EACH]`, `bulk-vouchers live FOLDER COUNT`, `bulk-vouchers publish FOLDER`,
//! `bulk-vouchers follow FOLDER`. `live` buys each voucher by itself and goes with it through its five commands.

use std::path::Path;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_derived_store::DerivedStore;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_tests::{Ledger, bulk, handler, life, measured};
use resit_voucher_code::CodeKey;
use tokio::task::JoinSet;

/// How many orders are given at once.
const AT_ONCE: u64 = 8;
/// How many vouchers live at once.
const LIVE_AT_ONCE: u64 = 256;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    match *words {
        ["fill", folder, count] => runtime.block_on(fill(folder, count.parse()?, bulk::EACH)),
        ["fill", folder, count, each] => runtime.block_on(fill(folder, count.parse()?, each.parse()?)),
        ["live", folder, count] => runtime.block_on(live(folder, count.parse()?)),
        ["publish", folder] => runtime.block_on(publish(folder)),
        ["follow", folder] => runtime.block_on(follow(Path::new(folder))),
        _ => {
            Err("bulk-vouchers fill FOLDER COUNT [EACH] | live FOLDER COUNT | publish FOLDER | follow FOLDER"
                .into())
        }
    }
}

async fn fill(folder: &str, count: u64, each: u16) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
    let Ledger { handler, .. } = Ledger::over(Arc::new(log)).await;
    bulk::give(&handler, bulk::publication("follows", bulk::offer())).await;
    let orders = count.div_ceil(u64::from(each));
    let mut tasks = JoinSet::new();
    for lane in 0..AT_ONCE {
        let handler = handler.clone();
        tasks.spawn(async move {
            for number in (lane..orders).step_by(usize::try_from(AT_ONCE).expect("it is a small number")) {
                bulk::give(&handler, bulk::order(number, "exam-replay", each)).await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{} vouchers in {orders} orders", orders * u64::from(each));
    }
    Ok(())
}

async fn live(folder: &str, count: u64) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
    let Ledger { handler, .. } = Ledger::over(Arc::new(log)).await;
    let each = count.div_ceil(LIVE_AT_ONCE);
    let mut tasks = JoinSet::new();
    for lane in 0..LIVE_AT_ONCE {
        let handler = handler.clone();
        tasks.spawn(async move {
            for step in 0..each * life::LIFE {
                bulk::give_at(&handler, life::command(lane, step), life::judged_at()).await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{} vouchers, each with a life of its own", each * LIVE_AT_ONCE);
    }
    Ok(())
}

async fn publish(folder: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(Path::new(folder), &Config::default())?;
    let log: Arc<dyn EventLog> = Arc::new(log);
    bulk::publish_longer(&handler(&log)).await;
    Ok(())
}

/// So few states are kept that what grows is what is collected.
const STATES: usize = 1_000;

/// Prints how many bytes of memory the agenda took at most while it came up to the log, and how many the read models.
async fn follow(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(folder, &Config::default())?;
    let log: Arc<dyn EventLog> = Arc::new(log);
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let settings = Settings { cached_states_max: STATES, ..Settings::default() };
    let handler = Arc::new(CommandHandler::new(log.clone(), key, settings));
    let scheduler = ExpiryScheduler::new(handler.clone(), log.clone(), Agenda::open(&folder.join("agenda"))?);
    let store = DerivedStore::open(&folder.join("read-models"))?.0;
    let models = Projector::sharing(handler.states().clone(), store);
    let before = measured::resident_bytes();
    scheduler.catch_up().await?;
    let of_agenda = measured::peak_bytes().saturating_sub(before);
    measured::reset_peak();
    let before = measured::resident_bytes();
    models.catch_up(|_| ()).await?;
    let of_models = measured::peak_bytes().saturating_sub(before);
    models.flush()?;
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{of_agenda} {of_models}");
    }
    Ok(())
}
