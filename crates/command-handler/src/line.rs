//! What an order line issued, from the log itself: what was acknowledged is always there.

use resit_domain::{EntitlementId, EntitlementView, OrderLine, State, Stream};
use resit_states::AsOf;

use crate::{CommandHandler, Failure, Seen};

/// Pieces of an order line, in the order of their numbers.
#[derive(Debug, Clone)]
pub struct LinePage {
    /// Those that were issued.
    pub views: Vec<EntitlementView>,
    /// The piece behind which the next page begins; none at the end of the line.
    pub next: Option<u16>,
}

impl CommandHandler {
    /// What was issued of the `limit` pieces of an order line that come behind its piece `after`.
    ///
    /// A piece's id is made of the line's name, and the first piece, which is issued before all others, says how many there
    /// are: no row is needed to find them. An `Issue` of some pieces may pass others over, so one that is not there ends nothing.
    pub async fn order_line(&self, order: &OrderLine, after: u16, limit: usize) -> Result<LinePage, Failure> {
        let pieces = self.pieces_of_line(order).await?;
        let last = after.saturating_add(u16::try_from(limit).unwrap_or(u16::MAX)).min(pieces);
        let mut views = Vec::new();
        for piece in (after..last).map(|before| before + 1) {
            views.extend(self.view(EntitlementId::of_order(order, piece), Seen::default()).await?);
        }
        Ok(LinePage { views, next: (last < pieces).then_some(last) })
    }

    /// How many pieces a line has, issued or not; none before its first is issued.
    async fn pieces_of_line(&self, order: &OrderLine) -> Result<u16, Failure> {
        let first = Stream::Entitlement(EntitlementId::of_order(order, 1));
        match self.states.load(&first, AsOf::Head).await?.state {
            State::Entitlement(first) => Ok(first.issued.as_ref().map_or(0, |issued| issued.pieces)),
            _ => Ok(0),
        }
    }
}
