//! Results: what came of a sitting, and what that changes.

use super::{Decision, Known, OnUnit};
use crate::event::{AttemptConcluded, CommandRepeated, ExamFailed, ExamMissed, ExamPassed, ExamVoided};
use crate::terms::{Forfeit, LateResult};
use crate::{
    Attempt, AttemptFate, ExamResult, Judge, Law, RecordResult, Refusal, RetakeVerdict, Rule, Stream,
    Timestamp,
};

/// What a report says of a sitting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported {
    pub(super) result: ExamResult,
    pub(super) sat_at: Timestamp,
    /// What was reported before.
    pub(super) before: Option<ExamResult>,
}

impl Known {
    pub(super) fn record_result(
        &self,
        c: &RecordResult,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let mut decision = Decision::default();
        let known = on.reported_before(c, at);
        if known.is_some_and(|attempt| attempt.result() == Some(c.result)) {
            on.put(&mut decision, at, CommandRepeated { what: "the result is on record already".to_owned() });
            return Ok(decision);
        }
        let open = on.awaiting(c.sat_at, at).filter(|_| known.is_none());
        let attempt = judge.found(&Law::LEDGER, Rule::ResultAwaited, open, |d| {
            d.fact("voucher", on.name()).remedy(on.why_no_result_is_awaited(c.result, at))
        })?;
        let sat_at = c.sat_at.unwrap_or(attempt.sit_at);
        let late =
            on.may_be_reported(attempt, Reported { result: c.result, sat_at, before: None }, at, judge)?;
        on.conclude(c.result, attempt, sat_at, at, &mut decision);
        if late {
            let text = if was_sat(c.result) {
                format!(
                    "the report came after the deadline, and is accepted: the exam was sat {sat_at}, in time"
                )
            } else {
                format!(
                    "the report came after the deadline, and is accepted: the sitting was registered for {}",
                    attempt.planned_at
                )
            };
            decision.warn(on.law().clause(Rule::ResultInTime), text);
        }
        Ok(decision)
    }
}

/// Whether somebody sat the exam, by this result.
fn was_sat(result: ExamResult) -> bool {
    matches!(result, ExamResult::Pass | ExamResult::Fail)
}

impl OnUnit<'_> {
    /// The attempt that a report is about, if that has a result already. A report names its sitting by its time; one that
    /// names none is about the open registration, unless that sitting is still ahead.
    fn reported_before(&self, c: &RecordResult, at: Timestamp) -> Option<&Attempt> {
        let mut with_result = self.unit.attempts.iter().rev().filter(|attempt| !attempt.reports.is_empty());
        match (c.sat_at, self.unit.open()) {
            (Some(sat_at), _) => with_result.find(|attempt| attempt.sit_at == sat_at),
            (None, Some(open)) if at < open.sit_at => {
                with_result.find(|attempt| attempt.result() == Some(c.result))
            }
            (None, Some(_)) => None,
            // It may be of a next sitting: whose registration is still on its way, as long as there may be a next one; or was
            // taken away, and was sat all the same.
            (None, None) => {
                let next_is_possible = self.standing.awaits_registration() || self.was_taken_away(at);
                with_result.next().filter(|_| !next_is_possible)
            }
        }
    }

    /// Whether the last registration was taken away by the ledger, and its sitting has begun by now.
    fn was_taken_away(&self, at: Timestamp) -> bool {
        self.unit.attempts.last().is_some_and(|last| {
            last.reports.is_empty()
                && last.planned_at <= at
                && last.cancelled.is_some_and(|cancelled| cancelled.by.is_none())
        })
    }

    /// The open registration that a report is about: that of this sitting, or the last one whose sitting has begun.
    fn awaiting(&self, sat_at: Option<Timestamp>, at: Timestamp) -> Option<&Attempt> {
        let open = || self.unit.attempts.iter().rev().filter(|attempt| attempt.is_open());
        let of_sitting = sat_at.and_then(|sat_at| open().find(|attempt| attempt.sit_at == sat_at));
        let begun =
            || open().find(|attempt| attempt.booked_at <= sat_at.unwrap_or(at) && attempt.sit_at <= at);
        of_sitting.or_else(begun).or_else(|| open().next())
    }

    /// Asks what every report of a sitting is asked, whichever way it comes; returns whether it came after the deadline.
    pub(super) fn may_be_reported(
        &self,
        attempt: &Attempt,
        reported: Reported,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<bool, Refusal> {
        let Reported { result, sat_at, before } = reported;
        let own = self.unit.asked_by(&attempt.candidate);
        let law = self.law().waiving(own.waived());
        judge.rule(&Law::LEDGER, Rule::SatInThePast, attempt.booked_at <= sat_at && sat_at <= at, |d| {
            d.fact("booked-at", attempt.booked_at).fact("sat-at", sat_at).fact("at", at).remedy(
                "give the time at which the exam was sat, behind its registration and not ahead of now",
            )
        })?;
        let end = self.right.sit_by(attempt);
        let ends_at = end.map(|end| end.at);
        // By what was published until it was sat: nothing that ended by then is extended, and nothing shortened later ended.
        let ground = self.known.published_until(sat_at);
        let then = ground.right_of(self.right);
        let ended = then.sit_by(attempt);
        let law = law.citing(ended.and_then(|end| then.date_clause(end)));
        let ended_at = ended.map(|end| end.at);
        let in_time = ended_at.is_none_or(|ended_at| sat_at < ended_at);
        judge.rule(&law, Rule::SatInTime, in_time, |d| {
            d.fact_or("ends-at", ended_at, "never").fact("sat-at", sat_at).remedy(self.more_time(
                if was_sat(result) {
                    "the exam was sat after its deadline"
                } else {
                    "the sitting lay behind its deadline"
                },
            ))
        })?;
        let late = ends_at.is_some_and(|ends_at| ends_at <= at);
        // What was reported in time, with whatever result, is no late result when it is corrected.
        let is_new = before.is_none();
        let accepted = self.terms.rulings.late_result == LateResult::AcceptIfSatInTime;
        judge.rule(&law, Rule::ResultInTime, !late || !is_new || accepted, |d| {
            d.fact_or("ends-at", ends_at, "never")
                .fact("at", at)
                .remedy("the offer takes no result after the deadline")
        })?;
        Ok(late)
    }

    fn conclude(
        &self,
        result: ExamResult,
        attempt: &Attempt,
        sat_at: Timestamp,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let (unit, booked_at) = (self.unit.no, self.unit.mark_of(attempt));
        let fate = self.right.becomes(result).map(|forfeit| match forfeit {
            Forfeit::Forfeit => AttemptFate::Forfeited,
            Forfeit::Return => AttemptFate::GivenBack,
            Forfeit::Fail => AttemptFate::Failed(self.verdict_of_fail(attempt, sat_at, at)),
        });
        match (result, fate) {
            (ExamResult::Fail, Some(AttemptFate::Failed(retake))) => {
                self.put(decision, sat_at, ExamFailed { unit, sat_at, retake, booked_at });
            }
            (ExamResult::Missed, Some(attempt)) => {
                self.put(decision, sat_at, ExamMissed { unit, sat_at, attempt, booked_at });
            }
            (_, Some(attempt)) => {
                self.put(decision, sat_at, ExamVoided { unit, sat_at, result, attempt, booked_at });
            }
            (_, None) => self.put(decision, sat_at, ExamPassed { unit, sat_at, booked_at }),
        }
        self.announce(at, decision);
        let concluded = AttemptConcluded {
            entitlement: self.entitlement.id,
            unit,
            sat_at,
            result,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), sat_at, concluded);
    }

    /// What a fail of the open registration earns.
    fn verdict_of_fail(&self, attempt: &Attempt, sat_at: Timestamp, at: Timestamp) -> RetakeVerdict {
        // The verdict of the fact is what is asked here; what collects the fact does not look at it.
        let (unit, booked_at) = (self.unit.no, self.unit.mark_of(attempt));
        let failed = ExamFailed { unit, sat_at, retake: RetakeVerdict::NoneLeft, booked_at };
        let mut asked = Decision::default();
        self.put(&mut asked, sat_at, failed);
        self.verdict(&asked, at)
    }
}
