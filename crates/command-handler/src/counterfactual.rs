//! What a correction of a result would have changed: past decisions judged again as if the right result had come first, on
//! whichever voucher of the candidate.
//!
//! Looked at are the voucher of the corrected result and the vouchers that the candidate's record names: those with a
//! registration, and those of which a registration was refused because of the record. At most [`VOUCHERS_LOOKED_AT_MAX`]
//! vouchers and [`DECISIONS_JUDGED_MAX`] decisions are.

mod broken;
mod timeline;
mod world;

use resit_domain::{CommandId, CorrectResult, Known};

use crate::{CommandHandler, Failure};
use resit_states::AsOf;
use timeline::Timeline;
use world::World;

impl CommandHandler {
    /// Fills in what follows from a correction: the commands after the corrected result that would have been answered the other
    /// way, and the open registrations that the corrected record does not permit. Nothing is rewritten.
    pub(crate) async fn consequences(
        &self,
        known: &mut Known,
        correction: &CorrectResult,
        as_of: AsOf,
    ) -> Result<(), Failure> {
        let Some(timeline) = Timeline::read(self, known, correction, as_of).await? else { return Ok(()) };
        known.broken = self.broken(&timeline, as_of).await?;
        known.flips_cut = timeline.is_cut;
        known.flips = self.flips(timeline).await?;
        Ok(())
    }

    async fn flips(&self, timeline: Timeline) -> Result<Vec<CommandId>, Failure> {
        let Timeline { steps, corrected, .. } = timeline;
        let mut world = World::after(corrected);
        let mut flips = Vec::new();
        for step in &steps {
            if world.would_turn(self, step).await? {
                flips.push(step.command.clone());
            }
        }
        Ok(flips)
    }
}
