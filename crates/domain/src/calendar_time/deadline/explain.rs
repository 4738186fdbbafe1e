//! Deadlines in plain English.

use super::{DeadlineExpr, Decided, Direction, LastDay, Origin, Point, Resolution};
use crate::calendar_time::{Anchor, BusinessCalendar, Moment, Zone, ZoneClock};

/// What a point counts, and so which question about its end has to be answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Counts {
    Days,
    ClockTimes,
    Hours,
}

impl DeadlineExpr {
    /// The expression in words: `12 months from purchase`.
    pub fn plain(&self) -> String {
        self.words(&Point::plain)
    }

    /// The rule in words, before anything is known: `12 months from purchase: the last day is inside; the
    /// right ends at the start of the next day (UTC)`.
    pub fn explain(&self, zone: Zone, last_day: LastDay) -> String {
        match self.rule(last_day) {
            Some(rule) => format!("{}: {rule} ({zone})", self.plain()),
            None => self.plain(),
        }
    }

    /// The rule in words with what is known, as [`DeadlineExpr::ends_at`] sees it: `12 months from purchase
    /// (2019-09-01T10:00:00Z): the last day is inside; the right ends at the start of the next day (UTC),
    /// which is 2020-09-02T00:00:00Z`.
    pub fn explain_known(
        &self,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
        last_day: LastDay,
        calendar: Option<&BusinessCalendar>,
    ) -> String {
        let words = self.words(&|point| match point.origin {
            Origin::Anchor(anchor) => match anchors(anchor) {
                Some(moment) => format!("{} ({moment})", point.plain()),
                None => format!("{} (not known yet)", point.plain()),
            },
            Origin::Day(_) | Origin::Local(_) => point.plain(),
        });
        let Some(rule) = self.rule(last_day) else { return words };
        let Decided { resolution, clause } = self.decided_end(anchors, zone, last_day, calendar);
        let by = clause.map_or_else(String::new, |clause| format!(", by {clause}"));
        match resolution {
            Resolution::At(at) if zone.zone() == Zone::UTC => {
                format!("{words}: {rule} ({}), which is {at}{by}", zone.zone())
            }
            Resolution::At(at) => {
                let local = zone.civil_time(at).format("%Y-%m-%d %H:%M:%S");
                format!("{words}: {rule} ({}), which is {local} there and {at}{by}", zone.zone())
            }
            Resolution::Open | Resolution::Never => {
                format!("{words}: {rule} ({}), which is still open", zone.zone())
            }
        }
    }

    fn words(&self, say: &dyn Fn(&Point) -> String) -> String {
        let (name, parts) = match self {
            Self::None => return "without end".into(),
            Self::Point(point) => return say(point),
            Self::Earliest(parts) => ("earliest", parts),
            Self::Latest(parts) => ("latest", parts),
            Self::Cited(part, clause) => return format!("{} by {clause}", part.words(say)),
        };
        let parts: Vec<_> = parts.iter().map(|part| part.words(say)).collect();
        format!("the {name} of [{}]", parts.join("; "))
    }

    fn rule(&self, last_day: LastDay) -> Option<String> {
        use Counts::{ClockTimes, Days, Hours};
        let mut kinds: Vec<_> = self.points().into_iter().map(Point::counts).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let rule = |kind: &Counts| match (kind, last_day) {
            (Days, LastDay::Inclusive) => {
                ("where days count", "the last day is inside; the right ends at the start of the next day")
            }
            (Days, LastDay::Exclusive) => {
                ("where days count", "the day itself is outside; the right ends at its start")
            }
            (ClockTimes, LastDay::Inclusive) => {
                ("for a clock time", "the last second is inside; the right ends with it")
            }
            (ClockTimes, LastDay::Exclusive) => ("for a clock time", "the right ends at it"),
            (Hours, _) => ("where hours count", "the right ends at that very instant"),
        };
        match &kinds[..] {
            [] => None,
            [kind] => Some(rule(kind).1.into()),
            kinds => {
                let rules: Vec<_> =
                    kinds.iter().map(rule).map(|(case, rule)| format!("{case}, {rule}")).collect();
                Some(rules.join("; "))
            }
        }
    }
}

impl Point {
    /// In words: `12 months from purchase`, `30 days before the end of the offer`, `2008-01-31`.
    pub fn plain(&self) -> String {
        let origin = match self.origin {
            Origin::Anchor(anchor) => anchor.plain().into(),
            Origin::Day(day) => day.to_string(),
            Origin::Local(local) => local.format("%Y-%m-%d %H:%M:%S").to_string(),
        };
        match self.offset {
            Some((Direction::After, period)) => format!("{} from {origin}", period.plain()),
            Some((Direction::Before, period)) => format!("{} before {origin}", period.plain()),
            None => origin,
        }
    }

    fn counts(&self) -> Counts {
        match (self.origin, self.offset) {
            (_, Some((_, period))) if period.exact_seconds().is_some() => Counts::Hours,
            (Origin::Local(_), None) => Counts::ClockTimes,
            _ => Counts::Days,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: &str = "2019-09-01T10:00:00Z";

    fn explained(expr: &str, zone: &str, last_day: LastDay) -> [String; 2] {
        let expr: DeadlineExpr = expr.parse().unwrap();
        let zone: Zone = zone.parse().unwrap();
        let anchors = |anchor| (anchor == Anchor::Purchase).then(|| SINCE.parse().unwrap());
        [
            expr.explain(zone, last_day),
            expr.explain_known(&anchors, ZoneClock::compiled_in(zone), last_day, None),
        ]
    }

    #[test]
    fn a_rule_is_told_alone_and_with_what_is_known() {
        let [alone, known] = explained("purchase + P12M", "UTC", LastDay::Inclusive);
        assert_eq!(
            alone,
            "12 months from purchase: the last day is inside; the right ends at the start of the next day (UTC)"
        );
        assert_eq!(
            known,
            "12 months from purchase (2019-09-01T10:00:00Z): the last day is inside; the right ends at the start of \
             the next day (UTC), which is 2020-09-02T00:00:00Z"
        );
    }

    #[test]
    fn the_zone_s_own_time_is_told_beside_utc() {
        let [_, known] = explained("2027-06-30T23:59:59", "America/Chicago", LastDay::Inclusive);
        assert_eq!(
            known,
            "2027-06-30 23:59:59: the last second is inside; the right ends with it (America/Chicago), which is \
             2027-07-01 00:00:00 there and 2027-07-01T05:00:00Z"
        );
    }

    #[test]
    fn each_way_of_counting_has_its_rule() {
        let [alone, known] =
            explained("earliest(offer-end - P30D, purchase + PT48H)", "UTC", LastDay::Exclusive);
        assert_eq!(
            alone,
            "the earliest of [30 days before the end of the offer; 48 hours from purchase]: where days count, the day \
             itself is outside; the right ends at its start; where hours count, the right ends at that very instant \
             (UTC)"
        );
        assert!(known.contains("the end of the offer (not known yet)"), "{known}");
        assert!(known.ends_with("which is 2019-09-03T10:00:00Z"), "{known}");
    }

    #[test]
    fn what_is_open_or_endless_says_so() {
        let [_, known] = explained("activation + P30D", "UTC", LastDay::Inclusive);
        assert!(known.ends_with("which is still open"), "{known}");
        assert_eq!(explained("none", "UTC", LastDay::Inclusive), ["without end", "without end"]);
    }
}
