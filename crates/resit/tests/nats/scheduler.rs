//! Of several schedulers one works; one that was paused does no harm.

use async_nats::jetstream::kv::Operation;
use futures_util::StreamExt as _;

use serde_json::Value;

use crate::processes::{Ledger, Process, waited};

/// Waits until the lease is another's than `before`, and says whose.
async fn holder(ledger: &Ledger, before: Option<&str>) -> String {
    let link = ledger.link().await;
    let leases = link.jetstream.get_key_value(link.names.leases_bucket()).await.unwrap();
    let mut changes = leases.watch_with_history("expiry-scheduler").await.unwrap();
    while let Some(change) = changes.next().await {
        let change = change.unwrap();
        let holder = String::from_utf8(change.value.to_vec()).unwrap();
        if change.operation == Operation::Put && before != Some(&holder) {
            return holder;
        }
    }
    panic!("the watch over the lease ended");
}

/// Reads the log, and waits for more of it, until so many ends are on record.
fn until_expired(gateway: &Process, count: usize) {
    let (mut after, mut expired) = (0, 0);
    while expired < count {
        let (status, page) = gateway.get(&format!("/v1/log?after={after}&limit=1000&wait_s=30"));
        let page: Value = serde_json::from_str(&page).unwrap();
        assert!(status == 200 && page["next"].as_u64() > Some(after), "nothing more came: {page}");
        after = page["next"].as_u64().unwrap();
        expired += page.to_string().matches("\"type\":\"Expired\"").count();
    }
}

#[test]
fn another_takes_over_from_a_paused_scheduler_and_nothing_ends_twice() {
    let ledger = Ledger::rehearsal();
    let mut handler = ledger.start("command-handler", "handler");
    let mut gateway = ledger.start("gateway", "gateway");
    let mut first = ledger.start("expiry-scheduler", "first");
    let held = waited(holder(&ledger, None));
    let say = |clock: &str, words: &str| {
        ledger.run(&format!("--server {} --clock {clock} {words}", gateway.url), "nowhere").with(0)
    };
    say("2019-09-01", "offer publish exam-replay");
    for number in 0..20 {
        say("2019-09-02", &format!("issue exam-replay --order W-{number}"));
    }
    let mut second = ledger.start("expiry-scheduler", "second");
    first.signal("-STOP");
    let taken = waited(holder(&ledger, Some(&held)));
    assert_ne!(taken, held);
    // Time goes on, and the one whose turn it is puts on record what has ended, by itself.
    say("2031-01-01", "exam EX-1 --categories associate --deliveries online");
    until_expired(&gateway, 20);
    first.signal("-CONT");
    say("2031-01-02", "expire");
    let dump = say("2031-01-02", "log dump --limit 100000").out;
    let expired: Vec<_> = dump.lines().filter(|line| line.contains("\"Expired\"")).collect();
    assert_eq!(expired.len(), 20, "one for each voucher");
    second.stop();
    // It goes on by itself, and then stops in good order.
    first.stop();
    gateway.stop();
    handler.stop();
}

#[test]
fn a_scheduler_that_stops_gives_its_turn_back() {
    let ledger = Ledger::rehearsal();
    let mut first = ledger.start("expiry-scheduler", "first");
    let held = waited(holder(&ledger, None));
    let mut second = ledger.start("expiry-scheduler", "second");
    first.stop();
    assert_ne!(waited(holder(&ledger, Some(&held))), held);
    second.stop();
}
