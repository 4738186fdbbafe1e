//! Corrected results: both facts stay, and what follows from the right one is put in order.

use super::{Decision, Known, OnUnit};
use crate::event::{
    AttemptCancelled, AttemptCorrected, CommandRepeated, ExamCancelled, ResultCorrected, RetakeWithdrawn,
};
use crate::terms::{Correction, Forfeit};
use crate::{
    Attempt, AttemptEnd, AttemptFate, CorrectResult, ExamResult, Judge, Refusal, RetakeVerdict, Rule, Stage,
    Stream, Timestamp,
};

impl Known {
    pub(super) fn correct_result(
        &self,
        c: &CorrectResult,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let found = on.unit.attempts.iter().enumerate().rev().find_map(|(index, attempt)| {
            Some((index, attempt, on_record(attempt)?)).filter(|_| attempt.number == c.attempt)
        });
        judge.rule(&on.law(), Rule::ResultKnown, found.is_some(), |d| {
            let known = on.unit.attempts.iter().filter(|a| on_record(a).is_some()).map(|a| a.number);
            d.fact("attempt", c.attempt)
                .fact("attempts-with-result", crate::terms::join(known))
                .remedy("name an attempt that has a result on record")
        })?;
        let (index, attempt, was) = found.expect("judged just above");
        let mut decision = Decision::default();
        if was == c.result {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "this result is on record already".to_owned() },
            );
            return Ok(decision);
        }
        let later = &on.unit.attempts[index + 1..];
        let used_since = later.iter().any(|a| a.end != AttemptEnd::GivenBack && a.sit_at <= at);
        if used_since {
            decision.warn(
                on.law().clause(Rule::ResultKnown),
                "a later attempt was sat: it stays used, and the correction changes this result alone",
            );
        }
        let becomes = if used_since || on.terms.rulings.correction == Correction::RecordOnly {
            None
        } else {
            on.put_in_order(attempt, was, c.result, at, &mut decision)
        };
        let granted = becomes == Some(AttemptFate::Failed(RetakeVerdict::Granted));
        let given_back = becomes == Some(AttemptFate::GivenBack);
        let corrected = ResultCorrected {
            unit: on.unit.no,
            attempt: c.attempt,
            was,
            now: c.result,
            becomes,
            flips: self.flips.clone(),
        };
        on.put(&mut decision, at, corrected);
        let own = AttemptCorrected {
            entitlement: on.entitlement.id,
            unit: on.unit.no,
            sat_at: attempt.sit_at,
            result: c.result,
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), at, own);
        if granted {
            on.grant(attempt, attempt.sit_at, at, &mut decision);
        }
        if given_back {
            on.warn_if_ended(at, &mut decision);
        }
        Ok(decision)
    }
}

/// The result that is on record for an attempt, whether or not it used the attempt up.
fn on_record(attempt: &Attempt) -> Option<ExamResult> {
    match attempt.end {
        AttemptEnd::Result { result, .. } => Some(result),
        AttemptEnd::GivenBack => attempt.gave_back,
        AttemptEnd::Open | AttemptEnd::Lost => None,
    }
}

impl OnUnit<'_> {
    /// Takes back what stood on the wrong result and nobody used, goodwill's attempt too, and says what becomes of the attempt by the right one,
    /// as if that had come first.
    fn put_in_order(
        &self,
        attempt: &Attempt,
        was: ExamResult,
        now: ExamResult,
        at: Timestamp,
        decision: &mut Decision,
    ) -> Option<AttemptFate> {
        let (was, now) = (self.right.becomes(was), self.right.becomes(now));
        if was == now {
            return None;
        }
        self.withdraw(was != Some(Forfeit::Return), at, decision);
        match now {
            Some(Forfeit::Return) => Some(AttemptFate::GivenBack),
            Some(Forfeit::Fail) => {
                Some(AttemptFate::Failed(self.explained(attempt, attempt.sit_at, at, decision)))
            }
            Some(Forfeit::Forfeit) | None => (was == Some(Forfeit::Return)).then_some(AttemptFate::Forfeited),
        }
    }

    /// Withdraws the unused attempt that the wrong result opened, and its registration if there is one.
    fn withdraw(&self, was_retake: bool, at: Timestamp, decision: &mut Decision) {
        let unit = self.unit.no;
        if let Some(open) = self.unit.open() {
            self.put(decision, at, ExamCancelled { unit, by: None, given_back: true });
            let cancelled = AttemptCancelled { entitlement: self.entitlement.id, unit, late: false };
            decision.put(Stream::Candidate(open.candidate.clone()), at, cancelled);
            decision.warn(
                self.law().clause(Rule::ResultKnown),
                "the next attempt was registered; cancel that sitting with the provider",
            );
        }
        if was_retake && matches!(self.unit.stage, Stage::Registered | Stage::Retake { .. }) {
            self.put(decision, at, RetakeWithdrawn { unit });
        }
    }
}
