//! The state of any stream, folded from its facts.

use std::sync::Arc;

use crate::calendar_time::{BusinessCalendar, CalendarVersions};
use crate::terms::OfferFile;
use crate::{
    Agreement, Candidate, Entitlement, EntitlementId, Event, Exam, Offer, Policy, PracticeTest, Stream,
    Timestamp, UnitNo,
};

/// What is known of one stream. Cheap to clone: the parts are shared.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// An entitlement.
    Entitlement(Arc<Entitlement>),
    /// Where a code leads.
    Code(Option<(EntitlementId, UnitNo)>),
    /// A candidate.
    Candidate(Arc<Candidate>),
    /// An offer.
    Offer(Arc<Offer>),
    /// A retake policy, once published.
    Policy(Option<Arc<Policy>>),
    /// The versions of a business-day calendar, once published.
    Calendar(Option<Arc<CalendarVersions>>),
    /// An exam.
    Exam(Arc<Exam>),
    /// A practice test.
    PracticeTest(Arc<PracticeTest>),
    /// An agreement.
    Agreement(Arc<Agreement>),
    /// A stream of refusals, which has no state.
    Refusal,
    /// The stream of the ledger's clock. No rule depends on it, so it has no state.
    Clock,
}

impl State {
    /// The state of a stream of which nothing is known.
    pub fn new(stream: &Stream) -> Self {
        match stream {
            Stream::Entitlement(id) => State::Entitlement(Arc::new(Entitlement::new(*id))),
            Stream::Code(_) => State::Code(None),
            Stream::Candidate(_) => State::Candidate(Arc::default()),
            Stream::Offer(_) => State::Offer(Arc::default()),
            Stream::Policy(_) => State::Policy(None),
            Stream::Calendar(_) => State::Calendar(None),
            Stream::Exam(_) => State::Exam(Arc::default()),
            Stream::PracticeTest(_) => State::PracticeTest(Arc::default()),
            Stream::Agreement(_) => State::Agreement(Arc::default()),
            Stream::Refusal(_) => State::Refusal,
            Stream::Clock(_) => State::Clock,
        }
    }

    /// Takes a fact in that happened and was recorded at these times.
    #[must_use]
    pub fn evolve(self, event: &Event, happened_at: Timestamp, recorded_at: Timestamp) -> Self {
        match self {
            State::Entitlement(s) => {
                State::Entitlement(Arc::new(Arc::unwrap_or_clone(s).evolve(event, happened_at, recorded_at)))
            }
            State::Candidate(s) => {
                State::Candidate(Arc::new(Arc::unwrap_or_clone(s).evolve(event, happened_at)))
            }
            State::Offer(s) => State::Offer(Arc::new(Arc::unwrap_or_clone(s).evolve(event, recorded_at))),
            State::Exam(s) => State::Exam(Arc::new(Arc::unwrap_or_clone(s).evolve(event))),
            State::PracticeTest(s) => State::PracticeTest(Arc::new(Arc::unwrap_or_clone(s).evolve(event))),
            State::Agreement(s) => {
                State::Agreement(Arc::new(Arc::unwrap_or_clone(s).evolve(event, happened_at, recorded_at)))
            }
            State::Code(known) => match event {
                Event::CodeMinted(e) => State::Code(Some((e.entitlement, e.unit))),
                _ => State::Code(known),
            },
            State::Policy(known) => match event {
                Event::PolicyPublished(e) => {
                    State::Policy(OfferFile::parse(&e.source).ok().and_then(|file| file.policy).map(Arc::new))
                }
                _ => State::Policy(known),
            },
            State::Calendar(known) => match event {
                Event::CalendarPublished(e) => match calendar(&e.source) {
                    Some(calendar) => {
                        let versions = known.map(Arc::unwrap_or_clone).unwrap_or_default();
                        State::Calendar(Some(Arc::new(versions.with(recorded_at, calendar))))
                    }
                    None => State::Calendar(known),
                },
                _ => State::Calendar(known),
            },
            State::Refusal => State::Refusal,
            State::Clock => State::Clock,
        }
    }
}

/// A calendar's text is a file of its own, or that of the offer that carries it.
fn calendar(source: &str) -> Option<BusinessCalendar> {
    BusinessCalendar::parse(source).ok().or_else(|| OfferFile::parse(source).ok()?.calendar)
}
