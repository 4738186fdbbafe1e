//! Subscription orders of an agreement: later orders end with the first one that counts.

use chrono::NaiveDate;

use crate::event::OrderPlaced;
use crate::{EntitlementId, OrderLine, Timestamp};

/// An order line that began a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionOrder {
    /// The order line.
    pub order: OrderLine,
    /// When it was bought.
    pub bought_at: Timestamp,
    /// The last day of its subscription.
    pub last_day: NaiveDate,
    /// How many pieces of it were issued.
    pieces: usize,
    /// Those of them that were taken back.
    taken_back: Vec<TakenBack>,
}

/// A piece was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TakenBack {
    piece: EntitlementId,
    at: Timestamp,
    /// When it was given again, if it was.
    until: Option<Timestamp>,
}

impl SubscriptionOrder {
    /// Whether the order had not been taken back as a whole by then.
    fn stood(&self, at: Timestamp) -> bool {
        let is_gone = |taken: &&TakenBack| taken.at <= at && taken.until.is_none_or(|until| at < until);
        self.taken_back.iter().filter(is_gone).count() < self.pieces
    }

    /// Whether an order bought at that time, on that day, ends with this one.
    fn ties(&self, bought_at: Timestamp, bought_on: NaiveDate) -> bool {
        self.bought_at <= bought_at && bought_on <= self.last_day && self.stood(bought_at)
    }
}

/// The subscription orders of an agreement, the one that was bought first ahead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionOrders(Vec<SubscriptionOrder>);

impl SubscriptionOrders {
    /// The order that one bought at that time, on that day, ends with: the first that ran and had not been taken back.
    pub fn first(&self, bought_at: Timestamp, bought_on: NaiveDate) -> Option<&SubscriptionOrder> {
        self.0.iter().find(|order| order.ties(bought_at, bought_on))
    }

    /// Whether an order line began or continued a subscription.
    pub fn has(&self, order: &OrderLine) -> bool {
        self.0.iter().any(|known| known.order == *order)
    }

    /// Notes an order, or more pieces of one.
    pub(crate) fn place(&mut self, e: &OrderPlaced, bought_at: Timestamp) {
        let pieces = e.entitlements.len();
        if let Some(known) = self.named(&e.order) {
            known.pieces += pieces;
            return;
        }
        let Some(last_day) = e.subscription_last_day else { return };
        let (order, taken_back) = (e.order.clone(), Vec::new());
        let order = SubscriptionOrder { order, bought_at, last_day, pieces, taken_back };
        let place = self.0.partition_point(|before| before.bought_at <= bought_at);
        self.0.insert(place, order);
    }

    /// Notes that a piece of an order was taken back.
    pub(crate) fn take_back(&mut self, order: &OrderLine, piece: EntitlementId, at: Timestamp) {
        if let Some(known) = self.named(order) {
            known.taken_back.push(TakenBack { piece, at, until: None });
        }
    }

    /// Notes that a piece that was taken back was given again.
    pub(crate) fn give_back(&mut self, order: &OrderLine, piece: EntitlementId, at: Timestamp) {
        let Some(known) = self.named(order) else { return };
        let gone = known.taken_back.iter_mut().rev().find(|taken| taken.piece == piece);
        if let Some(gone) = gone.filter(|gone| gone.until.is_none()) {
            gone.until = Some(at);
        }
    }

    fn named(&mut self, order: &OrderLine) -> Option<&mut SubscriptionOrder> {
        self.0.iter_mut().find(|known| known.order == *order)
    }
}
