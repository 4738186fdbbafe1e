//! Refunds, chargebacks: what nobody used is taken back; what was used stays used.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::{Anchor, Moment, Resolution};
use crate::event::{AttemptCancelled, CommandRepeated, ExamCancelled, RetakeWithdrawn, Revoked};
use crate::{Judge, Refusal, Revoke, RevokeReason, Right, Rule, Stage, Stream, Timestamp, Unit, UnitNo};

impl Known {
    pub(super) fn revoke(&self, c: &Revoke, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let mut decision = Decision::default();
        if on
            .entitlement
            .units
            .iter()
            .all(|unit| matches!(unit.stage, Stage::Revoked(_) | Stage::Used | Stage::Active { .. }))
        {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "nothing unused is left to take back".to_owned() },
            );
            return Ok(decision);
        }
        let until = on.refundable_until();
        let refundable = c.reason != RevokeReason::Refund
            || until.is_some_and(|until| until.at().is_none_or(|until| at < until));
        judge.rule(&on.law(), Rule::Refundable, refundable, |d| {
            let until = until.map(|u| u.at().map_or_else(|| "always".to_owned(), |t| t.to_string()));
            d.fact_or("refundable-until", until, "never")
                .fact("at", at)
                .remedy("the purchase can't be refunded any more; what is unused can still be used in time")
        })?;
        let mut units: Vec<UnitNo> = Vec::new();
        for unit in &on.entitlement.units {
            let right = Right { unit, ..on.right };
            if right.ended(at).is_some() {
                continue;
            }
            match &unit.stage {
                Stage::Registered if unit.open().is_some_and(|open| at < open.sit_at) => {
                    on.cancel_open(unit, at, &mut decision);
                    if unit.open().is_some_and(|open| open.number > 1) {
                        on.put(&mut decision, at, RetakeWithdrawn { unit: unit.no });
                    } else {
                        units.push(unit.no);
                    }
                }
                Stage::Retake { .. } => on.put(&mut decision, at, RetakeWithdrawn { unit: unit.no }),
                Stage::Unused => units.push(unit.no),
                _ => {}
            }
        }
        let left = on.entitlement.units.len() - units.len();
        if !units.is_empty() {
            on.put(&mut decision, at, Revoked { units, reason: c.reason });
        }
        if decision.events.is_empty() {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "nothing unused is left to take back".to_owned() },
            );
        }
        if left > 0 {
            decision.warn(
                on.law().clause(Rule::Refundable),
                format!("{left} of {} were used, or have ended, and stay so", on.entitlement.units.len()),
            );
        }
        Ok(decision)
    }
}

impl OnUnit<'_> {
    fn refundable_until(&self) -> Option<Resolution> {
        let expr = self.terms.rulings.refund.value()?;
        let agreement = self.right.agreement.and_then(|a| a.open.as_ref());
        let anchors = |anchor| match anchor {
            Anchor::Purchase => Some(Moment::Instant(self.issued.purchased_at)),
            Anchor::Issue => Some(Moment::Instant(self.issued.issued_at)),
            Anchor::Assignment => self.holder().assigned_at().map(Moment::Instant),
            Anchor::OfferStart => self.terms.runs_from.value().copied().map(Moment::Day),
            Anchor::OfferEnd => self.terms.last_day().map(Moment::Day),
            Anchor::AgreementStart => agreement.map(|a| Moment::Day(a.first_day)),
            Anchor::AgreementEnd => agreement.map(|a| Moment::Day(a.last_day)),
            _ => None,
        };
        Some(expr.ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day, self.right.calendar))
    }

    fn cancel_open(&self, unit: &Unit, at: Timestamp, decision: &mut Decision) {
        let Some(open) = unit.open() else { return };
        self.put(decision, at, ExamCancelled { unit: unit.no, by: None, given_back: true });
        let cancelled = AttemptCancelled { entitlement: self.entitlement.id, unit: unit.no, late: false };
        decision.put(Stream::Candidate(open.candidate.clone()), at, cancelled);
    }
}
