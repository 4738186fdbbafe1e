//! What the clocks of a zone show: which civil day an instant falls on, and when a civil day starts.

mod compiled_in;
mod published;
#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use jiff::tz::TimeZone;

use super::Zone;
use crate::Timestamp;

/// A time zone with the rules that it is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneClock<'a> {
    zone: Zone,
    rules: Rules<'a>,
}

/// Where the rules come from. Both say the same of ambiguous and skipped times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules<'a> {
    /// Compiled in.
    CompiledIn,
    /// Published in the log.
    Published(&'a TimeZone),
}

/// How clocks show a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Never: it is in a gap, which ends at this instant.
    Never { gap_ends_at: Timestamp },
    /// Once.
    Once(Timestamp),
    /// Twice, because clocks were set back.
    Twice { first: Timestamp, second: Timestamp },
}

impl ZoneClock<'_> {
    /// Coordinated universal time, which has no rules.
    pub const UTC: Self = Self { zone: Zone::UTC, rules: Rules::CompiledIn };

    /// A zone by the rules that are compiled in: tzdata 2025b, for ever.
    ///
    /// They are for what was sold before the log had rules of that zone, and for what is read without the log.
    pub fn compiled_in(zone: Zone) -> Self {
        Self { zone, rules: Rules::CompiledIn }
    }
}

impl<'a> ZoneClock<'a> {
    /// A zone by rules that were published.
    pub(super) fn published(zone: Zone, rules: &'a TimeZone) -> Self {
        Self { zone, rules: Rules::Published(rules) }
    }

    /// The zone.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// The civil day that the calendar on the wall shows at `at`.
    pub fn civil_date(self, at: Timestamp) -> NaiveDate {
        self.civil_time(at).date()
    }

    /// What the clock and the calendar on the wall show at `at`.
    pub fn civil_time(self, at: Timestamp) -> NaiveDateTime {
        match self.rules {
            Rules::CompiledIn => compiled_in::civil_time(self.zone.0, at),
            Rules::Published(rules) => published::civil_time(rules, at),
        }
    }

    /// The first instant of a civil day.
    ///
    /// Where midnight is skipped, the first instant after the gap; where it comes twice, the earlier one; for
    /// a day that the zone left out, the first instant of the next day it has.
    pub fn start_of_day(self, day: NaiveDate) -> Timestamp {
        self.instant(day.and_time(NaiveTime::MIN))
    }

    /// The first instant at which clocks show `local` or later: after a gap the end of the gap, of two the
    /// earlier.
    pub fn instant(self, local: NaiveDateTime) -> Timestamp {
        match self.shown(local) {
            Shown::Once(at) | Shown::Twice { first: at, .. } | Shown::Never { gap_ends_at: at } => at,
        }
    }

    /// As [`ZoneClock::instant`], but of two the later.
    pub(super) fn last_instant(self, local: NaiveDateTime) -> Timestamp {
        match self.shown(local) {
            Shown::Once(at) | Shown::Twice { second: at, .. } | Shown::Never { gap_ends_at: at } => at,
        }
    }

    /// Whether clocks ever show `local`.
    pub(super) fn shows(self, local: NaiveDateTime) -> bool {
        self.times_shown(local) > 0
    }

    /// How often clocks show `local`: never in a gap, twice where they are set back.
    pub fn times_shown(self, local: NaiveDateTime) -> u8 {
        match self.shown(local) {
            Shown::Never { .. } => 0,
            Shown::Once(_) => 1,
            Shown::Twice { .. } => 2,
        }
    }

    fn shown(self, local: NaiveDateTime) -> Shown {
        match self.rules {
            Rules::CompiledIn => compiled_in::shown(self.zone.0, local),
            Rules::Published(rules) => published::shown(rules, local),
        }
    }
}
