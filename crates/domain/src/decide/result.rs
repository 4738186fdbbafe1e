//! Results: what came of a sitting, and what that changes.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::Resolution;
use crate::entitlement::Suppose;
use crate::event::{
    AttemptConcluded, CommandRepeated, ExamFailed, ExamMissed, ExamPassed, ExamVoided, RetakeGranted,
};
use crate::terms::{Forfeit, LateResult};
use crate::{
    Attempt, AttemptEnd, AttemptFate, Entitlement, ExamResult, Judge, Law, RecordResult, Refusal,
    RetakeVerdict, Right, Rule, Stage, Stream, Timestamp,
};

impl Known {
    pub(super) fn record_result(
        &self,
        c: &RecordResult,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let mut decision = Decision::default();
        if on.has_result(c) {
            on.put(&mut decision, at, CommandRepeated { what: "the result is on record already".to_owned() });
            return Ok(decision);
        }
        judge.rule(&Law::LEDGER, Rule::ResultAwaited, on.unit.open().is_some(), |d| {
            d.fact("voucher", on.name()).remedy(if on.result_on_record() == Some(c.result) {
                "register the next sitting first; of one whose result is on record, say when it was sat"
            } else {
                "register the sitting first; a result on record is changed by correcting it"
            })
        })?;
        let attempt = on.unit.open().expect("judged just above");
        let sat_at = c.sat_at.unwrap_or(attempt.sit_at);
        judge.rule(&Law::LEDGER, Rule::SatInThePast, attempt.booked_at <= sat_at && sat_at <= at, |d| {
            d.fact("booked-at", attempt.booked_at).fact("sat-at", sat_at).fact("at", at).remedy(
                "give the time at which the exam was sat, behind its registration and not ahead of now",
            )
        })?;
        let rule = if attempt.number == 1 { Rule::SitBy } else { Rule::RetakeSitBy };
        let ends_at = match on.right.deadline(rule, Suppose::default()) {
            Resolution::At(ends_at) => Some(ends_at),
            _ => None,
        };
        let was_sat = matches!(c.result, ExamResult::Pass | ExamResult::Fail);
        judge.rule(
            &on.law(),
            Rule::SatInTime,
            !was_sat || ends_at.is_none_or(|ends_at| sat_at < ends_at),
            |d| {
                d.fact_or("ends-at", ends_at, "never").fact("sat-at", sat_at).remedy(
                    "the exam was sat after its deadline; only goodwill can give the voucher more time",
                )
            },
        )?;
        let late = ends_at.is_some_and(|ends_at| ends_at <= at);
        judge.rule(
            &on.law(),
            Rule::ResultInTime,
            !late || on.terms.rulings.late_result == LateResult::AcceptIfSatInTime,
            |d| {
                d.fact_or("ends-at", ends_at, "never")
                    .fact("at", at)
                    .remedy("the offer takes no result after the deadline")
            },
        )?;
        on.conclude(c.result, attempt, sat_at, at, &mut decision);
        if late {
            let what = if was_sat { "the exam was sat" } else { "the sitting was registered for" };
            let text =
                format!("the report came after the deadline, and is accepted: {what} {sat_at}, in time");
            decision.warn(on.law().clause(Rule::ResultInTime), text);
        }
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// Whether this very result is on record. Without the time of its sitting it may be that of the next one, whose
    /// registration is still on its way, as long as there may be a next one.
    fn has_result(&self, c: &RecordResult) -> bool {
        let last_sit_at = self.unit.attempts.last().map(|attempt| attempt.sit_at);
        let may_be_sat_again = matches!(self.unit.stage, Stage::Unused | Stage::Retake { .. });
        let same_sitting = if c.sat_at.is_some() { c.sat_at == last_sit_at } else { !may_be_sat_again };
        same_sitting && self.result_on_record() == Some(c.result)
    }

    /// The result of the last registration.
    fn result_on_record(&self) -> Option<ExamResult> {
        let attempt = self.unit.attempts.last()?;
        match attempt.end {
            AttemptEnd::Result { result, .. } => Some(result),
            AttemptEnd::GivenBack => attempt.gave_back,
            AttemptEnd::Open | AttemptEnd::Lost => None,
        }
    }

    fn conclude(
        &self,
        result: ExamResult,
        attempt: &Attempt,
        sat_at: Timestamp,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let unit = self.unit.no;
        let fate = self.right.becomes(result).map(|forfeit| match forfeit {
            Forfeit::Forfeit => AttemptFate::Forfeited,
            Forfeit::Return => AttemptFate::GivenBack,
            Forfeit::Fail => AttemptFate::Failed(self.explained(attempt, sat_at, at, decision)),
        });
        let granted = fate == Some(AttemptFate::Failed(RetakeVerdict::Granted));
        let given_back = fate == Some(AttemptFate::GivenBack);
        match (result, fate) {
            (ExamResult::Fail, Some(AttemptFate::Failed(retake))) => {
                self.put(decision, sat_at, ExamFailed { unit, sat_at, retake });
            }
            (ExamResult::Missed, Some(attempt)) => {
                self.put(decision, sat_at, ExamMissed { unit, sat_at, attempt });
            }
            (_, Some(attempt)) => self.put(decision, sat_at, ExamVoided { unit, sat_at, result, attempt }),
            (_, None) => self.put(decision, sat_at, ExamPassed { unit, sat_at }),
        }
        if granted {
            self.grant(attempt, sat_at, at, decision);
        }
        if given_back {
            self.warn_if_ended(at, decision);
        }
        let concluded = AttemptConcluded { entitlement: self.entitlement.id, unit, sat_at, result };
        decision.put(Stream::Candidate(attempt.candidate.clone()), sat_at, concluded);
    }

    /// What a fail earns; a retake that is not granted is explained.
    pub(super) fn explained(
        &self,
        attempt: &Attempt,
        sat_at: Timestamp,
        at: Timestamp,
        decision: &mut Decision,
    ) -> RetakeVerdict {
        let verdict = self.right.verdict(attempt.number, sat_at, at);
        match &verdict {
            RetakeVerdict::NoTime { ended_at, clause } => {
                decision
                    .warn(clause.clone(), format!("no retake: it would have had to end before {ended_at}"));
            }
            RetakeVerdict::NotPaid => decision
                .warn(self.law().clause(Rule::RetakeOnlyIfPaid), "no retake: only a paid exam earns one"),
            RetakeVerdict::Revoked => decision
                .warn(self.law().clause(Rule::NotRevoked), "no retake: what was unused was taken back"),
            RetakeVerdict::Granted | RetakeVerdict::NoneLeft => {}
        }
        verdict
    }

    /// The unit as it will be when these facts are on record.
    pub(super) fn after(&self, decision: &Decision, at: Timestamp) -> Entitlement {
        let own = decision.events.iter().filter(|placed| matches!(placed.stream, Stream::Entitlement(_)));
        own.fold(self.entitlement.clone(), |e, placed| e.evolve(&placed.event, placed.happened_at, at))
    }

    /// Says so when an attempt comes back, or a gift is given, to a right that has ended all the same.
    pub(super) fn warn_if_ended(&self, at: Timestamp, decision: &mut Decision) {
        let after = self.after(decision, at);
        let Some(unit) = after.unit(self.unit.no) else { return };
        let ended = Right { unit, entitlement: &after, ..self.right }.ended(at);
        if let Some(end) = ended {
            let text =
                format!("the right ended at {} all the same; only a longer term can bring it back", end.at);
            decision.warn(self.law().clause(end.rule), text);
        }
    }

    /// Grants the attempt behind a failed one.
    pub(super) fn grant(&self, failed: &Attempt, sat_at: Timestamp, at: Timestamp, decision: &mut Decision) {
        let granted = RetakeGranted {
            unit: self.unit.no,
            attempt: failed.number.saturating_add(1),
            exam: failed.exam.clone(),
            wait_until: self
                .right
                .wait_until(failed.number.saturating_add(1), sat_at)
                .map(|(until, _)| until),
            ends_at: self.right.retake_ends_at(sat_at, at),
        };
        self.put(decision, at, granted);
    }
}
