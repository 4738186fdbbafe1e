//! An extended offer moves the deadlines of live vouchers and revives none (ruling 12); which terms govern (ruling 13).

use super::testing::{Accepted, Ledger, Refused, RefusedBy, check, edge, id};
use super::testing_words::{
    OFFER, correct, exam, extend_offer, failed, give, issue, longer, offer, passed, publish, reschedule,
    schedule, vary, waive,
};
use crate::{Command, ExamResult, Gift, Stream, Timestamp};

const BOUGHT: &str = "2007-10-01T10:00Z";
const END: &str = "2008-02-01T00:00:00Z";
const NEW_END: &str = "2008-07-01T00:00:00Z";

const RUNS: [(&str, &str); 2] = [
    ("runs = { from = \"none\", to = \"none\" }", "runs = { from = 2007-09-15, to = 2008-01-31 }"),
    ("purchase + P12M", "offer-end"),
];

fn bought(changes: &[(&str, &str)]) -> Ledger {
    let source = vary(&vary(OFFER, &RUNS), changes);
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&source), "2007-09-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

fn extend() -> Command {
    extend_offer("2008-06-30")
}

fn now(at: Timestamp) -> (Command, Timestamp) {
    (schedule(at), at)
}

#[test]
fn the_end_date_may_limit_the_first_try_or_the_second() {
    let first = bought(&[(
        "register_by = \"offer-end\", sit_by = \"offer-end\" }",
        "register_by = \"none\", sit_by = \"none\" }",
    )]);
    edge(&first, END, now, Accepted, Refused("register-by"));
    let failed_in_time = first.with(&[(schedule("2007-11-01"), "2007-10-02"), (failed(), "2007-11-01")]);
    edge(&failed_in_time, END, now, Accepted, Accepted);
    let second = bought(&[(
        "\nregister_by = \"offer-end\"\nsit_by = \"offer-end\"",
        "\nregister_by = \"none\"\nsit_by = \"none\"",
    )]);
    edge(&second, END, now, Accepted, Accepted);
    let failed_in_time = second.with(&[(schedule("2007-11-01"), "2007-10-02"), (failed(), "2007-11-01")]);
    edge(&failed_in_time, END, now, Accepted, Refused("retake-register-by"));
}

#[test]
fn an_extension_moves_the_deadlines_of_live_vouchers() {
    let given = bought(&[]).with(&[(extend(), "2008-01-31T23:59:59.999Z")]);
    edge(&given, NEW_END, now, Accepted, Refused("register-by"));
    let sale = super::testing_words::issue_with("2008-03-01", |c| c.order.line = 2);
    check(&given, (sale, "2008-03-01"), Accepted);
}

#[test]
fn an_extension_revives_nothing_whether_or_not_the_end_is_on_record() {
    for at in [END, "2008-02-01T00:00:00.001Z", "2008-03-01T00:00:00Z"] {
        let given = bought(&[]).with(&[(extend(), at)]);
        check(&given, (schedule("2008-05-01"), "2008-04-01"), Refused("register-by"));
        assert_eq!(given.end(1).unwrap().0, END);
    }
}

#[test]
fn an_offer_may_leave_live_vouchers_as_they_are() {
    let given = bought(&[("\"moves-live\"", "\"leaves-live\"")]).with(&[(extend(), "2008-01-01")]);
    edge(&given, END, now, Accepted, Refused("register-by"));
    let bought_later = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&vary(&vary(OFFER, &RUNS), &[("\"moves-live\"", "\"leaves-live\"")])), "2007-09-01"),
        (extend(), "2008-01-01"),
        (issue("2008-01-01"), "2008-01-01"),
    ]);
    edge(&bought_later, NEW_END, now, Accepted, Refused("register-by"));
}

#[test]
fn a_second_extension_moves_what_the_first_kept_alive() {
    let given = bought(&[]).with(&[(extend(), "2008-01-15"), (extend_offer("2008-12-31"), "2008-06-30")]);
    edge(&given, "2009-01-01T00:00:00Z", now, Accepted, Refused("register-by"));
    // What the first one did not reach, the second one does not either.
    let dead = bought(&[]).with(&[(extend(), "2008-02-15"), (extend_offer("2008-12-31"), "2008-03-01")]);
    check(&dead, (schedule("2008-05-01"), "2008-04-01"), Refused("register-by"));
}

#[test]
fn a_result_that_comes_behind_the_extension_revives_nothing() {
    let sat = bought(&[]).with(&[(schedule("2008-01-20"), "2008-01-02")]);
    let late = sat.with(&[(extend(), "2008-02-15"), (failed(), "2008-02-20")]);
    check(&late, (schedule("2008-05-01"), "2008-03-01"), Refused("retake-register-by"));
    let corrected = sat.with(&[
        (extend(), "2008-02-15"),
        (passed(), "2008-02-20"),
        (correct(1, ExamResult::Fail), "2008-02-21"),
    ]);
    check(&corrected, (schedule("2008-05-01"), "2008-03-01"), Refused("retake-register-by"));
    // In time it would have been another matter.
    let in_time = sat.with(&[(extend(), "2008-01-25"), (failed(), "2008-02-20")]);
    edge(&in_time, NEW_END, now, Accepted, Refused("retake-register-by"));
}

#[test]
fn goodwill_gives_what_it_says_and_not_the_extension_too() {
    let given = bought(&[]).with(&[(extend(), "2008-02-15"), (longer("2008-03-31"), "2008-02-20")]);
    edge(&given, "2008-04-01T00:00:00Z", now, Accepted, Refused("register-by"));
    let waived = bought(&[]).with(&[(extend(), "2008-02-15"), (waive("retake-wait"), "2008-02-20")]);
    check(&waived, (schedule("2008-05-01"), "2008-03-01"), Refused("register-by"));
    let extra = bought(&[]).with(&[(extend(), "2008-02-15"), (give(Gift::ExtraAttempt), "2008-02-20")]);
    check(&extra, (schedule("2008-05-01"), "2008-03-01"), Refused("register-by"));
    // A right that goodwill had brought back was alive at the extension, which moves it.
    let revived = bought(&[]).with(&[(longer("2008-03-31"), "2008-02-20"), (extend(), "2008-03-01")]);
    edge(&revived, NEW_END, now, Accepted, Refused("register-by"));
}

#[test]
fn whether_a_voucher_was_alive_is_judged_by_how_it_stood_then() {
    // The first try has a year; only the retake hangs on the offer's end.
    let changes = [(
        "\nregister_by = \"offer-end\"\nsit_by = \"offer-end\"",
        "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
    )];
    let given = bought(&changes).with(&[
        (extend(), "2008-02-15"),
        (schedule("2008-03-01"), "2008-02-20"),
        (reschedule("2008-03-02"), "2008-02-21"),
        (failed(), "2008-03-02"),
    ]);
    edge(&given, NEW_END, now, Accepted, Refused("retake-register-by"));
}

#[test]
fn an_extension_moves_every_version_that_ends_on_the_same_day() {
    let reworded = vary(&vary(OFFER, &RUNS), &[("An offer", "The offer")]);
    let given = bought(&[]).with(&[(publish(&reworded), "2007-11-01"), (extend(), "2008-01-15")]);
    edge(&given, NEW_END, now, Accepted, Refused("register-by"));
    let other_run = vary(&vary(OFFER, &RUNS), &[("to = 2008-01-31", "to = 2008-03-31")]);
    let given = bought(&[]).with(&[(publish(&other_run), "2007-11-01"), (extend(), "2008-01-15")]);
    edge(&given, END, now, Accepted, Refused("register-by"));
}

#[test]
fn an_extension_moves_the_end_to_a_later_day_only() {
    let given = bought(&[]);
    let refused = RefusedBy("end-moves-later", "R12");
    check(&given, (extend_offer("2008-01-31"), "2008-01-01"), refused);
    check(&given, (extend_offer("2008-02-01"), "2008-01-01"), Accepted);
    let endless = Ledger::new(&[(offer(&[]), "2007-09-01")]);
    check(&endless, (extend(), "2008-01-01"), refused);
    check(&Ledger::default(), (extend(), "2008-01-01"), Refused("known-offer"));
}

const HALF: (&str, &str) = ("purchase + P12M", "purchase + P6M");
/// The newest version governs, and may end a right earlier from an hour after it was published.
const SCHEDULING: (&str, &str) =
    ("terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"\nshortening = { notice = \"PT1H\" }");

fn versions(changes: &[(&str, &str)], then: &[(&str, &str)], at: &str) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2019-01-01"),
        (issue("2019-01-10T10:00Z"), "2019-01-10T10:00Z"),
        (offer(then), at),
    ])
}

#[test]
fn the_terms_in_force_at_purchase_govern() {
    let given = versions(&[], &[HALF], "2019-02-01");
    edge(&given, "2020-01-11T00:00:00Z", now, Accepted, Refused("register-by"));
}

#[test]
fn or_those_in_force_at_scheduling_where_the_offer_says_so() {
    let given = versions(&[SCHEDULING], &[SCHEDULING, HALF], "2019-02-01");
    edge(&given, "2019-07-11T00:00:00Z", now, Accepted, Refused("register-by"));
    // The version of the first registration stays, whatever comes later.
    let given = given.with(&[
        (schedule("2019-04-01"), "2019-03-01"),
        (offer(&[SCHEDULING, ("An offer", "A longer offer")]), "2019-03-15"),
        (failed(), "2019-04-01"),
    ]);
    edge(&given, "2019-07-11T00:00:00Z", now, Accepted, Refused("retake-register-by"));
}

#[test]
fn versions_older_than_the_purchase_never_govern() {
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[HALF]), "2018-01-01"),
        (offer(&[SCHEDULING]), "2018-06-01"),
        (issue("2019-01-10T10:00Z"), "2019-01-10T10:00Z"),
    ]);
    edge(&given, "2020-01-11T00:00:00Z", now, Accepted, Refused("register-by"));
}

#[test]
fn a_new_version_revives_nothing_and_fits_the_bundle() {
    let given = versions(&[SCHEDULING, HALF], &[SCHEDULING], "2019-07-11T00:00:00Z");
    check(&given, (schedule("2019-09-01"), "2019-08-01"), Refused("register-by"));
    let given = versions(&[SCHEDULING, HALF], &[SCHEDULING], "2019-07-10T23:59:59.999Z");
    check(&given, (schedule("2019-09-01"), "2019-08-01"), Accepted);
    let other_shape = [SCHEDULING, ("count = 1\nexams", "count = 2\nexams")];
    let given = versions(&[SCHEDULING, HALF], &other_shape, "2019-02-01");
    edge(&given, "2019-07-11T00:00:00Z", now, Accepted, Refused("register-by"));
    assert!(matches!(given.state(&Stream::Offer(id("o"))), crate::State::Offer(o) if o.versions.len() == 2));
}

#[test]
fn an_order_that_arrives_behind_the_extension_was_never_ended() {
    let published = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&vary(OFFER, &RUNS)), "2007-09-01"),
        (extend(), "2008-02-15"),
    ]);
    for arrives in ["2008-02-15", "2008-02-20"] {
        let given = published.with(&[(issue("2008-01-20"), arrives)]);
        edge(&given, NEW_END, now, Accepted, Refused("register-by"));
    }
}
