//! Which exam, where, by whom: eligibility, mixes, providers, channels, regions.

use super::testing::{Accepted, Expected, Ledger, Refused, RefusedBy, check, id, t};
use super::testing_words::{
    exam, exam_with, failed, issue, offer, result_of, schedule, schedule_unit, schedule_with,
};
use crate::{Command, ExamResult, MigrateProvider, Schedule};

const BOUGHT: &str = "2019-09-01T10:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (offer(changes), "2001-01-01"), (issue(BOUGHT), BOUGHT)])
}

fn of(exam: &'static str) -> Command {
    schedule_with("2019-10-01", move |c| c.exam = id(exam))
}

#[test]
fn five_categories_are_excluded() {
    let five = r#"{ not_categories = ["mta", "mos", "transition", "fundamentals", "beta"] }"#;
    let given = bought(&[
        ("{ categories = \"any\" }", five),
        ("[rulings]", "[clauses]\nexam-eligible = \"S0-4\"\n\n[rulings]"),
    ]);
    for category in ["mta", "mos", "transition", "fundamentals", "beta"] {
        let given = given.with(&[(exam("e", category), "2019-01-01")]);
        check(&given, (of("e"), "2019-09-10"), RefusedBy("exam-eligible", "S0-4"));
    }
    check(&given, (of("x"), "2019-09-10"), Accepted);
    // The catalogue may say it either way.
    let marked = given.with(&[(exam_with("e", |facts| facts.beta = true), "2019-01-01")]);
    check(&marked, (of("e"), "2019-09-10"), Refused("exam-eligible"));
}

#[test]
fn a_category_is_the_same_in_capitals() {
    let five = r#"{ not_categories = ["mta", "MOS", "beta"] }"#;
    let given = bought(&[("{ categories = \"any\" }", five)]);
    for category in ["MTA", "mta", "Mta", "mos", "MOS", "Beta"] {
        let given = given.with(&[(exam("e", category), "2019-01-01")]);
        check(&given, (of("e"), "2019-09-10"), Refused("exam-eligible"));
    }
    let named = bought(&[("{ categories = \"any\" }", r#"{ categories = ["Associate"] }"#)]);
    let named = named.with(&[(exam("e", "associate"), "2019-01-01")]);
    check(&named, (of("e"), "2019-09-10"), Accepted);
}

#[test]
fn an_exam_in_no_category_is_warned_of_where_categories_are_excluded() {
    let five = r#"{ not_categories = ["mta"] }"#;
    for (reached, categories, warns) in
        [(five, 0, true), (five, 1, false), ("{ categories = \"any\" }", 0, false)]
    {
        let unsorted = exam_with("e", |facts| facts.categories = vec![id("pro"); categories]);
        let given = bought(&[("{ categories = \"any\" }", reached)]).with(&[(unsorted, "2019-01-01")]);
        let decision = given.decide(&of("e"), t("2019-09-10T12:00:00Z")).unwrap();
        let warned = decision.warnings.iter().any(|warning| warning.text.contains("in no category"));
        assert_eq!(warned, warns, "{reached} {categories}");
    }
    let unsorted = exam_with("e", |facts| facts.categories.clear());
    let decision = bought(&[]).decide(&unsorted, t("2019-01-01T12:00:00Z")).unwrap();
    assert!(decision.warnings[0].text.contains("in no category"));
}

#[test]
fn exams_are_reached_by_category_prefix_or_list_and_all_must_hold() {
    let cases: [(&str, &[(&str, Expected<'_>)]); 3] = [
        (
            r#"{ prefixes = ["070", "072"] }"#,
            &[("070-98", Accepted), ("072-1", Accepted), ("071-1", Refused("exam-eligible"))],
        ),
        (r#"{ list = ["070-98"] }"#, &[("070-98", Accepted), ("072-1", Refused("exam-eligible"))]),
        (
            r#"{ categories = ["pro"], prefixes = ["07"] }"#,
            &[("070-98", Accepted), ("072-1", Refused("exam-eligible")), ("x", Refused("exam-eligible"))],
        ),
    ];
    for (exams, rows) in cases {
        let given = bought(&[("{ categories = \"any\" }", exams)]).with(&[
            (exam("070-98", "pro"), "2001-01-01"),
            (exam("071-1", "pro"), "2001-01-01"),
            (exam("072-1", "academic"), "2001-01-01"),
        ]);
        for (code, expected) in rows {
            let ask = schedule_with("2019-10-01", |c| c.exam = id(code));
            check(&given, (ask, "2019-09-10"), *expected);
        }
    }
}

#[test]
fn eligibility_is_judged_when_the_first_try_is_scheduled() {
    let only_pro = ("{ categories = \"any\" }", "{ categories = [\"pro\"] }");
    for (at, then) in [("first-schedule", Accepted), ("every-schedule", Refused("exam-eligible"))] {
        let given = bought(&[only_pro, ("\"first-schedule\"", &format!("{at:?}"))]).with(&[
            (schedule("2019-10-01"), "2019-09-10"),
            (exam("x", "fundamentals"), "2019-09-20"),
            (failed(), "2019-10-02"),
        ]);
        check(&given, (schedule("2019-11-01"), "2019-10-03"), then);
    }
    let given = bought(&[only_pro]).with(&[(exam("x", "fundamentals"), "2019-09-20")]);
    check(&given, (schedule("2019-11-01"), "2019-10-03"), RefusedBy("exam-eligible", "R9"));
}

const MIXES: (&str, &str) =
    ("deliveries = \"any\"", "deliveries = \"any\"\nmix = [[\"mta\", \"mce\"], [\"mos\", \"mce\"]]");

#[test]
fn a_pack_stays_inside_one_mix() {
    let given = bought(&[("count = 1\nexams", "count = 4\nexams"), MIXES]).with(&[
        (exam("a", "mta"), "2001-01-01"),
        (exam("s", "mos"), "2001-01-01"),
        (exam("c", "mce"), "2001-01-01"),
        (schedule_unit(1, "c", "2019-10-01"), "2019-09-10"),
    ]);
    check(&given, (schedule_unit(2, "a", "2019-10-02"), "2019-09-11"), Accepted);
    check(&given, (schedule_unit(2, "s", "2019-10-02"), "2019-09-11"), Accepted);
    check(&given, (schedule_unit(2, "x", "2019-10-02"), "2019-09-11"), Refused("pack-mix"));
    let begun = given.with(&[(schedule_unit(2, "a", "2019-10-02"), "2019-09-11")]);
    check(&begun, (schedule_unit(3, "s", "2019-10-03"), "2019-09-12"), Refused("pack-mix"));
    check(&begun, (schedule_unit(3, "c", "2019-10-03"), "2019-09-12"), Accepted);
    // An attempt that was given back begins no mix.
    let voided = begun.with(&[(result_of(2, ExamResult::TechnicalFault), "2019-10-02")]);
    check(&voided, (schedule_unit(3, "s", "2019-10-05"), "2019-10-03"), Accepted);
}

fn asked(change: impl Fn(&mut Schedule)) -> Command {
    schedule_with("2019-10-01", |c| change(c))
}

#[test]
fn the_exam_is_sat_in_a_way_that_offer_and_exam_have() {
    let given = bought(&[("deliveries = \"any\"", "deliveries = [\"online\", \"test-centre\"]")]);
    check(&given, (asked(|c| c.delivery = Some(id("online"))), "2019-09-10"), Accepted);
    check(&given, (asked(|c| c.delivery = Some(id("at-home"))), "2019-09-10"), Refused("delivery"));
    check(&given, (asked(|_| {}), "2019-09-10"), Refused("delivery"));
    let centres = given.with(&[(exam_with("x", |f| f.deliveries = vec![id("test-centre")]), "2019-09-02")]);
    check(&centres, (asked(|c| c.delivery = Some(id("online"))), "2019-09-10"), Refused("delivery"));
}

#[test]
fn registrations_come_through_a_channel_and_are_sat_in_a_region_of_the_offer() {
    let given = bought(&[(
        "deliveries = \"any\"",
        "deliveries = \"any\"\nchannels = [\"web\", \"call-centre\", \"test-centre\"]\nregions = [\"eu\"]",
    )]);
    let via = |channel: &'static str, region: &'static str| {
        asked(move |c| (c.channel, c.region) = (Some(id(channel)), Some(id(region))))
    };
    for channel in ["web", "call-centre", "test-centre"] {
        check(&given, (via(channel, "eu"), "2019-09-10"), Accepted);
    }
    check(&given, (via("letter", "eu"), "2019-09-10"), Refused("register-channel"));
    check(&given, (via("web", "us"), "2019-09-10"), Refused("sit-region"));
}

#[test]
fn where_an_offer_has_one_provider_that_one_is_meant() {
    let given = |providers: &str| bought(&[("providers = \"any\"", &format!("providers = {providers}"))]);
    let unnamed = || (asked(|c| c.provider = None), "2019-09-10");
    check(&given("[\"one\"]"), unnamed(), Accepted);
    check(&given("[\"one\", \"two\"]"), unnamed(), Refused("provider"));
}

#[test]
fn a_programme_moves_to_another_provider_while_vouchers_are_live() {
    let by = |provider: &'static str| asked(move |c| c.provider = Some(id(provider)));
    let given = bought(&[("providers = \"any\"", "providers = [\"old\"]")]);
    check(&given, (by("old"), "2019-09-10"), Accepted);
    check(&given, (by("new"), "2019-09-10"), Refused("provider"));
    let moved = MigrateProvider { offer: id("o"), from: id("old"), to: id("new") };
    let given = given.with(&[(moved.into(), "2019-09-11")]);
    check(&given, (by("new"), "2019-09-12"), Accepted);
    check(&given, (by("old"), "2019-09-12"), Refused("provider"));
    // The catalogue need not have heard of it.
    let named = given.with(&[(exam_with("x", |f| f.providers = vec![id("old")]), "2019-09-02")]);
    check(&named, (by("new"), "2019-09-12"), Accepted);
    let back = MigrateProvider { offer: id("o"), from: id("new"), to: id("old") };
    check(&given.with(&[(back.into(), "2019-09-13")]), (by("old"), "2019-09-14"), Accepted);
}

#[test]
fn a_retake_of_any_exam_is_still_one_that_the_offer_reaches() {
    let given = bought(&[
        ("{ categories = \"any\" }", r#"{ categories = ["pro"] }"#),
        ("same_exam = \"or-successor\"", "same_exam = \"any-eligible\""),
    ])
    .with(&[
        (exam("y", "pro"), "2019-09-02"),
        (exam("z", "beta"), "2019-09-02"),
        (schedule("2019-10-01"), "2019-09-10"),
        (failed(), "2019-10-01"),
        // What was reached at the first try stays so for that exam alone.
        (exam("x", "beta"), "2019-10-02"),
    ]);
    let on = |code: &'static str| (schedule_with("2019-11-01", move |c| c.exam = id(code)), "2019-10-03");
    check(&given, on("y"), Accepted);
    check(&given, on("x"), Accepted);
    check(&given, on("z"), Refused("exam-eligible"));
}
