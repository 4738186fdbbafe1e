//! Goodwill that waits for a second person.

use std::io;

use resit_api::PendingGoodwill;
use resit_domain::{Gift, ProposalView};

use super::Out;

impl Out {
    /// Proposals that wait, the one that expires first before the others.
    pub(crate) fn pending_goodwill(&mut self, pending: &[PendingGoodwill]) -> io::Result<()> {
        if self.is_json() {
            return self.json(&pending);
        }
        if pending.is_empty() {
            return writeln!(self.sink(), "no goodwill waits for a second person");
        }
        let rows = pending.iter().map(|pending| {
            let ProposalView { proposal, gift, reason, by, expires_at, .. } = &pending.proposal;
            let (voucher, number) = (pending.voucher.to_string(), proposal.to_string());
            [voucher, number, gift_words(gift), reason.clone(), by.to_string(), expires_at.to_string()]
        });
        self.table(["voucher", "proposal", "gift", "reason", "proposed by", "waits until"], rows)
    }

    /// What waits for a voucher that is shown.
    pub(crate) fn proposals(&mut self, voucher: &str, proposals: &[ProposalView]) -> io::Result<()> {
        for ProposalView { proposal, gift, reason, by, expires_at, .. } in proposals {
            let gift = gift_words(gift);
            writeln!(
                self.sink(),
                "proposal {proposal} for {voucher}: {gift}, for {reason}, by {by}; waits for a second person until {expires_at}"
            )?;
        }
        Ok(())
    }
}

fn gift_words(gift: &Gift) -> String {
    match gift {
        Gift::ExtraAttempt => "an extra attempt".to_owned(),
        Gift::LongerTerm { last_day } => format!("a longer term, to {last_day}"),
        Gift::Waiver { rule, candidate: None } => format!("a waiver of {rule}"),
        Gift::Waiver { rule, candidate: Some(candidate) } => format!("a waiver of {rule} for {candidate}"),
    }
}
