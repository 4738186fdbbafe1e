//! The states of a ledger in which the right result had come first.

use std::collections::HashMap;
use std::sync::Arc;

use resit_domain::{
    Candidate, CandidateId, Command, Decision, Entitlement, EntitlementId, Gathered, Judge, Known, Placed,
    Stream,
};
use resit_states::{AsOf, asked_of};

use super::timeline::{Corrected, Step};
use crate::gather::Gatherer;
use crate::{CommandHandler, Failure, Request};

/// What is known otherwise than it is on record.
pub(super) struct World {
    candidate: CandidateId,
    own: Arc<Candidate>,
    /// Entitlements that stand otherwise.
    other: HashMap<EntitlementId, Arc<Entitlement>>,
}

impl World {
    pub(super) fn after(corrected: Corrected) -> Self {
        let Corrected { candidate, own, entitlement } = corrected;
        Self { candidate, own, other: HashMap::from([(entitlement.id, entitlement)]) }
    }

    /// Judges a command again where it stands in the log; says whether the answer is the other one.
    pub(super) async fn would_turn(
        &mut self,
        handler: &CommandHandler,
        step: &Step,
    ) -> Result<bool, Failure> {
        let depends_on_record = matches!(step.asked, Command::Schedule(_) | Command::Reschedule(_));
        if !self.other.contains_key(&step.entitlement) && !depends_on_record {
            for (event, happened_at) in step.own_facts()? {
                self.own = Arc::new(Candidate::clone(&self.own).evolve(&event, happened_at));
            }
            return Ok(false);
        }
        let request = Request {
            id: step.command.clone(),
            actor: step.record.actor.clone(),
            command: step.asked.clone(),
            confirm: false,
        };
        let as_of = AsOf::Before(step.record.position);
        let mut known = Gatherer::new(&handler.states, &handler.key, as_of).gather(&request).await?.known;
        known.law = Some(asked_of(&step.record)?.law);
        if let Some(other) = self.other.get(&step.entitlement) {
            known.entitlement = Some(other.clone());
        }
        if who(&step.asked, &known).as_ref() == Some(&self.candidate) {
            known.candidate = Gathered::Found(self.own.clone());
        }
        let decided = known.decide(&request.command, step.at, &mut Judge::brief()).ok();
        let turns = decided.is_some() == step.was_refused();
        if turns && let Some(entitlement) = known.entitlement {
            self.other.entry(step.entitlement).or_insert(entitlement);
        }
        for placed in decided.into_iter().flat_map(|Decision { events, .. }| events) {
            self.take_in(&placed, step);
        }
        Ok(turns)
    }

    fn take_in(&mut self, placed: &Placed, step: &Step) {
        let Placed { stream, happened_at, event } = placed;
        match stream {
            Stream::Candidate(id) if *id == self.candidate => {
                self.own = Arc::new(Candidate::clone(&self.own).evolve(event, *happened_at));
            }
            Stream::Entitlement(id) => {
                if let Some(other) = self.other.get_mut(id) {
                    let before = Entitlement::clone(other);
                    *other = Arc::new(before.evolve(event, *happened_at, step.record.recorded_at));
                }
            }
            _ => {}
        }
    }
}

/// The candidate whose record a command is judged by.
fn who(command: &Command, known: &Known) -> Option<CandidateId> {
    match command {
        Command::Schedule(c) => Some(c.candidate.clone()),
        Command::Reschedule(_) => {
            let unit = known.entitlement.as_deref()?.unit(known.unit?)?;
            Some(unit.open()?.candidate.clone())
        }
        _ => None,
    }
}
