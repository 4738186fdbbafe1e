//! The versions of a programme's policy, as they were published.

use std::sync::Arc;

use super::Policy;
use crate::Timestamp;
use crate::calendar_time::{Zone, Zones};

/// The versions of one programme's policy. A deed is judged by the one in force at its time (ruling 19).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyVersions {
    /// When each was published, in the order of publication.
    published: Vec<(Timestamp, Arc<Policy>)>,
}

impl PolicyVersions {
    /// The versions with one more, published at `at`.
    #[must_use]
    pub fn with(mut self, at: Timestamp, policy: Policy) -> Self {
        self.published.push((at, Arc::new(policy)));
        self
    }

    /// Every version with the time of its publication, in the order of publication.
    pub fn all(&self) -> &[(Timestamp, Arc<Policy>)] {
        &self.published
    }

    /// The version that was published last, whether or not it is in force.
    pub fn newest(&self) -> Option<&Policy> {
        self.published.last().map(|(_, policy)| policy.as_ref())
    }

    /// Whether the days of any version are those of another zone than UTC, which alone needs no rules.
    pub fn is_in_other_zones(&self) -> bool {
        self.published.iter().any(|(_, policy)| policy.zone != Zone::UTC)
    }

    /// The number, from 0, of the version in force at `at`: of those published by then, the latest whose days, by these rules of
    /// zones, hold the civil date.
    pub fn index_in_force_at(&self, zones: &Zones, at: Timestamp) -> Option<usize> {
        let holds = |policy: &Policy| policy.holds_on(zones.known().clock(policy.zone).civil_date(at));
        self.published.iter().rposition(|(since, policy)| *since <= at && holds(policy))
    }

    /// The version in force at `at`.
    pub fn in_force_at(&self, zones: &Zones, at: Timestamp) -> Option<&Policy> {
        Some(self.published[self.index_in_force_at(zones, at)?].1.as_ref())
    }
}
