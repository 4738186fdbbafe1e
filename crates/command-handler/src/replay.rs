//! A command that is on record, given again.

use resit_domain::{Command, Event, Judge, Known};
use resit_event_log::Position;
use resit_states::{AsOf, asked_of, is_common, stream_of};

use crate::{CommandHandler, Failure, Outcome, Reply, Request};

impl CommandHandler {
    /// The first answer to a command again.
    pub(crate) async fn replay(&self, request: &Request, position: Position) -> Result<Reply, Failure> {
        let records = self.log.find_command(&request.id).await?;
        let first = records.first().ok_or_else(|| Failure::UnknownCommand(request.id.clone()))?;
        let asked = asked_of(first)?;
        if asked.command != request.command || asked.confirmed != request.confirm {
            return Err(Failure::IdReused { id: request.id.clone(), position });
        }
        let events = Self::happened(&records)?;
        // Whoever gave it may have gone before what is kept here was renewed.
        for record in &records {
            let stream = stream_of(&record.stream)?;
            if is_common(&stream) {
                self.states.load(&stream, AsOf::Head).await?;
            }
        }
        let refused = events.iter().find_map(|happened| match &happened.event {
            Event::CommandRefused(e) => Some(e.refusal.clone()),
            _ => None,
        });
        let known = match &request.command {
            // It has no warnings, and judging it reads the whole span.
            Command::CorrectTime(_) => Known::default(),
            _ => self.gather(request, AsOf::Before(first.position)).await?.known,
        };
        let outcome = if let Some(refusal) = refused {
            Outcome::Refused(refusal)
        } else {
            let known = Known { law: Some(asked.law), ..known.clone() };
            let judged = known.decide(&request.command, asked.at, &mut Judge::brief());
            Outcome::Accepted {
                events,
                warnings: judged.map(|decision| decision.warnings).unwrap_or_default(),
            }
        };
        let (entitlements, codes) = self.shown_now(request, known).await?;
        let codes = if matches!(outcome, Outcome::Refused(_)) { Vec::new() } else { codes };
        let last = records.last().map_or(position, |record| record.position);
        Ok(Reply {
            position: last,
            recorded_at: first.recorded_at,
            replayed: true,
            outcome,
            entitlements,
            codes,
            impact: asked.impact,
        })
    }
}
