//! Waivers: one rule, for one voucher, and for the person whom they name.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, check, edge, id};
use super::testing_words::{
    assign, exam, failed, issue, issue_with, offer, passed, reschedule, schedule, schedule_with, waive,
    waive_for,
};

const BOUGHT: &str = "2019-09-01T10:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("basics", "fundamentals"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

fn by(candidate: &str, sit_at: &str) -> crate::Command {
    schedule_with(sit_at, |c| c.candidate = id(candidate))
}

#[test]
fn a_waiver_of_a_rule_about_persons_names_one() {
    for rule in ["holder-matches", "assigned-first", "open-registrations"] {
        check(&bought(&[]), (waive(rule), "2019-09-02"), RefusedBy("waiver-names-person", "R17"));
        check(&bought(&[]), (waive_for(rule, "max"), "2019-09-02"), Does(&["Extended"]));
    }
    for rule in ["delivery", "retake-wait", "register-by"] {
        check(&bought(&[]), (waive(rule), "2019-09-02"), Does(&["Extended"]));
    }
}

#[test]
fn a_waiver_for_one_person_is_nobody_else_s() {
    let held = bought(&[])
        .with(&[(assign("ann"), "2019-09-02"), (waive_for("holder-matches", "max"), "2019-09-03")]);
    check(&held, (by("pam", "2019-10-01"), "2019-09-04"), Refused("holder-matches"));
    check(&held, (by("max", "2019-10-01"), "2019-09-04"), Accepted);
    check(&held, (by("ann", "2019-10-01"), "2019-09-04"), Accepted);

    let only_pro = [("{ categories = \"any\" }", "{ categories = [\"pro\"] }")];
    let given = bought(&only_pro).with(&[(waive_for("exam-eligible", "max"), "2019-09-03")]);
    let basics = |who: &str| schedule_with("2019-10-01", |c| (c.exam, c.candidate) = (id("basics"), id(who)));
    check(&given, (basics("pam"), "2019-09-04"), Refused("exam-eligible"));
    check(&given, (basics("max"), "2019-09-04"), Accepted);

    let first = [("bound_at = \"scheduling\"", "bound_at = \"assignment\"")];
    let given = bought(&first).with(&[(waive_for("assigned-first", "max"), "2019-09-03")]);
    check(&given, (by("pam", "2019-10-01"), "2019-09-04"), Refused("assigned-first"));
    check(&given, (by("max", "2019-10-01"), "2019-09-04"), Accepted);
}

#[test]
fn a_deadline_that_is_waived_for_one_person_holds_for_the_others() {
    let waived =
        [(waive_for("register-by", "max"), "2019-09-03"), (waive_for("sit-by", "max"), "2019-09-03")];
    let given = bought(&[]).with(&waived);
    check(&given, (by("max", "2025-01-01"), "2024-01-01"), Accepted);
    let ask = |at| (by("pam", "2025-01-01"), at);
    edge(&given, "2020-09-02T00:00:00Z", ask, Refused("sit-by"), Refused("register-by"));
    let moved =
        given.with(&[(by("max", "2025-01-01"), "2024-01-01"), (reschedule("2025-02-01"), "2024-01-02")]);
    check(&moved, (passed(), "2025-02-02"), Accepted);
}

#[test]
fn a_wait_that_is_waived_for_one_person_holds_for_the_others() {
    let wait = "wait = [{ period = \"P10D\", counted = \"calendar-days\", limits = \"sit\" }]";
    let given = bought(&[("wait = \"none\"", wait)]);
    let given = given
        .with(&[(waive_for("retake-wait", "ann"), "2019-09-02"), (schedule("2019-10-01"), "2019-09-03")]);
    let failed = given.with(&[(failed(), "2019-10-01")]);
    check(&failed, (schedule("2019-10-02"), "2019-10-01"), Accepted);
    let other = bought(&[("wait = \"none\"", wait)])
        .with(&[(waive_for("retake-wait", "max"), "2019-09-02"), (schedule("2019-10-01"), "2019-09-03")])
        .with(&[(super::testing_words::failed(), "2019-10-01")]);
    check(&other, (schedule("2019-10-02"), "2019-10-01"), Refused("retake-wait"));
}

#[test]
fn a_payment_is_waived_for_who_sat_the_exam() {
    let paid_only = [("only_if_paid = false", "only_if_paid = true")];
    let free = |waived: &str| {
        Ledger::new(&[
            (exam("x", "pro"), "2001-01-01"),
            (offer(&paid_only), "2001-01-01"),
            (issue_with(BOUGHT, |c| c.paid = false), BOUGHT),
            (waive_for("retake-only-if-paid", waived), "2019-09-02"),
            (schedule("2019-10-01"), "2019-09-03"),
        ])
    };
    check(&free("ann"), (failed(), "2019-10-01"), Does(&["ExamFailed", "RetakeGranted", "AttemptConcluded"]));
    check(&free("max"), (failed(), "2019-10-01"), Does(&["ExamFailed", "AttemptConcluded"]));
}

#[test]
fn a_waiver_that_nobody_could_use_is_refused() {
    let bound = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-03")]);
    check(&bound, (waive_for("delivery", "max"), "2019-09-04"), RefusedBy("goodwill-allowed", "R17"));
    check(&bound, (waive_for("delivery", "ann"), "2019-09-04"), Accepted);
    let open = bound.with(&[(waive_for("holder-matches", "max"), "2019-09-04")]);
    check(&open, (waive_for("delivery", "max"), "2019-09-04"), Accepted);
    check(&open, (waive_for("holder-matches", "max"), "2019-09-05"), Refused("goodwill-allowed"));
    check(&open, (waive_for("holder-matches", "pam"), "2019-09-05"), Accepted);
    let all = bound.with(&[(waive("delivery"), "2019-09-04")]);
    check(&all, (waive_for("delivery", "ann"), "2019-09-05"), Refused("goodwill-allowed"));
}
