//! Retakes: what a fail earns, and how long to wait.

use super::OnUnit;
use crate::calendar_time::Resolution;
use crate::entitlement::Suppose;
use crate::policy::ladder;
use crate::terms::Waits;
use crate::{AttemptEnd, Judge, Refusal, RetakeVerdict, Right, Rule, Stage, Timestamp};

impl Right<'_> {
    /// When the wait before attempt `number` is over, after a sitting at `sat_at`; and what it holds back.
    pub(crate) fn wait_until(&self, number: u16, sat_at: Timestamp) -> Option<(Timestamp, Waits)> {
        let step = ladder(&self.exam()?.retake.waits, number)?;
        let waived = self.unit.waived.contains(&Rule::RetakeWait);
        (!waived).then(|| (step.wait.until(sat_at, self.terms.zone, self.calendar()), step.limits))
    }

    /// What a fail of attempt `number` earns, sat and put on record at these times.
    pub(crate) fn verdict(&self, number: u16, sat_at: Timestamp, result_at: Timestamp) -> RetakeVerdict {
        if number >= self.attempts_max() {
            return RetakeVerdict::NoneLeft;
        }
        if self.unit.rest_revoked.is_some() || matches!(self.unit.stage, Stage::Revoked(_)) {
            return RetakeVerdict::Revoked;
        }
        if !self.paid_for() {
            return RetakeVerdict::NotPaid;
        }
        match self.too_late(number, sat_at, result_at) {
            Some((rule, ended_at)) => RetakeVerdict::NoTime { ended_at, clause: self.law().clause(rule) },
            None => RetakeVerdict::Granted,
        }
    }

    /// The deadline that leaves no time for a retake, if one does.
    pub(crate) fn too_late(
        &self,
        number: u16,
        sat_at: Timestamp,
        result_at: Timestamp,
    ) -> Option<(Rule, Timestamp)> {
        let suppose = Suppose { sat_at: Some(sat_at), result_at: Some(result_at), ..Suppose::default() };
        let wait = self.wait_until(number.saturating_add(1), sat_at);
        let sits = wait.map_or(result_at, |(until, _)| until.max(result_at));
        let registers = wait
            .filter(|(_, limits)| *limits == Waits::Register)
            .map_or(result_at, |(until, _)| until.max(result_at));
        [(Rule::RetakeRegisterBy, registers), (Rule::RetakeSitBy, sits)].into_iter().find_map(
            |(rule, from)| match self.deadline(rule, suppose) {
                Resolution::At(ends_at) if ends_at <= from => Some((rule, ends_at)),
                _ => None,
            },
        )
    }

    /// When the retake that a fail earned ends, as far as that is known.
    pub(crate) fn retake_ends_at(&self, sat_at: Timestamp, result_at: Timestamp) -> Option<Timestamp> {
        let suppose = Suppose { sat_at: Some(sat_at), result_at: Some(result_at), ..Suppose::default() };
        [Rule::RetakeRegisterBy, Rule::RetakeSitBy]
            .into_iter()
            .filter_map(|rule| self.deadline(rule, suppose).at())
            .min()
    }

    /// A warning if an exam sat at `sat_at` would leave no time for the retake that the offer promises.
    pub(crate) fn retake_out_of_reach(&self, sat_at: Timestamp) -> Option<String> {
        let promised = self.exam().is_some_and(|exam| exam.retake.count > 0);
        let (_, ends_at) = self.too_late(1, sat_at, sat_at).filter(|_| promised)?;
        Some(format!(
            "an exam sat at {sat_at} leaves no time for a retake: it would have to end before {ends_at}"
        ))
    }

    /// A warning if the programme's policy holds the retake back, until then, for longer than the offer gives it.
    pub(crate) fn retake_behind_policy(
        &self,
        number: u16,
        sat_at: Timestamp,
        until: Timestamp,
    ) -> Option<String> {
        let suppose = Suppose { sat_at: Some(sat_at), result_at: Some(sat_at), ..Suppose::default() };
        let ends_at = self.deadline(Rule::RetakeSitBy, suppose).at()?;
        (number < self.attempts_max() && ends_at <= until).then(|| {
            format!(
                "after an exam sat at {sat_at} the programme permits the next sitting at {until}, and the offer's \
                 retake ends at {ends_at}"
            )
        })
    }
}

impl OnUnit<'_> {
    /// Asks that the unit waits for a registration, and says why it does not.
    pub(super) fn attempt_left(&self, booked_at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let (used, max) = (self.unit.attempts_used(), self.right.attempts_max());
        let last = self.unit.last_used();
        let result = last.and_then(|attempt| match attempt.end {
            AttemptEnd::Result { result, at } => Some((result, at)),
            _ => None,
        });
        let last_fails = result.is_some_and(|(result, _)| self.right.counts_as_fail(result));
        let earned = match &self.unit.stage {
            Stage::Registered => used >= max,
            Stage::Used => used >= max || last_fails,
            Stage::Retake { failed_at, .. } => *failed_at <= booked_at,
            _ => true,
        };
        judge.rule(&self.law(), Rule::RetakeNeedsFail, earned, |d| {
            d.fact("attempts-used", used)
                .fact_or("last-result", result.map(|(result, _)| result.name()), "no result yet")
                .fact_or("last-sat-at", last.map(|attempt| attempt.sit_at), "not yet")
                .fact("booked-at", booked_at)
                .remedy("a retake opens when a fail of the exam is on record")
        })?;
        judge.rule(&self.law(), Rule::OneOpenHere, self.unit.stage != Stage::Registered, |d| {
            d.fact_or("sit-at", self.unit.open().map(|a| a.sit_at), "none")
                .remedy("the voucher is registered; reschedule or cancel that registration")
        })?;
        // A fail that earned nothing is told by the rule that kept the retake back.
        let unearned = match (&self.unit.stage, last, result) {
            (Stage::Used, Some(attempt), Some((_, result_at))) if last_fails => {
                Some((attempt, result_at, self.right.verdict(attempt.number, attempt.sit_at, result_at)))
            }
            _ => None,
        };
        let told = matches!(&unearned, Some((.., RetakeVerdict::NotPaid | RetakeVerdict::NoTime { .. })));
        let open = matches!(self.unit.stage, Stage::Unused | Stage::Retake { .. });
        judge.rule(&self.law(), Rule::AttemptsLeft, open || told, |d| {
            d.fact("attempts-used", used)
                .fact("attempts", max)
                .remedy("all attempts of this voucher are used; a new one is needed")
        })?;
        let Some((attempt, result_at, verdict)) = unearned else { return Ok(()) };
        judge.rule(&self.law(), Rule::RetakeOnlyIfPaid, verdict != RetakeVerdict::NotPaid, |d| {
            d.fact("paid", self.issued.paid)
                .remedy("only a paid exam earns a free retake; buy another voucher")
        })?;
        let Some((rule, ended_at)) = self.right.too_late(attempt.number, attempt.sit_at, result_at) else {
            return Ok(());
        };
        judge.rule(&self.law(), rule, false, |d| {
            d.fact("ends-at", ended_at)
                .fact("at", booked_at)
                .remedy("the fail left no time for a retake; only goodwill can give it more")
        })
    }
}
