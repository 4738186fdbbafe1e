//! Deadlines of the first try: register by, sit by, not before; and the order of steps.

use super::testing::{Accepted, Expected, Ledger, Refused, RefusedBy, check, edge, id, t};
use super::testing_words::{
    assign, cancel, cancel_by_provider, exam, issue, issue_with, offer, schedule, schedule_with,
};

const BOUGHT: &str = "2019-09-01T10:00Z";
const YEAR_END: &str = "2020-09-02T00:00:00Z";

fn bought_at(purchased_at: &str, changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(purchased_at), purchased_at),
    ])
}

fn bought(changes: &[(&str, &str)]) -> Ledger {
    bought_at(BOUGHT, changes)
}

/// Registering at the instant, for a sitting as late as the instant allows.
#[track_caller]
fn register_edge(given: &Ledger, instant: &str, before: Expected<'_>, from: Expected<'_>) {
    edge(given, instant, |at| (schedule(at), at), before, from);
}

/// Registering early, for a sitting at the instant.
#[track_caller]
fn sit_edge(given: &Ledger, instant: &str, before: Expected<'_>, from: Expected<'_>) {
    edge(given, instant, |sit_at| (schedule(sit_at), t(BOUGHT)), before, from);
}

const SIT_BY_NONE: (&str, &str) = ("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"none\"");
const REGISTER_BY_NONE: (&str, &str) = ("\nregister_by = \"purchase + P12M\"", "\nregister_by = \"none\"");

#[test]
fn the_first_try_is_registered_and_sat_within_twelve_months_of_purchase() {
    register_edge(&bought(&[]), YEAR_END, Accepted, Refused("register-by"));
    sit_edge(&bought(&[]), YEAR_END, Accepted, Refused("sit-by"));
}

#[test]
fn register_by_and_sit_by_are_two_dates() {
    let registers = bought(&[SIT_BY_NONE]);
    register_edge(&registers, YEAR_END, Accepted, Refused("register-by"));
    sit_edge(&registers, "2021-03-01T00:00:00Z", Accepted, Accepted);
    let sits = bought(&[REGISTER_BY_NONE]);
    sit_edge(&sits, YEAR_END, Accepted, Refused("sit-by"));
    // Nobody registers for a sitting when none can lie in time any more.
    register_edge(&sits, YEAR_END, Accepted, Refused("sit-by"));
}

#[test]
fn months_are_clamped_to_the_month_s_end_and_the_last_day_is_inside() {
    let leap = bought_at("2020-02-29T10:00Z", &[]);
    sit_edge_from(&leap, "2020-02-29T10:00Z", "2021-03-01T00:00:00Z");
    let month = [("purchase + P12M", "purchase + P1M")];
    sit_edge_from(&bought_at("2019-01-31T10:00Z", &month), "2019-01-31T10:00Z", "2019-03-01T00:00:00Z");
    sit_edge_from(&bought_at("2020-01-31T10:00Z", &month), "2020-01-31T10:00Z", "2020-03-01T00:00:00Z");
    sit_edge_from(&bought_at("2019-02-28T10:00Z", &[]), "2019-02-28T10:00Z", "2020-02-29T00:00:00Z");
}

#[track_caller]
fn sit_edge_from(given: &Ledger, at: &str, instant: &str) {
    edge(given, instant, |sit_at| (schedule(sit_at), t(at)), Accepted, Refused("sit-by"));
}

#[test]
fn an_exclusive_last_day_ends_at_its_first_instant() {
    let given = bought(&[("\"inclusive\"", "\"exclusive\"")]);
    sit_edge(&given, "2020-09-01T00:00:00Z", Accepted, Refused("sit-by"));
}

#[test]
fn days_are_those_of_the_offer_s_zone_and_know_its_summer_time() {
    let chicago = [("\"UTC\"", "\"America/Chicago\""), ("purchase + P12M", "purchase + P6M")];
    // 04:30 UTC is still the evening of 9 September there; six months later clocks have changed.
    sit_edge_from(&bought_at("2019-09-10T04:30Z", &chicago), "2019-09-10T04:30Z", "2020-03-10T05:00:00Z");
    sit_edge_from(&bought_at("2019-09-10T05:00Z", &chicago), "2019-09-10T05:00Z", "2020-03-11T05:00:00Z");
    let berlin = [("\"UTC\"", "\"Europe/Berlin\""), ("purchase + P12M", "purchase + P1D")];
    sit_edge_from(&bought_at("2019-03-30T10:00Z", &berlin), "2019-03-30T10:00Z", "2019-03-31T22:00:00Z");
    sit_edge_from(&bought_at("2019-10-26T10:00Z", &berlin), "2019-10-26T10:00Z", "2019-10-27T23:00:00Z");
}

#[test]
fn a_site_licence_ends_with_the_last_second_of_a_day_in_chicago() {
    let given = bought(&[
        ("\"UTC\"", "\"America/Chicago\""),
        ("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"2020-06-30T23:59:59\""),
    ]);
    sit_edge(&given, "2020-07-01T05:00:00Z", Accepted, Refused("sit-by"));
}

#[test]
fn a_fixed_date_on_the_voucher_may_be_read_either_way() {
    let until = ("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"2019-12-31\"");
    sit_edge(&bought(&[until]), "2020-01-01T00:00:00Z", Accepted, Refused("sit-by"));
    let before = bought(&[until, ("\"inclusive\"", "\"exclusive\"")]);
    sit_edge(&before, "2019-12-31T00:00:00Z", Accepted, Refused("sit-by"));
}

#[test]
fn nothing_is_registered_before_the_right_begins() {
    for (not_before, zone, begins_at) in [
        ("2019-10-01", "UTC", "2019-10-01T00:00:00Z"),
        ("2019-10-01", "America/Chicago", "2019-10-01T05:00:00Z"),
        ("purchase + P1D", "UTC", "2019-09-02T00:00:00Z"),
        ("purchase + PT24H", "UTC", "2019-09-02T10:00:00Z"),
    ] {
        let count = format!("count = 1\nnot_before = \"{not_before}\"");
        let given =
            bought(&[("count = 1\nexams", &format!("{count}\nexams")), ("\"UTC\"", &format!("{zone:?}"))]);
        register_edge(&given, begins_at, Refused("not-before"), Accepted);
    }
}

#[test]
fn the_earliest_and_the_latest_of_anchors_hold() {
    let sit_by = |expr: &str| {
        bought(&[REGISTER_BY_NONE, ("\nsit_by = \"purchase + P12M\"", &format!("\nsit_by = \"{expr}\""))])
    };
    let given = sit_by("earliest(purchase + P12M, first-schedule + P30D)");
    sit_edge(&given, "2019-10-02T00:00:00Z", Accepted, Refused("sit-by"));
    let given = sit_by("latest(purchase + P1M, 2019-12-31)");
    sit_edge(&given, "2020-01-01T00:00:00Z", Accepted, Refused("sit-by"));
    sit_edge(&sit_by("issue + PT48H"), "2019-09-03T10:00:00Z", Accepted, Refused("sit-by"));
}

#[test]
fn a_registration_that_binds_its_holder_is_an_assignment_too() {
    let given = bought_at(BOUGHT, &[("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"assignment + P30D\"")]);
    // Registered on 2019-09-10: the thirtieth day is 2019-10-10.
    check(&given, (schedule("2019-10-10T23:59:59.999Z"), "2019-09-10"), Accepted);
    check(&given, (schedule("2019-10-11"), "2019-09-10"), Refused("sit-by"));
}

#[test]
fn a_deadline_may_hang_on_the_assignment() {
    let given = bought(&[
        ("bound_at = \"scheduling\"", "bound_at = \"assignment\""),
        ("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"assignment + P30D\""),
    ]);
    check(&given, (schedule("2019-09-20"), "2019-09-10"), Refused("assigned-first"));
    let given = given.with(&[(assign("ann"), "2019-10-01")]);
    edge(&given, "2019-11-01T00:00:00Z", |at| (schedule(at), t("2019-10-02")), Accepted, Refused("sit-by"));
}

#[test]
fn an_exam_is_not_sat_behind_its_retirement() {
    let given = bought(&[]).with(&[(
        super::testing_words::exam_with("x", |facts| facts.retires_on = Some(id("2019-12-31"))),
        BOUGHT,
    )]);
    sit_edge(&given, "2020-01-01T00:00:00Z", Accepted, Refused("exam-offered"));
}

#[test]
fn no_code_no_offer() {
    let given = bought(&[]);
    let earlier = |at| schedule_with("2019-10-01", move |c| c.booked_at = Some(at));
    edge(
        &given,
        "2019-09-01T10:00:00Z",
        |at| (earlier(at), t("2019-09-05")),
        RefusedBy("not-retroactive", "o#not-retroactive"),
        Accepted,
    );
}

#[test]
fn a_registration_that_is_reported_late_is_judged_by_when_it_was_made() {
    let given = bought(&[SIT_BY_NONE]);
    let reported =
        |booked_at| (schedule_with("2020-10-01", move |c| c.booked_at = Some(booked_at)), t("2020-09-20"));
    edge(&given, YEAR_END, reported, Accepted, Refused("register-by"));
    check(&given, (schedule("2020-10-01"), "2020-09-20"), Refused("register-by"));
}

#[test]
fn a_sitting_lies_behind_its_registration_and_a_registration_not_ahead_of_now() {
    let given = bought(&[]);
    let now = "2019-09-10T10:00:00Z";
    edge(&given, now, |sit_at| (schedule(sit_at), t(now)), Refused("sitting-ahead"), Accepted);
    let booked = |at| (schedule_with("2019-12-01", move |c| c.booked_at = Some(at)), t(now));
    edge(&given, "2019-09-10T10:00:00.001Z", booked, Accepted, Refused("sitting-ahead"));
}

#[test]
fn a_voucher_is_registered_once_at_a_time() {
    let given = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-10")]);
    check(&given, (schedule("2019-11-01"), "2019-09-11"), Refused("retake-needs-fail"));
    let single = bought(&[("count = 1, only_if_paid", "count = 0, only_if_paid")]);
    let single = single.with(&[(schedule("2019-10-01"), "2019-09-10")]);
    check(&single, (schedule("2019-11-01"), "2019-09-11"), Refused("one-open-here"));
    let freed = single.with(&[(cancel(), "2019-09-12")]);
    check(&freed, (schedule("2019-11-01"), "2019-09-13"), Accepted);
    let freed = single.with(&[(cancel_by_provider(), "2019-10-02")]);
    check(&freed, (schedule("2019-11-01"), "2019-10-03"), Accepted);
}

#[test]
fn the_holder_is_bound_upon_scheduling_and_stays_so() {
    let given = bought(&[]);
    let as_bob = || schedule_with("2019-11-01", |c| c.candidate = id("bob"));
    check(&given, (as_bob(), "2019-09-11"), Accepted);
    let given = given.with(&[(schedule("2019-10-01"), "2019-09-10"), (cancel(), "2019-09-11")]);
    check(&given, (as_bob(), "2019-09-12"), Refused("holder-matches"));
    check(&given, (schedule("2019-10-01"), "2019-09-12"), Accepted);
}

#[test]
fn what_is_not_known_is_not_registered() {
    let given = bought(&[]);
    check(&given, (schedule_with("2019-10-01", |c| c.exam = id("y")), "2019-09-10"), Refused("known-exam"));
    let nowhere = schedule_with("2019-10-01", |c| c.voucher = super::testing::voucher(9, 1));
    check(&given, (nowhere, "2019-09-10"), RefusedBy("known-voucher", "R11"));
    let no_unit = schedule_with("2019-10-01", |c| c.voucher = super::testing::voucher(1, 2));
    check(&given, (no_unit, "2019-09-10"), Refused("known-voucher"));
    check(
        &given,
        (
            issue_with(BOUGHT, |c| {
                c.offer = id("p");
                c.order.line = 2;
            }),
            BOUGHT,
        ),
        Refused("known-offer"),
    );
}
