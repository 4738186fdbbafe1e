//! Retakes: what a fail earns, and how long to wait.

use super::OnUnit;
use crate::calendar_time::Resolution;
use crate::entitlement::{Suppose, Withheld};
use crate::policy::ladder;
use crate::terms::Waits;
use crate::{Attempt, ExamResult, Fate, Judge, Refusal, Right, Rule, Stage, Timestamp, Warning};

impl Right<'_> {
    /// When the wait before attempt `number` is over, after a sitting at `sat_at`; and what it holds back.
    pub(crate) fn wait_until(&self, number: u16, sat_at: Timestamp) -> Option<(Timestamp, Waits)> {
        let step = ladder(&self.exam()?.retake.waits, number)?;
        let waived = self.unit.waived().contains(&Rule::RetakeWait);
        (!waived).then(|| {
            let read = |zone| Resolution::At(step.wait.until(sat_at, zone, self.calendar()));
            (self.settle(read).at().unwrap_or(Timestamp::MAX), step.limits)
        })
    }

    /// A warning if an exam sat at `sat_at` would leave no time for the retake that the offer promises.
    pub(crate) fn retake_out_of_reach(&self, number: u16, sat_at: Timestamp) -> Option<Warning> {
        let promised = number < self.attempts_max();
        let end = self.too_late(number, sat_at).filter(|_| promised)?;
        let text = format!(
            "an exam sat at {sat_at} leaves no time for a retake: it would have to end before {}",
            end.at
        );
        Some(Warning { clause: self.clause_of(end), text })
    }

    /// A warning if the programme's policy holds the retake back, until then or for ever, for longer than the offer gives it.
    pub(crate) fn retake_behind_policy(
        &self,
        number: u16,
        sat_at: Timestamp,
        until: Option<Timestamp>,
    ) -> Option<String> {
        if number >= self.attempts_max() {
            return None;
        }
        let Some(until) = until else {
            return Some(format!("after an exam sat at {sat_at} the programme permits no further sitting"));
        };
        let suppose = Suppose { sat_at: Some(sat_at), result_at: Some(sat_at), ..Suppose::default() };
        let ends_at = self.deadline(Rule::RetakeSitBy, suppose)?.at;
        (ends_at <= until).then(|| {
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
        let (standing, max) = (&self.standing, self.right.attempts_max());
        let used = standing.used;
        let (last, fate) = standing.last.unzip();
        let result = last.and_then(Attempt::result);
        // Where corrections are only recorded, a fail may be on record that counts for nothing.
        let is_failed =
            fate == Some(Fate::Failed) || result.is_some_and(|result| self.right.counts_as_fail(result));
        let earned = match standing.stage {
            Stage::Registered(_) => used >= max,
            Stage::Used => used >= max || is_failed,
            Stage::Retake(last) => last.over_at() <= booked_at,
            _ => true,
        };
        judge.rule(&self.law(), Rule::RetakeNeedsFail, earned, |d| {
            d.fact("attempts-used", used)
                .fact_or("last-result", result.map(ExamResult::name), "no result yet")
                .fact_or("last-sat-at", last.map(|attempt| attempt.sit_at), "not yet")
                .fact("booked-at", booked_at)
                .remedy(self.earn_a_retake(booked_at))
        })?;
        let open = self.unit.open();
        judge.rule(&self.law(), Rule::OneOpenHere, open.is_none(), |d| {
            d.fact_or("sit-at", open.map(|a| a.sit_at), "none")
                .remedy(open.map_or_else(String::new, |open| self.close_first(open)))
        })?;
        // A fail that earned nothing is told by the rule that kept the retake back.
        let withheld = standing.withheld.filter(|_| matches!(standing.stage, Stage::Used));
        let told = matches!(withheld, Some(Withheld::NotPaid | Withheld::NoTime(_)));
        judge.rule(&self.law(), Rule::AttemptsLeft, standing.awaits_registration() || told, |d| {
            d.fact("attempts-used", used).fact("attempts", max).remedy(if standing.passed {
                "the exam was passed; another one needs another voucher"
            } else {
                "all attempts of this voucher are used; a new one is needed"
            })
        })?;
        judge.rule(&self.law(), Rule::RetakeOnlyIfPaid, withheld != Some(Withheld::NotPaid), |d| {
            d.fact("paid", self.right.was_paid())
                .remedy("only a paid exam earns a free retake; buy another voucher")
        })?;
        let Some(Withheld::NoTime(end)) = withheld else { return Ok(()) };
        judge.rule(&self.right.law_of(end), end.rule, false, |d| {
            d.fact("ends-at", end.at)
                .fact("at", booked_at)
                .remedy(self.more_time("the fail left no time for a retake"))
        })
    }
}
