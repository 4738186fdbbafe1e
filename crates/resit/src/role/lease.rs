//! A lease: of several schedulers one works at a time.
//!
//! The time of a lease is the NATS servers' alone: a key of the bucket of leases ends when it was not renewed for
//! [`LEASE_AGE`], and whoever makes it anew has it. One that was paused may believe for a moment that it still has its turn;
//! what it does then counts once, for its commands' ids are made of what is due.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::kv::{CreateErrorKind, Store, UpdateErrorKind};
use resit_gateway::Task;
use resit_nats::Link;
use resit_nats::layout::LEASE_AGE;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::stopwatch;
use crate::exit::{Stopped, in_one_line};
use crate::serve::Stop;

/// How often it is renewed, or tried for.
const EVERY: Duration = Duration::from_secs(LEASE_AGE.as_secs() / 5);

/// A lease that one process at a time has.
pub(super) struct Lease {
    bucket: Store,
    key: &'static str,
    holder: String,
    turn: watch::Sender<bool>,
}

impl Lease {
    /// A lease in the ledger's bucket.
    pub(super) async fn of(link: &Link, key: &'static str) -> Result<Self, Stopped> {
        let bucket = link.names.leases_bucket();
        let store = link.jetstream.get_key_value(&bucket).await;
        let bucket = store.map_err(|source| Stopped::Leases { bucket, source })?;
        let holder = link.client.new_inbox();
        let holder = holder.rsplit('.').next().unwrap_or(&holder).to_owned();
        Ok(Self { bucket, key, holder, turn: watch::Sender::new(false) })
    }

    /// Whether it is this process's turn.
    pub(super) fn turn(&self) -> watch::Receiver<bool> {
        self.turn.subscribe()
    }

    /// Tries for the lease and renews it until it is time to stop; then gives it back.
    pub(super) async fn keep(self, mut stop: Stop, task: Arc<Task>) {
        let mut had: Option<u64> = None;
        let mut again = interval(EVERY);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = again.tick() => {}
                () = stop.asked() => break,
            }
            task.begins(stopwatch());
            let tried = match had {
                Some(revision) => self.renewed(revision).await,
                None => self.taken().await,
            };
            match &tried {
                Ok(_) => task.moves(stopwatch()),
                Err(reason) => task.fails(reason.as_str(), stopwatch()),
            }
            let has = tried.unwrap_or(None);
            if has.is_some() != had.is_some() {
                tracing::info!(holder = self.holder, works = has.is_some(), "the lease changed hands");
            }
            had = has;
            self.turn.send_if_modified(|turn| std::mem::replace(turn, had.is_some()) != had.is_some());
        }
        self.turn.send_replace(false);
        // One that was paused may not have it any more, and must not take another's away.
        if let Some(revision) = had
            && let Err(error) = self.bucket.delete_expect_revision(self.key, Some(revision)).await
        {
            tracing::debug!(%error, "the lease ends by itself");
        }
    }

    /// The lease's new revision, if nobody has it.
    async fn taken(&self) -> Result<Option<u64>, String> {
        match self.bucket.create(self.key, self.holder.clone().into()).await {
            Ok(revision) => Ok(Some(revision)),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the lease can't be tried for; trying again");
                Err(in_one_line(&error))
            }
        }
    }

    /// Its new revision, if this one still had it.
    async fn renewed(&self, revision: u64) -> Result<Option<u64>, String> {
        match self.bucket.update(self.key, self.holder.clone().into(), revision).await {
            Ok(revision) => Ok(Some(revision)),
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the lease could not be renewed; trying for it anew");
                Err(in_one_line(&error))
            }
        }
    }
}
