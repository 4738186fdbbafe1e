//! One process of each judging role sees a clock that is wrong; `tests/clock-rounds` plays every case.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use resit_command_handler::{CommandHandler, Outcome, Request, Settings};
use resit_domain::{Command, EntitlementId, OrderLine};
use resit_event_log::EventLog;
use resit_jetstream_log::JetStreamLog;
use resit_tests::faketime::{now, within};
use resit_tests::tools::repository;
use resit_tests::wrong_clock::{Case, REPORTED_WITHIN, Wrong, on_nats};
use resit_voucher_code::CodeKey;
use serde_json::{Value, json};

use crate::processes::{Ledger, stopped, waited};

const BINARY: &str = env!("CARGO_BIN_EXE_resit");

#[test]
fn one_bad_handler_of_three_ends_nothing_records_nothing_and_is_reported() {
    for (ahead_s, is_loaded) in [(3_600, false), (3_652 * 86_400, true)] {
        let case = Case { ahead_s, wrong: Wrong::For(Duration::from_secs(1)), is_loaded };
        #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
        {
            println!("{case}: {:?}", on_nats(BINARY.as_ref(), case));
        }
    }
}

#[test]
fn a_handler_that_starts_with_a_bad_clock_takes_no_part() {
    let case = Case { ahead_s: 86_400, wrong: Wrong::AcrossARestart, is_loaded: true };
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{case}: {:?}", on_nats(BINARY.as_ref(), case));
    }
}

/// Puts an offer and a voucher on record as somebody did so many days ago.
fn sold_ago(ledger: &Ledger, days: i64) {
    waited(async {
        let log = Arc::new(JetStreamLog::open(ledger.link().await).await.unwrap());
        let key = fs::read_to_string(ledger.folder("handler").join("code.key")).unwrap();
        let key = Arc::new(CodeKey::from_text(&key).unwrap());
        let handler = Arc::new(CommandHandler::new(log, key, Settings::default()));
        let source = fs::read_to_string(repository("deploy/offers/exam-replay.toml")).unwrap();
        let order = json!({ "shop": "web", "number": "W-1", "line": 1 });
        let commands: [(&str, Value); 2] = [
            ("publish", json!({ "publish-offer": { "source": source } })),
            ("issue", json!({ "issue": { "order": order, "offer": "exam-replay" } })),
        ];
        for (id, command) in commands {
            let command: Command = serde_json::from_value(command).unwrap();
            let request =
                Request { id: id.parse().unwrap(), actor: "shop".parse().unwrap(), command, confirm: false };
            let reply = handler.handle(request, now().plus_millis(-days * 86_400_000)).await.unwrap();
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        }
    });
}

#[test]
fn a_ledger_that_was_off_for_a_year_takes_one_command_for_all_its_processes() {
    let ledger = Ledger::named("shop");
    sold_ago(&ledger, 400);
    let processes = ledger.all();
    let (roles, gateway) = (&processes[..3], &processes[3].url);
    for process in roles {
        let reports = || process.get("/health/ready").1.contains("the clock is not trusted");
        within(REPORTED_WITHIN, "it reports its clock", reports);
    }
    let say = |words: &str| ledger.run(&format!("--server {gateway} {words}"), "nowhere");
    let refused = say("expire").with(3);
    let confirm = refused.err.split('`').find_map(|part| part.strip_prefix("resit clock confirm "));
    say(&format!("clock confirm {}", confirm.unwrap_or_else(|| panic!("{}", refused.err)))).with(0);
    for process in roles {
        within(REPORTED_WITHIN, "it is ready", || process.get("/health/ready").0 == 200);
    }
    // What should have ended long ago ends now, by itself.
    let ended = || say("log dump --limit 1000").with(0).out.contains("\"Expired\"");
    within(4 * REPORTED_WITHIN, "what should have ended is on record", ended);
    stopped(processes);
}

/// Ends the voucher ten years early, and sells another one, as a handler does whose clock was wrongly confirmed. Returns the first
/// position that it wrote.
fn ended_early(ledger: &Ledger) -> u64 {
    waited(async {
        let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(ledger.link().await).await.unwrap());
        let key = fs::read_to_string(ledger.folder("handler").join("code.key")).unwrap();
        let key = Arc::new(CodeKey::from_text(&key).unwrap());
        let handler = Arc::new(CommandHandler::new(log.clone(), key, Settings::default()));
        let head = log.head().await.unwrap();
        let order = json!({ "shop": "web", "number": "W-2", "line": 1 });
        let piece = OrderLine { shop: "web".parse().unwrap(), number: "W-1".parse().unwrap(), line: 1 };
        let piece = EntitlementId::of_order(&piece, 1);
        let commands: [(&str, Value); 2] = [
            ("early", json!({ "expire": { "entitlement": piece } })),
            ("issue-2", json!({ "issue": { "order": order, "offer": "exam-replay" } })),
        ];
        for (id, command) in commands {
            let command: Command = serde_json::from_value(command).unwrap();
            let request =
                Request { id: id.parse().unwrap(), actor: "shop".parse().unwrap(), command, confirm: false };
            let reply = handler.handle(request, now().plus_millis(3_652 * 86_400_000)).await.unwrap();
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        }
        log.read(head, 1).await.unwrap()[0].position.0
    })
}

#[test]
fn recorded_times_are_corrected_once_for_every_process_and_those_that_run_end_themselves() {
    let ledger = Ledger::named("shop");
    sold_ago(&ledger, 5);
    let first = ended_early(&ledger);
    let mut processes = ledger.all();
    let gateway = processes.pop().unwrap();
    let say = |url: &str, words: &str| ledger.run(&format!("--server {url} {words}"), "nowhere");
    let refused = say(&gateway.url, "issue exam-replay --order W-3").with(3);
    assert!(refused.err.contains("resit clock correct"), "{}", refused.err);

    let words = format!("clock correct --first {first} --ahead 3652d --reason wrong-time-server");
    let dry = ledger.run(&format!("--dry-run {words}"), "handler").with(0);
    assert!(dry.out.contains("void: 1 × Expired") && dry.out.contains("issue-2"), "{}", dry.out);
    assert!(say(&gateway.url, "log dump").with(0).out.matches("TimeCorrected").count() == 0);
    let corrected = ledger.run(&format!("--command-id fix {words}"), "handler").with(0);
    assert!(corrected.out.contains("void: 1 × Expired"), "{}", corrected.out);
    for process in processes {
        let logged = process.logged();
        assert_eq!(process.ends_within(4 * REPORTED_WITHIN), Some(3), "{logged}");
    }
    let again = ledger.run(&format!("--command-id fix {words}"), "handler").with(0);
    assert!(again.out.contains("answered before"), "{}", again.out);

    let mut processes = Vec::new();
    for role in ["command-handler", "projector", "expiry-scheduler"] {
        let process = ledger.start(role, role.strip_prefix("command-").unwrap_or(role));
        within(2 * REPORTED_WITHIN, "it is ready", || process.get("/health/ready").0 == 200);
        processes.push(process);
    }
    let url = gateway.url.clone();
    for order in ["W-1", "W-2"] {
        let shown = say(&url, &format!("look-up --order web/{order}/1")).with(0);
        assert!(shown.out.contains("unused"), "{}", shown.out);
    }
    let bought = say(&url, "--output json issue exam-replay --order W-3").with(0);
    let bought: Value = serde_json::from_str(&bought.out).unwrap();
    assert!(bought["recorded_at"].as_str().unwrap() <= now().to_string().as_str(), "{bought}");
    say(&url, "verify").with(0);
    processes.push(gateway);
    stopped(processes);
}
