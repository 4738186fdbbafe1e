//! Practice tests, libraries, subscriptions: activate by, lasts, use within.

use super::testing::{Accepted, Does, Ledger, Refused, Warns, check, edge, facts, id, t};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, activate_with, agreement, exam, exam_with, issue_with, practice_test,
    publish, schedule, vary,
};
use crate::Event;

const BOUGHT: &str = "2019-09-01T10:00Z";
const LIBRARY: &str = r#"
[[benefit]]
kind = "library"
count = 1
activate_by = "agreement-end"
use_within = "agreement-end"
"#;

const TEST: &str = PRACTICE_TEST.1;

fn bundle(benefit: &str, changes: &[(&str, &str)]) -> Ledger {
    let added = benefit.trim_end_matches("[rulings]").to_owned()
        + "
[rulings]";
    let source = vary(&vary(OFFER, &[("[rulings]", &added)]), changes);
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (practice_test("q", &["other"]), "2001-01-01"),
        (agreement("2019-01-01", "2020-06-30"), "2019-01-01"),
        (publish(&source), "2001-01-01"),
    ])
}

fn bought(benefit: &str, changes: &[(&str, &str)]) -> Ledger {
    bundle(benefit, changes).with(&[(issue_with(BOUGHT, |c| c.agreement = Some(id("g"))), BOUGHT)])
}

#[test]
fn a_practice_test_is_activated_within_one_year_and_lasts_thirty_days() {
    let given = bought(TEST, &[]);
    edge(&given, "2020-09-02T00:00:00Z", |at| (activate(2, Some("p")), at), Accepted, Refused("activate-by"));
    let active = given.with(&[(activate(2, Some("p")), "2019-10-01T10:00Z")]);
    assert_eq!(active.end(2), Some(("2019-11-01T00:00:00Z".to_owned(), "use-within")));
}

#[test]
fn its_thirty_days_run_past_the_exam_s_deadline_unless_the_offer_says_otherwise() {
    let late = "2020-08-20T10:00Z";
    let ends = |changes: &[(&str, &str)]| {
        let fact = facts(&bought(TEST, changes), (activate(2, Some("p")), late)).pop().unwrap();
        let Event::PracticeTestActivated(fact) = fact else { panic!("{fact:?}") };
        fact.ends_at.to_string()
    };
    assert_eq!(ends(&[]), "2020-09-20T00:00:00Z");
    assert_eq!(ends(&[("past-exam-deadline", "until-exam-deadline")]), "2020-09-02T00:00:00Z");
}

#[test]
fn it_may_be_any_practice_test_of_the_promotion_and_need_not_match_the_exam() {
    let given = bought(TEST, &[]);
    check(&given, (activate(2, Some("p")), "2019-10-01"), Accepted);
    check(&given, (activate(2, Some("q")), "2019-10-01"), Refused("practice-test-reached"));
    check(&given, (activate(2, Some("z")), "2019-10-01"), Refused("known-practice-test"));
    let listed = bought(TEST, &[("tests = \"any\"", "tests = [\"q\"]")]);
    check(&listed, (activate(2, Some("q")), "2019-10-01"), Accepted);
    check(&listed, (activate(2, Some("p")), "2019-10-01"), Refused("practice-test-reached"));
}

#[test]
fn the_buyer_is_warned_when_there_is_no_practice_test_for_the_exam() {
    let order = |exam: &'static str| issue_with(BOUGHT, move |c| c.exam = Some(id(exam)));
    let given = bundle(TEST, &[]);
    check(&given, (order("x"), BOUGHT), Warns("ledger", "no practice test for x"));
    let given = given.with(&[(exam_with("x", |facts| facts.practice_tests = vec![id("p")]), "2019-01-01")]);
    assert!(given.decide(&order("x"), t(BOUGHT)).unwrap().warnings.is_empty());
}

#[test]
fn it_is_activated_once() {
    let given = bought(TEST, &[])
        .with(&[(practice_test("r", &[]), "2019-01-01"), (activate(2, Some("p")), "2019-10-01")]);
    check(&given, (activate(2, Some("p")), "2019-10-02"), Does(&["CommandRepeated"]));
    check(&given, (activate(2, Some("r")), "2019-10-02"), Refused("activated-once"));
    let bob = activate_with(2, Some("p"), |c| c.candidate = id("bob"));
    check(&given, (bob, "2019-10-02"), Refused("activated-once"));
}

#[test]
fn each_benefit_of_a_bundle_is_used_in_its_own_way() {
    let given = bought(TEST, &[]);
    check(&given, (activate(1, Some("p")), "2019-10-01"), Refused("right-kind"));
    check(&given, (activate(2, None), "2019-10-01"), Refused("right-kind"));
    let as_exam = super::testing_words::schedule_unit(2, "x", "2019-10-01");
    check(&given, (as_exam, "2019-09-10"), Refused("right-kind"));
}

#[test]
fn the_benefits_of_a_bundle_have_lives_of_their_own() {
    let given = bought(TEST, &[("activate_by = \"purchase + P1Y\"", "activate_by = \"purchase + P1M\"")]);
    assert_eq!(given.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "register-by")));
    assert_eq!(given.end(2), Some(("2019-10-02T00:00:00Z".to_owned(), "activate-by")));
    check(&given, (activate(2, Some("p")), "2019-10-05"), Refused("activate-by"));
    check(&given, (schedule("2019-11-01"), "2019-10-05"), Accepted);
    let given = given.with(&[(activate(2, Some("p")), "2019-09-30")]);
    check(&given, (schedule("2019-11-01"), "2019-12-05"), Refused("sitting-ahead"));
    check(&given, (schedule("2020-01-01"), "2019-12-05"), Accepted);
}

#[test]
fn a_library_once_unlocked_is_open_until_the_agreement_ends() {
    let given = bought(
        LIBRARY,
        &[("[sale]", "[sale] # under agreements"), ("agreement = \"none\"", "agreement = \"any\"")],
    );
    let unlock = |at| (activate(2, None), at);
    edge(
        &given,
        "2020-07-01T00:00:00Z",
        unlock,
        Does(&["HolderBound", "LibraryUnlocked"]),
        Refused("activate-by"),
    );
    let given = given.with(&[(activate(2, None), "2019-10-01")]);
    assert_eq!(given.end(2), Some(("2020-07-01T00:00:00Z".to_owned(), "use-within")));
    check(&given, (activate(2, None), "2019-10-02"), Does(&["CommandRepeated"]));
}

#[test]
fn a_library_s_conditions_are_shown_to_its_holder() {
    let given = bought(
        LIBRARY,
        &[
            ("agreement = \"none\"", "agreement = \"any\""),
            ("title = \"An offer\"", "title = \"An offer\"\nconditions = [\"no printing\"]"),
        ],
    );
    let fact = facts(&given, (activate(2, None), "2019-10-01")).pop().unwrap();
    let Event::LibraryUnlocked(fact) = fact else { panic!("{fact:?}") };
    assert_eq!(fact.conditions, ["no printing"]);
}

#[test]
fn a_deadline_may_count_from_activation() {
    let given = bought(
        LIBRARY,
        &[
            ("agreement = \"none\"", "agreement = \"any\""),
            ("use_within = \"agreement-end\"", "use_within = \"earliest(activation + P60D, agreement-end)\""),
        ],
    );
    let given = given.with(&[(activate(2, None), "2019-10-01T10:00Z")]);
    assert_eq!(given.end(2), Some(("2019-12-01T00:00:00Z".to_owned(), "use-within")));
}

#[test]
fn a_subscription_lasts_its_year() {
    let benefit = "\n[[benefit]]\nkind = \"subscription\"\ncount = 1\nuse_within = \"purchase + P1Y\"\n";
    let given = bought(benefit, &[]);
    let start = |at| (activate(2, None), at);
    edge(
        &given,
        "2020-09-02T00:00:00Z",
        start,
        Does(&["HolderBound", "SubscriptionStarted"]),
        Refused("use-within"),
    );
    let given = given.with(&[(activate(2, None), "2019-10-01")]);
    assert_eq!(given.end(2), Some(("2020-09-02T00:00:00Z".to_owned(), "use-within")));
}

#[test]
fn nothing_is_activated_before_its_day() {
    let given = bought(TEST, &[("tests = \"any\"", "tests = \"any\"\nnot_before = \"2019-10-01\"")]);
    let ask = |at| (activate(2, Some("p")), at);
    edge(&given, "2019-10-01T00:00:00Z", ask, Refused("not-before"), Accepted);
}
