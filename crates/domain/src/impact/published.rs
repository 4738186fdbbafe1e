//! What a publication changes: the states of its streams, before it and after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar_time::CalendarVersions;
use crate::impact::Reach;
use crate::{CalendarId, Gathered, Known, State, Stream};

/// What a publication changes.
#[derive(Debug, Default)]
pub struct Published {
    /// Each stream with its state before and after.
    changes: Vec<(Stream, State, State)>,
    /// Calendars that a right may count by only after it.
    calendars: BTreeMap<CalendarId, Arc<CalendarVersions>>,
}

impl Published {
    /// Adds a stream with its state before the publication and after it.
    pub fn add(&mut self, stream: Stream, before: State, after: State) {
        self.changes.push((stream, before, after));
    }

    /// Adds a calendar that a published version names.
    pub fn add_calendar(&mut self, id: CalendarId, versions: Arc<CalendarVersions>) {
        self.calendars.insert(id, versions);
    }

    /// The calendars that published versions of offers name.
    pub fn calendars_named(&self) -> Vec<CalendarId> {
        let mut named = Vec::new();
        for (_, _, after) in &self.changes {
            let State::Offer(offer) = after else { continue };
            named.extend(
                offer.versions.values().filter_map(|terms| terms.rulings.business_days.value().cloned()),
            );
        }
        named.sort();
        named.dedup();
        named
    }

    /// What may be touched; empty if nothing can be.
    pub fn reaches(&self) -> Vec<Reach> {
        self.changes.iter().filter_map(|(stream, before, after)| Reach::of(stream, before, after)).collect()
    }

    /// An entitlement as it is known, without the publication and with it.
    pub fn before_and_after(&self, known: Known) -> (Known, Known) {
        let (mut before, mut after) = (known.clone(), known);
        for (id, versions) in &self.calendars {
            after.calendars.entry(id.clone()).or_insert_with(|| versions.clone());
        }
        for (stream, state_before, state_after) in &self.changes {
            before.replace(stream, state_before);
            after.replace(stream, state_after);
        }
        (before, after)
    }
}

impl Known {
    /// Replaces the state of a stream that the entitlement depends on. To publish something new, add what rights read of it.
    fn replace(&mut self, stream: &Stream, state: &State) {
        let issued = self.entitlement.as_deref().and_then(|entitlement| entitlement.issued.as_ref());
        match (stream, state) {
            (Stream::Offer(id), State::Offer(offer)) if issued.is_some_and(|issued| issued.offer == *id) => {
                self.offer = Some(offer.clone());
            }
            (Stream::Agreement(id), State::Agreement(agreement))
                if issued.is_some_and(|issued| issued.agreement.as_ref() == Some(id)) =>
            {
                self.agreement = Gathered::Found(agreement.clone());
            }
            (Stream::Calendar(id), State::Calendar(Some(versions))) => {
                self.calendars.insert(id.clone(), versions.clone());
            }
            (Stream::Zones(_), State::Zones(zones)) => self.zones = zones.clone(),
            (Stream::Exam(code), State::Exam(exam)) => {
                self.exams.insert(code.clone(), exam.clone());
            }
            _ => {}
        }
    }
}
