//! An order line that comes again: it must say the same. What is issued stays; what is missing may follow.

use super::{Decision, Known};
use crate::event::CommandRepeated;
use crate::{Issue, Issued, Judge, Law, Refusal, Rule, Stream, Timestamp};

/// Whether an order says what its line was issued with.
pub(super) fn says_the_same(was: &Issued, c: &Issue) -> bool {
    was.offer == c.offer
        && was.pieces == c.quantity
        && c.purchased_at.is_none_or(|bought_at| bought_at == was.purchased_at)
        && was.paid == c.paid
        && was.agreement == c.agreement
}

/// Asks that it does.
pub(super) fn order_unchanged(was: &Issued, c: &Issue, judge: &mut Judge) -> Result<(), Refusal> {
    judge.rule(&Law::LEDGER, Rule::OrderUnchanged, says_the_same(was, c), |d| {
        d.fact("offer", &was.offer)
            .fact("quantity", was.pieces)
            .fact("purchased-at", was.purchased_at)
            .fact("paid", was.paid)
            .fact_or("agreement", was.agreement.as_ref(), "none")
            .remedy("this order line was issued with these facts; send a new line for something else")
    })
}

impl Known {
    /// An order of what is issued already: it changes nothing.
    pub(super) fn repeated(
        &self,
        was: &Issued,
        c: &Issue,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        order_unchanged(was, c, judge)?;
        let mut decision = Decision::default();
        if let Some(&first) = self.pieces.first() {
            let what = "the order line was issued before".to_owned();
            decision.put(Stream::Entitlement(first), at, CommandRepeated { what });
        }
        Ok(decision)
    }

    /// Asks that the line has the pieces, and that none is issued ahead of its first: that one says what it was issued with.
    pub(super) fn pieces_of_order(&self, c: &Issue, judge: &mut Judge) -> Result<(), Refusal> {
        let Some(asked) = c.pieces else { return Ok(()) };
        let first_is_there = self.entitlement.as_deref().is_some_and(|e| e.issued.is_some());
        let inside = 1 <= asked.first && asked.first <= asked.last && asked.last <= c.quantity;
        judge.rule(&Law::LEDGER, Rule::PiecesOfOrder, inside && (asked.first == 1 || first_is_there), |d| {
            d.fact("first", asked.first)
                .fact("last", asked.last)
                .fact("quantity", c.quantity)
                .fact("begun", if first_is_there { "yes" } else { "no" })
                .remedy("begin with piece 1, and end with no more than the quantity; or leave `pieces` out for all")
        })
    }
}
