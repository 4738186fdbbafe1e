//! A handler that hangs: callers are told in time, and what they sent counts once.

use crate::processes::{ANSWER_MAX, Ledger, stopped, within};

const ORDER: &str = r#"{"shop":"web","number":"W-1","lines":[{"line":1,"offer":"exam-replay"},{"line":2,"offer":"exam-replay"}]}"#;

#[test]
fn an_order_is_not_kept_for_long_by_a_handler_that_hangs() {
    let ledger = Ledger::named("shop");
    let processes = vec![ledger.start("command-handler", "handler"), ledger.start("gateway", "gateway")];
    let (handler, gateway) = (&processes[0], &processes[1]);
    let say = |words: &str| ledger.run(&format!("--server {} {words}", gateway.url), "nowhere");
    say("offer publish exam-replay").with(0);
    handler.signal("-STOP");
    let (status, told) = within(ANSWER_MAX, || gateway.post("/v1/orders", "o1", ORDER));
    assert!(status == 503 && told.contains("\"retry_after_s\":5"), "{status} {told}");
    assert!(told.contains("send it again with the same key"), "{told}");
    let told = within(ANSWER_MAX, || say("--command-id i2 issue exam-replay --order W-2")).with(3).err;
    assert!(told.contains("said again with --command-id i2 it is done once"), "{told}");
    handler.signal("-CONT");
    // It does what it had taken before it hung, and answers it again.
    let (status, told) = gateway.post("/v1/orders", "o1", ORDER);
    assert_eq!(status, 200, "{told}");
    say("--command-id i2 issue exam-replay --order W-2").with(0);
    let dump = say("log dump --limit 1000").with(0).out;
    assert_eq!(dump.matches("\"type\":\"VoucherIssued\"").count(), 3, "{dump}");
    stopped(processes);
}
