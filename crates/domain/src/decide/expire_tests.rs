//! Ends on record: each once, and again only where goodwill moved it.

use super::testing::{Does, Ledger, Refused, check, edge};
use super::testing_words::{exam, first, give, issue, longer, offer, waive};
use crate::{Command, Expire, Gift};

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

fn bought() -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[]), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
    ])
}

#[test]
fn a_gift_that_moves_no_end_puts_none_on_record_again() {
    let ended = bought().with(&[(expire(), "2020-09-05")]);
    for gift in [waive("retake-wait"), longer("2020-01-31"), give(Gift::ExtraAttempt)] {
        check(&ended.with(&[(gift, "2020-09-06")]), (expire(), "2020-09-07"), Refused("due"));
    }
    let later = ended.with(&[(longer("2020-12-31"), "2020-09-06")]);
    edge(&later, "2021-01-01T00:00:00Z", |at| (expire(), at), Refused("due"), Does(&["Expired"]));
}
