//! Licensing agreements: how long they run, who the buyer is, what was ordered under them.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::history::History;
use crate::offer::Moved;
use crate::{BranchId, BuyerFact, Contact, Event, OfferId, ProgrammeId, SubscriptionOrders, Timestamp};

/// What is known of an agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Its dates and parties; none before it is opened.
    pub open: Option<Open>,
    /// The orders that began a subscription.
    pub subscriptions: SubscriptionOrders,
    /// How many units of each offer were ordered.
    pub ordered: std::collections::BTreeMap<OfferId, u32>,
    /// The parties, each from the time at which they were recorded.
    parties: History<Parties>,
}

/// The buyer's side of an agreement.
#[derive(Debug, Clone, PartialEq)]
struct Parties {
    buyer: Vec<BuyerFact>,
    branches: Vec<BranchId>,
}

/// An open agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its licensing programme.
    pub programme: ProgrammeId,
    /// Its first day.
    pub first_day: NaiveDate,
    /// Its last day today.
    pub last_day: NaiveDate,
    /// Its last day when it was opened.
    pub first_last_day: NaiveDate,
    /// Moves of its last day, oldest first.
    pub moves: Vec<Moved>,
    /// Facts about the buyer.
    pub buyer: Vec<BuyerFact>,
    /// Its branches.
    pub branches: Vec<BranchId>,
    /// Branches that left it, and when, oldest first.
    pub departures: Vec<(BranchId, Timestamp)>,
    /// Who gets the codes that are ordered under it.
    pub administrator: Option<Contact>,
    /// Who gets the lists of codes, beside the contact of an order.
    pub contact: Option<Contact>,
    /// When it was put on record.
    pub recorded_at: Timestamp,
}

impl Agreement {
    /// Whether a branch left the agreement after `since`, and by `at`.
    pub fn left_between(&self, branch: &BranchId, since: Timestamp, at: Timestamp) -> bool {
        let departures = self.open.as_ref().map_or(&[][..], |open| &open.departures);
        departures.iter().any(|(left, left_at)| left == branch && since <= *left_at && *left_at <= at)
    }

    /// Takes a fact in that happened and was recorded at these times.
    #[must_use]
    pub fn evolve(mut self, event: &Event, happened_at: Timestamp, recorded_at: Timestamp) -> Self {
        match event {
            Event::AgreementOpened(e) => {
                self.open = Some(Open {
                    programme: e.programme.clone(),
                    first_day: e.first_day,
                    last_day: e.last_day,
                    first_last_day: e.last_day,
                    moves: Vec::new(),
                    buyer: e.buyer.clone(),
                    branches: e.branches.clone(),
                    departures: Vec::new(),
                    administrator: e.administrator.clone(),
                    contact: e.contact.clone(),
                    recorded_at,
                });
                self.parties = History::default();
                self.meet(&e.buyer, &e.branches, recorded_at);
            }
            Event::AgreementAmended(e) => {
                if let Some(open) = &mut self.open {
                    if open.last_day != e.last_day {
                        open.moves.push(Moved { at: recorded_at, last_day: e.last_day });
                    }
                    open.last_day = e.last_day;
                    open.buyer.clone_from(&e.buyer);
                    let leave = open.branches.iter().filter(|branch| !e.branches.contains(branch)).cloned();
                    open.departures.extend(leave.map(|branch| (branch, recorded_at)));
                    open.branches.clone_from(&e.branches);
                    open.administrator.clone_from(&e.administrator);
                    open.contact.clone_from(&e.contact);
                }
                self.meet(&e.buyer, &e.branches, recorded_at);
            }
            Event::OrderPlaced(e) => {
                let pieces = u32::try_from(e.entitlements.len()).unwrap_or(u32::MAX);
                *self.ordered.entry(e.offer.clone()).or_default() += pieces;
                self.subscriptions.place(e, happened_at);
            }
            Event::OrderRevoked(e) => self.subscriptions.take_back(&e.order, e.entitlement, happened_at),
            Event::OrderReinstated(e) => self.subscriptions.give_back(&e.order, e.entitlement, happened_at),
            _ => {}
        }
        self
    }

    /// Takes the buyer's side in, as it is from then on.
    fn meet(&mut self, buyer: &[BuyerFact], branches: &[BranchId], since: Timestamp) {
        self.parties.add(since, Parties { buyer: buyer.to_vec(), branches: branches.to_vec() });
    }

    /// The agreement as it was at `at`; before it was opened, as it was opened. Which subscription an order is tied to is asked of
    /// [`SubscriptionOrders::first`] by the order's own time.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        let moves = self.open.as_ref().map_or(&[][..], |open| &open.moves);
        let is_all = !self.parties.changed_after(at) && moves.iter().all(|moved| moved.at <= at);
        if is_all {
            return Cow::Borrowed(self);
        }
        let mut past = self.clone();
        past.parties.cut(at);
        if let Some(open) = &mut past.open {
            open.moves.retain(|moved| moved.at <= at);
            open.departures.retain(|(_, left_at)| *left_at <= at);
            open.last_day = open.moves.last().map_or(open.first_last_day, |moved| moved.last_day);
            if let Some(parties) = past.parties.at(at) {
                open.buyer.clone_from(&parties.buyer);
                open.branches.clone_from(&parties.branches);
            }
        }
        Cow::Owned(past)
    }
}
