//! Retakes: what a fail earns, and how long to wait.

use crate::calendar_time::Resolution;
use crate::entitlement::Suppose;
use crate::policy::ladder;
use crate::terms::Waits;
use crate::{Law, Layer, Policy, RetakeVerdict, Right, Rule, Timestamp};

impl Right<'_> {
    /// When the wait before attempt `number` is over, after a sitting at `sat_at`; and what it holds back.
    pub(crate) fn wait_until(&self, number: u16, sat_at: Timestamp) -> Option<(Timestamp, Waits)> {
        let step = ladder(&self.exam()?.retake.waits, number)?;
        let waived = self.unit.waived.contains(&Rule::RetakeWait);
        (!waived).then(|| (step.wait.until(sat_at, self.terms.zone, self.calendar), step.limits))
    }

    /// What a fail of attempt `number` earns, sat and put on record at these times.
    pub(crate) fn verdict(&self, number: u16, sat_at: Timestamp, result_at: Timestamp) -> RetakeVerdict {
        let Some(exam) = self.exam() else { return RetakeVerdict::NoneLeft };
        if number >= self.attempts_max() {
            return RetakeVerdict::NoneLeft;
        }
        if exam.retake.only_if_paid
            && !self.issued.paid
            && !self.unit.waived.contains(&Rule::RetakeOnlyIfPaid)
        {
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
        let wait = self.wait_until(number + 1, sat_at);
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

    /// A warning if the programme's policy holds the retake back for longer than the offer gives it.
    pub(crate) fn retake_behind_policy(
        &self,
        policy: &Policy,
        number: u16,
        sat_at: Timestamp,
    ) -> Option<String> {
        let promised = self.exam().is_some_and(|exam| exam.retake.count > 0);
        let step = ladder(&policy.waits, number + 1).filter(|_| promised)?;
        let until = step.wait.until(sat_at, policy.zone, None);
        let suppose = Suppose { sat_at: Some(sat_at), result_at: Some(sat_at), ..Suppose::default() };
        let ends_at = self.deadline(Rule::RetakeSitBy, suppose).at()?;
        (ends_at <= until).then(|| {
            format!("after an exam sat at {sat_at} the programme's wait ends at {until}, and the offer's retake ends at {ends_at}")
        })
    }

    /// The offer's law, for this unit.
    pub(crate) fn law(&self) -> Law<'_> {
        Law {
            layer: Layer::Offer,
            name: self.terms.offer.as_str(),
            clauses: &self.terms.clauses,
            waived: &self.unit.waived,
        }
    }
}
