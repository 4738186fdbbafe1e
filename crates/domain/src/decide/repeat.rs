//! An order line that comes again: it must say the same. What is issued stays; what is missing may follow.

use super::{Decision, Known};
use crate::event::{CommandRepeated, OrderSaid};
use crate::{Issue, Issued, Judge, Law, Refusal, Rule, Stream, Timestamp};

/// What an order says beside what it buys.
pub(super) fn said(c: &Issue) -> OrderSaid {
    OrderSaid {
        holder: c.holder.clone(),
        region: c.region.clone(),
        buyer: c.buyer.clone(),
        combined_with: c.combined_with.clone(),
        exam: c.exam.clone(),
        contact: c.contact.clone(),
    }
}

/// Whether an order says what its line was issued with.
pub(super) fn says_the_same(was: &Issued, c: &Issue) -> bool {
    differing(was, c).is_empty()
}

/// The fields in which an order differs from what its line was issued with. What was not recorded does not differ.
fn differing(was: &Issued, c: &Issue) -> Vec<&'static str> {
    let now = said(c);
    let mut fields = vec![
        ("offer", was.offer == c.offer),
        ("quantity", was.pieces == c.quantity),
        ("purchased-at", c.purchased_at.is_none_or(|bought_at| bought_at == was.purchased_at)),
        ("paid", was.paid == c.paid),
        ("agreement", was.agreement == c.agreement),
        ("channel", was.channel == c.channel),
        ("tier", was.tier == c.tier),
        // An order that leaves these out means what was settled the first time.
        ("mode", c.mode.is_none_or(|mode| Some(mode) == was.mode)),
        ("valid-until", c.valid_until == was.valid_until),
    ];
    if let Some(was) = &was.said {
        fields.extend([
            ("holder", was.holder == now.holder),
            ("region", was.region == now.region),
            ("buyer", was.buyer == now.buyer),
            ("combined-with", was.combined_with == now.combined_with),
            ("exam", was.exam == now.exam),
            ("contact", was.contact == now.contact),
        ]);
    }
    fields.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}

/// Asks that it does.
pub(super) fn order_unchanged(was: &Issued, c: &Issue, judge: &mut Judge) -> Result<(), Refusal> {
    let differing = differing(was, c);
    judge.rule(&Law::LEDGER, Rule::OrderUnchanged, differing.is_empty(), |d| {
        d.fact("offer", &was.offer)
            .fact("quantity", was.pieces)
            .fact("purchased-at", was.purchased_at)
            .fact("paid", was.paid)
            .fact_or("agreement", was.agreement.as_ref(), "none")
            .fact("differs", crate::terms::join(&differing))
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
