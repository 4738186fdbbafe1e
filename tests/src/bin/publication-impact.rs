//! Sells vouchers in bulk, publishes a calendar, a version that shortens, and amendments, and compares the reported impact of each
//! with complete listings before and after it. Prints how long the publications took.
//!
//! `publication-impact FOLDER [COUNT]`: an empty folder, and how many vouchers (default: 100,000).

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use resit_command_handler::{CommandHandler, Outcome, Settings};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;
use resit_tests::impact::{BOUGHT, Orders, World, difference, publications};
use resit_voucher_code::CodeKey;

/// How many vouchers an order has. The listings look at each by itself, and a look costs the more the larger its order was.
const EACH: u16 = 20;

/// How long a publication over 100,000 live vouchers may take.
const TAKES_MAX: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match *words {
        [folder] => runtime.block_on(measure(Path::new(folder), 100_000)),
        [folder, count] => runtime.block_on(measure(Path::new(folder), count.parse()?)),
        _ => Err("publication-impact FOLDER [COUNT]".into()),
    }
}

fn handler(log: &Arc<dyn EventLog>, cached_states_max: usize) -> Arc<CommandHandler> {
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let settings = Settings { cached_states_max, ..Settings::default() };
    Arc::new(CommandHandler::new(log.clone(), key, settings))
}

/// Publications over all that was sold: every voucher is under one agreement.
const NAMES: [&str; 4] = ["calendar", "shorter", "before-sittings", "at-once"];

#[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
#[expect(clippy::disallowed_methods, reason = "it measures how long a publication takes")]
async fn measure(folder: &Path, count: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (log, _) = EmbeddedLog::open(folder, &Config::default())?;
    let log: Arc<dyn EventLog> = Arc::new(log);
    // It keeps everything, so that a listing reads what is new and no more.
    let mut world = World::new(handler(&log, 2 * count as usize)).await;
    let orders = Orders { lines: count.div_ceil(u32::from(EACH)), each: EACH };
    for line in 0..orders.lines {
        world.order(line, "contract", Some("EA-1"), orders.each).await;
    }
    println!("{} vouchers, bought {BOUGHT}", orders.lines * u32::from(orders.each));
    for (name, command, at, takes) in publications().into_iter().filter(|(name, ..)| NAMES.contains(name)) {
        let before = world.listing(orders, at).await;
        let publisher = world.by(handler(&log, 1_000));
        let begun = Instant::now();
        let told = publisher.dry_run(command.clone(), at).await;
        let judged = begun.elapsed();
        let begun = Instant::now();
        let reply = publisher.send(name, command, at, takes).await;
        let done = begun.elapsed();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{name}: {:?}", reply.outcome);
        assert_eq!(reply.impact.as_deref(), Some(&told), "{name}");
        // What it keeps of vouchers is right; of what was published it knows nothing yet.
        world.forget_published();
        let after = world.listing(orders, at).await;
        let (live, moved, ended) = difference(&before, &after);
        assert_eq!(
            (told.compared, told.moved.count, told.ended_at_once.count),
            (live, moved, ended),
            "{name}"
        );
        println!(
            "{name:16} {live} live, {moved} moved, {ended} ended: dry run {judged:.2?}, for real {done:.2?}"
        );
        assert!(judged.max(done) < TAKES_MAX || count > 100_000, "{name} took too long");
    }
    Ok(())
}
