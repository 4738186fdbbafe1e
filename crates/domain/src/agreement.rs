//! Licensing agreements: how long they run, who the buyer is, what was ordered under them.

use chrono::NaiveDate;

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
            }
            Event::OrderPlaced(e) => {
                let pieces = u32::try_from(e.entitlements.len()).unwrap_or(u32::MAX);
                *self.ordered.entry(e.offer.clone()).or_default() += pieces;
                self.subscriptions.place(e, happened_at);
            }
            Event::OrderRevoked(e) => self.subscriptions.take_back(&e.order, happened_at),
            _ => {}
        }
        self
    }
}
