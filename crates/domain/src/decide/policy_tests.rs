//! Policies published on their own: which one holds when, and what an offer's file does about them.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, id, order, t, voucher};
use super::testing_words::{OFFER, exam, issue_with, publish, schedule_with, vary};
use crate::calendar_time::{ZoneClock, Zones};
use crate::{
    Command, ExamResult, Policy, PolicyVersions, PublishPolicy, RecordResult, Reschedule, State, Stream,
    Timestamp,
};

const LONG_AGO: &str = "2018-01-01";

/// What the tests change of a policy.
const WAIT: &str = "[{ period = \"P14D\", counted = \"calendar-days\", limits = \"sit\" }]";

fn table(days: u32) -> String {
    let wait = WAIT.replace("P14D", &format!("P{days}D"));
    format!(
        "[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nwait = {wait}\ncaps = \"none\"\n\
         counts_over = \"ever\"\nladder_restarts = \"after-pass\"\nlock_after_pass = \"none\"\nbeta_once = false\n"
    )
}

fn file(days: u32, head: &str) -> String {
    format!("programme = \"prog\"\n{head}{}", table(days))
}

fn policy(source: &str) -> Command {
    PublishPolicy { source: source.to_owned() }.into()
}

/// An offer of the programme with its own id, and with a policy in its file if the days of its wait are said.
fn offer_of(name: &str, days: Option<u32>) -> String {
    let changes = [
        ("id = \"o\"", format!("id = \"{name}\"")),
        ("programme = \"none\"", "programme = \"prog\"".to_owned()),
        ("purchase + P12M", "none".to_owned()),
    ];
    let changes: Vec<_> = changes.iter().map(|(from, to)| (*from, to.as_str())).collect();
    vary(OFFER, &changes) + &days.map(table).unwrap_or_default()
}

fn offer(name: &str, days: Option<u32>) -> Command {
    publish(&offer_of(name, days))
}

fn versions(given: &Ledger) -> PolicyVersions {
    match given.state(&Stream::Policy(id("prog"))) {
        State::Policy(versions) => versions.map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
        other => panic!("no policy: {other:?}"),
    }
}

fn buy(line: u32) -> Command {
    buy_of(line, "x")
}

fn buy_of(line: u32, of: &str) -> Command {
    issue_with(LONG_AGO, |c| (c.order, c.offer) = (order(line), id(of)))
}

fn sit(line: u32, sit_at: &str) -> Command {
    sit_booked(line, sit_at, None)
}

fn sit_booked(line: u32, sit_at: &str, booked_at: Option<&str>) -> Command {
    schedule_with(sit_at, |c| (c.voucher, c.booked_at) = (voucher(line, 1), booked_at.map(t)))
}

fn fail(line: u32) -> Command {
    RecordResult { voucher: voucher(line, 1), result: ExamResult::Fail, sat_at: None }.into()
}

/// Voucher 1 of offer x, failed on 10 January 2019 under a policy of so many days; and voucher 2.
fn failed(offers: &[(Command, &'static str)]) -> Ledger {
    let done = [(exam("x", "pro"), LONG_AGO)];
    Ledger::new(&done).with(offers).with(&[
        (buy(1), LONG_AGO),
        (buy(2), LONG_AGO),
        (sit(1, "2019-01-10"), "2019-01-01"),
        (fail(1), "2019-01-10T01:00Z"),
    ])
}

#[test]
fn a_policy_is_published_on_its_own_and_once() {
    let given = Ledger::default();
    check(&given, (policy(&file(14, "")), "2019-01-01"), Does(&["PolicyPublished"]));
    let given = given.with(&[(policy(&file(14, "")), "2019-01-01")]);
    check(&given, (policy(&file(14, "")), "2019-02-01"), RefusedBy("new-version", "R13"));
    // What differs in its looks alone says nothing new; what holds on other days does.
    check(&given, (policy(&(file(14, "") + "# a note\n")), "2019-02-01"), Refused("new-version"));
    check(&given, (policy(&file(14, "last_day = 2020-01-01\n")), "2019-02-01"), Accepted);
    check(&given, (policy(&file(15, "")), "2019-02-01"), Accepted);
    let over = (policy(&file(15, "last_day = 2019-01-31\n")), "2019-02-01");
    check(&given, over, Warns("R19", "2019-01-31, has passed"));
}

#[test]
fn a_policy_that_leaves_a_point_open_is_not_published() {
    for (from, to, open) in [
        ("programme = \"prog\"\n", "", "programme (R19)"),
        ("counts_over = \"ever\"\n", "", "policy.counts_over (R19)"),
        ("ladder_restarts = \"after-pass\"\n", "", "policy.ladder_restarts (R19)"),
        ("beta_once = false\n", "", "policy.beta_once (vocabulary)"),
        ("counts_over = \"ever\"", "counts_over = \"always\"", "write \"ever\""),
        ("counts_over = \"ever\"", "counts_over = { window = \"P2B\" }", "policy.counts_over (R16)"),
        ("counts_over = \"ever\"", "counts_over = { windows = \"P2D\" }", "write \"ever\""),
        ("\"after-pass\"", "{ after = \"P3B\" }", "policy.ladder_restarts (R16)"),
        ("\"after-pass\"", "\"after-window\"", "write \"never\""),
        ("caps = \"none\"", "caps = [{ max = 3, window = \"P12M\" }]", "policy.caps (vocabulary)"),
        ("caps = \"none\"", "caps = [{ max = 0, window = \"none\" }]", "policy.caps (vocabulary)"),
        ("[policy]", "first_day = 2019-02-01\nlast_day = 2019-01-31\n[policy]", "last_day (R19)"),
        ("[policy]", "format = 2\n[policy]", "format (vocabulary)"),
    ] {
        let source = file(14, "").replacen(from, to, 1);
        assert_ne!(source, file(14, ""), "{from}");
        let refusal = Ledger::default().decide(&policy(&source), t("2019-01-01")).unwrap_err();
        assert_eq!(refusal.rule.name(), "offer-complete", "{to}");
        assert!(refusal.facts[0].value.contains(open), "`{to}` leaves {open} open: {:?}", refusal.facts);
    }
    let both = "counts_over = \"since-last-pass\"\nladder_restarts = \"never\"";
    let source = file(14, "").replace("counts_over = \"ever\"\nladder_restarts = \"after-pass\"", both);
    check(&Ledger::default(), (policy(&source), "2019-01-01"), Refused("offer-complete"));
    // Where nothing waits and nothing is capped, nothing is counted.
    let free = file(14, "").replace(WAIT, "\"none\"");
    let free = free.replace("counts_over = \"ever\"\nladder_restarts = \"after-pass\"\n", "");
    check(&Ledger::default(), (policy(&free), "2019-01-01"), Accepted);
}

#[test]
fn the_policy_in_force_is_the_latest_one_published_whose_days_hold_the_instant() {
    let read = |days, head| Policy::parse(&file(days, head)).unwrap();
    let tokyo = |head| {
        let source = file(4, head).replace("time_zone = \"UTC\"", "time_zone = \"Asia/Tokyo\"");
        Policy::parse(&source).unwrap()
    };
    let at = |text: &str| -> Timestamp { t(text) };
    let all = PolicyVersions::default()
        .with(at("2019-01-01T12:00Z"), read(1, ""))
        .with(at("2019-02-01T12:00Z"), read(2, "first_day = 2019-03-01\n"))
        .with(at("2019-04-01T12:00Z"), read(3, "first_day = 2019-04-10\nlast_day = 2019-04-20\n"))
        .with(at("2019-05-01T12:00Z"), tokyo("last_day = 2019-05-31\n"))
        .with(at("2019-07-01T12:00Z"), read(5, "first_day = 2019-01-01\nlast_day = 2019-06-30\n"));
    let zones = Zones::default();
    for (instant, waits) in [
        ("2019-01-01T11:59:59.999Z", None),
        ("2019-01-01T12:00Z", Some("1 day")),
        ("2019-02-28T23:59:59.999Z", Some("1 day")),
        ("2019-03-01", Some("2 days")),
        ("2019-04-01T12:00Z", Some("2 days")),
        ("2019-04-09T23:59:59.999Z", Some("2 days")),
        ("2019-04-10", Some("3 days")),
        ("2019-04-20T23:59:59.999Z", Some("3 days")),
        ("2019-04-21", Some("2 days")),
        ("2019-05-01T11:59:59.999Z", Some("2 days")),
        ("2019-05-01T12:00Z", Some("4 days")),
        // 1 June begins in Tokyo nine hours before it does in UTC.
        ("2019-05-31T14:59:59.999Z", Some("4 days")),
        ("2019-05-31T15:00Z", Some("2 days")),
        // What is published with days that are over holds on none of them.
        ("2019-06-30", Some("2 days")),
        ("2019-07-01T12:00Z", Some("2 days")),
        ("2029-01-01", Some("2 days")),
    ] {
        let found = all
            .in_force_at(&zones, t(instant))
            .map(|policy| policy.waits[0].value().unwrap().wait.period().plain());
        assert_eq!(found.as_deref(), waits, "{instant}");
        // It is what a search through all of them says.
        let by_hand = all.all().iter().filter(|(since, _)| *since <= t(instant));
        let day = |policy: &Policy| ZoneClock::compiled_in(policy.zone).civil_date(t(instant));
        let by_hand = { by_hand }.rfind(|(_, policy)| policy.holds_on(day(policy)));
        assert_eq!(
            by_hand.map(|(_, policy)| policy.as_ref()),
            all.in_force_at(&zones, t(instant)),
            "{instant}"
        );
    }
    assert_eq!(all.newest().unwrap().last_day, Some(id("2019-06-30")));
}

#[test]
fn an_offer_publishes_the_first_policy_of_its_programme_and_replaces_none() {
    let first = Ledger::new(&[(offer("x", Some(14)), LONG_AGO)]);
    assert_eq!(versions(&first).all().len(), 1);
    // Another offer with another policy: the first one goes on, and it is said.
    let other = (offer("y", Some(1)), "2019-01-01");
    check(&first, other.clone(), Does(&["OfferPublished"]));
    check(&first, other.clone(), Warns("R19", "differs in wait from the policy of prog in force"));
    check(&first, other.clone(), Warns("R19", "`resit policy publish FILE`"));
    let given = first.with(&[other]);
    // The same offer with a new title, and the same policy: nothing to say.
    let titled = publish(&offer_of("x", Some(14)).replace("An offer", "A newer offer"));
    check(&given, (titled.clone(), "2019-02-01"), Does(&["OfferPublished"]));
    assert!(given.decide(&titled, t("2019-02-01")).unwrap().warnings.is_empty());
    assert_eq!(versions(&given.with(&[(titled, "2019-02-01")])).all().len(), 1);
    // After one published on its own, the file says otherwise, until the table is taken out.
    let own = given.with(&[(policy(&file(1, "")), "2019-03-01")]);
    check(
        &own,
        (publish(&(offer_of("x", Some(14)) + "# 2\n")), "2019-04-01"),
        Warns("R19", "differs in wait"),
    );
    let without = own.decide(&offer("x", None), t("2019-04-01")).unwrap();
    assert!(without.warnings.is_empty(), "{:?}", without.warnings);
    let over = first.with(&[(policy(&file(1, "last_day = 2019-03-31\n")), "2019-03-01")]);
    check(&over, (offer("y", Some(1)), "2019-03-31"), Does(&["OfferPublished"]));
    assert!(over.decide(&offer("y", Some(1)), t("2019-03-31")).unwrap().warnings.is_empty());
    check(&over, (offer("y", Some(1)), "2019-04-01"), Warns("R19", "differs in wait"));
}

#[test]
fn no_offer_brings_back_a_policy_that_was_replaced() {
    // One offer brings 14 days, another one says 1; then 1 day is published on its own, and the first offer gets a new title.
    let given = failed(&[(offer("x", Some(14)), LONG_AGO), (offer("y", Some(1)), LONG_AGO)]);
    check(&given, (sit(2, "2019-01-11"), "2019-01-10T02:00Z"), Refused("policy-wait"));
    let given = given.with(&[(policy(&file(1, "")), "2019-01-10T03:00Z")]);
    check(&given, (sit(2, "2019-01-11"), "2019-01-10T04:00Z"), Accepted);
    let titled = publish(&offer_of("x", Some(14)).replace("An offer", "A newer offer"));
    let given = given.with(&[(titled, "2019-01-10T05:00Z")]);
    check(&given, (sit(2, "2019-01-11"), "2019-01-10T06:00Z"), Accepted);
}

#[test]
fn a_programme_without_a_policy_judges_nothing_until_one_is_published() {
    let given = failed(&[(offer("x", None), LONG_AGO)]);
    check(&given, (sit(2, "2019-01-10T02:00Z"), "2019-01-10T02:00Z"), Accepted);
    let given = given.with(&[(policy(&file(14, "")), "2019-01-10T03:00Z")]);
    check(&given, (sit(2, "2019-01-11"), "2019-01-10T03:00Z"), Refused("policy-wait"));
}

#[test]
fn a_registration_is_judged_by_the_policy_of_its_own_time_not_of_its_report() {
    let given = failed(&[(policy(&file(14, "")), LONG_AGO), (offer("x", None), LONG_AGO)])
        .with(&[(policy(&file(1, "")), "2019-01-12T12:00Z")]);
    let at = "2019-02-01";
    check(&given, (sit_booked(2, "2019-01-15", Some("2019-01-12T11:59:59Z")), at), Refused("policy-wait"));
    check(&given, (sit_booked(2, "2019-01-15", Some("2019-01-12T12:00Z")), at), Accepted);
    // The other way round: what was registered under the short wait stands, whenever it is reported.
    let given = failed(&[(policy(&file(1, "")), LONG_AGO), (offer("x", None), LONG_AGO)])
        .with(&[(policy(&file(14, "")), "2019-01-12T12:00Z")]);
    check(&given, (sit_booked(2, "2019-01-15", Some("2019-01-12T11:59:59Z")), at), Accepted);
    check(&given, (sit_booked(2, "2019-01-15", Some("2019-01-12T12:00Z")), at), Refused("policy-wait"));
}

#[test]
fn a_policy_holds_on_its_days_alone() {
    let given = failed(&[
        (policy(&file(1, "")), LONG_AGO),
        (policy(&file(14, "first_day = 2019-01-13\nlast_day = 2019-01-14\n")), LONG_AGO),
        (offer("x", None), LONG_AGO),
    ]);
    let booked = |at| sit_booked(2, "2019-01-15", Some(at));
    check(&given, (booked("2019-01-12T23:59:59.999Z"), "2019-02-01"), Accepted);
    check(&given, (booked("2019-01-13"), "2019-02-01"), Refused("policy-wait"));
    check(&given, (booked("2019-01-14T23:59:59.999Z"), "2019-02-01"), Refused("policy-wait"));
    check(&given, (booked("2019-01-15"), "2019-02-01"), Accepted);
}

#[test]
fn a_move_is_judged_by_the_policy_of_its_own_time() {
    let given = failed(&[(policy(&file(14, "")), LONG_AGO), (offer("x", None), LONG_AGO)])
        .with(&[(sit(2, "2019-02-10"), "2019-01-11"), (policy(&file(1, "")), "2019-01-13")]);
    let moved = |moved_at: &str| -> Command {
        Reschedule { voucher: voucher(2, 1), sit_at: t("2019-01-20"), moved_at: Some(t(moved_at)) }.into()
    };
    check(&given, (moved("2019-01-12"), "2019-01-14"), Refused("policy-wait"));
    check(&given, (moved("2019-01-13"), "2019-01-14"), Accepted);
}

#[test]
fn an_offer_may_keep_the_policy_that_was_in_force_when_it_was_sold() {
    let ruled = |name, word: &str| {
        let ruling = format!("terms_in_force = \"purchase\"\npolicy_in_force = \"{word}\"");
        publish(&offer_of(name, None).replace("terms_in_force = \"purchase\"", &ruling))
    };
    let given = |word| {
        failed(&[(policy(&file(14, "")), LONG_AGO), (ruled("x", word), LONG_AGO)])
            .with(&[(policy(&file(1, "")), "2019-01-12"), (buy(3), "2019-01-12T01:00Z")])
    };
    let at = "2019-01-13";
    check(&given("purchase"), (sit(2, "2019-01-15"), at), Refused("policy-wait"));
    check(&given("purchase"), (sit(2, "2019-01-24"), at), Accepted);
    check(&given("purchase"), (sit(3, "2019-01-15"), at), Accepted);
    check(&given("deed"), (sit(2, "2019-01-15"), at), Accepted);
    // What is warned of goes by the same one.
    let short = |word| {
        let ruling = format!("terms_in_force = \"purchase\"\npolicy_in_force = \"{word}\"");
        let none = "register_by = \"none\", sit_by = \"none\" }";
        let source = offer_of("x", None)
            .replace("terms_in_force = \"purchase\"", &ruling)
            .replace(none, "register_by = \"none\", sit_by = \"exam-sat + P7D\" }");
        failed(&[(policy(&file(1, "")), LONG_AGO), (publish(&source), LONG_AGO)])
            .with(&[(policy(&file(14, "")), "2019-01-12")])
    };
    let told = |word| short(word).decide(&sit(2, "2019-01-30"), t(at)).unwrap().warnings;
    assert!(told("purchase").is_empty(), "{:?}", told("purchase"));
    check(&short("deed"), (sit(2, "2019-01-30"), at), Warns("prog#policy-wait", "at 2019-02-13"));
    // A right that was sold before there was a policy is judged by none.
    let none = failed(&[(ruled("x", "purchase"), LONG_AGO)]).with(&[(policy(&file(14, "")), "2019-01-12")]);
    check(&none, (sit(2, "2019-01-15"), at), Accepted);
}

#[test]
fn a_policy_that_came_with_an_offer_is_folded_as_before() {
    let brought = crate::event::PolicyPublished {
        source: offer_of("x", Some(14))
            .replace("counts_over = \"ever\"\nladder_restarts = \"after-pass\"\n", ""),
        hash: crate::TermsHash([7; 32]),
    };
    let mut given = Ledger::default();
    given.record(Stream::Policy(id("prog")), t("2019-01-05"), brought);
    let found = versions(&given);
    assert_eq!(found.in_force_at(&Zones::default(), t("2019-01-04T23:59:59.999Z")), None);
    let read = found.in_force_at(&Zones::default(), t("2019-01-05")).unwrap();
    assert!(read.differences(&Policy::parse(&file(14, "")).unwrap()).is_empty(), "{read:?}");
    // A text that only a newer program reads takes nothing away.
    let newer =
        crate::event::PolicyPublished { source: "of = 2".to_owned(), hash: crate::TermsHash([8; 32]) };
    given.record(Stream::Policy(id("prog")), t("2019-02-05"), newer);
    assert_eq!(versions(&given), found);
}
