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
        println!("day {day} {ask:?}\n  {said}\n  -> {} {}/{} ends {:?} {tries:?} holder {:?}", unit.stage, unit.attempts_used, unit.attempts_max, unit.ends_at.map(|at| at.to_string()), unit.holder);
    }
}

#[test]
fn probe() {
    let gift = || Ask::Extend { voucher: V, gift: Gift::ExtraAttempt };
    tell("revoked and given", plain(), true, &[(2, book(2, 10)), (11, Ask::Revoke { order: 0, refund: false }), (12, gift()), (13, result(Outcome::Missed)), (14, book(14, 20)), (15, book(15, 20))]);
    tell("revoked and given, fail", plain(), true, &[(2, book(2, 10)), (11, Ask::Revoke { order: 0, refund: false }), (12, gift()), (13, result(Outcome::Fail)), (14, book(14, 20)), (15, book(15, 20))]);
    tell("withdrawn, sat all the same", plain(), true, &[(2, book(2, 10)), (11, result(Outcome::Fail)), (12, book(12, 20)), (13, Ask::Correct { voucher: V, attempt: 1, outcome: Outcome::Pass, sat_at: None }), (21, result(Outcome::Pass)), (22, Ask::Correct { voucher: V, attempt: 2, outcome: Outcome::Pass, sat_at: None })]);
    let mut no_show = plain();
    no_show.no_show = Word::Fail;
    if let Benefit::Exam(exam) = &mut no_show.benefits[0].1 {
        exam.retake_register_by = super::terms::Due::After(super::terms::Anchor::ExamSat, Some(Period::Days(30)));
        exam.retake_sit_by = super::terms::Due::After(super::terms::Anchor::ExamSat, Some(Period::Days(30)));
    }
    tell("no-show two years later", no_show, true, &[(2, book(2, 10)), (800, Ask::Result { voucher: V, outcome: Outcome::Missed, sat_at: Some(at(799)) }), (801, book(801, 810))]);
    let mut assigned = plain();
    assigned.bound_at = super::terms::BoundAt::Assignment;
    tell("assigned behind", assigned, true, &[(5, Ask::Assign { voucher: V, candidate: "ann", branch: None }), (6, book(2, 10))]);
    tell("assigned to another behind", plain(), true, &[(5, Ask::Assign { voucher: V, candidate: "bob", branch: None }), (6, book(2, 10))]);
    tell("sat before a chargeback", plain(), true, &[(20, Ask::Revoke { order: 0, refund: false }), (21, book(2, 10))]);
    tell("refund too late", plain(), true, &[(400, Ask::Revoke { order: 0, refund: true })]);
}
