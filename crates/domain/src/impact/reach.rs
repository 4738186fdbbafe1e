//! Which rights a publication may touch.

use crate::calendar_time::Zone;
use crate::terms::TermsInForce;
use crate::{Agreement, AgreementId, CalendarId, Exam, ExamCode, Offer, OfferId, State, Stream};

/// The rights that a publication may touch, by what they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of an offer.
    Offer(OfferId),
    /// All under an agreement.
    Agreement(AgreementId),
    /// All that may count business days by a calendar.
    Calendar(CalendarId),
    /// All that are or were registered for an exam.
    Exam(ExamCode),
    /// All whose days are those of these zones.
    Zones(Vec<Zone>),
}

impl Reach {
    /// What the change of one stream may touch; none if it can touch no right that was sold.
    ///
    /// A policy is judged when something is registered: it moves no end, and what is booked stays.
    pub fn of(stream: &Stream, before: &State, after: &State) -> Option<Self> {
        match (stream, before, after) {
            (Stream::Offer(id), State::Offer(before), State::Offer(after)) => {
                ends_may_move(before, after).then(|| Reach::Offer(id.clone()))
            }
            (Stream::Agreement(id), State::Agreement(before), State::Agreement(after)) => {
                (last_day(before) != last_day(after)).then(|| Reach::Agreement(id.clone()))
            }
            // What counts by a calendar is sold only once that has a version.
            (Stream::Calendar(id), State::Calendar(Some(_)), State::Calendar(Some(_))) => {
                Some(Reach::Calendar(id.clone()))
            }
            (Stream::Exam(code), State::Exam(before), State::Exam(after)) => {
                retires_earlier(before, after).then(|| Reach::Exam(code.clone()))
            }
            // The first rules of a zone come with its first offer.
            (Stream::Zones(_), State::Zones(before), State::Zones(after)) => {
                let zones = after.other_than(before);
                (!zones.is_empty()).then_some(Reach::Zones(zones))
            }
            _ => None,
        }
    }
}

/// Whether the end of a right can depend on what differs: on a move of the offer's end, or on a version that came after it, where
/// a version gives way to later ones.
fn ends_may_move(before: &Offer, after: &Offer) -> bool {
    let gives_way =
        || before.versions.values().any(|terms| terms.rulings.terms_in_force == TermsInForce::Scheduling);
    let is_moved = || before.versions.keys().any(|&hash| before.moves_of(hash) != after.moves_of(hash));
    (before.published != after.published && gives_way()) || is_moved()
}

fn last_day(agreement: &Agreement) -> Option<chrono::NaiveDate> {
    agreement.open.as_ref().map(|open| open.last_day)
}

/// Whether an exam that could be registered before is now given for a shorter time.
fn retires_earlier(before: &Exam, after: &Exam) -> bool {
    let (Some(before), Some(after)) = (&before.facts, &after.facts) else { return false };
    match (before.retires_on, after.retires_on) {
        (Some(before), Some(after)) => after < before,
        (before, after) => before.is_none() && after.is_some(),
    }
}
