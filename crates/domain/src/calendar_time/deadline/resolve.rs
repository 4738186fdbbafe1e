//! What a deadline comes to, once its anchors are known.

use chrono::{NaiveDate, NaiveDateTime};

use super::{DeadlineExpr, Decided, Direction, LastDay, Origin, Point};
use crate::{
    Timestamp,
    calendar_time::{Anchor, BusinessCalendar, Moment, ZoneClock, civil},
};

/// What a deadline comes to by what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// There is no limit.
    Never,
    /// It hangs on a moment that has not come or is not known, or counts by a calendar that is not known.
    Open,
    /// At this instant. As an end: the right is gone at it. As a start: the right is there at it.
    At(Timestamp),
}

impl Resolution {
    /// The instant, when there is one.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Never | Self::Open => None,
        }
    }
}

/// Where a point comes down, before the question whether its last day is inside.
#[derive(Clone, Copy)]
enum Landing {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Exact(Timestamp),
}

impl DeadlineExpr {
    /// The instant at which the right ends: `ends_at <= now` means gone (ruling 1).
    ///
    /// Days count by the civil date in `zone`. Exact periods are exact to the millisecond from an instant,
    /// and count from the start of the day from a day. `earliest` looks at what is known; `latest` stays open
    /// until all is.
    ///
    /// It stays open where it counts business days and there is no `calendar`; see [`DeadlineExpr::needs_calendar`].
    pub fn ends_at(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        last_day: LastDay,
        calendar: Option<&BusinessCalendar>,
    ) -> Resolution {
        self.decided_end(anchors, zone, last_day, calendar).resolution
    }

    /// As [`DeadlineExpr::ends_at`], with the clause of the part that decided.
    pub fn decided_end(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        last_day: LastDay,
        calendar: Option<&BusinessCalendar>,
    ) -> Decided<'_> {
        self.fold(&|point| Some(end(point.land(anchors, zone, calendar)?, zone, last_day)))
    }

    /// The instant at which a right begins, for "not before": the first instant of the civil day, or the
    /// exact instant.
    ///
    /// Otherwise as [`DeadlineExpr::ends_at`]; `Never` means that nothing has to be waited for.
    pub fn starts_at(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        calendar: Option<&BusinessCalendar>,
    ) -> Resolution {
        self.decided_start(anchors, zone, calendar).resolution
    }

    /// As [`DeadlineExpr::starts_at`], with the clause of the part that decided.
    pub fn decided_start(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        calendar: Option<&BusinessCalendar>,
    ) -> Decided<'_> {
        self.fold(&|point| {
            Some(match point.land(anchors, zone, calendar)? {
                Landing::Day(day) => zone.start_of_day(day),
                Landing::Local(local) => zone.instant(local),
                Landing::Exact(at) => at,
            })
        })
    }

    fn fold(&self, value: &dyn Fn(&Point) -> Option<Timestamp>) -> Decided<'_> {
        match self {
            Self::None => Resolution::Never.into(),
            Self::Point(point) => value(point).map_or(Resolution::Open, Resolution::At).into(),
            Self::Earliest(parts) => Decided::of(parts.iter().map(|part| part.fold(value)), Decided::first),
            Self::Latest(parts) => Decided::of(parts.iter().map(|part| part.fold(value)), Decided::last),
            Self::Cited(part, clause) => part.fold(value).under(clause),
        }
    }
}

impl Point {
    fn land(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        calendar: Option<&BusinessCalendar>,
    ) -> Option<Landing> {
        let (day, instant) = match self.origin {
            Origin::Anchor(anchor) => match anchors(anchor)? {
                Moment::Instant(at) => (zone.civil_date(at), Some(at)),
                Moment::Day(day) => (day, None),
            },
            Origin::Day(day) => (day, None),
            Origin::Local(local) if self.offset.is_none() => return Some(Landing::Local(local)),
            Origin::Local(local) => (local.date(), Some(zone.instant(local))),
        };
        let Some((direction, period)) = self.offset else { return Some(Landing::Day(day)) };
        Some(match period.exact_seconds() {
            Some(seconds) => {
                let millis = seconds * 1000;
                let from = instant.unwrap_or_else(|| zone.start_of_day(day));
                Landing::Exact(from.plus_millis(if direction == Direction::Before {
                    -millis
                } else {
                    millis
                }))
            }
            None => Landing::Day(civil::shift(day, direction, period, calendar)?),
        })
    }
}

fn end(landing: Landing, zone: ZoneClock<'_>, last_day: LastDay) -> Timestamp {
    match (landing, last_day) {
        (Landing::Exact(at), _) => at,
        (Landing::Day(day), LastDay::Exclusive) => zone.start_of_day(day),
        (Landing::Day(day), LastDay::Inclusive) => zone.start_of_day(day.succ_opt().unwrap_or(day)),
        // The second that is named is inside each time clocks show it; if they never do, the gap's end is the
        // limit.
        (Landing::Local(local), LastDay::Inclusive) if zone.shows(local) => {
            zone.last_instant(local).plus_millis(1000)
        }
        (Landing::Local(local), _) => zone.instant(local),
    }
}

#[cfg(test)]
mod tests;
