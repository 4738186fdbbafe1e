//! Lives by hand, to look at what the ledger says.

use jiff::civil::date;

use super::ask::{Ask, Exam, Outcome, Voucher};
use super::day::{DAY, Millis, Period, start_of};
use super::ledger::{Ledger, Said};
use super::offers::plain;
use super::terms::{Benefit, Offer};

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
    let mut short = plain();
    if let Benefit::Exam(exam) = &mut short.benefits[0].1 {
        exam.waits = vec![Some(super::terms::Wait { period: Period::Days(3), counted: super::terms::Counted::CalendarDays, limits_sit: false })];
        exam.retake_register_by = super::terms::Due::On(date(2024, 8, 2));
        exam.sit_by = super::terms::Due::On(date(2024, 8, 1));
    }
    tell("no time for a wait", short, true, &[(2, book(2, 61)), (62, result(Outcome::Fail))]);
}
