//! The rules of time zones: publishing those that the program ships, and showing which are in force.

use std::collections::BTreeSet;

use resit_api::{CommandBody, ZoneRulesStatus};
use resit_command_handler::shipped_zones;
use resit_domain::PublishZoneRules;
use resit_domain::calendar_time::Zone;
use resit_domain::terms::OfferFile;

use super::command;
use crate::cli::{Global, ZonesWords};
use crate::desk::Desk;
use crate::exit::{Status, Stopped};
use crate::offers;
use crate::output::Out;

/// Carries out what the words ask for.
pub(super) fn run(
    desk: &dyn Desk,
    words: ZonesWords,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    match words {
        ZonesWords::Show => {
            let rules = desk.status()?.zone_rules;
            let rules =
                rules.ok_or_else(|| Stopped::Input("the rules can't be read now; try again".to_owned()))?;
            out.zone_rules(&rules)?;
            Ok(Status::Done)
        }
        ZonesWords::Publish { zones, file, print } => {
            let source = match file {
                Some(file) => offers::read(&file)?,
                None => shipped(desk, zones)?,
            };
            if print {
                out.raw(&source)?;
                return Ok(Status::Done);
            }
            let publish = CommandBody::PublishZoneRules(PublishZoneRules { source });
            command::give(desk, publish, None, global, out)
        }
    }
}

/// The text of the rules that ship, of these zones; of every zone in use if none is named.
fn shipped(desk: &dyn Desk, named: Vec<Zone>) -> Result<String, Stopped> {
    let zones = if named.is_empty() { in_use(desk)? } else { named.into_iter().collect() };
    shipped_zones().text(zones).ok_or_else(|| {
        Stopped::Input(
            "no published offer names a zone with rules, for UTC has none; name one with --zone".to_owned(),
        )
    })
}

/// The zones that have rules already, and those that any version of a published offer names.
fn in_use(desk: &dyn Desk) -> Result<BTreeSet<Zone>, Stopped> {
    let published = desk.status()?.zone_rules.map_or_else(Vec::new, |ZoneRulesStatus { zones, .. }| zones);
    let mut zones: BTreeSet<Zone> = published.iter().filter_map(|zone| zone.zone.parse().ok()).collect();
    for offer in desk.offers()? {
        let Some(published) = desk.offer(&offer.offer)? else { continue };
        for version in published.versions {
            let text = desk.terms(&offer.offer, version.terms)?;
            let file = text.and_then(|text| OfferFile::parse(&text.source).ok());
            zones.extend(file.iter().map(|file| file.terms.zone));
            zones.extend(file.iter().filter_map(|file| file.policy.as_ref()).map(|policy| policy.zone));
        }
    }
    Ok(zones)
}
