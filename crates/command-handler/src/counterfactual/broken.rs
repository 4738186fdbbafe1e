//! Open registrations that the policy does not permit by a corrected record.

use resit_domain::{
    BrokenRegistration, Command, Gathered, OwnAttempt, OwnEnd, Reschedule, VOUCHERS_LOOKED_AT_MAX, VoucherRef,
};
use resit_event_log::Record;
use resit_states::AsOf;

use super::timeline::Timeline;
use crate::gather::Gatherer;
use crate::{CommandHandler, Failure, Request};

impl CommandHandler {
    /// The candidate's open registrations that the policy permits by the record as it stands, and not by the
    /// corrected one.
    pub(super) async fn broken(
        &self,
        timeline: &Timeline,
        as_of: AsOf,
    ) -> Result<Vec<BrokenRegistration>, Failure> {
        let [own, right] = &timeline.own;
        let open = right.attempts.iter().filter(|own| own.end == OwnEnd::Open);
        let mut broken = Vec::new();
        for registration in open.take(VOUCHERS_LOOKED_AT_MAX) {
            let request = asked_about(registration, &timeline.came);
            let mut known = Gatherer::new(&self.states, &self.key, as_of).gather(&request).await?.known;
            known.candidate = Gathered::Found(own.clone());
            if known.not_permitted(registration).is_some() {
                continue;
            }
            known.candidate = Gathered::Found(right.clone());
            if let Some(refusal) = known.not_permitted(registration) {
                let OwnAttempt { entitlement, unit, exam, sit_at, .. } = registration.clone();
                broken.push(BrokenRegistration { entitlement, unit, exam, sit_at, refusal });
            }
        }
        Ok(broken)
    }
}

/// A command that is judged by what a registration depends on: that it stays as it is.
fn asked_about(registration: &OwnAttempt, came: &Record) -> Request {
    let voucher = VoucherRef::Id { entitlement: registration.entitlement, unit: registration.unit };
    let stays = Reschedule { voucher, sit_at: registration.sit_at, moved_at: None };
    let command = Command::Reschedule(stays);
    Request { id: came.command.clone(), actor: came.actor.clone(), command, confirm: false }
}
