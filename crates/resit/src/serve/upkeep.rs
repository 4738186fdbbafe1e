//! What an operator may ask a running server to do beside commands.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use resit_api::{ExpireDue, Rebuilt, Status as LedgerStatus, Verified};
use resit_domain::Timestamp;
use resit_gateway::{Upkeep, UpkeepFailure};
use tokio::runtime::Handle;

use crate::clock::ServerClock;
use crate::desk::{self, Kept, Running};
use crate::exit::Stopped;
use crate::ledger::Ledger;

/// A ledger with what is kept beside it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Keeper {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) kept: Arc<Kept>,
    pub(crate) running: Running,
    pub(crate) clock: Arc<ServerClock>,
}

impl Keeper {
    /// Does something long on a thread of its own: those that answer requests go on.
    async fn aside<T: Send + 'static>(
        &self,
        deed: impl AsyncFnOnce(Self) -> Result<T, Stopped> + Send + 'static,
    ) -> Result<T, UpkeepFailure> {
        let (keeper, handle) = (self.clone(), Handle::current());
        let done = tokio::task::spawn_blocking(move || handle.block_on(deed(keeper))).await;
        let done = done.map_err(|e| UpkeepFailure::Unavailable(format!("it was broken off: {e}")))?;
        Ok(done?)
    }
}

#[async_trait]
impl Upkeep for Keeper {
    async fn expire_due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.aside(async move |me| Ok(desk::expire_due(&*me.kept.scheduler.lock().await, now).await?)).await
    }

    async fn due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.aside(async move |me| Ok(desk::due(&*me.kept.scheduler.lock().await, now).await?)).await
    }

    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        self.aside(async |me| desk::verify(&me.ledger, &me.kept, |_| ()).await).await
    }

    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        self.aside(async |me| {
            let position = me.kept.read_models.rebuild().await?;
            me.kept.scheduler.lock().await.rebuild().await?;
            Ok(Rebuilt { position })
        })
        .await
    }

    async fn status(&self, now: Timestamp) -> Result<LedgerStatus, UpkeepFailure> {
        self.aside(async move |me| {
            let position = *me.kept.read_models.position().borrow();
            // Who looks what is wrong with the disk is told the rest all the same.
            let agenda = desk::agenda(&*me.kept.scheduler.lock().await, now).await;
            let agenda = agenda.inspect_err(|error| {
                tracing::warn!(error = error as &dyn Error, "no word of what falls due");
            });
            let head = me.ledger.log.head().await?;
            let status = desk::status(&me.ledger, now, Some(&me.running), head, position, agenda.ok());
            Ok(LedgerStatus { clock_fault: me.clock.fault(), ..status })
        })
        .await
    }
}
