//! How fast a projector takes the log in, beside a consumer that does nothing with it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::OrderedConfig;
use futures_util::StreamExt as _;
use resit_derived_store::DerivedStore;
use resit_event_log::EventLog;
use resit_jetstream_log::JetStreamLog;
use resit_nats::{Link, Settings};
use resit_projector::Projector;

use super::among_others::AmongOthers;
use super::bed::Bed;
use super::{COMMANDS_PER_SECOND, broken};
use crate::clock::now;
use crate::in_process::lives;
use crate::{BenchError, Pass, Plan};

/// A projector and a bare consumer over the same log.
#[derive(Debug, Clone, Copy)]
pub struct Followed {
    /// Messages by the projector, until the read models stood at the head.
    pub projector: Pass,
    /// The same messages by a consumer.
    pub consumer: Pass,
}

/// Fills a ledger for so long, then follows it from its beginning, by turns.
pub async fn followed(plan: &Plan, settings: &Settings) -> Result<Followed, BenchError> {
    let bed = Bed::make(settings, "follow").await?;
    let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(bed.link.clone()).await?);
    let filling = AmongOthers::ready(&log).await?;
    lives(&filling.handler, 256, plan.round * plan.rounds.max(1), COMMANDS_PER_SECOND).await?;
    drop(filling);
    let messages = log.head().await?.0;
    // Once unmeasured: the first reader finds the server's caches cold.
    consumed(&bed.link, messages).await?;
    let consumer = Pass { count: messages, took: consumed(&bed.link, messages).await? };
    let folder = tempfile::tempdir_in(&plan.folder)?;
    let projector = Pass { count: messages, took: projected(&bed.link, folder.path()).await? };
    bed.remove().await?;
    Ok(Followed { projector, consumer })
}

async fn consumed(link: &Link, messages: u64) -> Result<Duration, BenchError> {
    let stream =
        link.jetstream.get_stream_no_info(link.names.ledger_stream()).await.map_err(|e| broken(&e))?;
    let begun = now();
    let consumer = stream.create_consumer(OrderedConfig::default()).await.map_err(|e| broken(&e))?;
    let mut arriving = consumer.messages().await.map_err(|e| broken(&e))?;
    for _ in 0..messages {
        match arriving.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(broken(&error)),
            None => return Err(BenchError::Broken("the consumer ended".to_owned())),
        }
    }
    Ok(now() - begun)
}

async fn projected(link: &Link, folder: &Path) -> Result<Duration, BenchError> {
    let log = Arc::new(JetStreamLog::open(link.clone()).await?);
    let (store, _) = DerivedStore::open(folder)?;
    let projector = Projector::new(log, store);
    let begun = now();
    projector.catch_up(|_| ()).await?;
    Ok(now() - begun)
}
