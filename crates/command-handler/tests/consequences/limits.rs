//! How much one correction looks at.

use resit_domain::DECISIONS_JUDGED_MAX;
use resit_domain::ExamResult::{Fail, Invalidated, Pass};

use crate::given::{LOCK, Ledger, book, came, correct, voucher};

#[tokio::test]
async fn a_list_that_is_cut_says_so() {
    let ledger = Ledger::new(&[], LOCK).await;
    ledger.buy("exam-replay", 1, 2).await;
    ledger.done("first", "2026-02-01", book(voucher(1, 1), "2026-03-01T09:00Z")).await;
    ledger.done("result", "2026-03-01T12:00Z", came(voucher(1, 1), Pass)).await;
    for try_no in 0..DECISIONS_JUDGED_MAX {
        let locked = book(voucher(2, 1), "2026-04-01T09:00Z");
        ledger.refused(&format!("try-{try_no}"), "2026-03-05", locked, "policy-pass-lock").await;
    }
    let (listed, warnings) = ledger.corrected("2026-03-10", correct(voucher(1, 1), Invalidated)).await;
    assert_eq!(listed, ["try-0"]);
    assert!(!warnings.iter().any(|text| text.contains("not every later decision")), "{warnings:?}");
    let one_more = book(voucher(2, 1), "2026-04-01T09:00Z");
    ledger.done("one-more", "2026-03-11", one_more).await;
    let (_, warnings) = ledger.corrected("2026-03-12", correct(voucher(1, 1), Fail)).await;
    assert!(warnings.iter().any(|text| text.contains("not every later decision")), "{warnings:?}");
}
