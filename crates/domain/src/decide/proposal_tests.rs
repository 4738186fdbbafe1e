//! Goodwill by two persons: proposed by one, approved or declined by another one, or expired.

use super::testing::{
    Accepted, Does, Expected, Ledger, Refused, RefusedBy, Warns, check, edge, facts, voucher,
};
use super::testing_words::{
    approve, chargeback, decline, exam, failed, give, give_to, issue, longer, offer, passed, schedule, waive,
};
use crate::{Event, Gift};

const BOUGHT: &str = "2019-09-01T10:00Z";
const END: &str = "2020-09-02T00:00:00Z";

/// A voucher of an offer that asks for a second person.
fn bought(changes: &[(&str, &str)]) -> Ledger {
    let required = [("approver = \"optional\"", "approver = \"required\"")];
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[&required, changes].concat()), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// The same with an extra attempt that dana proposed.
fn proposed(changes: &[(&str, &str)]) -> Ledger {
    bought(changes).asked_by("dana").with(&[(give(Gift::ExtraAttempt), BOUGHT)])
}

fn found(ledger: &Ledger, proposal: u16, at: &str) -> String {
    let refusal = ledger.decide(&approve(proposal), super::testing::t(at)).unwrap_err();
    let found = refusal.facts.iter().find(|fact| fact.name == "found").unwrap();
    assert_eq!(refusal.rule.name(), "proposal-waits");
    format!("{}: {}", found.value, refusal.remedy)
}

#[test]
fn one_person_proposes_and_nothing_is_given_yet() {
    let given = bought(&[]).asked_by("dana");
    check(&given, (give(Gift::ExtraAttempt), BOUGHT), Does(&["GoodwillProposed"]));
    check(
        &given,
        (give(Gift::ExtraAttempt), BOUGHT),
        Warns("R17", "proposal 1 waits until 2019-09-08T10:00:00Z for another person"),
    );
    let Event::GoodwillProposed(fact) = facts(&given, (give(Gift::ExtraAttempt), BOUGHT)).remove(0) else {
        panic!()
    };
    assert_eq!((fact.by.as_str(), fact.proposal), ("dana", 1));
    let sat = proposed(&[]).with(&[
        (schedule("2019-10-01"), "2019-09-02"),
        (failed(), "2019-10-01"),
        (schedule("2019-11-01"), "2019-10-02"),
        (failed(), "2019-11-01"),
    ]);
    assert_eq!(sat.stage(1), "used");
}

#[test]
fn another_person_approves_and_the_gift_is_given() {
    let given = proposed(&[]);
    for own in ["dana", "Dana", "DANA", "dana.", "_dana"] {
        check(&given.asked_by(own), (approve(1), "2019-09-02"), RefusedBy("goodwill-approved", "R17"));
    }
    let max = given.asked_by("max");
    check(&max, (approve(1), "2019-09-02"), Does(&["Extended"]));
    let Event::Extended(fact) = facts(&max, (approve(1), "2019-09-02")).remove(0) else { panic!() };
    assert_eq!((fact.approver.map(|by| by.to_string()).as_deref(), fact.proposal), (Some("max"), Some(1)));
    let approved = max.with(&[(approve(1), "2019-09-02")]);
    check(&approved, (approve(1), "2019-09-03"), Does(&["CommandRepeated"]));
    check(&approved.asked_by("dana"), (approve(1), "2020-09-03"), Does(&["CommandRepeated"]));
    assert!(found_decline(&approved).starts_with("approved: it was given"));
}

fn found_decline(ledger: &Ledger) -> String {
    let refusal = ledger.decide(&decline(1), super::testing::t("2019-09-03")).unwrap_err();
    format!("{}: {}", refusal.facts[1].value, refusal.remedy)
}

#[test]
fn a_proposal_that_is_declined_is_over() {
    let declined = proposed(&[]).asked_by("max").with(&[(decline(1), "2019-09-02")]);
    check(&declined, (decline(1), "2019-09-03"), Does(&["CommandRepeated"]));
    assert!(found(&declined, 1, "2019-09-03").starts_with("declined: "));
    assert!(found(&declined, 2, "2019-09-03").starts_with("unknown: "));
    // What the remedy says works: it may be proposed again.
    let again = declined.asked_by("dana").with(&[(give(Gift::ExtraAttempt), "2019-09-03")]);
    check(&again.asked_by("max"), (approve(2), "2019-09-04"), Does(&["Extended"]));
    assert!(found(&again, 7, "2019-09-04").contains("that waits: 2"));
    // Whoever proposed it may withdraw it.
    check(&proposed(&[]), (decline(1), "2019-09-02"), Does(&["GoodwillDeclined"]));
}

#[test]
fn a_proposal_expires_by_itself() {
    let ask = |at| (approve(1), at);
    let by_default = proposed(&[]).asked_by("max");
    edge(&by_default, "2019-09-08T10:00:00Z", ask, Accepted, Refused("proposal-waits"));
    assert!(found(&by_default, 1, "2019-09-09").starts_with("expired: "));
    for (lasts, until) in [("PT48H", "2019-09-03T10:00:00Z"), ("P2D", "2019-09-04T00:00:00Z")] {
        let stated = format!("revives = \"ended\", proposal_lasts = \"{lasts}\"");
        let given = proposed(&[("revives = \"ended\"", &stated)]).asked_by("max");
        edge(&given, until, ask, Accepted, Refused("proposal-waits"));
    }
    // One that expired does not stand in the way of the next.
    let again = by_default.asked_by("dana").with(&[(give(Gift::ExtraAttempt), "2019-09-09")]);
    check(&again.asked_by("max"), (approve(2), "2019-09-10"), Does(&["Extended"]));
}

#[test]
fn an_approval_is_judged_by_the_rules_of_a_gift() {
    let passed_since =
        proposed(&[]).with(&[(schedule("2019-09-03"), "2019-09-02"), (passed(), "2019-09-03")]);
    check(&passed_since.asked_by("max"), (approve(1), "2019-09-04"), Refused("goodwill-allowed"));
    let charged_back = proposed(&[]).with(&[(chargeback(), "2019-09-02")]);
    check(&charged_back.asked_by("max"), (approve(1), "2019-09-04"), Refused("not-revoked"));
    // The same day was given by another proposal meanwhile.
    let twice = bought(&[]).asked_by("dana").with(&[
        (longer("2020-12-31"), BOUGHT),
        (waive("retake-wait"), BOUGHT),
        (longer("2021-12-31"), BOUGHT),
    ]);
    let given = twice.asked_by("max").with(&[(approve(3), "2019-09-02")]);
    check(&given, (approve(1), "2019-09-02"), Refused("goodwill-allowed"));
    check(&given, (approve(2), "2019-09-02"), Does(&["Extended"]));
    let no_revival = [("revives = \"ended\"", "revives = \"nothing\"")];
    let ended = bought(&no_revival).asked_by("dana").with(&[(longer("2021-01-01"), "2020-09-01")]);
    edge(&ended.asked_by("max"), END, |at| (approve(1), at), Accepted, Refused("goodwill-allowed"));
}

#[test]
fn the_same_gift_waits_once() {
    let given = proposed(&[]);
    for by in ["dana", "max"] {
        check(&given.asked_by(by), (give(Gift::ExtraAttempt), "2019-09-02"), Does(&["CommandRepeated"]));
    }
    check(&given, (longer("2021-01-01"), "2019-09-02"), Does(&["GoodwillProposed"]));
}

#[test]
fn few_proposals_wait_for_one_voucher() {
    let mut given = bought(&[]).asked_by("dana");
    for day in 1..=16 {
        given = given.with(&[(longer(&format!("2021-01-{day:02}")), "2019-09-02")]);
    }
    check(&given, (longer("2021-02-01"), "2019-09-02"), RefusedBy("goodwill-approved", "R17"));
    let declined = given.with(&[(decline(3), "2019-09-02")]);
    check(&declined, (longer("2021-02-01"), "2019-09-02"), Accepted);
}

#[test]
fn each_voucher_has_its_own_proposals() {
    let pack = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (
            offer(&[
                ("approver = \"optional\"", "approver = \"required\""),
                ("count = 1\nexams", "count = 2\nexams"),
            ]),
            "2001-01-01",
        ),
        (issue(BOUGHT), BOUGHT),
    ]);
    let given = pack.asked_by("dana").with(&[(give_to(voucher(1, 2), Gift::ExtraAttempt), BOUGHT)]);
    check(&given.asked_by("max"), (approve(1), "2019-09-02"), Refused("proposal-waits"));
}

#[test]
fn an_offer_that_asks_for_nobody_takes_one_person() {
    let expected: Expected<'_> = Does(&["Extended"]);
    let optional = [("approver = \"required\"", "approver = \"optional\"")];
    check(&bought(&optional).asked_by("dana"), (give(Gift::ExtraAttempt), BOUGHT), expected);
    check(&bought(&optional).asked_by("max"), (approve(1), BOUGHT), Refused("proposal-waits"));
}
