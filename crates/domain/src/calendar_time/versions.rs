//! The versions of a calendar of business days, as they were published.

use std::sync::Arc;

use super::BusinessCalendar;
use crate::Timestamp;

/// The versions of one calendar. A right keeps the one that it was sold with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CalendarVersions {
    /// When each was published, oldest first.
    published: Vec<(Timestamp, Arc<BusinessCalendar>)>,
}

impl CalendarVersions {
    /// The versions with one more, published at `at`.
    #[must_use]
    pub fn with(mut self, at: Timestamp, calendar: BusinessCalendar) -> Self {
        self.published.push((at, Arc::new(calendar)));
        self
    }

    /// The version in force for what is sold now; none before the first.
    pub fn current(&self) -> Option<&BusinessCalendar> {
        self.published.last().map(|(_, calendar)| calendar.as_ref())
    }

    /// The version that was in force at `at`; before the first, the first.
    pub fn in_force_at(&self, at: Timestamp) -> Option<&BusinessCalendar> {
        let since = self.published.iter().rev().find(|(since, _)| *since <= at);
        since.or(self.published.first()).map(|(_, calendar)| calendar.as_ref())
    }
}
