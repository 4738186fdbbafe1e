//! What is true decides, and not the order in which it was reported.

use super::testing::{Accepted, Does, Ledger, Refused, Warns, check, id, t};
use super::testing_words::{
    cancel, correct, exam, failed, give, issue, missed, offer, passed, publish, result, schedule, schedule_with,
};
use crate::ExamResult::{Fail, Missed, Pass, TechnicalFault};
use crate::{Cancel, CancelledBy, Command, CorrectResult, Gift, RecordResult, Reschedule};

const BOUGHT: &str = "2026-01-10T10:00Z";

/// An offer in UTC with one retake; its periods as the table of faults has them.
fn base(changes: &[(&str, &str)]) -> Ledger {
    let mut all = vec![("retake = { count = 1", "retake = { count = 1")];
    all.extend_from_slice(changes);
    Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (offer(&all), "2001-01-01"), (issue(BOUGHT), BOUGHT)])
}

fn booked(sit_at: &str, booked_at: &str) -> Command {
    schedule_with(sit_at, |c| c.booked_at = Some(t(booked_at)))
}

fn sat(result: crate::ExamResult, sat_at: &str) -> Command {
    RecordResult { voucher: super::testing::voucher(1, 1), result, sat_at: Some(t(sat_at)) }.into()
}

fn cancelled(by: CancelledBy, at: &str) -> Command {
    Cancel { voucher: super::testing::voucher(1, 1), by, cancelled_at: Some(t(at)) }.into()
}
