//! Retakes that an offer promises and a policy never lets happen (ruling 23).

use chrono::{Months, NaiveDate};

use super::{Policy, Record, ladder};
use crate::Timestamp;
use crate::calendar_time::{Anchor, DeadlineExpr, Moment, Origin, ZoneClock, Zones};
use crate::terms::{BenefitKind, ExamBenefit, Terms};

/// How many days of purchase are tried, a month apart; months differ in length.
const PURCHASES_TRIED: u32 = 12;

/// How many retakes of one voucher are tried.
const RETAKES_TRIED: u16 = 24;

/// A retake that can't be used.
struct Unkept {
    number: u16,
    sat_at: Timestamp,
    next: Option<Timestamp>,
    ends_at: Timestamp,
}

impl Policy {
    /// The promises of these terms that the policy never lets a candidate use, each with an example: retakes that end before the
    /// policy permits them, however early the exam is sat. Terms whose ends can't be told without a purchase are passed over.
    pub fn unkept_promises(&self, terms: &Terms) -> Vec<String> {
        let mut unkept = Vec::new();
        for (number, benefit) in (1..).zip(&terms.benefits) {
            let BenefitKind::Exam(exam) = &benefit.kind else { continue };
            let tried: Option<Vec<_>> =
                purchases(terms).map(|bought_at| self.first_unkept(terms, exam, bought_at)).collect();
            let Some(Unkept { number: retake, sat_at, next, ends_at }) =
                tried.and_then(|tried| tried.into_iter().next())
            else {
                continue;
            };
            let permits = match next {
                Some(next) => format!("permits the next sitting at {next}"),
                None => "permits no further sitting".to_owned(),
            };
            unkept.push(format!(
                "benefit {number}: retake {retake} can never be used: after an exam sat at {sat_at} the policy of {} {permits}, and \
                 the retake ends at {ends_at}; give it longer, or shorten the policy's wait",
                self.programme
            ));
        }
        unkept
    }

    /// The first retake that can't be used of an exam that is sat at once, and failed again and again as early as may be.
    fn first_unkept(&self, terms: &Terms, exam: &ExamBenefit, bought_at: Timestamp) -> Option<Unkept> {
        let sit_by = &exam.retake.sit_by;
        if sit_by.needs_calendar() || !is_told(terms, sit_by) {
            return None;
        }
        // By the rules of zones that are compiled in: what is looked for are days that don't fit, not an hour.
        let (no_zones, zone) = (Zones::default(), ZoneClock::compiled_in(terms.zone));
        let (mut record, mut sat_at) = (Record::new(self, no_zones.known(), []), bought_at);
        for number in 1..=exam.retake.count.min(RETAKES_TRIED) {
            let anchors = |anchor| moment(terms, anchor, bought_at, sat_at);
            let ends_at = sit_by.ends_at(&anchors, zone, terms.rulings.last_day, None).at()?;
            record = record.with_fail(sat_at);
            let next = record.first_permitted(sat_at);
            let Some(permitted) = next.filter(|next| *next < ends_at) else {
                return Some(Unkept { number, sat_at, next, ends_at });
            };
            let wait =
                ladder(&exam.retake.waits, number + 1).filter(|step| !step.wait.period().needs_calendar());
            let waited = wait.map_or(permitted, |step| step.wait.until(sat_at, zone, None));
            sat_at = permitted.max(waited);
        }
        None
    }
}

/// Whether the earliest purchase says enough: a fixed day means nothing beside a purchase at any time.
fn is_told(terms: &Terms, expr: &DeadlineExpr) -> bool {
    let is_fixed =
        |origin| matches!(origin, Origin::Day(_) | Origin::Local(_) | Origin::Anchor(Anchor::OfferEnd));
    terms.runs_from.value().is_some() || !expr.points().iter().any(|point| is_fixed(point.origin))
}

/// Purchases to try: from the offer's first day on, or of any year if it has none.
fn purchases(terms: &Terms) -> impl Iterator<Item = Timestamp> {
    let any_day = NaiveDate::from_ymd_opt(2023, 1, 15).expect("a day of the calendar");
    let first = terms.runs_from.value().copied().unwrap_or(any_day);
    let last = terms.runs_from.value().and(terms.runs_to.value()).copied();
    let days = (0..PURCHASES_TRIED).filter_map(move |months| first.checked_add_months(Months::new(months)));
    let zone = ZoneClock::compiled_in(terms.zone);
    days.filter(move |day| last.is_none_or(|last| *day <= last)).map(move |day| zone.start_of_day(day))
}

/// An anchor of a voucher that is bought, assigned and registered at once.
fn moment(terms: &Terms, anchor: Anchor, bought_at: Timestamp, sat_at: Timestamp) -> Option<Moment> {
    match anchor {
        Anchor::Purchase
        | Anchor::Issue
        | Anchor::Assignment
        | Anchor::Activation
        | Anchor::FirstSchedule => Some(Moment::Instant(bought_at)),
        Anchor::ExamSat | Anchor::ResultRecorded => Some(Moment::Instant(sat_at)),
        Anchor::OfferStart => terms.runs_from.value().copied().map(Moment::Day),
        Anchor::OfferEnd => terms.runs_to.value().copied().map(Moment::Day),
        Anchor::AgreementStart
        | Anchor::AgreementEnd
        | Anchor::FirstOrderEnd
        | Anchor::OrderEnd
        | Anchor::OrderDate
        | Anchor::ExamRetirement => None,
    }
}
