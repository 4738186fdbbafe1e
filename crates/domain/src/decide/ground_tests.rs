//! A deed that is reported late is judged by everything as it was when it was done.
//!
//! Each row is a deed and a change of its ground. Done before the change, it is asked for in time and reported behind the change; done
//! after it, likewise. Both reports must answer as the one in time does, and leave the same standing.

use super::testing::{
    Accepted, Expected, Ledger, Refused, Warns, check, check_at, facts, id, order, t, voucher,
};
use super::testing_words::{
    OFFER, agreement_with, amend, assign, exam, exam_with, extend_offer, failed, first, issue, issue_with,
    passed, publish, refund, revoke, schedule, schedule_with, vary,
};
use crate::ExamResult::{Fail, Pass};
use crate::{
    AmendAgreement, Cancel, CancelledBy, Command, Event, Grandfather, Holder, Issue, MigrateProvider,
    RecordResult, Reschedule, RevokeReason, Schedule, ShareOut, Timestamp, Unassign, WithdrawOffer,
};

const BOUGHT: &str = "2026-01-05T10:00Z";
/// When the first deed is done, the ground changes, the second deed is done, and both are reported.
const THEN: &str = "2026-03-02T09:00Z";
const CHANGED: &str = "2026-03-04T09:00Z";
const LATER: &str = "2026-03-05T09:00Z";
const REPORTED: &str = "2026-03-06T09:00Z";
const SITTING: &str = "2026-04-10T09:00Z";

const ONLY_PRO: (&str, &str) = ("exams = { categories = \"any\" }", "exams = { categories = [\"pro\"] }");
const UNDER: (&str, &str) = ("agreement = \"none\"", "agreement = [\"volume\"]");
const SCHEDULING: (&str, &str) = ("terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"");

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("y", "pro"), "2001-01-01"),
        (publish(&vary(OFFER, changes)), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// A deed; it carries its time if it is reported later.
type Deed<'a> = &'a dyn Fn(Option<Timestamp>) -> Command;

/// A registration of `ann` for exam `x`, with a difference.
fn registers(change: impl Fn(&mut Schedule)) -> impl Fn(Option<Timestamp>) -> Command {
    move |booked_at| {
        schedule_with(SITTING, |c| {
            c.booked_at = booked_at;
            change(c);
        })
    }
}

/// Order line 2, under agreement `g`.
fn orders() -> impl Fn(Option<Timestamp>) -> Command {
    |purchased_at| {
        issue_with(BOUGHT, |c| {
            *c = Issue { order: order(2), purchased_at, agreement: Some(id("g")), ..c.clone() };
        })
    }
}

/// What can be asked of voucher 1 without a look at how that came about.
fn stands(given: &Ledger) -> (String, u16, Option<(String, &'static str)>, Holder) {
    let entitlement = given.entitlement(1);
    (given.stage(1), given.used(1), given.end(1), entitlement.holder_of(&entitlement.units[0]).clone())
}

/// The deed is answered so when it is done before the change, and so when it is done after, whenever it is reported.
#[track_caller]
fn by_its_time(given: &Ledger, deed: Deed<'_>, change: &Command, before: Expected<'_>, after: Expected<'_>) {
    let changed = given.with(&[(change.clone(), CHANGED)]);
    let reported = |at: &str| (deed(Some(t(at))), REPORTED);
    check(given, (deed(None), THEN), before);
    check(&changed, reported(THEN), before);
    check(&changed, (deed(None), LATER), after);
    check(&changed, reported(LATER), after);
    let is_order = matches!(deed(None), Command::Issue(_));
    if matches!(before, Accepted) && !is_order {
        let in_time = given.with(&[(deed(None), THEN), (change.clone(), CHANGED)]);
        assert_eq!(stands(&changed.with(&[reported(THEN)])), stands(&in_time));
    }
    if matches!(after, Accepted) && !is_order {
        let in_time = changed.with(&[(deed(None), LATER)]);
        assert_eq!(stands(&changed.with(&[reported(LATER)])), stands(&in_time));
    }
}

#[test]
fn a_category_is_that_of_the_registration() {
    let given = bought(&[ONLY_PRO]);
    by_its_time(&given, &registers(|_| {}), &exam("x", "other"), Accepted, Refused("exam-eligible"));
    let given = given.with(&[(exam("x", "other"), "2026-01-06")]);
    by_its_time(&given, &registers(|_| {}), &exam("x", "pro"), Refused("exam-eligible"), Accepted);
}

#[test]
fn what_a_registration_puts_on_record_is_of_its_time() {
    let given = bought(&[]).with(&[
        (exam_with("x", |facts| facts.retires_on = Some(id("2026-12-31"))), "2026-01-06"),
        (exam_with("x", |facts| facts.beta = true), CHANGED),
    ]);
    let recorded = facts(&given, (registers(|_| {})(Some(t(THEN))), REPORTED));
    let [_, Event::ExamScheduled(scheduled), Event::AttemptBooked(booked)] = recorded.as_slice() else {
        panic!("{recorded:?}")
    };
    assert_eq!((scheduled.retires_on, booked.beta), (Some(id("2026-12-31")), false));
}

#[test]
fn a_category_is_that_of_the_moment_among_many() {
    let given = ["other", "pro", "other", "pro"]
        .iter()
        .zip(["2026-02-01", "2026-02-03", "2026-02-05", "2026-02-07"])
        .fold(bought(&[ONLY_PRO]), |given, (category, at)| given.with(&[(exam("x", category), at)]));
    for (booked_at, expected) in [
        ("2026-01-31", Accepted),
        ("2026-02-01", Refused("exam-eligible")),
        ("2026-02-02", Refused("exam-eligible")),
        ("2026-02-03", Accepted),
        ("2026-02-04T23:59:59.999Z", Accepted),
        ("2026-02-05", Refused("exam-eligible")),
        ("2026-02-07", Accepted),
    ] {
        check(&given, (registers(|_| {})(Some(t(booked_at))), REPORTED), expected);
    }
}

#[test]
fn an_exam_that_is_defined_later_was_always_so() {
    let given = Ledger::new(&[(publish(OFFER), "2001-01-01"), (issue(BOUGHT), BOUGHT)]);
    check(&given, (registers(|_| {})(None), THEN), Refused("known-exam"));
    let defined = given.with(&[(exam("x", "pro"), CHANGED), (exam("x", "other"), LATER)]);
    let only_pro = bought(&[ONLY_PRO]);
    check(&defined, (registers(|_| {})(Some(t(THEN))), REPORTED), Accepted);
    check(&only_pro, (registers(|_| {})(Some(t(THEN))), REPORTED), Accepted);
}

#[test]
fn a_retirement_is_that_of_the_registration() {
    let retires = |on: Option<&str>| exam_with("x", |facts| facts.retires_on = on.map(id));
    let refused = Refused("exam-offered");
    by_its_time(&bought(&[]), &registers(|_| {}), &retires(Some("2026-03-31")), Accepted, refused);
    let given = bought(&[]).with(&[(retires(Some("2026-03-31")), "2026-01-06")]);
    by_its_time(&given, &registers(|_| {}), &retires(None), refused, Accepted);
}

#[test]
fn a_successor_is_the_one_declared_at_the_registration() {
    let followed = |by: Option<&str>| exam_with("x", |facts| facts.successor = by.map(id));
    let given = bought(&[]).with(&[(schedule("2026-02-10"), "2026-02-01"), (failed(), "2026-02-10")]);
    let of_y = registers(|c| c.exam = id("y"));
    by_its_time(&given, &of_y, &followed(Some("y")), Refused("same-exam"), Accepted);
    let given = given.with(&[(followed(Some("y")), "2026-02-11")]);
    by_its_time(&given, &of_y, &followed(None), Accepted, Refused("same-exam"));
    // Over an exam in between.
    let over = given.with(&[(exam("z", "pro"), "2026-02-11")]);
    let next = exam_with("y", |facts| facts.successor = Some(id("z")));
    by_its_time(&over, &registers(|c| c.exam = id("z")), &next, Refused("same-exam"), Accepted);
}

#[test]
fn a_way_to_sit_and_a_provider_are_those_of_the_registration() {
    let online = registers(|c| (c.delivery, c.provider) = (Some(id("online")), Some(id("vue"))));
    let centres = exam_with("x", |facts| facts.deliveries = vec![id("test-centre")]);
    by_its_time(&bought(&[]), &online, &centres, Accepted, Refused("delivery"));
    let given = bought(&[]).with(&[(centres, "2026-01-06")]);
    by_its_time(&given, &online, &exam("x", "pro"), Refused("delivery"), Accepted);
    let by_other = exam_with("x", |facts| facts.providers = vec![id("other")]);
    by_its_time(&bought(&[]), &online, &by_other, Accepted, Refused("provider"));
    let given = bought(&[]).with(&[(by_other, "2026-01-06")]);
    by_its_time(&given, &online, &exam("x", "pro"), Refused("provider"), Accepted);
}

#[test]
fn a_provider_moves_when_it_moves() {
    let given = bought(&[("providers = \"any\"", "providers = [\"old\"]")]);
    let moves = MigrateProvider { offer: id("o"), from: id("old"), to: id("new") }.into();
    let with = |provider: &'static str| registers(move |c| c.provider = Some(id(provider)));
    by_its_time(&given, &with("old"), &moves, Accepted, Refused("provider"));
    by_its_time(&given, &with("new"), &moves, Refused("provider"), Accepted);
}

#[test]
fn the_version_that_governs_is_that_of_the_registration() {
    let (any, only) = (vary(OFFER, &[SCHEDULING]), vary(OFFER, &[SCHEDULING, ONLY_PRO]));
    let sold = |source: &str| {
        Ledger::new(&[
            (exam("x", "other"), "2001-01-01"),
            (publish(source), "2001-01-01"),
            (issue(BOUGHT), BOUGHT),
        ])
    };
    let refused = Refused("exam-eligible");
    by_its_time(&sold(&any), &registers(|_| {}), &publish(&only), Accepted, refused);
    by_its_time(&sold(&only), &registers(|_| {}), &publish(&any), refused, Accepted);
}

#[test]
fn an_extension_counts_from_when_it_was_made() {
    let runs = [
        ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2026-03-31 }"),
        (
            "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
            "\nregister_by = \"offer-end\"\nsit_by = \"offer-end\"",
        ),
    ];
    by_its_time(&bought(&runs), &registers(|_| {}), &extend_offer("2026-06-30"), Refused("sit-by"), Accepted);
    // An order is sold by the last day as it was on the day of its purchase.
    let order = |purchased_at| issue_with(BOUGHT, |c| (c.order, c.purchased_at) = (order(2), purchased_at));
    let runs = ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2026-02-28 }");
    by_its_time(&bought(&[runs]), &order, &extend_offer("2026-06-30"), Refused("on-sale-until"), Accepted);
}

fn licensed(changes: &[(&str, &str)], last_day: &str) -> Ledger {
    let open = |c: &mut crate::OpenAgreement| {
        (c.buyer, c.branches) = (vec![id("accredited")], vec![id("north")]);
    };
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&vary(&vary(OFFER, &[UNDER]), changes)), "2001-01-01"),
        (agreement_with("2026-01-01", last_day, open), "2026-01-01"),
        (issue_with(BOUGHT, |c| c.agreement = Some(id("g"))), BOUGHT),
    ])
}

#[test]
fn an_agreement_s_end_is_that_of_the_deed() {
    let to_its_end = ("purchase + P12M", "agreement-end");
    let registers = registers(|_| {});
    let short = licensed(&[to_its_end], "2026-03-31");
    by_its_time(&short, &registers, &amend("2026-12-31"), Refused("sit-by"), Accepted);
    let long = licensed(&[to_its_end], "2026-12-31");
    by_its_time(&long, &registers, &amend("2026-03-31"), Accepted, Refused("sit-by"));
    by_its_time(
        &licensed(&[], "2026-03-01"),
        &orders(),
        &amend("2026-12-31"),
        Refused("agreement-runs"),
        Accepted,
    );
    by_its_time(
        &licensed(&[], "2026-12-31"),
        &orders(),
        &amend("2026-03-01"),
        Accepted,
        Refused("agreement-runs"),
    );
}

#[test]
fn a_late_order_has_the_months_that_were_left_when_it_was_bought() {
    let by = "earliest(purchase + P12M, agreement-end)";
    let until_its_end = format!("\nregister_by = \"{by}\"\nsit_by = \"{by}\"");
    let terms = [
        ("proration = \"none\"", "proration = \"P12M\""),
        ("\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"", until_its_end.as_str()),
    ];
    let given = licensed(&terms, "2026-12-31");
    let amended = given.with(&[(amend("2026-06-30"), CHANGED)]);
    let left = |given: &Ledger, purchased_at, at| {
        let facts = facts(given, (orders()(purchased_at), at));
        let issued = facts.into_iter().find_map(|fact| match fact {
            Event::VoucherIssued(issued) => Some(issued),
            _ => None,
        });
        issued.unwrap().prorated
    };
    assert_eq!(left(&given, None, THEN), Some((10, 12)));
    assert_eq!(left(&amended, Some(t(THEN)), REPORTED), Some((10, 12)));
    assert_eq!(left(&amended, Some(t(LATER)), REPORTED), Some((4, 12)));
}

#[test]
fn a_buyer_is_who_it_was_when_it_bought() {
    let accredited = ("combinable = true", "combinable = true\nbuyer = [\"accredited\"]");
    let now = |buyer: &[&str]| {
        let buyer = buyer.iter().map(|fact| id(fact)).collect();
        AmendAgreement {
            agreement: id("g"),
            last_day: None,
            buyer: Some(buyer),
            branches: None,
            administrator: None,
            contact: None,
        }
        .into()
    };
    let given = licensed(&[accredited], "2026-12-31");
    by_its_time(&given, &orders(), &now(&[]), Accepted, Refused("buyer-qualifies"));
    let given = given.with(&[(now(&[]), "2026-02-01")]);
    by_its_time(&given, &orders(), &now(&["accredited"]), Refused("buyer-qualifies"), Accepted);
}

#[test]
fn an_offer_that_was_on_sale_then_was_sold() {
    let order = |purchased_at| issue_with(BOUGHT, |c| (c.order, c.purchased_at) = (order(2), purchased_at));
    let withdraw = || WithdrawOffer { offer: id("o"), grandfather: Grandfather::Nobody }.into();
    by_its_time(&bought(&[]), &order, &withdraw(), Accepted, Refused("still-sold"));
    // It comes back by a version that opens later; what was not sold in between stays so.
    let back = vary(OFFER, &[("runs = { from = \"none\"", "runs = { from = 2026-03-03")]);
    let given = bought(&[]).with(&[(withdraw(), "2026-03-01")]);
    by_its_time(&given, &order, &publish(&back), Refused("still-sold"), Accepted);
}

#[test]
fn a_share_is_a_branch_s_from_when_it_was_shared_out() {
    let given = licensed(&[], "2026-12-31");
    let share = ShareOut { entitlement: first(), branch: id("north"), count: 1 }.into();
    let by_north = registers(|c| c.branch = Some(id("north")));
    by_its_time(&given, &by_north, &share, Refused("shared-out"), Accepted);
    let changed = given.with(&[(share, CHANGED)]);
    check(&changed, (registers(|_| {})(Some(t(THEN))), REPORTED), Accepted);
    check(&changed, (registers(|_| {})(Some(t(LATER))), REPORTED), Refused("shared-out"));
}

#[test]
fn a_holder_is_the_one_of_the_time() {
    let unassign = Command::from(Unassign { voucher: voucher(1, 1) });
    let by = |who: &'static str| registers(move |c| c.candidate = id(who));
    by_its_time(&bought(&[]), &by("ann"), &assign("ann"), Accepted, Accepted);
    // Taken back, and given to another.
    let anns = bought(&[]).with(&[(assign("ann"), "2026-02-01")]);
    by_its_time(&anns, &by("bob"), &unassign, Refused("holder-matches"), Accepted);
    let bobs = anns.with(&[(unassign.clone(), CHANGED), (assign("bob"), CHANGED)]);
    check(&bobs, (by("bob")(Some(t(THEN))), REPORTED), Refused("holder-matches"));
    check(&bobs, (by("ann")(Some(t(LATER))), REPORTED), Refused("holder-matches"));
    let told = (by("ann")(Some(t(THEN))), REPORTED);
    check(&bobs, told.clone(), Warns("o#holder-matches", "assigned to bob since"));
    // As in the order in which it happened, where the assignment could not have been taken back.
    let (in_time, late) = (anns.with(&[(by("ann")(None), THEN)]), bobs.with(&[told]));
    assert_eq!(stands(&late), stands(&in_time));
    check(&late, (assign("bob"), "2026-03-07"), Refused("holder-free"));
}

#[test]
fn nobody_is_bound_twice() {
    let by = |who: &'static str| registers(move |c| c.candidate = id(who));
    let given = bought(&[]).with(&[(by("bob")(None), LATER), (passed(), SITTING)]);
    check(&given, (by("ann")(Some(t(THEN))), "2026-04-11"), Refused("holder-matches"));
}

#[test]
fn an_assignment_that_must_come_first_came_first() {
    let given = bought(&[("bound_at = \"scheduling\"", "bound_at = \"assignment\"")]);
    by_its_time(&given, &registers(|_| {}), &assign("ann"), Refused("assigned-first"), Accepted);
}

#[test]
fn a_holder_whom_a_late_order_names_holds_it_since_the_purchase() {
    let at_purchase = vary(OFFER, &[("bound_at = \"scheduling\"", "bound_at = \"purchase\"")]);
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&at_purchase), "2001-01-01"),
        (issue_with(BOUGHT, |c| c.holder = Some(id("ann"))), CHANGED),
    ]);
    let by = |who: &'static str| registers(move |c| c.candidate = id(who));
    check(&given, (by("ann")(Some(t(THEN))), REPORTED), Accepted);
    check(&given, (by("bob")(Some(t(THEN))), REPORTED), Refused("holder-matches"));
}

const CUT_OFF: (&str, &str) =
    ("cancellation = { cut_off = \"none\" }", "cancellation = { cut_off = \"P30D\", late = \"forfeit\" }");
const AS_LATE_CANCEL: (&str, &str) = (
    "refund_until = \"purchase + P14D\"",
    "refund_until = \"purchase + P12M\"\nrefund_of_booked = \"as-late-cancel\"",
);

#[test]
fn a_registration_before_a_revocation_was_made_and_ended_by_it() {
    let sittings = [SITTING, "2026-03-10T09:00Z", "2026-03-04T09:00:00.001Z", CHANGED, "2026-03-03T09:00Z"];
    let reasons = [RevokeReason::Refund, RevokeReason::Chargeback, RevokeReason::Fraud];
    for rulings in [&[CUT_OFF, AS_LATE_CANCEL][..], &[("purchase + P14D", "purchase + P12M")]] {
        for sitting in sittings {
            for reason in reasons {
                let given = bought(rulings);
                let deed = registers(|c| c.sit_at = t(sitting));
                let revoked = given.with(&[(revoke(reason), CHANGED)]);
                check(&revoked, (deed(Some(t(CHANGED))), REPORTED), Refused("not-revoked"));
                let late = revoked.with(&[(deed(Some(t(THEN))), REPORTED)]);
                let in_time = given.with(&[(deed(None), THEN), (revoke(reason), CHANGED)]);
                assert_eq!(stands(&late), stands(&in_time), "{sitting} {reason:?}");
                assert_eq!(late.fates(1), in_time.fates(1), "{sitting} {reason:?}");
                assert_eq!(candidate(&late), candidate(&in_time), "{sitting} {reason:?}");
                let awaits_result = t(sitting) <= t(CHANGED);
                let expected = if awaits_result { Accepted } else { Refused("result-awaited") };
                for result in [Pass, Fail] {
                    let came = RecordResult { voucher: voucher(1, 1), result, sat_at: Some(t(sitting)) };
                    let came = Command::from(came);
                    check_at(&late, &came, t("2026-04-11"), expected);
                    if awaits_result {
                        let [late, in_time] =
                            [&late, &in_time].map(|given| given.with(&[(came.clone(), "2026-04-11")]));
                        assert_eq!(stands(&late), stands(&in_time), "{sitting} {reason:?} {result:?}");
                    }
                }
            }
        }
    }
}

/// The record of `ann`.
fn candidate(given: &Ledger) -> crate::State {
    given.state(&crate::Stream::Candidate(id("ann")))
}

#[test]
fn a_registration_that_a_revocation_ended_is_warned_of() {
    let given = bought(&[]).with(&[(revoke(RevokeReason::Fraud), CHANGED)]);
    check(&given, (registers(|_| {})(Some(t(THEN))), REPORTED), Warns("R15", "cancel that sitting"));
}

#[test]
fn a_retake_before_a_revocation_was_made_and_ended_by_it() {
    let failed = bought(&[]).with(&[(schedule("2026-02-10"), "2026-02-01"), (failed(), "2026-02-10")]);
    let fraud = (revoke(RevokeReason::Fraud), CHANGED);
    let late = failed.with(&[fraud.clone(), (registers(|_| {})(Some(t(THEN))), REPORTED)]);
    let in_time = failed.with(&[(registers(|_| {})(None), THEN), fraud]);
    assert_eq!(stands(&late), stands(&in_time));
    assert_eq!(late.fates(1), in_time.fates(1));
}

#[test]
fn a_cancellation_or_a_move_before_a_revocation_counts() {
    let cancel =
        |cancelled_at| Cancel { voucher: voucher(1, 1), by: CancelledBy::Candidate, cancelled_at }.into();
    let moves_to = |sit_at: &'static str| {
        move |moved_at| Reschedule { voucher: voucher(1, 1), sit_at: t(sit_at), moved_at }.into()
    };
    // Inside the cut-off of the sitting as it was first registered, and outside of that as it was moved, and the other way round.
    for (registered, moved) in [
        ("2026-04-03T09:00Z", "2026-05-10T09:00Z"),
        ("2026-05-10T09:00Z", "2026-04-02T09:00Z"),
        ("2026-05-10T09:00Z", "2026-06-10T09:00Z"),
    ] {
        let given = bought(&[CUT_OFF, AS_LATE_CANCEL]).with(&[(schedule(registered), "2026-02-01")]);
        let deeds: [Deed<'_>; 2] = [&cancel, &moves_to(moved)];
        for deed in deeds {
            let late = given.with(&[(refund(), CHANGED), (deed(Some(t(THEN))), REPORTED)]);
            let in_time = given.with(&[(deed(None), THEN), (refund(), CHANGED)]);
            assert_eq!(stands(&late), stands(&in_time), "{registered} {moved}");
            assert_eq!(late.fates(1), in_time.fates(1), "{registered} {moved}");
        }
    }
    // A sitting that was moved to before the revocation was sat before it.
    let given = bought(&[("purchase + P14D", "purchase + P12M")]).with(&[(schedule(SITTING), "2026-02-01")]);
    let earlier = moves_to("2026-03-03T09:00Z");
    let late = given.with(&[(refund(), CHANGED), (earlier(Some(t(THEN))), REPORTED), (passed(), REPORTED)]);
    let in_time = given.with(&[(earlier(None), THEN), (refund(), CHANGED), (passed(), REPORTED)]);
    assert_eq!(stands(&late), stands(&in_time));
}

#[test]
fn a_move_is_judged_by_the_catalogue_and_the_agreement_of_its_time() {
    let moves =
        |moved_at| Reschedule { voucher: voucher(1, 1), sit_at: t("2026-05-10T09:00Z"), moved_at }.into();
    let retires = |on: Option<&str>| exam_with("x", |facts| facts.retires_on = on.map(id));
    let registered = |given: Ledger| given.with(&[(schedule("2026-03-20"), "2026-02-01")]);
    let given = registered(bought(&[]));
    by_its_time(&given, &moves, &retires(Some("2026-04-30")), Accepted, Refused("exam-offered"));
    let given = given.with(&[(retires(Some("2026-04-30")), "2026-02-02")]);
    by_its_time(&given, &moves, &retires(None), Refused("exam-offered"), Accepted);
    let to_its_end = ("purchase + P12M", "agreement-end");
    let given = registered(licensed(&[to_its_end], "2026-12-31"));
    by_its_time(&given, &moves, &amend("2026-04-30"), Accepted, Refused("sit-by"));
    let given = registered(licensed(&[to_its_end], "2026-04-30"));
    by_its_time(&given, &moves, &amend("2026-12-31"), Refused("sit-by"), Accepted);
}

#[test]
fn a_result_is_judged_by_the_end_that_the_sitting_had() {
    let to_its_end = ("purchase + P12M", "agreement-end");
    let came = |result, sat_at: &str| {
        Command::from(RecordResult { voucher: voucher(1, 1), result, sat_at: Some(t(sat_at)) })
    };
    let given = licensed(&[to_its_end], "2026-12-31").with(&[(schedule(THEN), "2026-02-01")]);
    // The agreement is cut short, to a day before the sitting, after the sitting.
    let short = given.with(&[(amend("2026-03-01"), CHANGED)]);
    for result in [Pass, Fail] {
        check(&given, (came(result, THEN), THEN), Accepted);
        check(&short, (came(result, THEN), REPORTED), Accepted);
        check(&short, (came(result, LATER), REPORTED), Refused("sat-in-time"));
    }
    // An end that had come is not moved for what was sat after it.
    let ended = licensed(&[to_its_end], "2026-03-01").with(&[(schedule("2026-02-28"), "2026-02-01")]);
    check(&ended, (came(Pass, THEN), THEN), Refused("sat-in-time"));
    let longer = ended.with(&[(amend("2026-12-31"), CHANGED)]);
    check(&longer, (came(Pass, THEN), REPORTED), Refused("sat-in-time"));
}

#[test]
fn the_mix_of_a_pack_is_what_was_begun_by_then() {
    let mixes = [
        ("count = 1\nexams", "count = 2\nexams"),
        ("deliveries = \"any\"", "deliveries = \"any\"\nmix = [[\"pro\"], [\"other\"]]"),
    ];
    let given = bought(&mixes).with(&[(exam("y", "other"), "2026-01-06")]);
    let second = registers(|c| (c.voucher, c.exam) = (voucher(1, 2), id("y")));
    // The first voucher was registered for another mix until that was cancelled.
    let given = given.with(&[(schedule(SITTING), "2026-02-01")]);
    let cancel = Cancel { voucher: voucher(1, 1), by: CancelledBy::Candidate, cancelled_at: None }.into();
    by_its_time(&given, &second, &cancel, Refused("pack-mix"), Accepted);
}

const WAITS: &str = "\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\n\
    wait = [{ period = \"P14D\", counted = \"calendar-days\", limits = \"sit\" }]\ncaps = \"none\"\n\
    lock_after_pass = \"none\"\nbeta_once = false\n";

#[test]
fn a_person_s_record_is_that_of_the_deed() {
    let source = vary(OFFER, &[("programme = \"none\"", "programme = \"prog\"")]) + WAITS;
    let line_2 = |c: &mut Issue| c.order = order(2);
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (issue_with(BOUGHT, line_2), BOUGHT),
    ]);
    let second = |sit_at: &'static str| schedule_with(sit_at, |c| c.voucher = voucher(2, 1));
    // The other voucher is registered for a sitting nearby: registrations before that are not held back by it.
    let registered = given.with(&[(second("2026-04-01"), "2026-02-01")]);
    check(&registered, (registers(|_| {})(Some(t("2026-01-31"))), REPORTED), Accepted);
    check(&registered, (registers(|_| {})(Some(t("2026-02-02"))), REPORTED), Refused("policy-wait"));
    // Nor does a cancellation that came later set them free.
    let cancel = Cancel { voucher: voucher(2, 1), by: CancelledBy::Candidate, cancelled_at: None }.into();
    by_its_time(&registered, &registers(|_| {}), &cancel, Refused("policy-wait"), Accepted);
    // A move is asked by the policy, also of a registration that was cancelled since.
    let moves = |moved_at| Reschedule { voucher: voucher(1, 1), sit_at: t(SITTING), moved_at }.into();
    let both = registered.with(&[(schedule("2026-05-01"), "2026-02-02")]);
    check(&both, (moves(None), THEN), Refused("policy-wait"));
    let gone = both.with(&[(super::testing_words::cancel(), CHANGED)]);
    check(&gone, (moves(Some(t(THEN))), REPORTED), Refused("policy-wait"));
}
