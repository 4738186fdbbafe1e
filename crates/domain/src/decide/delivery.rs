//! Delivery: steps of an order, and the clocks that run between them.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Point};
use crate::event::{CommandRepeated, StepTaken};
use crate::terms::{Clock, join};
use crate::{Judge, Law, RecordStep, Refusal, Rule, Timestamp};

impl Known {
    pub(super) fn record_step(
        &self,
        c: &RecordStep,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let mut steps: Vec<&str> =
            on.terms.clocks.iter().flat_map(|clock| [clock.from.as_str(), clock.to.as_str()]).collect();
        steps.sort_unstable();
        steps.dedup();
        judge.rule(&on.law(), Rule::StepKnown, steps.contains(&c.step.as_str()), |d| {
            d.fact("step", &c.step)
                .fact("steps", join(&steps))
                .remedy("name a step that a clock of the offer knows")
        })?;
        let taken_at = c.taken_at.unwrap_or(at);
        judge.rule(&Law::LEDGER, Rule::StepTaken, taken_at <= at, |d| {
            d.fact("taken-at", taken_at).fact("at", at).remedy("a step is recorded when it has been taken")
        })?;
        let mut decision = Decision::default();
        if let Some(before) = on.entitlement.steps.get(&c.step) {
            on.put(&mut decision, at, CommandRepeated { what: format!("the step was taken at {before}") });
            return Ok(decision);
        }
        for clock in on.terms.clocks.iter().filter(|clock| clock.to == c.step) {
            if let Some(due_at) = on.due_at(clock).filter(|due_at| *due_at <= taken_at) {
                decision.warn(
                    clock.clause.clone(),
                    format!("{} was due before {due_at}; it was taken at {taken_at}", clock.name),
                );
            }
        }
        on.put(&mut decision, taken_at, StepTaken { step: c.step.clone() });
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// When a clock that was started runs out.
    pub(super) fn due_at(&self, clock: &Clock) -> Option<Timestamp> {
        let started_at = *self.entitlement.steps.get(&clock.from)?;
        let within = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Purchase),
            offset: Some((Direction::After, clock.within)),
        });
        within
            .ends_at(
                &|_| Some(Moment::Instant(started_at)),
                self.terms.zone,
                self.terms.rulings.last_day,
                self.right.calendar(),
            )
            .at()
    }

    /// Clocks that run: started, not stopped, not on record as overdue; and when each runs out.
    pub(super) fn running(&self) -> impl Iterator<Item = (&Clock, Timestamp)> {
        let open = |clock: &&Clock| {
            !self.entitlement.steps.contains_key(&clock.to) && !self.entitlement.overdue.contains(&clock.name)
        };
        self.terms.clocks.iter().filter(open).filter_map(|clock| Some((clock, self.due_at(clock)?)))
    }
}
