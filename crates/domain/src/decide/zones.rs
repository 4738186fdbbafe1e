//! Rules of time zones: publishing a set, and those that what is published needs.

use super::{Decision, Known};
use crate::calendar_time::{Zone, ZoneRules};
use crate::event::ZoneRulesPublished;
use crate::terms::join;
use crate::{Judge, Law, LedgerZones, PublishZoneRules, Refusal, Rule, Stream, TermsHash, Timestamp};

impl Known {
    pub(super) fn publish_zone_rules(
        &self,
        c: &PublishZoneRules,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let read = ZoneRules::parse(&c.source);
        let named = read.as_ref().map(|set| set.version().to_owned()).map_err(ToString::to_string);
        let set = judge.found(&Law::LEDGER, Rule::OfferComplete, read.ok(), |d| match named {
            Ok(version) => d.fact("version", version),
            Err(open) => d.fact("open", open).remedy(
                "correct what the message names; `resit zones publish` makes a set from the rules that ship",
            ),
        })?;
        self.newer_rules(&set, judge)?;
        let mut decision = Decision::default();
        decision.put(Stream::Zones(LedgerZones), at, published(c.source.clone()));
        Ok(decision)
    }

    /// Asks that a set has newer rules of some zone, and older or other rules of none.
    fn newer_rules(&self, set: &ZoneRules, judge: &mut Judge) -> Result<(), Refusal> {
        let in_force = |zone: &Zone| self.zones.version_of(*zone);
        let older = |zone: &Zone| in_force(zone).is_some_and(|version| set.version() < version);
        let other =
            |zone: &Zone| in_force(zone) == Some(set.version()) && !self.zones.says_the_same(*zone, set);
        let newer = |zone: &Zone| in_force(zone).is_none_or(|version| version < set.version());
        let back: Vec<_> = set.zones().filter(|zone| older(zone) || other(zone)).collect();
        let is_newer = back.is_empty() && set.zones().any(|zone| newer(&zone));
        judge.rule(&Law::LEDGER, Rule::NewVersion, is_newer, |d| {
            let d = d.fact_or("in-force", self.zones.version(), "none").fact("given", set.version());
            if back.is_empty() {
                return d.remedy("nothing to do: the rules of these zones are in force in this version");
            }
            d.fact("newer-or-other-in-force", join(&back)).remedy(
                "publish a set of a later version, or leave out the zones whose rules in force are as new",
            )
        })
    }

    /// Puts the shipped rules of zones on record that something published now names, and that have none there yet.
    pub(super) fn put_missing_zone_rules(
        &self,
        named: impl IntoIterator<Item = Zone>,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let missing: Vec<_> = named.into_iter().filter(|zone| !self.zones.has(*zone)).collect();
        let Some(shipped) = self.shipped_zones else { return };
        let Some(source) = shipped.text(missing.iter().copied()) else { return };
        decision.put(Stream::Zones(LedgerZones), at, published(source));
        // Only the log of an earlier release has offers in a zone and no rules of it.
        let sold_in = |zone: &Zone| {
            let offer = self.offer.as_deref();
            offer.is_some_and(|offer| offer.versions.values().any(|terms| terms.zone == *zone))
        };
        let moved: Vec<_> = missing.iter().filter(|zone| sold_in(zone)).collect();
        if !moved.is_empty() {
            decision.warn(
                Law::LEDGER.clause(Rule::NewVersion),
                format!(
                    "the rules {} of {} are put on record: what was sold and is still ahead is read by them from now on",
                    shipped.version,
                    join(moved)
                ),
            );
        }
    }
}

fn published(source: String) -> ZoneRulesPublished {
    let hash = TermsHash::of(source.as_bytes());
    ZoneRulesPublished { source, hash }
}
