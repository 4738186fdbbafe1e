//! Lost codes: a new one with the same rights, dates and lineage; the old one is dead at once.

use super::{Decision, Known};
use crate::event::{CodeMinted, CodeReplaced};
use crate::terms::Reissue;
use crate::{Judge, Refusal, Rule, Stage, Stream, Timestamp};

impl Known {
    pub(super) fn replace_code(&self, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let ended = on.right.ended(at);
        let is_used = matches!(on.standing.stage, Stage::Used);
        let alive = ended.is_none() && !is_used;
        judge.rule(&on.law(), Rule::ReissueAllowed, alive && on.terms.rulings.reissue == Reissue::SameRights, |d| {
            d.fact_or("ended-at", ended.map(|end| end.at), "not ended")
                .fact("used", is_used)
                .fact("offer-replaces", on.terms.rulings.reissue == Reissue::SameRights)
                .remedy("only a voucher with something left to use gets a new code, where the offer replaces lost ones")
        })?;
        let new = *self.minted.first().expect("a code is minted for this command");
        let mut decision = Decision::default();
        on.put(&mut decision, at, CodeReplaced { unit: on.unit.no, old: on.unit.code, new });
        decision.put(Stream::Code(new), at, CodeMinted { entitlement: on.entitlement.id, unit: on.unit.no });
        Ok(decision)
    }
}
