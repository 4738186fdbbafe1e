//! Calendar time: periods, zones, business days, and the deadlines and waits that terms are written in.
//!
//! Everything here is arithmetic on values that are handed in; nothing knows what time it is.

mod anchor;
mod business;
mod civil;
mod deadline;
mod period;
mod versions;
mod wait;
mod zone;
mod zone_clock;
mod zone_rules;
mod zones;

pub use anchor::{Anchor, Moment, UnknownAnchor};
pub use business::{BusinessCalendar, HOLIDAYS_MAX, InvalidCalendar};
pub(crate) use civil::add_months;
pub(crate) use civil::day;
pub use deadline::{
    DEADLINE_BYTES_MAX, DEADLINE_DEPTH_MAX, DeadlineExpr, Decided, Direction, InvalidDeadline, LastDay,
    Origin, Point, Resolution,
};
pub use period::{InvalidPeriod, PERIOD_YEARS_MAX, Period, PeriodFault, Span};
pub use versions::CalendarVersions;
pub use wait::{Counted, InvalidWait, Wait};
pub use zone::{InvalidZone, Zone};
pub use zone_clock::ZoneClock;
#[cfg(test)]
pub(crate) use zone_rules::tests::SHIPPED;
pub use zone_rules::{InvalidZoneRules, ShippedZones, ZONE_RULES_BYTES_MAX, ZoneRules};
pub(crate) use zones::Settles;
pub use zones::{Zones, ZonesKnown};
