//! A ledger whose clock was wrongly confirmed ten years ahead, and what one command makes good.

use resit_tests::faketime::{now, within};
use resit_tests::process::Process;
use resit_tests::wrong_clock::REPORTED_WITHIN;
use serde_json::Value;

use crate::clock::{DAY_S, Machine};

const YEARS_10_S: i64 = 3_652 * DAY_S;

/// What `look-up` shows of an order.
fn stands(machine: &Machine, order: &str) -> String {
    let shown = machine.run(&format!("--output json look-up --order {order}")).with(0).json();
    shown[0]["vouchers"][0]["stands"]
        .as_str()
        .or(shown[0]["units"][0]["stands"].as_str())
        .unwrap_or("")
        .to_owned()
}

/// The position of the first record that is stored as later than now, and the last one.
fn ahead(machine: &Machine) -> (u64, u64) {
    let dump = machine.dump();
    let records: Vec<Value> = dump.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is_ahead = |record: &&Value| record["recorded_at"].as_str().unwrap() > now().to_string().as_str();
    let position = |record: &Value| record["position"].as_u64().unwrap();
    (position(records.iter().find(is_ahead).unwrap()), position(records.last().unwrap()))
}

/// Confirms the clock that is not trusted.
fn confirm(machine: &Machine) {
    machine.reboot();
    let refused = machine.run("expire").with(3);
    let confirm = refused.err.split('`').find_map(|part| part.strip_prefix("resit clock confirm ")).unwrap();
    machine.run(&format!("clock confirm {confirm}")).with(0);
}

/// Every right ended ten years early under a server; a booking was refused, and an order taken.
fn ended_early() -> (Machine, String) {
    let machine = Machine::with_a_voucher();
    machine.run("issue exam-replay --order W-2").with(0);
    let issued = machine.run("--output json issue exam-replay --order W-3").with(0).json();
    let voucher = issued["codes"][0]["voucher"].as_str().unwrap().to_owned();
    machine.clock.set(YEARS_10_S);
    confirm(&machine);
    let command = machine.command("serve --listen 127.0.0.1:0");
    let mut server = Process::begin(command, machine.folder.path().join("served.log")).at_work();
    let ended = || server.get("/v1/log?limit=1000").1.matches("\"Expired\"").count() == 3;
    within(REPORTED_WITHIN, "everything ended", ended);
    let sit = now().plus_millis(20 * DAY_S * 1_000);
    let book = format!("schedule {voucher} --by anna --exam EX-1 --sit {sit} --delivery online");
    machine.run(&format!("--command-id book-1 {book}")).with(1);
    machine.run("issue exam-replay --order W-4").with(0);
    // Nobody corrects what is served.
    let refused = machine.run("clock correct --first 5 --ahead 3652d --reason why").with(3);
    assert!(refused.err.contains("works on a stopped ledger alone"), "{}", refused.err);
    server.stop();
    machine.clock.set(0);
    (machine, book)
}

#[test]
fn what_a_clock_ended_ten_years_early_is_back_after_one_command() {
    let (machine, book) = ended_early();
    for order in ["W-1", "W-2", "W-3"] {
        machine.run("issue exam-replay --order W-9").with(3);
        machine.run(&format!("look-up --order {order}")).with(0);
    }
    machine.run("verify").with(0);
    let (first, last) = ahead(&machine);
    let before = machine.dump();
    let words = format!("clock correct --first {first} --ahead 3652d --reason wrong-time-server");
    let dry = machine.run(&format!("--dry-run {words}")).with(0);
    assert!(dry.out.contains("void: 3 × Expired") && dry.out.contains("book-1"), "{}", dry.out);
    assert_eq!(machine.dump(), before, "a dry run records nothing");
    let corrected = machine.run(&format!("--command-id fix {words}")).with(0);
    assert!(corrected.out.contains("void: 3 × Expired"), "{}", corrected.out);
    assert!(corrected.out.contains("stays refused; give it again with a new id"), "{}", corrected.out);
    let after = machine.dump();
    assert!(after.starts_with(&before), "what is stored stays");
    let again = machine.run(&format!("--command-id fix {words}")).with(0);
    assert!(again.out.contains("answered before"), "{}", again.out);
    machine.run(&format!("--command-id fix {}", words.replace("3652d", "3651d"))).with(5);
    assert_eq!(machine.dump(), after);

    for order in ["W-1", "W-2", "W-3", "W-4"] {
        assert_eq!(stands(&machine, order), "unused", "{order}");
    }
    machine.run("log check").with(0);
    machine.run("verify").with(0);
    machine.run(&format!("--command-id book-2 {book}")).with(0);
    let why = machine.run("why book-1").with(0);
    assert!(why.out.contains("the clock was wrong then"), "{}", why.out);
    assert_eq!(machine.run("expire").with(0).out.trim(), "nothing is due");

    // A server trusts its clock at once, and makes what it keeps again.
    let serve = || {
        let command = machine.command("serve --listen 127.0.0.1:0");
        Process::begin(command, machine.folder.path().join("served.log")).at_work()
    };
    let mut server = serve();
    within(REPORTED_WITHIN, "it is ready", || server.get("/health/ready").0 == 200);
    let bought = machine.run("--output json issue exam-replay --order W-5").with(0).json();
    let recorded_at = bought["recorded_at"].as_str().unwrap();
    assert!(recorded_at <= now().to_string().as_str(), "{recorded_at}");
    machine.run("verify").with(0);
    server.stop();
    machine.run("verify").with(0);
    assert!(ahead(&machine).1 > last);

    // In time everything ends, once.
    machine.clock.set(500 * DAY_S);
    confirm(&machine);
    let mut server = serve();
    let ended = || server.get("/v1/log?limit=1000").1.matches("\"Expired\"").count() >= 3 + 5;
    within(REPORTED_WITHIN, "everything ends in time", ended);
    server.stop();
    assert_eq!(machine.run("expire").with(0).out.trim(), "nothing is due");
    assert_eq!(machine.dump().matches("\"Expired\"").count(), 3 + 5);
    machine.run("verify").with(0);
    machine.run("log check").with(0);
}

#[test]
fn a_correction_that_does_not_fit_is_refused_with_what_would() {
    let (machine, _) = ended_early();
    let (first, last) = ahead(&machine);
    for (words, rule) in [
        (format!("--first {first} --ahead 3700d"), "times-in-order"),
        (format!("--first {first} --ahead 1h"), "times-in-order"),
        (format!("--first {first} --last {} --ahead 3652d", last + 100), "span-on-record"),
        (format!("--first {last} --last {first} --ahead 3652d"), "span-on-record"),
    ] {
        let refused = machine.run(&format!("--dry-run clock correct {words} --reason r")).with(1);
        assert!(
            refused.out.contains(rule) && refused.out.contains("what would make it yes"),
            "{}",
            refused.out
        );
    }
    for words in ["--first 5 --ahead 0", "--first 5 --ahead 1y", "--first 5"] {
        machine.run(&format!("clock correct {words} --reason r")).with(2);
    }
    let over =
        machine.run("--server http://127.0.0.1:1 clock correct --first 5 --ahead 1h --reason r").with(2);
    assert!(over.err.contains("stopped ledger"), "{}", over.err);
    // A clock that is ahead by itself corrects nothing.
    machine.clock.set(2 * YEARS_10_S);
    machine.run(&format!("clock correct --first {first} --ahead 3652d --reason r")).with(3);
}
