//! The rules of time zones as they were published, and what dates come to by them (ruling 18).
//!
//! The civil date and time are what was sold; at which instant a zone's clocks show them is for its rules to say. A newer set
//! moves what is still ahead when it is published, never to a time before that, and nothing that has passed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::zone_rules::RulesOfZone;
use super::{Decided, Resolution, Zone, ZoneClock, ZoneRules};
use crate::Timestamp;

/// What was published of the rules of time zones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Zones {
    /// The rules of each zone, oldest first. Those of a version that changes nothing are listed, too.
    published: BTreeMap<Zone, Vec<Published>>,
}

/// The rules of a zone, by one version.
#[derive(Debug, Clone, PartialEq)]
struct Published {
    at: Timestamp,
    version: Arc<str>,
    rules: Arc<RulesOfZone>,
}

impl Zones {
    /// What was published, with one more set, at `at`. A zone that the set lacks keeps the rules that it had.
    #[must_use]
    pub fn with(mut self, at: Timestamp, set: ZoneRules) -> Self {
        let (version, zones) = set.into_parts();
        let version: Arc<str> = version.into();
        for (zone, rules) in zones {
            let (version, rules) = (version.clone(), Arc::new(rules));
            self.published.entry(zone).or_default().push(Published { at, version, rules });
        }
        self
    }

    /// Whether a zone's dates can be read by what is on record: UTC needs no rules.
    pub fn has(&self, zone: Zone) -> bool {
        zone == Zone::UTC || self.published.contains_key(&zone)
    }

    /// Each zone that rules were published of, with the version that is in force.
    pub fn in_force(&self) -> impl Iterator<Item = (Zone, &str)> {
        let last = self.published.iter().filter_map(|(zone, all)| Some((*zone, all.last()?)));
        last.map(|(zone, published)| (zone, published.version.as_ref()))
    }

    /// The newest version that any zone has.
    pub fn version(&self) -> Option<&str> {
        self.in_force().map(|(_, version)| version).max()
    }

    /// The version of a zone's rules that is in force.
    pub fn version_of(&self, zone: Zone) -> Option<&str> {
        self.published.get(&zone)?.last().map(|published| published.version.as_ref())
    }

    /// Whether a set says of a zone what is in force.
    pub(crate) fn says_the_same(&self, zone: Zone, set: &ZoneRules) -> bool {
        let in_force = self.published.get(&zone).and_then(|all| all.last());
        in_force.map(|published| published.rules.as_ref()) == set.of(zone)
    }

    /// The zones that had rules before and have other ones now.
    pub(crate) fn other_than(&self, before: &Self) -> Vec<Zone> {
        let last = |zones: &Self, zone: Zone| Some(zones.published.get(&zone)?.last()?.rules.clone());
        let is_other = |zone: &Zone| last(before, *zone).is_some_and(|was| Some(was) != last(self, *zone));
        self.published.keys().copied().filter(is_other).collect()
    }

    /// How many rules are kept.
    pub fn len(&self) -> usize {
        self.published.values().map(Vec::len).sum()
    }

    /// Whether nothing was published.
    pub fn is_empty(&self) -> bool {
        self.published.is_empty()
    }

    /// What had been published until then.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if self.published.values().flatten().all(|published| published.at <= at) {
            return Cow::Borrowed(self);
        }
        let mut then = self.clone();
        then.published.values_mut().for_each(|all| all.retain(|published| published.at <= at));
        then.published.retain(|_, all| !all.is_empty());
        Cow::Owned(then)
    }

    /// All that was published, to read dates by.
    pub fn known(&self) -> ZonesKnown<'_> {
        ZonesKnown { zones: self, known_at: Timestamp::MAX }
    }
}

/// The rules of time zones as far as they had been published at an instant.
#[derive(Debug, Clone, Copy)]
pub struct ZonesKnown<'a> {
    zones: &'a Zones,
    known_at: Timestamp,
}

impl<'a> ZonesKnown<'a> {
    /// The same, but only what was published by `at`.
    #[must_use]
    pub(crate) fn by(self, at: Timestamp) -> Self {
        Self { known_at: self.known_at.min(at), ..self }
    }

    /// A zone by its newest rules; before the first, by those that are compiled in.
    pub(crate) fn clock(self, zone: Zone) -> ZoneClock<'a> {
        self.clock_at(zone, Timestamp::MAX)
    }

    /// A zone by the rules that were in force at `at`.
    fn clock_at(self, zone: Zone, at: Timestamp) -> ZoneClock<'a> {
        let before = self.published(zone).iter().rev().find(|published| published.at <= at);
        before.map_or(ZoneClock::compiled_in(zone), |published| published.clock(zone))
    }

    fn published(self, zone: Zone) -> &'a [Published] {
        let all = self.zones.published.get(&zone).map_or(&[][..], Vec::as_slice);
        &all[..all.partition_point(|published| published.at <= self.known_at)]
    }

    fn behind(self, zone: Zone, since: Timestamp) -> &'a [Published] {
        let all = self.published(zone);
        &all[all.partition_point(|published| published.at <= since)..]
    }

    /// What a date comes to that holds since `since`: by the rules in force then, and by each later set as long as it was still
    /// ahead when that set was published.
    pub(crate) fn settle<T: Settles>(
        self,
        zone: Zone,
        since: Timestamp,
        read: impl Fn(ZoneClock<'a>) -> T,
    ) -> T {
        self.settle_by(zone, since, read).0
    }

    /// As [`ZonesKnown::settle`], with the rules that decided.
    pub(crate) fn settle_by<T: Settles>(
        self,
        zone: Zone,
        since: Timestamp,
        read: impl Fn(ZoneClock<'a>) -> T,
    ) -> (T, ZoneClock<'a>) {
        let clock = self.clock_at(zone, since);
        let mut settled = (read(clock), clock);
        for published in self.behind(zone, since) {
            if settled.0.resolution().at().is_some_and(|at| at <= published.at) {
                break;
            }
            let clock = published.clock(zone);
            settled = (read(clock).not_before(published.at), clock);
        }
        settled
    }

    /// An instant that was made of a civil time by the rules in force at `since`, as later sets have moved it.
    pub(crate) fn moved(self, zone: Zone, since: Timestamp, at: Timestamp) -> Timestamp {
        let made_by = self.clock_at(zone, since);
        let local = made_by.civil_time(at);
        let read = |clock: ZoneClock<'a>| if clock == made_by { at } else { clock.instant(local) };
        self.settle(zone, since, |clock| Resolution::At(read(clock))).at().unwrap_or(at)
    }
}

/// What a date comes to, which newer rules may move.
pub(crate) trait Settles {
    /// What it comes to.
    fn resolution(&self) -> Resolution;

    /// The same, and not before `at`.
    #[must_use]
    fn not_before(self, at: Timestamp) -> Self;
}

impl Settles for Resolution {
    fn resolution(&self) -> Resolution {
        *self
    }

    fn not_before(self, at: Timestamp) -> Self {
        match self {
            Resolution::At(ends_at) => Resolution::At(ends_at.max(at)),
            open => open,
        }
    }
}

impl Settles for Decided<'_> {
    fn resolution(&self) -> Resolution {
        self.resolution
    }

    fn not_before(self, at: Timestamp) -> Self {
        Self { resolution: self.resolution.not_before(at), ..self }
    }
}

impl Published {
    fn clock(&self, zone: Zone) -> ZoneClock<'_> {
        ZoneClock::published(zone, &self.rules.rules)
    }
}
