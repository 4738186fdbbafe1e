//! Commands, one process each, on a ledger that is stopped in between.

use crate::shell::Shell;

const BOOK: &str = "--by anna --exam EX-1 --delivery online";

#[test]
fn a_voucher_lives_from_purchase_to_pass() {
    let shell = Shell::shop();
    let (voucher, code) = shell.issue("W-1");
    shell.at("2026-01-06", &format!("schedule {code} {BOOK} --sit 2026-02-02T09:00Z")).with(0);
    shell.at("2026-02-03", &format!("result {code} fail")).with(0);
    shell
        .at(
            "2026-02-03",
            &format!("schedule {} {BOOK} --sit 2026-03-02T09:00Z", code.to_lowercase().replace('-', "")),
        )
        .with(0);
    let passed = shell.json_at("2026-03-03", &format!("result {voucher} pass")).with(0).json();
    assert_eq!(passed["events"][0]["type"], "ExamPassed");
    assert_eq!(passed["entitlements"][0]["units"][0]["stage"], "used");
}

#[test]
fn the_same_order_gets_the_same_code_again() {
    let shell = Shell::shop();
    assert_eq!(shell.issue("W-1"), shell.issue("W-1"));
    assert_ne!(shell.issue("W-1"), shell.issue("W-2"));
    assert_eq!(shell.dump().matches("\"type\":\"VoucherIssued\"").count(), 2);
}

#[test]
fn an_order_without_a_time_is_the_same_order_whenever_it_comes_again() {
    let shell = Shell::shop();
    let words = "issue exam-replay --order W-1";
    let first = shell.json_at("2026-01-05", words).with(0).json();
    let later = shell.json_at("2026-07-05", words).with(0).json();
    assert_eq!(first["codes"], later["codes"]);
    assert_eq!(later["entitlements"][0]["purchased_at"], "2026-01-05T00:00:00Z");
    let by_id = "--command-id once issue exam-replay --order W-2";
    let first = shell.json_at("2026-01-06", by_id).with(0).json();
    let again = shell.json_at("2026-07-06", by_id).with(0).json();
    assert_eq!((&again["replayed"], &again["codes"]), (&true.into(), &first["codes"]));
    shell.at("2026-07-07", "issue exam-replay --order W-1 --purchased 2026-07-07").with(1);
}

#[test]
fn a_command_sent_again_is_answered_as_the_first_time() {
    let shell = Shell::shop();
    let words = "--command-id order-1 issue exam-replay --order W-1 --purchased 2026-01-05";
    let first = shell.json_at("2026-01-05", words).with(0).json();
    let before = shell.dump();
    let again = shell.json_at("2026-06-05", words).with(0).json();
    assert_eq!((&first["replayed"], &again["replayed"]), (&false.into(), &true.into()));
    for same in ["position", "recorded_at", "events", "codes", "outcome"] {
        assert_eq!(first[same], again[same], "{same}");
    }
    assert_eq!(shell.dump(), before, "nothing was written for it");
    let other = shell.at("2026-06-05", "--command-id order-1 issue exam-replay --order W-2").with(5);
    assert!(other.err.contains("use a new id"), "{}", other.err);
    assert_eq!(shell.dump(), before);
}

#[test]
fn a_refusal_ends_with_1_and_says_clause_facts_and_way_out() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    let words = format!("--command-id too-late schedule {voucher} {BOOK} --sit 2027-02-02T09:00Z");
    let refused = shell.json_at("2026-01-06", &words).with(1).json();
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["refusal"]["clause"], "S0-6");
    assert!(!refused["refusal"]["remedy"].as_str().unwrap().is_empty());
    assert!(!refused["refusal"]["facts"].as_array().unwrap().is_empty());
    let why = shell.run("--output json why too-late").with(0).json();
    assert_eq!(why["agrees_with_record"], true);
    let told = shell.at("2026-01-06", &words).with(1);
    assert!(told.out.contains("S0-6") && told.out.contains("what would make it yes"), "{}", told.out);
}

#[test]
fn a_dry_run_says_the_same_and_does_nothing() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    let before = shell.dump();
    for (words, code) in [
        (format!("schedule {voucher} {BOOK} --sit 2026-02-02T09:00Z"), 0),
        (format!("schedule {voucher} {BOOK} --sit 2028-02-02T09:00Z"), 1),
        ("issue exam-replay --order W-2".to_owned(), 0),
        ("offer publish exam-replay".to_owned(), 1),
        (format!("replace-code {voucher}"), 0),
        (format!("revoke {voucher} --reason refund"), 0),
        ("expire".to_owned(), 0),
        ("log repair".to_owned(), 0),
    ] {
        shell.at("2026-01-06", &format!("--dry-run {words}")).with(code);
        assert_eq!(shell.dump(), before, "{words}");
    }
}

#[test]
fn what_is_due_is_put_on_record_once() {
    let shell = Shell::shop();
    shell.issue("W-1");
    shell.issue("W-2");
    let facts = |at: &str| {
        let listed = shell.json_at(at, "expire").with(0).json();
        let fact = |row: &serde_json::Value| row["fact"].as_str().unwrap().to_owned();
        listed.as_array().unwrap().iter().map(fact).collect::<Vec<_>>()
    };
    let last_instant = "2027-01-05T23:59:59.999Z";
    assert_eq!(facts(last_instant), ["EndsSoon", "EndsSoon"], "the last day is inside");
    assert!(shell.at(last_instant, "expire").with(0).out.contains("nothing"), "a notice is given once");
    assert_eq!(facts("2027-01-06"), ["Expired", "Expired"]);
    assert!(shell.at("2027-06-01", "expire").with(0).out.contains("nothing"), "never twice");
    assert_eq!(shell.dump().matches("\"type\":\"Expired\"").count(), 2);
}

#[test]
fn a_replaced_code_is_dead_and_nobody_is_told_why() {
    let shell = Shell::shop();
    let (voucher, old) = shell.issue("W-1");
    shell.at("2026-01-06", &format!("assign {old} --to anna")).with(0);
    let replaced = shell.json_at("2026-01-06", &format!("replace-code {voucher}")).with(0).json();
    let new = replaced["codes"][0]["code"].as_str().unwrap();
    assert_ne!(new, old);
    let book = |code: &str, by: &str| {
        let words =
            format!("schedule {code} --by {by} --exam EX-1 --delivery online --sit 2026-02-02T09:00Z");
        shell.json_at("2026-01-07", &words).json()["refusal"].clone()
    };
    let (_, elsewhere) = Shell::shop().issue("W-1");
    let stranger = book(&old, "mallory");
    assert_eq!(stranger["rule"], "known-voucher");
    assert_eq!(stranger, book(&elsewhere, "mallory"), "a stranger learns what an unknown code would tell");
    assert_eq!(book(&old, "anna")["rule"], "code-current", "its holder is told");
    assert!(book(new, "anna").is_null(), "the new one opens");
}

#[test]
fn no_code_stands_in_the_ledger_or_its_log() {
    let shell = Shell::shop();
    let (_, code) = shell.issue("W-1");
    shell.at("2026-01-06", &format!("schedule {code} {BOOK} --sit 2026-02-02T09:00Z")).with(0);
    let bare = code.replace('-', "");
    let mut files = vec![shell.folder.clone()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in [&code, &bare] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{}", path.display());
        }
    }
}

#[test]
fn a_reply_says_which_order_line_was_understood_and_whose_time_counts() {
    let shell = Shell::shop();
    let told = shell.at("2026-01-05", "issue exam-replay --order am/W-1/77").with(0).out;
    assert!(
        told.contains("order: shop am, number W-1, line 77") && told.contains("up to position"),
        "{told}"
    );
    assert!(!told.contains("ahead of this clock"), "{told}");
    let behind = shell.at("2025-01-05", "issue exam-replay --order W-1").with(0).out;
    assert!(behind.contains("the ledger's time, 2026-01-05T00:00:00Z, is ahead of this clock"), "{behind}");
}

#[test]
fn an_order_line_of_two_parts_is_issued_to_nobody() {
    let shell = Shell::shop();
    let before = shell.dump();
    for words in ["issue exam-replay --order web/5001", "look-up --order web/5001"] {
        let told = shell.at("2026-01-05", words).with(2).err;
        assert!(told.contains("write SHOP/NUMBER/LINE, such as web/5001/1"), "{words}: {told}");
    }
    assert_eq!(shell.dump(), before);
}

#[test]
fn goodwill_gives_what_the_terms_do_not() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    let give = |what: &str| format!("--actor desk extend {voucher} {what} --reason illness");
    shell.at("2027-02-01", &give("")).with(2);
    shell.at("2027-02-01", &give("--extra-attempt --longer-term 2027-06-30")).with(2);
    // A typed name approves nothing; what is asked waits for another person.
    shell.at("2027-02-01", &give("--longer-term 2027-06-30 --approver chief")).with(1);
    shell.at("2027-02-01", &give("--longer-term 2027-06-30")).with(0);
    let sit = format!("schedule {voucher} {BOOK} --sit 2027-06-30T09:00Z");
    shell.at("2027-02-01", &sit).with(1);
    shell.at("2027-02-01", &format!("--actor Desk approve-goodwill {voucher} 1")).with(1);
    shell.at("2027-02-01", &format!("--actor chief approve-goodwill {voucher} 1")).with(0);
    shell.at("2027-02-02", &sit).with(0);
}

#[test]
fn a_real_ledger_keeps_the_systems_time() {
    let shell = Shell::nowhere();
    shell.run("init").with(0);
    assert!(shell.at("2099-01-01", "offer publish exam-replay").with(2).err.contains("--rehearsal"));
    shell.at("2099-01-01", "--dry-run offer publish exam-replay").with(0);
    shell.at("2099-01-01", "expire").with(2);
    shell.run("init --rehearsal").with(2);
    shell.run("offer publish exam-replay").with(0);
}

#[test]
fn a_dry_run_makes_no_files_either() {
    let shell = Shell::nowhere();
    let keep = shell.folder.display();
    for words in [
        "init".to_owned(),
        "init --rehearsal".to_owned(),
        format!("offer print exam-replay --to {keep}"),
        format!("story run tests/stories/exam-replay.story --keep {keep}"),
    ] {
        let answer = shell.run(&format!("--dry-run {words}")).with(0);
        assert!(answer.out.contains("nothing was done"), "{words}: {}", answer.out);
        assert!(!shell.folder.exists(), "{words}");
    }
    let shell = Shell::shop();
    shell.run("look-up --offer exam-replay").with(0);
    assert!(shell.run("--dry-run rebuild").with(0).out.contains("nothing was done"));
}
