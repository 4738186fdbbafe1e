//! Watching the head, for those who wait for more.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use futures_util::StreamExt as _;
use resit_event_log::{Position, ReadError};
use tokio::time::timeout;

use crate::shared::{Shared, unread};

/// How long silence is believed: a consumer can stop without a word when servers change places.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// How long to wait before a consumer that failed is made again; it doubles, up to the longest.
const AGAIN: Duration = Duration::from_millis(200);
const AGAIN_LONGEST: Duration = Duration::from_secs(5);

/// Keeps the known head near the head, for ever.
pub(crate) async fn watch(shared: Arc<Shared>) {
    let mut wait = AGAIN;
    loop {
        match watched(&shared).await {
            Ok(()) => wait = AGAIN,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    ?wait,
                    "the head is not watched; trying again"
                );
                wait = (wait * 2).min(AGAIN_LONGEST);
            }
        }
        drop(timeout(wait, pending::<()>()).await);
    }
}

/// Watches by one consumer, until it fails or falls silent though the log goes on.
async fn watched(shared: &Shared) -> Result<(), ReadError> {
    let before = shared.end_at_least().await?;
    let mut messages = consumer(shared).await?;
    // What came before the consumer does not come by it.
    let mut told = shared.end_at_least().await?;
    loop {
        match timeout(SILENCE_MAX, messages.next()).await {
            Ok(Some(Ok(message))) => {
                let sequence = message
                    .info()
                    .map_err(|e| unread("watching the head", Said(e.to_string())))?
                    .stream_sequence;
                // The client made its consumer anew before anything had come by it, and that one begins with the log.
                if sequence <= before.0 {
                    return Ok(());
                }
                told = told.max(Position(sequence));
                shared.note_head(told);
            }
            Ok(Some(Err(error))) => return Err(unread("watching the head", error)),
            Ok(None) => return Ok(()),
            Err(_) if shared.end_at_least().await? > told => return Ok(()),
            Err(_) => {}
        }
    }
}

async fn consumer(shared: &Shared) -> Result<Ordered, ReadError> {
    let config = OrderedConfig {
        headers_only: true,
        deliver_policy: DeliverPolicy::New,
        filter_subject: format!("{}>", shared.link.names.records_prefix()),
        ..OrderedConfig::default()
    };
    let consumer = shared.stream.create_consumer(config).await.map_err(|e| unread("watching the head", e))?;
    consumer.messages().await.map_err(|e| unread("watching the head", e))
}

/// What a client said that is no error of its own.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Said(pub(crate) String);
