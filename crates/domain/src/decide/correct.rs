//! Corrected results: both facts stay, and what follows from the right one is put in order.

use super::{Decision, Known};
use crate::event::{
    AttemptCancelled, AttemptCorrected, CommandRepeated, ExamCancelled, ResultCorrected, RetakeWithdrawn,
};
use crate::terms::Correction;
use crate::{AttemptEnd, CorrectResult, Judge, Refusal, RetakeVerdict, Rule, Stage, Stream, Timestamp};

impl Known {
    pub(super) fn correct_result(
        &self,
        c: &CorrectResult,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let concluded = |end: AttemptEnd| match end {
            AttemptEnd::Result { result, .. } => Some(result),
            _ => None,
        };
        let found = on
            .unit
            .attempts
            .iter()
            .rev()
            .find_map(|a| Some((a, concluded(a.end)?)).filter(|(a, _)| a.number == c.attempt));
        judge.rule(&on.law(), Rule::ResultKnown, found.is_some(), |d| {
            let known = on.unit.attempts.iter().filter(|a| concluded(a.end).is_some()).map(|a| a.number);
            d.fact("attempt", c.attempt)
                .fact("attempts-with-result", crate::terms::join(known))
                .remedy("name an attempt that has a result on record")
        })?;
        let (attempt, was) = found.expect("judged just above");
        let mut decision = Decision::default();
        if was == c.result {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "this result is on record already".to_owned() },
            );
            return Ok(decision);
        }
        let unit = on.unit.no;
        let corrected =
            ResultCorrected { unit, attempt: c.attempt, was, now: c.result, flips: self.flips.clone() };
        on.put(&mut decision, at, corrected);
        let own = AttemptCorrected {
            entitlement: on.entitlement.id,
            unit,
            sat_at: attempt.sit_at,
            result: c.result,
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), at, own);

        let latest = on
            .unit
            .attempts
            .iter()
            .rev()
            .find(|a| !matches!(a.end, AttemptEnd::Open | AttemptEnd::GivenBack));
        if on.terms.rulings.correction == Correction::RecordOnly
            || latest.is_none_or(|latest| latest.number != c.attempt)
        {
            return Ok(decision);
        }
        match (on.right.counts_as_fail(was), on.right.counts_as_fail(c.result), &on.unit.stage) {
            (true, false, Stage::Retake { .. }) => on.put(&mut decision, at, RetakeWithdrawn { unit }),
            (true, false, Stage::Registered) => {
                on.put(&mut decision, at, ExamCancelled { unit, by: None, given_back: true });
                on.put(&mut decision, at, RetakeWithdrawn { unit });
                let candidate = on.unit.open().map_or(&attempt.candidate, |open| &open.candidate);
                let cancelled = AttemptCancelled { entitlement: on.entitlement.id, unit, late: false };
                decision.put(Stream::Candidate(candidate.clone()), at, cancelled);
                decision.warn(
                    on.law().clause(Rule::ResultKnown),
                    "the retake was registered; cancel that sitting with the provider",
                );
            }
            (false, true, Stage::Used) => match on.right.verdict(attempt.number, attempt.sit_at, at) {
                RetakeVerdict::Granted => on.grant(attempt, attempt.sit_at, at, &mut decision),
                RetakeVerdict::NoTime { ended_at, clause } => {
                    decision.warn(clause, format!("no retake: it would have had to end before {ended_at}"))
                }
                RetakeVerdict::NotPaid => decision
                    .warn(on.law().clause(Rule::RetakeOnlyIfPaid), "no retake: only a paid exam earns one"),
                RetakeVerdict::NoneLeft | RetakeVerdict::Revoked => {}
            },
            _ => {}
        }
        Ok(decision)
    }
}
