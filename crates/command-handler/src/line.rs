//! What an order line issued, from the log itself: what was acknowledged is always there.

use resit_domain::{EntitlementId, EntitlementView, OrderLine};

use crate::{CommandHandler, Failure, Seen};

impl CommandHandler {
    /// The entitlements of an order line behind its piece `after`, in the order of their numbers, `limit` at most.
    ///
    /// A piece's id is made of the line's name, and pieces are issued one after the other: no row is needed to find them,
    /// and the first that is not there ends them.
    pub async fn order_line(
        &self,
        order: &OrderLine,
        after: u16,
        limit: usize,
    ) -> Result<Vec<EntitlementView>, Failure> {
        let mut views = Vec::new();
        for piece in (after..u16::MAX).map(|before| before + 1).take(limit) {
            let Some(view) = self.view(EntitlementId::of_order(order, piece), Seen::default()).await? else {
                break;
            };
            views.push(view);
        }
        Ok(views)
    }
}
