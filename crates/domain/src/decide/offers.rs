//! Offers: publish, extend, withdraw, move to another provider.

use super::{Decision, Known};
use crate::calendar_time::BusinessCalendar;
use crate::event::{CalendarPublished, OfferExtended, OfferPublished, OfferWithdrawn, ProviderMigrated};
use crate::terms::{Limit, OfferFile, Terms};
use crate::{
    ExtendOffer, Judge, Law, MigrateProvider, Offer, OfferId, PublishCalendar, PublishOffer, Refusal, Rule,
    Stream, TermsHash, Timestamp, WithdrawOffer,
};

impl Known {
    /// The offer that the command names, with the version in force.
    fn published(&self, id: &OfferId, judge: &mut Judge) -> Result<(&Offer, &Terms), Refusal> {
        let found = self.offer.as_deref().and_then(|offer| Some((offer, offer.in_force()?.as_ref())));
        judge.found(&Law::LEDGER, Rule::KnownOffer, found, |d| {
            d.fact("offer", id).remedy("publish the offer first")
        })
    }

    pub(super) fn publish_offer(
        &self,
        c: &PublishOffer,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let read = OfferFile::parse_new(&c.source);
        let named = read.as_ref().map(|file| file.terms.offer.clone()).map_err(ToString::to_string);
        let file = judge.found(&Law::LEDGER, Rule::OfferComplete, read.ok(), |d| match named {
            Ok(offer) => d.fact("offer", offer),
            Err(open) => d
                .fact("open", open)
                .remedy("say in the offer file what is open; `resit offer check FILE` explains each point"),
        })?;
        let hash = TermsHash::of(c.source.as_bytes());
        let in_force = self.offer.as_ref().and_then(|offer| offer.current);
        judge.rule(&file.terms.law(), Rule::NewVersion, in_force != Some(hash), |d| {
            d.fact("terms", hash).remedy("nothing to do: exactly this file is in force")
        })?;
        let mut decision = Decision::default();
        let published = OfferPublished { source: c.source.clone(), hash };
        decision.put(Stream::Offer(file.terms.offer.clone()), at, published);
        self.policy_of_offer(c, &file, at, &mut decision);
        if let (Limit::Some(named), None) = (&file.terms.rulings.business_days, &file.calendar)
            && !self.calendars.contains_key(named)
        {
            decision.warn(
                Law::LEDGER.clause(Rule::KnownCalendar),
                format!("the file does not carry the calendar {named}; publish it before the first order"),
            );
        }
        if let Some(calendar) = &file.calendar {
            let in_force = self.calendars.get(calendar.id()).and_then(|versions| versions.current());
            let changed =
                in_force.is_some_and(|known| known.version() == calendar.version() && known != calendar);
            judge.rule(&Law::LEDGER, Rule::NewVersion, !changed, |d| {
                d.fact("calendar", calendar.id())
                    .fact("version", calendar.version())
                    .remedy("raise the calendar's version")
            })?;
            match in_force {
                Some(known) if known.version() > calendar.version() => decision.warn(
                    Law::LEDGER.clause(Rule::KnownCalendar),
                    format!(
                        "version {} of the calendar {} is in force and stays so",
                        known.version(),
                        calendar.id()
                    ),
                ),
                Some(known) if known == calendar => {}
                _ => decision.put(
                    Stream::Calendar(calendar.id().clone()),
                    at,
                    CalendarPublished { source: c.source.clone() },
                ),
            }
        }
        let zones = [Some(file.terms.zone), file.policy.as_ref().map(|policy| policy.zone)];
        self.put_missing_zone_rules(zones.into_iter().flatten(), at, &mut decision);
        Ok(decision)
    }

    pub(super) fn publish_calendar(
        &self,
        c: &PublishCalendar,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let read = BusinessCalendar::parse(&c.source);
        let named = read.as_ref().map(|calendar| calendar.id().clone()).map_err(ToString::to_string);
        let calendar = judge.found(&Law::LEDGER, Rule::OfferComplete, read.ok(), |d| match named {
            Ok(calendar) => d.fact("calendar", calendar),
            Err(open) => d.fact("open", open).remedy("write the calendar file as the message says"),
        })?;
        let in_force = self.calendars.get(calendar.id()).and_then(|versions| versions.current());
        let version = in_force.map(BusinessCalendar::version);
        judge.rule(
            &Law::LEDGER,
            Rule::NewVersion,
            version.is_none_or(|version| version < calendar.version()),
            |d| {
                d.fact_or("in-force", version, "none")
                    .fact("given", calendar.version())
                    .remedy("raise the calendar's version")
            },
        )?;
        let mut decision = Decision::default();
        decision.put(
            Stream::Calendar(calendar.id().clone()),
            at,
            CalendarPublished { source: c.source.clone() },
        );
        Ok(decision)
    }

    pub(super) fn extend_offer(
        &self,
        c: &ExtendOffer,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let (offer, terms) = self.published(&c.offer, judge)?;
        let last_day = offer.last_day();
        judge.rule(&terms.law(), Rule::EndMovesLater, last_day.is_some_and(|day| day < c.last_day), |d| {
            let remedy = match last_day {
                Some(_) => "name a day behind the present last day",
                None => "nothing to do: the offer has no last day, so that no right hangs on one",
            };
            d.fact_or("last-day", last_day, "none").fact("asked", c.last_day).remedy(remedy)
        })?;
        let mut decision = Decision::default();
        decision.put(Stream::Offer(c.offer.clone()), at, OfferExtended { last_day: c.last_day });
        Ok(decision)
    }

    pub(super) fn withdraw_offer(
        &self,
        c: &WithdrawOffer,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let (offer, terms) = self.published(&c.offer, judge)?;
        judge.rule(&terms.law(), Rule::StillSold, offer.withdrawn.is_none(), |d| {
            d.fact_or("withdrawn-at", offer.withdrawn.map(|(at, _)| at), "never")
                .remedy("nothing to do: its sale has ended")
        })?;
        let mut decision = Decision::default();
        decision.put(Stream::Offer(c.offer.clone()), at, OfferWithdrawn { grandfather: c.grandfather });
        Ok(decision)
    }

    pub(super) fn migrate_provider(
        &self,
        c: &MigrateProvider,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let (offer, terms) = self.published(&c.offer, judge)?;
        judge.rule(&terms.law(), Rule::NewVersion, offer.provider_now(&c.from) != &c.to, |d| {
            d.fact("from", &c.from).fact("to", &c.to).remedy("nothing to do: the offer is there already")
        })?;
        let mut decision = Decision::default();
        decision.put(
            Stream::Offer(c.offer.clone()),
            at,
            ProviderMigrated { from: c.from.clone(), to: c.to.clone() },
        );
        Ok(decision)
    }
}
