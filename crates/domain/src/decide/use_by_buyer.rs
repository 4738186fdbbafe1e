//! Who may put vouchers to use: facts that the buyer must have then, and that an order is warned of.

use super::{Decision, Known, OnUnit};
use crate::event::OrderSaid;
use crate::terms::{Terms, join};
use crate::{BuyerFact, Issue, Judge, Refusal, Rule};

impl Known {
    /// The facts that the buyer lacks, of those that a use of the vouchers asks for.
    fn lacks<'a>(&self, terms: &'a Terms, said: &[BuyerFact]) -> Vec<&'a BuyerFact> {
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        let has = |fact: &BuyerFact| said.contains(fact) || open.is_some_and(|a| a.buyer.contains(fact));
        terms.sale.buyer_at_use.iter().filter(|fact| !has(fact)).collect()
    }

    /// Warns a buyer who may buy the vouchers and not use them yet.
    pub(super) fn warn_of_use(&self, c: &Issue, terms: &Terms, decision: &mut Decision) {
        let missing = self.lacks(terms, &c.buyer);
        if !missing.is_empty() {
            let text = format!("no voucher can be used until the buyer is: {}", join(missing));
            decision.warn(terms.law().clause(Rule::BuyerAtUse), text);
        }
    }
}

impl OnUnit<'_> {
    /// Asks that the buyer has the facts that a use of the voucher asks for.
    pub(super) fn buyer_at_use(&self, judge: &mut Judge) -> Result<(), Refusal> {
        let said = self.issued.said.as_ref().map_or(&[][..], |said: &OrderSaid| &said.buyer);
        let missing = self.known.lacks(self.terms, said);
        judge.rule(&self.law(), Rule::BuyerAtUse, missing.is_empty(), |d| {
            d.fact("asked", join(&self.terms.sale.buyer_at_use))
                .fact("missing", join(&missing))
                .remedy(format!("amend the agreement when the buyer has become: {}", join(&missing)))
        })
    }
}
