//! Two of three servers gone: nobody waits for long, and everybody is told.

use std::time::Duration;

use resit_nats_fixture::{Cluster, ServerConfig};
use resit_tests::process::Process;

use crate::processes::{ANSWER_MAX, binary, stopped, waited, within};

/// What a probe waits for, with the same allowance.
const PROBE_MAX: Duration = Duration::from_secs(3 + 5);

/// The first answer about health that is another than `ready`.
fn not_ready(process: &Process) -> String {
    loop {
        let (status, health) = within(PROBE_MAX, || process.get("/health/ready"));
        if status == 503 {
            return health;
        }
    }
}

/// Asks again, as whoever gets no answer is told to, until there is one.
fn until_told<T>(ask: impl FnMut() -> T, is_told: impl Fn(&T) -> bool) -> T {
    std::iter::repeat_with(ask).find(is_told).expect("it asks for as long as it takes")
}

#[test]
fn without_a_leader_callers_are_told_in_time_and_processes_are_not_ready() {
    let mut servers = waited(Cluster::start(&ServerConfig::default()));
    let folders = tempfile::tempdir().unwrap();
    let binary = binary(folders.path(), &[("RESIT_NATS_LEDGER", "shop"), ("RESIT_NATS_REPLICAS", "3")]);
    let url = servers.url();
    binary.run(&url, "handler", "init").with(0);
    binary.run(&url, "handler", "nats apply").with(0);
    let processes = ["command-handler", "projector", "expiry-scheduler", "gateway"]
        .map(|role| binary.start(role, &url, role.strip_prefix("command-").unwrap_or(role)));
    let [handler, projector, scheduler, gateway] = &processes;
    let say = |words: &str| binary.run(&url, "nowhere", &format!("--server {} {words}", gateway.url));
    say("offer publish exam-replay").with(0);
    say("--command-id i1 issue exam-replay --order W-1").with(0);
    assert_eq!(gateway.get("/health/ready").0, 200);
    for server in &mut servers.servers[1..] {
        server.kill();
    }
    // Whoever waits is told that nobody knows, and what to do.
    let unnamed = within(ANSWER_MAX, || say("issue exam-replay --order W-4")).with(3).err;
    let id = unnamed.split_once("said again with --command-id ").and_then(|(_, rest)| rest.split(' ').next());
    let id = id.unwrap_or_else(|| panic!("{unnamed}"));
    let told = within(ANSWER_MAX, || say("--command-id i2 issue exam-replay --order W-2")).with(3).err;
    assert!(told.contains("said again with --command-id i2 it is done once"), "{told}");
    let order = r#"{"shop":"web","number":"W-3","lines":[{"line":1,"offer":"exam-replay"},{"line":2,"offer":"exam-replay"}]}"#;
    let (status, told) = within(ANSWER_MAX, || gateway.post("/v1/orders", "o3", order));
    assert!(status == 503 && told.contains("\"retry_after_s\":5"), "{status} {told}");
    assert!(not_ready(gateway).contains("leader"), "it says what is missing");
    for process in [handler, projector, scheduler] {
        let reasons = not_ready(process);
        assert!(reasons.contains("log"), "{reasons}");
        let (status, page) = within(PROBE_MAX, || process.get("/metrics"));
        assert!(status == 200 && page.contains("resit_log_reachable 0\n"), "{status} {page}");
        assert!(!page.contains("_lag_records") && !page.contains("resit_log_head_position"), "{page}");
    }
    for server in &mut servers.servers[1..] {
        server.start_again();
    }
    while gateway.get("/health/ready").0 != 200 {}
    // Each was done once, or not at all until now. While servers find each other again, callers go on as they were told.
    for words in [
        format!("--command-id {id} issue exam-replay --order W-4"),
        "--command-id i2 issue exam-replay --order W-2".to_owned(),
    ] {
        until_told(|| say(&words), |answer| answer.code != 3).with(0);
    }
    let (status, told) = until_told(|| gateway.post("/v1/orders", "o3", order), |(status, _)| *status != 503);
    assert_eq!(status, 200, "{told}");
    let dump = until_told(|| say("log dump --limit 1000"), |answer| answer.code != 3).with(0).out;
    assert_eq!(dump.matches("\"type\":\"VoucherIssued\"").count(), 5, "{dump}");
    stopped(processes.into());
}
