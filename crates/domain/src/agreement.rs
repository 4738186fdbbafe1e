//! Licensing agreements: how long they run, who the buyer is, what was ordered under them.

use chrono::NaiveDate;

use crate::offer::Moved;
use crate::{BranchId, BuyerFact, Event, OfferId, ProgrammeId, Timestamp};

/// What is known of an agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Its dates and parties; none before it is opened.
    pub open: Option<Open>,
    /// The last day of the subscription order that runs, to which later orders are tied.
    pub first_order_last_day: Option<NaiveDate>,
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
    /// When it was put on record.
    pub recorded_at: Timestamp,
}

impl Agreement {
    /// Takes a fact in.
    #[must_use]
    pub fn evolve(mut self, event: &Event, recorded_at: Timestamp) -> Self {
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
                    open.branches.clone_from(&e.branches);
                }
            }
            Event::OrderPlaced(e) => {
                let pieces = u32::try_from(e.entitlements.len()).unwrap_or(u32::MAX);
                *self.ordered.entry(e.offer.clone()).or_default() += pieces;
                self.first_order_last_day = e.subscription_last_day.or(self.first_order_last_day);
            }
            _ => {}
        }
        self
    }
}
