//! Notices: how long before its end the holder of a right is told.

use super::unit::By;
use super::{End, Right};
use crate::Timestamp;
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Period, Point};

/// A notice of an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice {
    /// When it falls due.
    pub(crate) at: Timestamp,
    /// How long before the end that is.
    pub(crate) before: Period,
}

impl<'a> Right<'a> {
    /// The notices of this end that are to be given, in the order of the terms.
    ///
    /// One that is on record stands for those that fell due before it. One that fell due before the right had this end
    /// is not given: nobody is told of a deadline that was nearer than that when it came to be.
    pub(crate) fn notices(self, end: End) -> impl Iterator<Item = Notice> + use<'a> {
        let told = move |at| self.unit.noticed.iter().any(|&(ends_at, told)| ends_at == end.at && at <= told);
        self.terms
            .notices
            .iter()
            .map(move |&before| Notice { at: self.counted_back(end, before), before })
            .filter(move |notice| !told(notice.at) && self.had_end(end, notice.at.plus_millis(-1)))
    }

    /// The end less a period: the first instant of that civil day, or the exact instant.
    fn counted_back(&self, end: End, before: Period) -> Timestamp {
        // Which anchor stands for the end makes no difference: this one expression has no other.
        let back = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Issue),
            offset: Some((Direction::Before, before)),
        });
        let ends_at = |_| Some(Moment::Instant(end.at));
        let at = self.settle(|zone| back.starts_at(&ends_at, zone, self.calendar()));
        at.at().unwrap_or(end.at)
    }

    /// Whether the right had this end by what was on record at `at`, by the version that governed then.
    fn had_end(&self, end: End, at: Timestamp) -> bool {
        if at < self.issued.issued_at {
            return false;
        }
        let then = |unit| {
            let then = Right { unit, zones: self.zones.by(at), ..*self }.governed_at(at);
            then.has_its_calendar()
                && then.end_with(then.last_days_by(at)).is_some_and(|then| then.at == end.at)
        };
        if self.unit.changed_after(at) { then(&self.unit.as_of(By::Recorded(at))) } else { then(self.unit) }
    }
}
