//! Orders come in as events from a Python program with the public client, while the processes that take them are killed.
//!
//! `RESIT_ORDERS=10000 cargo test -p resit --test purchases` sends that many; `RESIT_SEED` says which.

mod examples;
mod ledger;
mod settled;

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use ledger::{Ledger, Process};
use resit_tests::dice::seed;
use resit_tests::tools::{python, repository};
use serde::Deserialize;

/// What the publisher meant.
#[derive(Debug, Deserialize)]
struct Meant {
    sent: u64,
    orders: BTreeMap<String, Vec<(u32, u16)>>,
    parked: BTreeMap<String, String>,
}

fn orders() -> u64 {
    std::env::var("RESIT_ORDERS").map_or(400, |count| count.parse().expect("RESIT_ORDERS is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "what was tried is told to whoever asks for it")]
async fn every_order_is_issued_once_and_everything_else_is_parked_while_processes_are_killed() {
    let ledger = Ledger::selling().await;
    let (count, seed) = (orders(), seed(20_260_820));
    let publisher = publish(&ledger, count, seed);
    let mut intakes: Vec<Process> = (0..2).map(|_| ledger.start("intake")).collect();
    let mut kills = 0;
    // Whenever another tenth is through, one of the two goes: killed, or asked to stop.
    let mut next = count / 10;
    let mut look = tokio::time::interval(Duration::from_millis(50));
    loop {
        look.tick().await;
        let (came, left) = ledger.came_and_left().await;
        if publisher.is_finished() && left == 0 {
            break;
        }
        if came - left >= next && next < count {
            let gone = intakes.remove(0);
            if kills % 2 == 0 {
                gone.kill();
            } else {
                gone.stop();
            }
            intakes.push(ledger.start("intake"));
            (kills, next) = (kills + 1, next + count / 10);
        }
    }
    let meant = publisher.await.unwrap();
    assert!(kills >= 5, "{kills} processes were killed or stopped");
    for intake in intakes {
        intake.stop();
    }
    settled::check(&ledger, &meant).await;
    println!(
        "{} events of {} orders, {} malformed; {kills} processes killed or stopped; seed {seed}",
        meant.sent,
        meant.orders.len(),
        meant.parked.len()
    );
}

/// Sends the orders by the Python program.
fn publish(ledger: &Ledger, count: u64, seed: u64) -> tokio::task::JoinHandle<Meant> {
    let mut program = Command::new(python("proto/examples/python/requirements.txt"));
    program.arg(repository("tests/publishers/purchases.py")).arg(ledger.url());
    program.args([count.to_string(), seed.to_string()]);
    tokio::task::spawn_blocking(move || {
        serde_json::from_str(&resit_tests::tools::run(&mut program)).expect("it says what it meant")
    })
}
