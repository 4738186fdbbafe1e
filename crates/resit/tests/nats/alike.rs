//! The same words get the same answers, from a server over a folder and from processes over NATS.

use std::process::Command;

use resit_tests::Server;
use serde_json::Value;

use crate::processes::{Answer, Ledger};

/// Words, with the instant at which they are said. `CODE` and `VOUCHER` stand for the first voucher's, `ID` for its
/// entitlement's.
const WORDS: &[(&str, &str)] = &[
    ("2026-01-05", "--command-id o0 offer publish exam-replay"),
    ("2026-01-05", "--command-id e0 exam EX-1 --categories associate --deliveries online"),
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-1"),
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-1"),
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-2"),
    ("2026-01-05", "--command-id i2 issue exam-replay --order web/W-2/7 --quantity 2 --holder ben"),
    ("2026-01-05", "--command-id i3 issue no-such-offer --order W-3"),
    (
        "2026-01-05",
        "--command-id a1 agreement open A-1 --programme standard --from 2026-01-01 --to 2030-12-31",
    ),
    ("2026-01-05", "--command-id i4 issue exam-replay --order W-4 --agreement A-1"),
    (
        "2026-01-06",
        "--command-id s0 --dry-run schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z",
    ),
    (
        "2026-01-06",
        "--command-id s1 schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z",
    ),
    (
        "2026-01-06",
        "--command-id s2 schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-03T09:00Z",
    ),
    ("2026-01-06", "--command-id m1 reschedule VOUCHER --sit 2026-02-02T10:00Z"),
    ("2026-02-03", "--command-id r1 result CODE fail"),
    ("2026-02-03", "--command-id x1 correct VOUCHER fail --attempt 1"),
    ("2026-02-04", "--command-id c1 replace-code VOUCHER"),
    ("2026-02-04", "--command-id k1 revoke VOUCHER --reason refund"),
    ("2026-02-04", "offer list"),
    ("2026-02-04", "offer show exam-replay"),
    ("2026-02-04", "offer show no-such-offer"),
    ("2026-02-04", "terms VOUCHER"),
    ("2026-02-04", "show VOUCHER"),
    ("2026-02-04", "show ID --known-at 2026-01-05T12:00Z"),
    ("2026-02-04", "show ID --as-of 2026-01-20"),
    ("2026-02-04", "show 01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("2026-02-04", "history VOUCHER"),
    ("2026-02-04", "history ID --as-of 2026-01-05T12:00Z"),
    ("2026-02-04", "why s2"),
    ("2026-02-04", "why no-such-command"),
    ("2026-02-04", "look-up --order W-1"),
    ("2026-02-04", "look-up --order W-99"),
    ("2026-02-04", "look-up --whole-order W-1"),
    ("2026-02-04", "look-up --whole-order W-99"),
    ("2026-02-04", "look-up --offer exam-replay"),
    ("2026-02-04", "look-up --candidate anna"),
    ("2026-02-04", "look-up --agreement A-1"),
    ("2028-02-04", "--dry-run expire"),
    ("2028-02-04", "expire"),
    ("2028-02-04", "show VOUCHER"),
];

/// What was said, without positions: those of the one have gaps, where those of the other have none.
fn said(answer: &Answer) -> Value {
    fn unplaced(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| !["position", "previous", "revision"].contains(&name.as_str()));
                fields.values_mut().for_each(unplaced);
            }
            Value::Array(list) => list.iter_mut().for_each(unplaced),
            Value::String(text) => {
                if let Some((before, rest)) = text.split_once("at position ") {
                    *text = format!(
                        "{before}at position {}",
                        rest.trim_start_matches(|c: char| c.is_ascii_digit())
                    );
                }
            }
            _ => {}
        }
    }
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let mut said = serde_json::json!([answer.code, parsed(&answer.out), parsed(&answer.err)]);
    unplaced(&mut said);
    said
}

#[test]
fn a_server_and_processes_answer_alike() {
    let ledger = Ledger::rehearsal();
    let processes = ledger.all();
    let folder = ledger.folder("embedded");
    // A ledger keeps the key that it was made with.
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(ledger.folder("handler/code.key"), folder.join("code.key")).unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_resit"));
    assert!(init.arg("--ledger").arg(&folder).args(["init", "--rehearsal"]).status().unwrap().success());
    let embedded = Server::of(env!("CARGO_BIN_EXE_resit").as_ref(), &folder, "");
    let (mut voucher, mut code) = (String::new(), String::new());
    for (at, words) in WORDS {
        let id = voucher.split('.').next().unwrap();
        let words =
            words.replace("CODE", &code).replace("VOUCHER", &voucher).replace(" ID", &format!(" {id}"));
        let say =
            |url: &str| ledger.run(&format!("--server {url} --output json --clock {at} {words}"), "nowhere");
        let (one, two) = (say(&embedded.url), say(&processes[3].url));
        if words == "expire" {
            // The scheduler wakes when the time has come, and may have been first.
            assert_eq!((one.code, two.code), (0, 0), "{words}");
        } else {
            assert_eq!(said(&one), said(&two), "{words}");
        }
        if voucher.is_empty() && words.contains(" issue ") {
            let reply: Value = serde_json::from_str(&one.out).unwrap();
            let text = |field: &str| reply["codes"][0][field].as_str().unwrap().to_owned();
            (voucher, code) = (text("voucher"), text("code"));
        }
    }
    embedded.stop();
    crate::processes::stopped(processes);
}
