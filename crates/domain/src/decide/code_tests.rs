//! Codes: a lost one is replaced by a new one with the same rights; the old one is dead at once.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, check, code, edge, t};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, activate_with, assign, exam, failed, first, issue, offer, passed,
    practice_test, publish, replace_code, schedule, schedule_with, vary,
};
use crate::{Cancel, CancelledBy, Command, Unassign, VoucherRef};

const BOUGHT: &str = "2019-09-01T10:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (offer(changes), "2001-01-01"), (issue(BOUGHT), BOUGHT)])
}

fn by_code(generation: usize, candidate: &'static str) -> Command {
    schedule_with("2019-10-01", move |c| {
        c.voucher = VoucherRef::Code(code(first(), 1, generation));
        c.candidate = super::testing::id(candidate);
    })
}

#[test]
fn the_new_code_has_the_same_rights_and_dates() {
    let given = bought(&[]);
    check(&given, (replace_code(), "2019-09-05"), Does(&["CodeReplaced", "CodeMinted"]));
    let given = given.with(&[(replace_code(), "2019-09-05")]);
    check(&given, (by_code(1, "ann"), "2019-09-06"), Accepted);
    edge(&given, "2020-09-02T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
    let unit = &given.entitlement(1).units[0];
    assert_eq!((unit.code, &unit.replaced[..]), (code(first(), 1, 1), &[code(first(), 1, 0)][..]));
}

#[test]
fn the_old_code_tells_its_holder_that_it_was_replaced_and_nobody_else_anything() {
    let given = bought(&[]).with(&[(assign("ann"), "2019-09-02"), (replace_code(), "2019-09-05")]);
    check(&given, (by_code(0, "ann"), "2019-09-06"), RefusedBy("code-current", "R11"));
    let unknown = given.decide(&by_code(7, "bob"), t("2019-09-06"));
    assert_eq!(given.decide(&by_code(0, "bob"), t("2019-09-06")), unknown, "as an unknown code");
    assert_eq!(unknown.unwrap_err().rule.name(), "known-voucher");
    // Commands that name no candidate claim nothing.
    let old = || VoucherRef::Code(code(first(), 1, 0));
    for command in [
        Command::from(Cancel { voucher: old(), by: CancelledBy::Candidate, cancelled_at: None }),
        Unassign { voucher: old() }.into(),
    ] {
        check(&given, (command, "2019-09-06"), Refused("known-voucher"));
    }
}

#[test]
fn with_no_holder_the_old_code_is_unknown_to_all() {
    let given = bought(&[]).with(&[(replace_code(), "2019-09-05")]);
    check(&given, (by_code(0, "ann"), "2019-09-06"), Refused("known-voucher"));
}

#[test]
fn a_code_is_replaced_again_and_again() {
    let given = bought(&[]).with(&[(replace_code(), "2019-09-05"), (replace_code(), "2019-09-06")]);
    check(&given, (by_code(2, "ann"), "2019-09-07"), Accepted);
    check(&given, (by_code(1, "ann"), "2019-09-07"), Refused("known-voucher"));
}

#[test]
fn only_what_is_alive_gets_a_new_code() {
    let refused = RefusedBy("reissue-allowed", "R11");
    edge(&bought(&[]), "2020-09-02T00:00:00Z", |at| (replace_code(), at), Accepted, refused);
    let never = bought(&[("\"same-rights\"", "\"never\"")]);
    check(&never, (replace_code(), "2019-09-05"), refused);
    let registered = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-10")]);
    check(&registered, (replace_code(), "2019-09-11"), Accepted);
    check(&registered.with(&[(failed(), "2019-10-01")]), (replace_code(), "2019-10-02"), Accepted);
    check(&registered.with(&[(passed(), "2019-10-01")]), (replace_code(), "2019-10-02"), refused);
}

#[test]
fn a_replaced_code_of_a_practice_test_is_judged_alike() {
    let test = vary(OFFER, &[PRACTICE_TEST]);
    let given = Ledger::new(&[
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&test), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (activate(2, Some("p")), "2019-10-01"),
    ]);
    let by_other_code = activate_with(2, Some("p"), |c| c.voucher = VoucherRef::Code(code(first(), 2, 9)));
    check(&given, (by_other_code, "2019-10-02"), Refused("known-voucher"));
}
