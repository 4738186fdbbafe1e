//! What could not last is not acknowledged, whenever that begins.

use resit_nats_fixture::ServerConfig;

use crate::processes::{Ledger, stopped};

#[test]
fn nothing_is_acknowledged_while_the_server_does_not_sync() {
    let mut ledger = Ledger::durable();
    let processes = vec![ledger.start("command-handler", "handler"), ledger.start("gateway", "gateway")];
    let (handler, gateway) = (&processes[0], processes[1].url.clone());
    let say = |ledger: &Ledger, words: &str| ledger.run(&format!("--server {gateway} {words}"), "nowhere");
    say(&ledger, "offer publish exam-replay").with(0);
    say(&ledger, "--command-id i1 issue exam-replay --order W-1").with(0);
    ledger.server.start_as(|config| ServerConfig { syncs_always: false, ..config });
    let told = say(&ledger, "--command-id i2 issue exam-replay --order W-2").with(3).err;
    assert!(
        told.contains("outlives a power cut") && told.contains("sync_interval: always"),
        "{told}\n{}",
        handler.logged()
    );
    assert!(told.contains("send it again with the same id"), "{told}");
    // What is on record already is no better off.
    say(&ledger, "--command-id i1 issue exam-replay --order W-1").with(3);
    let (status, health) = handler.get("/health/ready");
    assert!(status == 503 && health.contains("sync_interval: always"), "{health}");
    ledger.server.start_as(|config| ServerConfig { syncs_always: true, ..config });
    // Until it is proven again it is said that it is not.
    while say(&ledger, "--command-id i2 issue exam-replay --order W-2").code != 0 {}
    say(&ledger, "--command-id i1 issue exam-replay --order W-1").with(0);
    let (status, health) = handler.get("/health/ready");
    assert_eq!(status, 200, "{health}");
    let dump = say(&ledger, "log dump --limit 1000").with(0).out;
    assert_eq!(dump.matches("\"type\":\"VoucherIssued\"").count(), 2, "{dump}");
    stopped(processes);
}
