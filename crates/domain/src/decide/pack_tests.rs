//! Packs: one individual, one open registration, one retake for each exam; and pools of branches.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, check, edge, id, order};
use super::testing_words::{
    OFFER, agreement_with, assign, cancel, exam, failed, first, issue, issue_with, missed, passed, publish,
    result_of, schedule, schedule_unit, schedule_with, vary,
};
use crate::{Assign, Command, ExamResult, Schedule, ShareOut, Unassign};

const BOUGHT: &str = "2012-11-23T10:00Z";
const THREE: (&str, &str) = ("count = 1\nexams", "count = 3\nexams");
const ONE_OPEN: (&str, &str) =
    ("open_registrations = { max = \"none\" }", "open_registrations = { max = 1, over = \"pack\" }");
const PER_PACK: (&str, &str) = ("per = \"voucher\"", "per = \"pack\"");

fn pack(changes: &[(&str, &str)]) -> Ledger {
    let source = vary(&vary(OFFER, &[THREE]), changes);
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("y", "pro"), "2001-01-01"),
        (exam("z", "pro"), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

fn retake_of(unit: u16) -> (Command, &'static str) {
    (schedule_unit(unit, ["x", "y", "z"][usize::from(unit - 1)], "2013-03-01"), "2013-02-01")
}

#[test]
fn a_pack_of_three_has_one_retake_for_each_of_the_three() {
    let mut given = pack(&[]);
    for (unit, exam) in [(1, "x"), (2, "y"), (3, "z")] {
        given = given.with(&[
            (schedule_unit(unit, exam, "2012-12-10"), "2012-12-01"),
            (result_of(unit, ExamResult::Fail), "2012-12-10"),
        ]);
    }
    for unit in 1..=3 {
        check(&given, retake_of(unit), Accepted);
        let used = given.with(&[retake_of(unit), (result_of(unit, ExamResult::Fail), "2013-03-02")]);
        check(&used, (schedule_unit(unit, "x", "2013-05-01"), "2013-04-01"), Refused("attempts-left"));
        // The retake of one exam is not a second one for another.
        let other = unit % 3 + 1;
        check(&used, retake_of(other), Accepted);
    }
}

#[test]
fn a_voucher_sold_singly_is_a_pack_of_one() {
    let given = pack(&[(THREE.1, THREE.0)]).with(&[
        (schedule_unit(1, "x", "2012-12-10"), "2012-12-01"),
        (result_of(1, ExamResult::Fail), "2012-12-10"),
    ]);
    check(&given, (schedule_unit(2, "y", "2013-03-02"), "2013-03-01"), Refused("known-voucher"));
    check(&given, retake_of(1), Accepted);
    let used = given.with(&[retake_of(1), (result_of(1, ExamResult::Fail), "2013-03-02")]);
    check(&used, (schedule_unit(1, "x", "2013-05-01"), "2013-04-01"), Refused("attempts-left"));
}

#[test]
fn one_registration_is_open_at_a_time() {
    let given = pack(&[ONE_OPEN]).with(&[(schedule("2012-12-10"), "2012-12-01")]);
    // It is open until its sitting, by the first reading of ruling 7.
    let second_at = |at| (schedule_unit(2, "y", "2013-01-10"), at);
    let refused = RefusedBy("open-registrations", "o#open-registrations");
    edge(&given, "2012-12-10T00:00:00Z", |at| (schedule_unit(2, "y", "2013-01-10"), at), refused, Accepted);
    // By the other reading nobody knows that the exam was taken until the ledger hears of it, be it as a no-show.
    let until_result = ONE_OPEN.1.replace(" }", ", until = \"result\" }");
    let given = pack(&[(ONE_OPEN.0, &until_result)]).with(&[(schedule("2012-12-10"), "2012-12-01")]);
    check(&given, second_at("2012-12-11"), refused);
    check(&given, second_at("2012-12-20"), refused);
    let second = || second_at("2012-12-11");
    for closing in [passed(), failed(), missed()] {
        check(&given.with(&[(closing, "2012-12-10")]), second(), Accepted);
    }
    check(&given.with(&[(cancel(), "2012-12-09")]), second(), Accepted);
}

#[test]
fn exam_two_may_be_registered_while_the_retake_of_exam_one_is_unused() {
    let given = pack(&[ONE_OPEN]).with(&[(schedule("2012-12-10"), "2012-12-01"), (failed(), "2012-12-10")]);
    check(&given, (schedule_unit(2, "y", "2013-01-10"), "2012-12-11"), Accepted);
    let given = given.with(&[(schedule_unit(2, "y", "2013-01-10"), "2012-12-11")]);
    check(&given, (schedule("2013-02-10"), "2012-12-12"), Refused("open-registrations"));
}

#[test]
fn open_registrations_may_be_counted_over_vouchers_or_over_the_candidate() {
    let over = |scope: &str| {
        let rule = format!("open_registrations = {{ max = 1, over = {scope:?} }}");
        pack(&[("open_registrations = { max = \"none\" }", &rule)]).with(&[
            (issue_with(BOUGHT, |c| c.order = order(2)), BOUGHT),
            (schedule("2012-12-10"), "2012-12-01"),
        ])
    };
    let same_pack = || (schedule_unit(2, "y", "2013-01-10"), "2012-12-02");
    let other = |c: &mut Schedule| (c.voucher, c.exam) = (super::testing::voucher(2, 1), id("y"));
    let other_pack = || (schedule_with("2013-01-10", other), "2012-12-02");
    for (scope, in_pack, beside) in [
        ("voucher", Accepted, Accepted),
        ("pack", Refused("open-registrations"), Accepted),
        ("candidate", Refused("open-registrations"), Refused("open-registrations")),
    ] {
        check(&over(scope), same_pack(), in_pack);
        check(&over(scope), other_pack(), beside);
    }
    // Another candidate is another count.
    let bob = |c: &mut Schedule| (c.voucher, c.candidate) = (super::testing::voucher(2, 1), id("bob"));
    check(&over("candidate"), (schedule_with("2013-01-10", bob), "2012-12-02"), Accepted);
}

#[test]
fn all_vouchers_of_a_pack_serve_one_individual_bound_upon_scheduling() {
    let given = pack(&[PER_PACK]);
    let bob = |unit| {
        (
            schedule_with("2013-01-10", move |c| {
                (c.voucher, c.candidate) = (super::testing::voucher(1, unit), id("bob"));
            }),
            "2012-12-02",
        )
    };
    check(&given, bob(1), Does(&["HolderBound", "ExamScheduled", "AttemptBooked"]));
    let bound = given.with(&[(schedule("2012-12-10"), "2012-12-01")]);
    check(&bound, bob(2), Refused("holder-matches"));
    check(
        &bound,
        (schedule_unit(2, "y", "2013-01-10"), "2012-12-02"),
        Does(&["ExamScheduled", "AttemptBooked"]),
    );
    // By voucher, each has a holder of its own.
    check(&pack(&[]).with(&[(schedule("2012-12-10"), "2012-12-01")]), bob(2), Accepted);
}

#[test]
fn an_assignment_can_be_taken_back_until_the_holder_is_bound() {
    let unassign = || Command::from(Unassign { voucher: super::testing::voucher(1, 1) });
    let given = pack(&[]).with(&[(assign("bob"), "2012-12-01")]);
    check(&given, (schedule("2013-01-10"), "2012-12-02"), Refused("holder-matches"));
    check(&given, (assign("ann"), "2012-12-02"), Refused("holder-free"));
    check(&given, (assign("bob"), "2012-12-02"), Does(&["CommandRepeated"]));
    check(&given, (unassign(), "2012-12-02"), Does(&["VoucherUnassigned"]));
    let given = given.with(&[(unassign(), "2012-12-02")]);
    check(&given, (unassign(), "2012-12-03"), Does(&["CommandRepeated"]));
    check(&given, (schedule("2013-01-10"), "2012-12-03"), Accepted);
    let bound = given.with(&[(schedule("2013-01-10"), "2012-12-03")]);
    check(&bound, (unassign(), "2012-12-04"), Refused("holder-free"));
    let never = pack(&[("\"until-bound\"", "\"never\"")]).with(&[(assign("ann"), "2012-12-01")]);
    check(&never, (unassign(), "2012-12-02"), Refused("holder-free"));
    let at_once = pack(&[("\"scheduling\"", "\"assignment\"")]).with(&[(assign("ann"), "2012-12-01")]);
    check(&at_once, (unassign(), "2012-12-02"), Refused("holder-free"));
    check(&at_once, (schedule("2013-01-10"), "2012-12-02"), Does(&["ExamScheduled", "AttemptBooked"]));
}

#[test]
fn what_has_ended_is_not_assigned() {
    super::testing::edge(
        &pack(&[]),
        "2013-11-24T00:00:00Z",
        |at| (assign("ann"), at),
        Accepted,
        Refused("register-by"),
    );
}

fn pool() -> Ledger {
    let source = vary(OFFER, &[THREE, ("agreement = \"none\"", "agreement = \"any\"")]);
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (
            agreement_with("2012-01-01", "2014-12-31", |c| c.branches = vec![id("north"), id("south")]),
            "2012-01-01",
        ),
        (issue_with(BOUGHT, |c| c.agreement = Some(id("g"))), BOUGHT),
    ])
}

fn share(branch: &str, count: u16) -> Command {
    ShareOut { entitlement: first(), branch: id(branch), count }.into()
}

fn by_branch(unit: u16, branch: Option<&'static str>) -> (Command, &'static str) {
    let change = move |c: &mut Schedule| {
        c.voucher = super::testing::voucher(1, unit);
        c.branch = branch.map(id);
    };
    (schedule_with("2013-01-10", change), "2012-12-02")
}

#[test]
fn vouchers_of_a_pool_are_used_by_the_branch_that_has_the_share() {
    let given = pool().with(&[(share("north", 2), "2012-12-01")]);
    check(&given, by_branch(1, Some("north")), Accepted);
    check(&given, by_branch(1, Some("south")), Refused("shared-out"));
    check(&given, by_branch(1, None), Refused("shared-out"));
    check(&given, by_branch(3, None), Accepted);
    check(&given, by_branch(3, Some("south")), Refused("shared-out"));
    let for_south =
        Assign { voucher: super::testing::voucher(1, 1), candidate: id("ann"), branch: Some(id("south")) };
    check(&given, (for_south.into(), "2012-12-02"), Refused("shared-out"));
}

#[test]
fn only_untouched_vouchers_are_shared_out() {
    let given = pool();
    check(&given, (share("east", 1), "2012-12-01"), Refused("branch-known"));
    check(&given, (share("north", 4), "2012-12-01"), Refused("share-available"));
    check(&given, (share("north", 0), "2012-12-01"), Refused("share-available"));
    check(&given, (share("north", 3), "2012-12-01"), Accepted);
    let touched = given.with(&[(schedule("2013-01-10"), "2012-12-02"), (share("north", 1), "2012-12-03")]);
    check(&touched, (share("south", 2), "2012-12-04"), Refused("share-available"));
    check(&touched, (share("south", 1), "2012-12-04"), Accepted);
    let ended = "2013-11-24T00:00:00Z";
    super::testing::edge(&given, ended, |at| (share("north", 1), at), Accepted, Refused("share-available"));
}
