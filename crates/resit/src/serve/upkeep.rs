//! What an operator may ask a running server to do beside commands.

use std::sync::Arc;

use async_trait::async_trait;
use resit_api::{ExpireDue, Rebuilt, Status as LedgerStatus, Verified};
use resit_domain::Timestamp;
use resit_gateway::{Gauges, Upkeep, UpkeepFailure, Work};

use super::expiry::Expiry;
use super::jobs::Jobs;
use crate::clock::{self, ServerClock};
use crate::desk::{self, Kept, Running};
use crate::exit::Stopped;
use crate::ledger::Ledger;

/// A ledger with what is kept beside it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Keeper {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) kept: Arc<Kept>,
    pub(crate) expiry: Expiry,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) jobs: Jobs,
    pub(crate) running: Running,
    pub(crate) clock: Arc<ServerClock>,
}

#[async_trait]
impl Upkeep for Keeper {
    async fn expire_due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.expiry.expire_due(&self.jobs, now).await
    }

    async fn due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.expiry.due(&self.jobs, now).await
    }

    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        let me = self.clone();
        self.jobs
            .whole(async move || {
                let head = me.ledger.log.head().await?;
                let verify = me.gauges.works().begin(Work::Verify, clock::now(), head.0);
                desk::verify(&me.ledger, &*me.kept, |position| verify.done(position.0)).await
            })
            .await
    }

    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        let me = self.clone();
        self.jobs
            .whole(async move || {
                let position = me.kept.read_models.rebuild().await?;
                me.kept.scheduler.rebuild().await?;
                Ok(Rebuilt { position })
            })
            .await
    }

    /// From what the roles have noted: it waits for none of them.
    async fn status(&self, now: Timestamp) -> Result<LedgerStatus, UpkeepFailure> {
        let position = *self.kept.read_models.position().borrow();
        let head = self.ledger.log.head().await.map_err(Stopped::from)?;
        let status = desk::served(&self.ledger, &self.gauges, now, &self.running, head, position);
        let zone_rules = desk::zone_rules(self.ledger.handler.states()).await;
        Ok(LedgerStatus { clock_fault: self.clock.fault(), zone_rules, ..status })
    }
}
