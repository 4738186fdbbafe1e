//! Deadlines that end a right before it can be used, and times that no clock shows once.

use chrono::NaiveDate;

use super::open_points::Points;
use super::{Benefit, Choice, ExamBenefit, Limit, Terms, Waits};
use crate::Timestamp;
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Point, Resolution, ZoneClock};

/// A deadline that lies before the moment it counts from, or at a time of day that is not told once.
pub(super) fn deadline(terms: &Terms, points: &mut Points, field: &str, expr: &DeadlineExpr) {
    if let DeadlineExpr::Point(Point { origin: Origin::Anchor(anchor), offset: Some((Direction::Before, _)) }) =
        expr.uncited()
        && !field.ends_with("not_before")
    {
        let lies_ahead = matches!(
            anchor,
            Anchor::OfferEnd
                | Anchor::AgreementEnd
                | Anchor::FirstOrderEnd
                | Anchor::OrderEnd
                | Anchor::OrderDate
                | Anchor::ExamRetirement
        );
        points.unless(
            lies_ahead,
            "R2",
            field,
            format!("it ends before `{anchor}`, when there is nothing to use yet; count forward, with +"),
        );
    }
    for point in expr.points() {
        let Origin::Local(local) = point.origin else { continue };
        // What is in the log must stay readable whatever becomes of the zone's rules, so that these are not asked.
        let question = match ZoneClock::compiled_in(terms.zone).times_shown(local) {
            0 => format!("clocks in {} never show {local}; name another time", terms.zone),
            1 => continue,
            _ => format!("clocks in {} show {local} twice; name a time that they show once", terms.zone),
        };
        points.open("R1", field, question);
    }
}

/// An exam that can never be registered, or a retake that can never be sat.
pub(super) fn exam(terms: &Terms, benefit: &Benefit, exam: &ExamBenefit, at: &str, points: &mut Points) {
    if let (Some(begins), Some(ends)) = (fixed(&benefit.not_before), fixed(&exam.register_by)) {
        let question = "the right ends before it begins; which date is wrong?";
        points.unless(begins <= ends, "R2", format!("{at}.register_by"), question);
    }
    if let (Choice::Only(list), Choice::Only(_)) = (&exam.eligible.exams, &exam.eligible.prefixes) {
        let reached = list.iter().any(|code| exam.eligible.prefixes.prefixes(code.as_str()));
        let question =
            "no exam of the list begins with one of the prefixes, and both must hold; which one is meant?";
        points.unless(reached, "R9", format!("{at}.exams"), question);
    }
    retake(terms, exam, at, points);
}

/// The day of a deadline that is a date and nothing else.
fn fixed(expr: &DeadlineExpr) -> Option<NaiveDate> {
    match expr.uncited() {
        DeadlineExpr::Point(Point { origin: Origin::Day(day), offset: None }) => Some(*day),
        _ => None,
    }
}

/// Plays the first retake after a fail on some day, where its deadlines hang on the fail alone.
fn retake(terms: &Terms, exam: &ExamBenefit, at: &str, points: &mut Points) {
    let Some(step) = exam.retake.waits.first().and_then(Limit::value) else { return };
    if step.wait.period().needs_calendar() {
        return;
    }
    let sat_at = Timestamp::from_millis(1_678_881_600_000).expect("noon on 15 March 2023");
    let anchors = |anchor| {
        matches!(anchor, Anchor::ExamSat | Anchor::ResultRecorded).then_some(Moment::Instant(sat_at))
    };
    let zone = ZoneClock::compiled_in(terms.zone);
    let until = step.wait.until(sat_at, zone, None);
    let limited = [
        ("sit_by", &exam.retake.sit_by, true),
        ("register_by", &exam.retake.register_by, step.limits == Waits::Register),
    ];
    for (field, expr, waits) in limited {
        if !waits || expr.needs_calendar() {
            continue;
        }
        if let Resolution::At(ends_at) = expr.ends_at(&anchors, zone, terms.rulings.last_day, None) {
            let alone =
                expr.anchors().all(|anchor| anchors(anchor).is_some()) && expr.anchors().next().is_some();
            points.unless(
                !alone || until < ends_at,
                "R4",
                format!("{at}.retake.{field}"),
                "the wait after a fail lasts longer than the retake does, so that none could be used; which one is wrong?",
            );
        }
    }
}
