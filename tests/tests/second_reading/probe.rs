//! Lives by hand, to look at what the ledger says.

use jiff::civil::date;

use super::ask::{Ask, Exam, Gift, Outcome, Voucher};
use super::day::{DAY, Millis, Period, start_of};
use super::ledger::{Ledger, Said};
use super::offers::plain;
use super::terms::{Benefit, Offer, Word};

const V: Voucher = Voucher { order: 0, unit: 1 };

fn at(days: i64) -> Millis {
    start_of("UTC", date(2024, 6, 1)) + days * DAY
}

fn book(booked: i64, sit: i64) -> Ask {
    Ask::Schedule { voucher: V, candidate: "ann", exam: "X-1", sit_at: at(sit), booked_at: at(booked), provider: None, branch: None }
}
fn result(outcome: Outcome) -> Ask {
    Ask::Result { voucher: V, outcome, sat_at: None }
}

fn tell(name: &str, offer: Offer, paid: bool, steps: &[(i64, Ask)]) {
    println!("== {name}");
    let versions = vec![offer];
    let mut ledger = Ledger::new(at(0));
    let exam = |exam, category, successor| (0, Ask::DefineExam { exam, facts: Exam { category, retires_on: None, successor } });
    let mut all = vec![exam("X-2", "a", None), exam("X-1", "a", Some("X-2")), (0, Ask::Publish { version: 0 })];
    all.push((0, Ask::Issue { order: 0, offer: versions[0].id.clone(), purchased_at: at(0), paid, agreement: None, holder: None }));
    all.extend(steps.iter().cloned());
    for (day, ask) in all {
        let said = match ledger.ask(&ask, &versions, at(day)) {
            Said::Yes => "yes".to_owned(),
            Said::Again => "again".to_owned(),
            Said::No(rule, words) => format!("no {rule} {words}"),
        };
        if matches!(ask, Ask::DefineExam { .. } | Ask::Publish { .. }) { continue; }
        let view = ledger.view(0).unwrap();
        let unit = &view.units[0];
        let tries: Vec<_> = unit.attempts.iter().map(|one| (one.number, one.end.clone())).collect();
        println!("day {day} {ask:?}\n  {said}\n  -> {} {}/{} ends {:?} {tries:?}", unit.stage, unit.attempts_used, unit.attempts_max, unit.ends_at.map(|at| at.to_string()));
    }
}

#[test]
fn probe() {
    let gift = || Ask::Extend { voucher: V, gift: Gift::ExtraAttempt };
    let mut unpaid = plain();
    if let Benefit::Exam(exam) = &mut unpaid.benefits[0].1 {
        exam.only_if_paid = true;
    }
    tell("unpaid and a gift", unpaid, false, &[(1, gift()), (2, book(2, 10)), (11, result(Outcome::Fail)), (12, book(12, 20)), (21, result(Outcome::Fail)), (22, book(22, 30)), (31, result(Outcome::Fail)), (32, book(32, 40))]);
    let mut refuse = plain();
    refuse.late_refused = true;
    tell("missed, corrected after the deadline", refuse, true, &[(2, book(2, 10)), (11, result(Outcome::Missed)), (500, Ask::Correct { voucher: V, attempt: 1, outcome: Outcome::Pass, sat_at: None })]);
    let mut fault = plain();
    fault.technical_fault = Word::Return;
    tell("fault, fail, and the fault was a fail", fault, true, &[(2, book(2, 10)), (11, result(Outcome::TechnicalFault)), (12, book(12, 20)), (21, result(Outcome::Fail)), (22, Ask::Correct { voucher: V, attempt: 1, outcome: Outcome::Fail, sat_at: None }), (23, Ask::Correct { voucher: V, attempt: 1, outcome: Outcome::Pass, sat_at: Some(at(10)) })]);
    let mut late = plain();
    late.late = Word::Forfeit;
    late.cut_off = Some(Period::Hours(24));
    late.technical_fault = Word::Return;
    tell("G1", late, true, &[(2, book(2, 10)), (11, result(Outcome::TechnicalFault)), (12, book(12, 20)), (19, Ask::Cancel { voucher: V, by_provider: false, cancelled_at: at(19) }), (22, Ask::Correct { voucher: V, attempt: 1, outcome: Outcome::Fail, sat_at: None }), (23, book(23, 30))]);
}
