//! Corrected results: both facts stay, and what follows is derived from the right one.

use super::result::Reported;
use super::{Decision, Known, OnUnit};
use crate::event::{AttemptCancelled, AttemptCorrected, CommandRepeated, ExamCancelled, ResultCorrected};
use crate::{AttemptFate, CorrectResult, ExamResult, Fate, Judge, Refusal, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn correct_result(
        &self,
        c: &CorrectResult,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let attempts = &on.unit.attempts;
        let meant = on.unit.attempt_to_correct(c.attempt, c.sat_at);
        let index = judge.found(&on.law(), Rule::ResultKnown, meant, |d| {
            let known = (0..attempts.len())
                .filter(|&n| on.unit.attempt_to_correct(attempts[n].number, None) == Some(n));
            d.fact("attempt", c.attempt)
                .fact("attempts-with-result", crate::terms::join(known.map(|n| attempts[n].number)))
                .remedy(on.result_first(at))
        })?;
        let attempt = &attempts[index];
        let (was, sat_at) = (attempt.result(), c.sat_at.unwrap_or(attempt.sit_at));
        let mut decision = Decision::default();
        if was == Some(c.result) && sat_at == attempt.sit_at {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "this result is on record already".to_owned() },
            );
            return Ok(decision);
        }
        on.may_be_reported(attempt, Reported { result: c.result, sat_at, before: was }, at, judge)?;
        let corrected = ResultCorrected {
            unit: on.unit.no,
            attempt: c.attempt,
            was: was.unwrap_or(ExamResult::Missed),
            now: c.result,
            sat_at: (sat_at != attempt.sit_at || was.is_none()).then_some(sat_at),
            becomes: None,
            flips: self.flips.clone(),
            // The number alone means another one.
            booked_at: (on.unit.attempt_to_correct(c.attempt, None) != Some(index))
                .then_some(attempt.booked_at),
        };
        let mut asked = Decision::default();
        on.put(&mut asked, at, corrected.clone());
        let fate = on.after(&asked, at, |right, _| right.unit.attempts.get(index).map(|a| right.fate(a)));
        let becomes = match fate.filter(|fate| *fate != on.right.fate(attempt)) {
            Some(Fate::GivenBack) => Some(AttemptFate::GivenBack),
            Some(Fate::Failed) => Some(AttemptFate::Failed(on.verdict(&asked, at))),
            Some(Fate::Lost) => Some(AttemptFate::Forfeited),
            Some(Fate::Passed | Fate::Open) | None => None,
        };
        on.put(&mut decision, at, ResultCorrected { becomes, ..corrected });
        on.withdraw(&asked, at, &mut decision);
        let own = AttemptCorrected {
            entitlement: on.entitlement.id,
            unit: on.unit.no,
            sat_at,
            result: c.result,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), at, own);
        on.announce(at, &mut decision);
        let later = &attempts[index + 1..];
        let was_used_since = later.iter().any(|a| on.right.fate(a) != Fate::GivenBack && a.sit_at <= at);
        if was_used_since {
            decision.warn(
                on.law().clause(Rule::ResultKnown),
                "a later attempt was sat: it stays used, whatever this one was",
            );
        }
        self.warn_of_consequences(at, &on.law().clause(Rule::ResultKnown), &mut decision);
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// Cancels a registration that lies ahead, if what came before it does not permit it any more by these facts.
    fn withdraw(&self, asked: &Decision, at: Timestamp, decision: &mut Decision) {
        let Some(open) = self.unit.open().filter(|open| at < open.sit_at) else { return };
        if self.after(asked, at, |right, _| right.permits_open()) {
            return;
        }
        let unit = self.unit.no;
        self.put(
            decision,
            at,
            ExamCancelled { unit, by: None, given_back: true, booked_at: self.unit.mark_of(open) },
        );
        let cancelled = AttemptCancelled {
            entitlement: self.entitlement.id,
            unit,
            late: false,
            booked_at: Some(open.booked_at),
        };
        decision.put(Stream::Candidate(open.candidate.clone()), at, cancelled);
        decision.warn(
            self.law().clause(Rule::ResultKnown),
            "the next attempt was registered; cancel that sitting with the provider",
        );
    }
}
