//! Licensing agreements.

use super::{Decision, Known};
use crate::event::{AgreementAmended, AgreementOpened};
use crate::{AmendAgreement, Judge, Law, OpenAgreement, Refusal, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn open_agreement(
        &self,
        c: &OpenAgreement,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        judge.rule(&Law::LEDGER, Rule::NewVersion, open.is_none(), |d| {
            d.fact("agreement", &c.agreement).remedy("the agreement is open; amend it instead")
        })?;
        judge.rule(&Law::LEDGER, Rule::DatesInOrder, c.first_day <= c.last_day, |d| {
            d.fact("first-day", c.first_day)
                .fact("last-day", c.last_day)
                .remedy("name a last day that is not before the first")
        })?;
        let mut decision = Decision::default();
        let opened = AgreementOpened {
            programme: c.programme.clone(),
            first_day: c.first_day,
            last_day: c.last_day,
            buyer: c.buyer.clone(),
            branches: c.branches.clone(),
            administrator: c.administrator.clone(),
            contact: c.contact.clone(),
        };
        decision.put(Stream::Agreement(c.agreement.clone()), at, opened);
        Ok(decision)
    }

    pub(super) fn amend_agreement(
        &self,
        c: &AmendAgreement,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        let open = judge.found(&Law::LEDGER, Rule::KnownAgreement, open, |d| {
            d.fact("agreement", &c.agreement).remedy("open the agreement first")
        })?;
        let last_day = c.last_day.unwrap_or(open.last_day);
        judge.rule(&Law::LEDGER, Rule::DatesInOrder, open.first_day <= last_day, |d| {
            d.fact("first-day", open.first_day)
                .fact("last-day", last_day)
                .remedy("name a last day that is not before the first")
        })?;
        let amended = AgreementAmended {
            last_day,
            buyer: c.buyer.clone().unwrap_or_else(|| open.buyer.clone()),
            branches: c.branches.clone().unwrap_or_else(|| open.branches.clone()),
            administrator: c.administrator.clone().or_else(|| open.administrator.clone()),
            contact: c.contact.clone().or_else(|| open.contact.clone()),
        };
        let mut decision = Decision::default();
        decision.put(Stream::Agreement(c.agreement.clone()), at, amended);
        Ok(decision)
    }
}
