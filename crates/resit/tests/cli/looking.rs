//! Questions to a ledger.

use crate::shell::Shell;

fn failed_late() -> (Shell, String) {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    let words = format!("schedule {voucher} --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z");
    shell.at("2026-01-06", &words).with(0);
    shell.at("2026-02-20", &format!("result {voucher} fail")).with(0);
    (shell, voucher)
}

#[test]
fn a_history_is_told_in_both_times() {
    let (shell, voucher) = failed_late();
    let kinds = |times: &str| -> Vec<String> {
        let history = shell.run(&format!("--output json history {voucher} {times}")).with(0).json();
        history.as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap().to_owned()).collect()
    };
    let all = ["VoucherIssued", "HolderBound", "ExamScheduled", "ExamFailed", "RetakeGranted"];
    assert_eq!(kinds(""), all);
    assert_eq!(kinds("--known-at 2026-02-10"), all[..3], "the fail was not known yet");
    assert_eq!(
        kinds("--as-of 2026-02-10"),
        all[..4],
        "it had happened, and earned a retake only when it was recorded"
    );
    assert_eq!(kinds("--as-of 2026-02-10 --known-at 2026-02-10"), all[..3]);
}

#[test]
fn a_voucher_is_shown_as_it_stood() {
    let (shell, voucher) = failed_late();
    let stage = |times: &str| {
        let shown = shell.run(&format!("--output json show {voucher} {times}")).with(0).json();
        shown[0]["units"][0]["stage"].as_str().unwrap().to_owned()
    };
    assert_eq!(stage(""), "retake");
    assert_eq!(stage("--known-at 2026-02-10"), "registered");
    assert_eq!(stage("--known-at 2026-01-05T12:00Z"), "unused");
}

#[test]
fn a_unit_and_a_command_that_are_not_there_are_said_to_be_so() {
    let shell = Shell::shop();
    let (_, code) = shell.issue("W-1");
    let shown = shell.run("--output json look-up --order W-1").with(0).json();
    let id = shown[0]["id"].as_str().unwrap();
    shell.run(&format!("show {id}.1")).with(0);
    let answer = shell.run(&format!("show {id}.7")).with(2);
    assert!(answer.err.contains(&format!("{id} has no unit 7")) && answer.out.is_empty(), "{answer:?}");
    let answer = shell.run(&format!("why {code}")).with(2);
    assert!(answer.err.contains("`resit history VOUCHER`") && !answer.err.contains(&code), "{}", answer.err);
}

#[test]
fn a_refusal_is_found_by_the_voucher_it_was_about() {
    let shell = Shell::shop();
    let (voucher, code) = shell.issue("W-1");
    let nothing = shell.run(&format!("why {voucher}")).with(2);
    assert!(nothing.err.contains("no command on this voucher was refused"), "{}", nothing.err);
    let book =
        |day: &str| format!("schedule {code} --by ben --exam EX-1 --delivery online --sit {day}T09:00Z");
    for (id, day) in [("b-1", "2028-01-20"), ("b-2", "2029-01-20")] {
        shell.at("2026-01-06", &format!("--actor desk --command-id {id} {}", book(day))).with(1);
    }
    let why = shell.run("why b-2").with(0).out;
    assert!(
        why.contains(&format!("asked: schedule: voucher {voucher} (by its code), candidate ben")),
        "{why}"
    );
    let entitlement = voucher.split('.').next().unwrap();
    for named in [&voucher, &code, &code.to_lowercase().replace('-', ""), entitlement] {
        assert_eq!(shell.run(&format!("why {named}")).with(0).out, why, "{named}");
    }
    let other = shell.run(&format!("why {entitlement}.2")).with(2);
    assert!(other.err.contains("no command on this voucher was refused"), "{}", other.err);
    let told = shell.run(&format!("history {voucher}")).with(0).out;
    let last = told.lines().rfind(|line| line.contains("CommandRefused")).unwrap();
    assert!(
        last.contains("schedule ben, online, EX-1, 2029-01-20 09:00: no, S0-6") && last.contains("desk"),
        "{told}"
    );
    assert!(!told.contains(&code) && !why.contains(&code));
}

#[test]
fn why_shows_names_as_people_write_them() {
    let shell = Shell::shop();
    shell.at("2026-01-06", "--command-id i-1 issue no-such-offer --order web/W-77/1").with(1);
    let why = shell.run("why i-1").with(0).out;
    assert!(why.contains("asked: issue: order web/W-77/1, "), "{why}");
    let key = shell.run("why o-77").with(2);
    assert!(key.err.contains("the lines of an order are commands of their own"), "{}", key.err);
}

#[test]
fn a_command_whose_id_looks_like_a_voucher_is_found_first() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    shell.at("2026-01-06", &format!("--command-id {voucher} exam EX-2")).with(0);
    assert!(shell.run(&format!("why {voucher}")).with(0).out.contains("define-exam"));
}

#[test]
fn no_clause_is_cited_where_there_is_none() {
    let shell = Shell::shop();
    let words = "--command-id i-1 issue no-such-offer --order web/W-77/1";
    assert!(shell.at("2026-01-06", words).with(1).out.contains("no   known-offer (ledger layer): asked is"));
    let why = shell.run("why i-1").with(0).out;
    assert!(why.contains("failed known-offer — ") && !why.contains("ledger known-offer"), "{why}");
    let order = shell.run("look-up --whole-order web/W-77").with(0).out;
    assert!(
        order.contains("known-offer (ledger layer), command i-1") && !order.contains("clause ledger"),
        "{order}"
    );
}

#[test]
fn a_program_is_told_that_a_voucher_has_ended() {
    let shell = Shell::shop();
    let agreement = "agreement open A-1 --programme standard --from 2026-01-01 --to 2030-12-31";
    shell.at("2026-01-05", agreement).with(0);
    let (voucher, _) = shell.issue("W-1 --agreement A-1 --holder anna");
    let (last, after) = ("2027-01-05T23:59:59.999Z", "2027-01-06");
    for (words, pointer) in [
        (format!("show {voucher}"), "/0/units/0/stands"),
        ("look-up --order W-1".to_owned(), "/0/units/0/stands"),
        ("look-up --candidate anna".to_owned(), "/0/stands"),
        ("look-up --agreement A-1".to_owned(), "/0/stands"),
        (
            "issue exam-replay --order W-1 --agreement A-1 --holder anna".to_owned(),
            "/entitlements/0/units/0/stands",
        ),
    ] {
        let stands = |at: &str| shell.json_at(at, &words).with(0).json().pointer(pointer).cloned();
        assert_eq!(stands(last), Some("unused".into()), "{words}");
        assert_eq!(stands(after), Some("ended".into()), "{words}");
    }
}

#[test]
fn a_voucher_is_shown_with_the_reason_of_its_end() {
    let (shell, voucher) = failed_late();
    let shown = shell.run(&format!("--output json show {voucher}")).with(0).json();
    let because = shown[0]["units"][0]["ends_because"].as_str().unwrap();
    assert!(because.contains("12 months"), "{because}");
    assert!(shell.run(&format!("show {voucher}")).with(0).out.contains(because));
}

#[test]
fn a_history_of_one_unit_leaves_out_the_others() {
    let shell = Shell::shop();
    let (file, text) = (shell.folder.with_extension("toml"), shell.run("offer print exam-replay").out);
    let pack = text.replacen("count = 1 ", "count = 2 ", 1);
    std::fs::write(&file, pack).unwrap();
    shell.at("2026-01-05", &format!("offer publish {} --without-examples", file.display())).with(0);
    let (first, _) = shell.issue("W-1");
    let id = first.strip_suffix(".1").unwrap();
    for unit in ["1", "2"] {
        let words = format!(
            "schedule {id}.{unit} --by p{unit} --exam EX-1 --delivery online --sit 2026-02-02T09:00Z"
        );
        shell.at("2026-01-06", &words).with(0);
    }
    let units = |which: &str| -> Vec<_> {
        let history = shell.run(&format!("--output json history {which}")).with(0).json();
        history.as_array().unwrap().iter().map(|entry| entry["unit"].as_u64()).collect()
    };
    assert_eq!(units(id), [None, Some(1), Some(1), Some(2), Some(2)]);
    assert_eq!(units(&format!("{id}.2")), [None, Some(2), Some(2)]);
}

#[test]
fn vouchers_are_found_by_order_candidate_and_agreement() {
    let (shell, voucher) = failed_late();
    for words in ["look-up --order W-1", "look-up --candidate anna", "look-up --offer exam-replay"] {
        assert!(shell.run(words).with(0).out.contains(&voucher), "{words}");
    }
    assert!(shell.run("look-up --order W-2").with(0).out.contains("nothing"));
    shell.run("look-up").with(2);
    let answer = shell.run("look-up --candidate anna").with(0);
    assert!(
        answer.out.contains("2027-01-06T00:00:00Z") && answer.out.contains("S0-6"),
        "when it ends: {answer:?}"
    );
}

#[test]
fn an_order_is_found_with_all_its_lines() {
    let shell = Shell::shop();
    shell.at("2026-01-05", "--command-id l-1 issue exam-replay --order web/W-1/1 --quantity 2").with(0);
    shell.at("2026-01-05", "--command-id l-7 issue no-such-offer --order web/W-1/7").with(1);
    let told = shell.run("look-up --whole-order web/W-1").with(0).out;
    assert!(told.contains("known-offer (ledger layer), command l-7"), "{told}");
    let lines = shell.run("--output json look-up --whole-order web/W-1").with(0).json();
    assert_eq!((&lines[0]["issued"], &lines[1]["issued"]), (&2.into(), &0.into()));
    let vouchers = lines[0]["entitlements"].as_array().unwrap();
    assert!(
        vouchers.len() == 2 && vouchers.iter().all(|of| told.contains(of["id"].as_str().unwrap())),
        "{told}"
    );
    assert!(
        shell.run("look-up --whole-order W-1").with(0).out.contains("nothing"),
        "the shop's name is part of it"
    );
    let answer = shell.run("look-up --order web/W-1").with(2);
    assert!(answer.err.contains("SHOP/NUMBER/LINE"), "{answer:?}");
}

#[test]
fn offers_are_listed() {
    let shell = Shell::shop();
    let listed = shell.run("offer list").with(0).out;
    assert!(listed.contains("exam-replay") && listed.contains("in force"), "{listed}");
    shell.at("2026-01-06", "offer withdraw exam-replay").with(0);
    assert!(shell.run("offer list").with(0).out.contains("withdrawn at 2026-01-06"), "{listed}");
    let listed = shell.run("--output json offer list").with(0).json();
    assert_eq!(listed[0]["version"], 1);
}

#[test]
fn what_is_derived_comes_back_equal() {
    let (shell, voucher) = failed_late();
    shell.at("2027-02-01", "expire").with(0);
    let ask = || {
        ["look-up --candidate anna", "look-up --offer exam-replay", &format!("show {voucher}")]
            .map(|words| shell.run(words).with(0).out)
    };
    let (answers, records) = (ask(), shell.dump());
    for derived in ["index", "read-models", "agenda"] {
        std::fs::remove_dir_all(shell.folder.join(derived)).unwrap();
    }
    assert_eq!(ask(), answers);
    assert_eq!(shell.dump(), records);
    shell.at("2027-02-01", "expire").with(0);
    assert_eq!(shell.dump(), records, "nothing is expired twice");
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    assert_eq!(ask(), answers);
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let (shell, voucher) = failed_late();
    let words = format!("revoke {voucher} --reason refund --dry-run");
    assert!(!shell.at("2026-06-01", &words).out.contains('\u{1b}'));
    assert!(shell.at("2026-06-01", &format!("{words} --color always")).out.contains('\u{1b}'));
}

#[test]
fn completions_and_rules_need_no_ledger() {
    let shell = Shell::nowhere();
    for asked in ["bash", "zsh", "fish"] {
        assert!(shell.run(&format!("completions {asked}")).with(0).out.contains("replace-code"), "{asked}");
    }
    let rules = shell.run("--output json rules").with(0).json();
    assert!(rules.as_array().unwrap().iter().any(|rule| rule["rule"] == "retake-needs-fail"));
}

#[test]
fn a_plan_says_how_many_to_order_and_by_when() {
    let shell = Shell::nowhere();
    let words =
        "plan --people 40 --exams 3 --months-left 9 --preparation-min 6 --preparation-max 12 --packs 30,1";
    let plan = shell.json_at("2026-01-05", words).with(0).json();
    assert_eq!(plan["vouchers"], 120);
    assert_eq!(plan["time"], "tight", "nine months are not twelve");
    assert_eq!(plan["order_by_at_the_latest"], "2026-04-05");
    assert!(shell.at("2026-01-05", words).with(0).out.contains("4 of 30; 0 to spare"));
    shell.run("plan --people 0 --exams 3 --months-left 9 --preparation-min 6 --preparation-max 12").with(2);
}

#[test]
fn an_empty_answer_says_of_what_there_is_none() {
    let shell = Shell::shop();
    let told = shell.run("look-up --offer nope").with(2).err;
    assert!(told.contains("no offer nope was published"), "{told}");
    assert_eq!(shell.run("look-up --offer exam-replay").with(0).out, "nothing\n");
    for words in ["expire", "--dry-run expire"] {
        assert_eq!(shell.at("2026-01-06", words).with(0).out, "nothing is due\n", "{words}");
    }
    let programs = shell.json_at("2026-01-06", "expire").with(0).json();
    assert_eq!(programs, serde_json::json!([]));
    let told = shell.run("verify").with(0).out;
    assert!(told.contains(" in 1 segment;"), "{told}");
}

#[test]
fn a_mistyped_code_is_never_repeated_wherever_it_is_typed() {
    let shell = Shell::shop();
    let (_, code) = shell.issue("W-1");
    let signs = code.replace('-', "");
    let mistyped = [&code[1..], &code[..28], &signs[..23], &code.to_lowercase()[2..], &format!("{code}7")];
    for typed in mistyped {
        for words in
            ["show", "history", "terms", "revoke", "no-such-word", "expire", "--no-such-flag", "show A"]
        {
            let answer = shell.run(&format!("{words} {typed}")).with(2);
            let said = format!("{}{}", answer.out, answer.err);
            let group = |at: usize| said.contains(&typed[at..at + 8]);
            assert!((0..typed.len() - 8).all(|at| !group(at)), "{words}: {said}");
        }
    }
    // What is no code is told, and help is help.
    let told = shell.run("show no-such-voucher").with(2).err;
    assert!(told.contains("'no-such-voucher'"), "{told}");
    assert!(shell.run("show --help").with(0).out.contains("Usage"));
}
