//! What a correction of recorded times changes.

use std::io;

use resit_api::Outcome;
use resit_domain::Event;
use resit_domain::correction::Turn;

use super::{Out, Tone};

impl Out {
    /// The facts that no longer count, and each decision that turns. JSON has them in the event.
    pub(crate) fn turned_by_time(&mut self, outcome: &Outcome) -> io::Result<()> {
        let Outcome::Accepted { events, .. } = outcome else { return Ok(()) };
        let corrected = events.iter().find_map(|event| match &event.0.event {
            Event::TimeCorrected(corrected) => Some(corrected),
            _ => None,
        });
        let Some(corrected) = corrected.filter(|_| !self.is_json()) else { return Ok(()) };
        let (voided, turned) = (corrected.voided, corrected.turned);
        writeln!(
            self.sink(),
            "positions {} to {}, {} ms ahead",
            corrected.first,
            corrected.last,
            corrected.ahead_ms
        )?;
        writeln!(
            self.sink(),
            "void: {} × Expired, {} × EndsSoon, {} × DeliveryOverdue",
            voided.expired,
            voided.ends_soon,
            voided.delivery_overdue
        )?;
        writeln!(
            self.sink(),
            "decisions that turn: {} ({} with other facts, {} stand, {} stay refused)",
            turned.total(),
            turned.replaced,
            turned.stand,
            turned.stay_refused
        )?;
        for flip in &corrected.flips {
            let what = match flip.turn {
                Turn::Replaced => "has other facts now",
                Turn::Stands => "stands",
                Turn::StaysRefused => "stays refused; give it again with a new id",
            };
            let line = format!(
                "  {} at {}: {} → {}; it {what}",
                flip.command, flip.position, flip.before, flip.after
            );
            writeln!(self.sink(), "{line}")?;
        }
        let rest = turned.total().saturating_sub(corrected.flips.len() as u64);
        if rest > 0 {
            let note = self.tone(Tone::Warn, "note");
            writeln!(self.sink(), "{note} {rest} more are not listed")?;
        }
        Ok(())
    }
}
