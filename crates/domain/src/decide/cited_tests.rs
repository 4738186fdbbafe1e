//! The clause cited is that of the date that decided (ruling 21): refusals, judgements, ends on record, notices, views.

use super::testing::{Ledger, RefusedBy, Warns, check, facts, t, voucher};
use super::testing_words::{
    OFFER, agreement, amend, assign, exam, extend_offer, failed, first, issue, issue_with, longer, offer,
    publish, refund, reschedule, schedule, vary,
};
use crate::{Command, Event, Expire, Judge, RetakeVerdict};

const BOUGHT: &str = "2019-09-01T10:00Z";

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

/// A voucher whose first try goes by this deadline, in an offer that runs to the end of the year.
fn by(deadline: &str) -> Ledger {
    let deadlines = format!("\nregister_by = \"{deadline}\"\nsit_by = \"{deadline}\"");
    let terms = [
        ("\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"", deadlines.as_str()),
        ("to = \"none\"", "to = 2019-12-31"),
        ("title = \"An offer\"", "title = \"An offer\"\nnotices = [\"P7D\"]"),
    ];
    let clauses = "\n[clauses]\nregister-by = \"REG\"\nsit-by = \"SIT\"\nsat-in-time = \"SAT\"\n";
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&(vary(OFFER, &terms) + clauses)), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// What a ledger's voucher 1 shows of its end.
fn shown(ledger: &Ledger) -> (String, String) {
    let view = ledger.known(&expire()).view().unwrap();
    let unit = view.units.into_iter().next().unwrap();
    (unit.ends_by.unwrap(), unit.ends_because.unwrap())
}

/// The clauses of the facts that `expire` puts on record.
fn on_record(ledger: &Ledger, at: &str) -> Vec<String> {
    let cited = facts(ledger, (expire(), at)).into_iter().filter_map(|event| match event {
        Event::Expired(e) => Some(e.clause),
        Event::EndsSoon(e) => Some(e.clause),
        _ => None,
    });
    cited.collect()
}

#[test]
fn every_place_that_names_an_end_cites_the_part_that_decided() {
    const TWO: &str = "earliest(purchase + P12M [YEAR], offer-end [OFFER])";
    const TIE: &str = "earliest(offer-end [OFFER], 2019-12-31 [DAY])";
    const NESTED: &str = "earliest(purchase + P12M [YEAR], latest(offer-end, purchase + P1M [MONTH]) [PACK])";
    for (deadline, register, sit) in [
        ("earliest(purchase + P12M, offer-end)", "REG", "SIT"),
        ("earliest(purchase + P12M [YEAR], offer-end)", "REG", "SIT"),
        (TWO, "OFFER", "OFFER"),
        (TIE, "OFFER", "OFFER"),
        (NESTED, "PACK", "PACK"),
        ("offer-end [OFFER]", "OFFER", "OFFER"),
    ] {
        let given = by(deadline);
        check(&given, (schedule("2020-01-05T09:00Z"), "2020-01-02"), RefusedBy("register-by", register));
        check(&given, (schedule("2020-01-05T09:00Z"), "2019-12-01"), RefusedBy("sit-by", sit));
        check(&given, (assign("ann"), "2020-01-02"), RefusedBy("register-by", register));
        let booked = given.with(&[(schedule("2019-12-20T09:00Z"), "2019-12-01")]);
        check(&booked, (reschedule("2020-01-05T09:00Z"), "2019-12-02"), RefusedBy("sit-by", sit));
        assert_eq!(on_record(&given, "2019-12-26"), [register], "{deadline}");
        assert_eq!(on_record(&given, "2020-01-02"), [register], "{deadline}");
        let (ends_by, because) = shown(&given);
        assert_eq!(ends_by, register, "{deadline}");
        assert_eq!(
            because.ends_with(&format!("2020-01-01T00:00:00Z, by {register}")),
            register != "REG",
            "{because}"
        );
    }
}

#[test]
fn what_is_waived_held_or_failed_is_judged_under_the_clause_of_the_part() {
    let given = by("earliest(purchase + P12M [YEAR], offer-end [OFFER])");
    let ask = |at, sit: &str| {
        let command = schedule(sit);
        let mut judge = Judge::thorough();
        let _ = given.known(&command).decide(&command, t(at), &mut judge);
        let of_date = judge.into_judgements().into_iter().filter(|j| j.rule.name().ends_with("-by"));
        of_date.map(|j| format!("{} {}", j.clause, j.rule)).collect::<Vec<_>>()
    };
    assert_eq!(ask("2019-12-01", "2019-12-02"), ["OFFER register-by", "OFFER sit-by", "OFFER sit-by"]);
    assert_eq!(ask("2020-01-01", "2020-01-02"), ["OFFER register-by"]);
}

#[test]
fn an_extended_offer_hands_the_decision_to_the_other_part() {
    let given = by("earliest(purchase + P12M [YEAR], offer-end [OFFER])");
    let extended = given.with(&[(extend_offer("2020-12-31"), "2019-12-01")]);
    assert_eq!(shown(&extended).0, "YEAR");
    check(&extended, (schedule("2020-10-01T09:00Z"), "2020-09-10"), RefusedBy("register-by", "YEAR"));
}

#[test]
fn a_result_that_names_a_late_sitting_cites_the_date_that_it_missed() {
    let booked = by("earliest(purchase + P12M [YEAR], offer-end [OFFER])")
        .with(&[(schedule("2019-12-31T09:00Z"), "2019-12-01")]);
    let late = crate::RecordResult {
        voucher: voucher(1, 1),
        result: crate::ExamResult::Pass,
        sat_at: Some(t("2020-01-02T09:00Z")),
    };
    check(&booked, (late.into(), "2020-01-03"), RefusedBy("sat-in-time", "OFFER"));
}

#[test]
fn a_retake_that_gets_no_time_is_withheld_by_the_part_that_left_none() {
    let retake = "retake = { count = 1, only_if_paid = false, wait = \"none\", register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let parts = "retake = { count = 1, only_if_paid = false, wait = [{ period = \"P30D\", counted = \"calendar-days\", limits = \"sit\" }], \
                 register_by = \"none\", sit_by = \"earliest(exam-sat + P60D [SIXTY], offer-end [OFFER])\" }";
    let terms = [(retake, parts), ("to = \"none\"", "to = 2019-12-31")];
    let booked = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&terms), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    check(&booked, (schedule("2019-12-20T09:00Z"), "2019-12-01"), Warns("OFFER", "no time for a retake"));
    let sat = booked.with(&[(schedule("2019-12-20T09:00Z"), "2019-12-01")]);
    let events = facts(&sat, (failed(), "2019-12-21"));
    let Event::ExamFailed(fail) = &events[0] else { panic!("{events:?}") };
    let RetakeVerdict::NoTime { clause, .. } = &fail.retake else { panic!("{fail:?}") };
    assert_eq!(clause, "OFFER");
    let told = sat.with(&[(failed(), "2019-12-21")]);
    check(&told, (schedule("2019-12-30T09:00Z"), "2019-12-22"), RefusedBy("retake-sit-by", "OFFER"));
}

#[test]
fn more_time_given_as_goodwill_cites_the_rule_and_no_part() {
    let given = by("earliest(purchase + P12M [YEAR], offer-end [OFFER])");
    let longer_term = given.with(&[(longer("2020-03-31"), "2019-12-01")]);
    assert_eq!(
        shown(&longer_term),
        ("REG".to_owned(), "goodwill gave it time until 2020-04-01T00:00:00Z".to_owned())
    );
    check(&longer_term, (schedule("2020-04-02T09:00Z"), "2020-04-01"), RefusedBy("register-by", "REG"));
}

#[test]
fn a_right_that_a_later_version_would_shorten_cites_the_part_of_the_terms_it_was_sold_under() {
    let scheduling = ("terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"");
    let with = |deadline: &str| {
        let deadlines = format!("\nregister_by = \"{deadline}\"\nsit_by = \"{deadline}\"");
        let old = "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"";
        publish(&vary(OFFER, &[scheduling, (old, &deadlines)]))
    };
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (with("purchase + P12M [SOLD]"), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (with("earliest(purchase + P6M [SHORT], purchase + P2Y [LONG])"), "2019-10-01"),
    ]);
    let (ends_by, because) = shown(&given);
    assert_eq!(ends_by, "SOLD");
    assert!(because.starts_with("12 months from purchase") && because.ends_with("by SOLD"), "{because}");
    let longer =
        given.with(&[(with("earliest(purchase + P18M [SHORT], purchase + P2Y [LONG])"), "2019-11-01")]);
    assert_eq!(shown(&longer).0, "SHORT");
}

#[test]
fn a_right_that_ends_with_its_agreement_cites_the_agreement_until_that_runs_longer() {
    let deadline = "earliest(purchase + P1Y [YEAR], agreement-end [CONTRACT])";
    let deadlines = format!("\nregister_by = \"{deadline}\"\nsit_by = \"{deadline}\"");
    let terms = [
        ("\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"", deadlines.as_str()),
        ("agreement = \"none\"", "agreement = [\"volume\"]"),
    ];
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&terms), "2001-01-01"),
        (agreement("2019-01-01", "2019-12-31"), "2019-01-01"),
        (issue_with(BOUGHT, |c| c.agreement = Some("g".parse().unwrap())), BOUGHT),
    ]);
    assert_eq!(shown(&given).0, "CONTRACT");
    assert_eq!(on_record(&given, "2020-01-01"), ["CONTRACT"]);
    let longer = given.with(&[(amend("2021-12-31"), "2019-12-01")]);
    assert_eq!(shown(&longer).0, "YEAR");
    assert_eq!(on_record(&longer, "2020-09-02"), ["YEAR"]);
}

#[test]
fn a_refund_and_a_beginning_cite_the_part_that_decided() {
    let terms = [
        (
            "refund_until = \"purchase + P14D\"",
            "refund_until = \"earliest(purchase + P14D [FORTNIGHT], 2019-09-10 [DAY])\"",
        ),
        (
            "count = 1\nexams",
            "count = 1\nnot_before = \"latest(purchase [BOUGHT], 2019-09-05 [OPENS])\"\nexams",
        ),
    ];
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&terms), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    check(&given, (refund(), "2019-09-11"), RefusedBy("refundable", "DAY"));
    check(&given, (schedule("2019-10-01"), "2019-09-04"), RefusedBy("not-before", "OPENS"));
}
