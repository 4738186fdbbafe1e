//! Delivery: steps of an order, and the clocks that run between them.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Point};
use crate::event::{CommandRepeated, DeliveryOverdue, StepTaken};
use crate::terms::{Clock, join};
use crate::{Judge, Law, RecordStep, Refusal, Right, Rule, Stage, Timestamp};

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
        // That a clock ran out is put on record here, if no scheduler did so before: it must not hang on who was first.
        let taken = |step: &String| {
            if *step == c.step { Some(taken_at) } else { on.entitlement.steps.get(step).copied() }
        };
        for clock in on.terms.clocks.iter().filter(|clock| clock.from == c.step || clock.to == c.step) {
            let (Some(from), Some(to)) = (taken(&clock.from), taken(&clock.to)) else { continue };
            let Some(due_at) = on.due_from(clock, from).filter(|due_at| *due_at <= to) else { continue };
            decision.warn(
                clock.clause.clone(),
                format!("{} was due before {due_at}; it was taken at {to}", clock.name),
            );
            if !on.is_overdue(clock) {
                on.overdue(clock, due_at, &mut decision);
            }
        }
        on.put(&mut decision, taken_at, StepTaken { step: c.step.clone() });
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// When a clock runs out that was started then. Nothing more is owed of an order that was taken back whole before.
    fn due_from(&self, clock: &Clock, started_at: Timestamp) -> Option<Timestamp> {
        let within = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Purchase),
            offset: Some((Direction::After, clock.within)),
        });
        let due_at = self.right.settle(|zone| {
            let started_at = |_| Some(Moment::Instant(started_at));
            within.ends_at(&started_at, zone, self.terms.rulings.last_day, self.right.calendar())
        });
        let taken_back_at = self.taken_back_whole_at();
        due_at.at().filter(|due_at| taken_back_at.is_none_or(|taken_back_at| *due_at <= taken_back_at))
    }

    /// When all of it had been taken back; none if a part of it was used, or is left.
    fn taken_back_whole_at(&self) -> Option<Timestamp> {
        let taken_back = |right: Right<'_>| {
            let taken = right.unit.taken_back?;
            matches!(right.standing().stage, Stage::Revoked(_)).then_some(taken.recorded_at)
        };
        self.known.every_right().map(taken_back).reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    /// Clocks that run: started, not stopped, not on record as overdue; and when each runs out.
    pub(super) fn running(&self) -> impl Iterator<Item = (&Clock, Timestamp)> {
        let steps = &self.entitlement.steps;
        let open = |clock: &&Clock| !steps.contains_key(&clock.to) && !self.is_overdue(clock);
        let clocks = self.terms.clocks.iter().filter(open);
        clocks.filter_map(|clock| Some((clock, self.due_from(clock, *steps.get(&clock.from)?)?)))
    }

    fn is_overdue(&self, clock: &Clock) -> bool {
        self.entitlement.overdue.contains(&clock.name)
    }

    /// Puts on record that a clock ran out.
    pub(super) fn overdue(&self, clock: &Clock, due_at: Timestamp, decision: &mut Decision) {
        let overdue = DeliveryOverdue { clock: clock.name.clone(), due_at, clause: clock.clause.clone() };
        self.put(decision, due_at, overdue);
    }
}
