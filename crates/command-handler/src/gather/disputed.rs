//! Looking for the decision that a gift of goodwill is about.

use resit_domain::CommandId;
use resit_states::AsOf;

use super::Gatherer;
use crate::Failure;

impl Gatherer<'_> {
    /// Asks the log whether a command is on record, as of the time that is read. What is on record stays so.
    pub(super) async fn disputed(&mut self, id: &CommandId) -> Result<(), Failure> {
        let records = self.states.log().find_command(id).await?;
        let was_there = records.first().is_some_and(|first| match self.as_of {
            AsOf::Before(position) => first.position < position,
            _ => true,
        });
        self.gathered.known.disputed = was_there.then(|| id.clone());
        Ok(())
    }
}
