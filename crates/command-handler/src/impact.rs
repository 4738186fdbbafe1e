//! The impact of a publication: the live rights that it may touch are compared with what they come to by it.
//!
//! Rights are found by the log itself, in two passes over it: no read model is asked, and any process that judges can count.
//! Memory is bounded whatever was sold, and the work gives way between pages.

mod bits;
mod walk;

use resit_domain::impact::Published;
use resit_domain::{Impact, Judge, Placed, State, Stream, Timestamp};
use resit_states::AsOf;

use crate::commit::Write;
use crate::gather::Gathered;
use crate::{CommandHandler, Failure, Request};

impl CommandHandler {
    /// Counts what a publication would do to live rights, unless a rule refuses it anyway; nothing is recorded.
    pub(crate) async fn count_impact(
        &self,
        gathered: &mut Gathered,
        request: &Request,
        at: Timestamp,
        as_of: AsOf,
    ) -> Result<(), Failure> {
        gathered.known.confirmed = request.confirm;
        let Ok(decision) = gathered.known.decide(&request.command, at, &mut Judge::brief()) else {
            return Ok(());
        };
        let mut published = Published::default();
        for Write { stream, facts, before } in self.writes(decision.events, gathered, as_of).await? {
            let evolve = |state: State, placed: &Placed| state.evolve(&placed.event, placed.happened_at, at);
            let after = facts.iter().fold(before.state.clone(), evolve);
            published.add(stream, before.state, after);
        }
        let impact = self.impact_of(published, at).await?;
        gathered.known.impact = Some(Box::new(impact));
        Ok(())
    }

    async fn impact_of(&self, mut published: Published, at: Timestamp) -> Result<Impact, Failure> {
        let reaches = published.reaches();
        if reaches.is_empty() {
            return Ok(Impact::default());
        }
        for id in published.calendars_named() {
            let calendar = self.states.load(&Stream::Calendar(id.clone()), AsOf::Head).await?.state;
            if let State::Calendar(Some(versions)) = calendar {
                published.add_calendar(id, versions);
            }
        }
        let _alone = self.counting.lock().await;
        walk::impact(&self.log, &self.states, reaches, published, at).await
    }
}
