//! An offer over time: its versions, its end, its provider.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::calendar_time::{Zone, ZoneClock};
use crate::terms::{Limit, OfferFile, Terms};
use crate::{Event, Grandfather, ProviderId, TermsHash, Timestamp};

/// What is known of an offer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offer {
    /// Every version that was ever in force.
    pub versions: BTreeMap<TermsHash, Arc<Terms>>,
    /// The hash of the version in force for new purchases; none before the first.
    pub current: Option<TermsHash>,
    /// When each version came into force, oldest first.
    pub published: Vec<(Timestamp, TermsHash)>,
    /// Moves of the end, by the version whose end moved; oldest first.
    pub moves: BTreeMap<TermsHash, Vec<Moved>>,
    /// When its sale ended, and who may still order.
    pub withdrawn: Option<(Timestamp, Grandfather)>,
    /// Each end and each new beginning of its sale, oldest first.
    sale: Vec<Sale>,
    /// Moves between providers, oldest first.
    pub migrations: Vec<Migration>,
}

/// The sale of an offer ended, or began again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sale {
    at: Timestamp,
    /// Who may still order from then on; none if it is sold again.
    ended: Option<Grandfather>,
}

/// A move from one provider to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// When it was made.
    pub at: Timestamp,
    /// The provider before.
    pub from: ProviderId,
    /// The provider from then on.
    pub to: ProviderId,
}

/// One move of a last day: an offer's or an agreement's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// When it was made.
    pub at: Timestamp,
    /// The last day from then on.
    pub last_day: NaiveDate,
}

impl Offer {
    /// Takes a fact in.
    #[must_use]
    pub fn evolve(mut self, event: &Event, recorded_at: Timestamp) -> Self {
        match event {
            Event::OfferPublished(e) => {
                // The file was complete when it was published; one that is not readable today is a newer program's.
                if let Ok(file) = OfferFile::parse(&e.source) {
                    self.versions.insert(e.hash, Arc::new(file.terms));
                }
                self.take_over_extension(e.hash);
                self.resume_sale(e.hash, recorded_at);
                self.current = Some(e.hash);
                self.published.push((recorded_at, e.hash));
            }
            Event::OfferExtended(e) => self.extend(Moved { at: recorded_at, last_day: e.last_day }),
            Event::OfferWithdrawn(e) => {
                self.withdrawn = Some((recorded_at, e.grandfather));
                self.sale.push(Sale { at: recorded_at, ended: Some(e.grandfather) });
            }
            Event::ProviderMigrated(e) => {
                self.migrations.push(Migration { at: recorded_at, from: e.from.clone(), to: e.to.clone() });
            }
            _ => {}
        }
        self
    }

    /// Moves the end of the version in force, and of every earlier version that ends on the same day.
    fn extend(&mut self, moved: Moved) {
        let last_day = self.last_day();
        let ends_with_it =
            |hash: &TermsHash| self.last_day_of(*hash) == last_day || Some(*hash) == self.current;
        let hashes: Vec<TermsHash> = self.versions.keys().copied().filter(ends_with_it).collect();
        for hash in hashes {
            self.moves.entry(hash).or_default().push(moved);
        }
    }

    /// A new version whose file names the same last day as the one before it keeps the extension of that one: it changes what
    /// it says, and nothing else.
    fn take_over_extension(&mut self, next: TermsHash) {
        let Some(current) = self.current.filter(|current| *current != next) else { return };
        let day = |hash| self.versions.get(&hash).map(|terms| terms.last_day());
        if day(current).is_some() && day(current) == day(next) && !self.moves.contains_key(&next) {
            let moves = self.moves_of(current).to_vec();
            self.moves.insert(next, moves);
        }
    }

    /// A withdrawn offer is on sale again only if the new version says so: it opens after the withdrawal.
    fn resume_sale(&mut self, next: TermsHash, at: Timestamp) {
        let Some((withdrawn_at, _)) = self.withdrawn else { return };
        let Some(terms) = self.versions.get(&next) else { return };
        // A fold of this stream alone: it must not depend on what was published of zones meanwhile.
        let withdrawn_on = ZoneClock::compiled_in(terms.zone).civil_date(withdrawn_at);
        if terms.runs_from.value().is_some_and(|opens| withdrawn_on < *opens) {
            self.withdrawn = None;
            self.sale.push(Sale { at, ended: None });
        }
    }

    /// Whether the days of any version are those of another zone than UTC, which alone needs no rules.
    pub fn is_in_other_zones(&self) -> bool {
        self.versions.values().any(|terms| terms.zone != Zone::UTC)
    }

    /// The version in force for new purchases.
    pub fn in_force(&self) -> Option<&Arc<Terms>> {
        self.versions.get(&self.current?)
    }

    /// The version that was in force at `at`; before the first, the first.
    pub fn in_force_at(&self, at: Timestamp) -> Option<&Arc<Terms>> {
        let since = self.published.iter().rev().find(|(since, _)| *since <= at);
        self.versions.get(&since.or(self.published.first())?.1)
    }

    /// The last day of the version in force, after all extensions.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.last_day_of(self.current?)
    }

    /// The last day of a version, after all extensions.
    pub fn last_day_of(&self, terms: TermsHash) -> Option<NaiveDate> {
        let moved = self.moves_of(terms).last().map(|moved| moved.last_day);
        moved.or_else(|| self.versions.get(&terms)?.last_day())
    }

    /// The moves of a version's end, oldest first.
    pub fn moves_of(&self, terms: TermsHash) -> &[Moved] {
        self.moves.get(&terms).map_or(&[], Vec::as_slice)
    }

    /// The provider that stands in for `provider` today.
    pub fn provider_now<'a>(&'a self, provider: &'a ProviderId) -> &'a ProviderId {
        self.provider_at(provider, Timestamp::MAX)
    }

    /// The provider that stood in for `provider` at `at`.
    pub fn provider_at<'a>(&'a self, provider: &'a ProviderId, at: Timestamp) -> &'a ProviderId {
        let until_then = self.migrations.iter().filter(|moved| moved.at <= at);
        until_then.fold(provider, |then, moved| if *then == moved.from { &moved.to } else { then })
    }

    /// The offer by what was published until `at`. Before its first version, that one counts. All versions stay: what was bought
    /// under one is governed by it.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        let is_all = self.published.iter().skip(1).all(|(published_at, _)| *published_at <= at)
            && self.moves.values().flatten().all(|moved| moved.at <= at)
            && self.sale.iter().all(|sale| sale.at <= at)
            && self.migrations.iter().all(|moved| moved.at <= at);
        if is_all {
            return Cow::Borrowed(self);
        }
        let mut past = self.clone();
        let later = past.published.iter().skip(1).position(|(published_at, _)| at < *published_at);
        past.published.truncate(later.map_or(usize::MAX, |later| later + 1));
        past.current = past.published.last().map(|(_, hash)| *hash);
        past.moves.values_mut().for_each(|moves| moves.retain(|moved| moved.at <= at));
        past.sale.retain(|sale| sale.at <= at);
        past.withdrawn = past.sale.last().and_then(|sale| Some((sale.at, sale.ended?)));
        past.migrations.retain(|moved| moved.at <= at);
        Cow::Owned(past)
    }
}

impl Terms {
    /// The last day, as published.
    pub fn last_day(&self) -> Option<NaiveDate> {
        match self.runs_to {
            Limit::None => None,
            Limit::Some(day) => Some(day),
        }
    }
}
