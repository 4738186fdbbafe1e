//! Entitlements that look different because something changed that they share: any number of them, in bounded steps.

use std::sync::Arc;

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::{EntitlementId, Known, Stream};
use resit_states::{AsOf, States, Touch};

use crate::pending::Changed;
use crate::{ProjectionError, key, rows};

/// How many entitlements are loaded at a time. Each may be a pack of a thousand vouchers.
const MEMBERS: usize = 128;

/// The members of one list, step by step.
pub(crate) struct Members {
    prefix: Vec<u8>,
    changed: Changed,
    after: Option<EntitlementId>,
}

/// The rows of some members, to be written.
pub(crate) struct Step(Vec<Known>, Changed);

impl Members {
    /// Those that share something; none if nobody does.
    pub(crate) fn of(shared: &Touch) -> Option<Self> {
        let prefix = match shared {
            Touch::Offer(id) => key::offer(id),
            Touch::Agreement(id) => key::agreement(id),
            Touch::Calendar(id) => key::calendar(id),
            Touch::Zones => key::zones(),
            Touch::Entitlement(_) | Touch::Nothing => return None,
        };
        let changed = Changed { offered: matches!(shared, Touch::Offer(_)), ..Changed::default() };
        Some(Self { prefix, changed, after: None })
    }

    /// The next members; none at the end. Those that are written anyway are passed over.
    pub(crate) async fn next(
        &mut self,
        is_written: impl Fn(EntitlementId) -> bool,
        states: &States,
        store: &DerivedStore,
    ) -> Result<Option<Step>, ProjectionError> {
        let members = self.page(store)?;
        let Some(last) = members.last() else { return Ok(None) };
        self.after = Some(*last);
        let streams = members.into_iter().filter(|id| !is_written(*id)).map(Stream::Entitlement);
        let mut known = Vec::new();
        // What others have put into the cache may be older than what the row was made from.
        for (_, folded) in states.at_head(streams.collect()).await? {
            known.push(states.with_all_it_hangs_on(folded.state, AsOf::Followed).await?);
        }
        Ok(Some(Step(known, self.changed)))
    }

    fn page(&self, store: &DerivedStore) -> Result<Vec<EntitlementId>, ProjectionError> {
        let behind =
            self.after.map_or_else(|| self.prefix.clone(), |id| key::member(self.prefix.clone(), id));
        let rows = store.scan_behind(&self.prefix, &behind).take(MEMBERS);
        let members = rows.map(|row| row.map(|(key, _)| key::member_of(&key)));
        members.filter_map(Result::transpose).map(|member| Ok(member?)).collect()
    }
}

impl Step {
    /// Writes the rows that changed, ahead of a checkpoint that is still to come.
    pub(crate) fn write(self, store: &Arc<DerivedStore>) -> Result<(), ProjectionError> {
        let Self(members, what) = self;
        let mut changes = Changes::default();
        for known in &members {
            rows::put(known, what, store, &mut changes)?;
        }
        Ok(store.bind(store.write(changes)?)?)
    }
}
