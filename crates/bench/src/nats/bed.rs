//! Where one measurement runs: a stream of its own, led by the server that its client talks to.

use std::future::pending;
use std::time::Duration;

use resit_nats::layout::Layout;
use resit_nats::{Link, Settings};
use serde_json::json;
use tokio::time::timeout;

use super::broken;
use crate::BenchError;

/// How often it is asked who leads, and how long it is waited in between.
const ASKED_MAX: usize = 100;
const BETWEEN: Duration = Duration::from_millis(100);

/// A stream for one measurement.
pub(super) struct Bed {
    pub(super) link: Link,
}

impl Bed {
    pub(super) async fn make(settings: &Settings, name: &str) -> Result<Self, BenchError> {
        let ledger = format!("bench-{name}");
        let ledger = ledger.parse().map_err(|e| broken(&e))?;
        let link = Link::connect(Settings { ledger, ..settings.clone() }).await?;
        // What a measurement that was broken off left behind.
        drop(link.jetstream.delete_stream(link.names.ledger_stream()).await);
        let layout = Layout::of(&link.names, link.settings.replicas, &[]);
        for config in layout.streams.into_iter().filter(|stream| stream.name == link.names.ledger_stream()) {
            link.jetstream.create_stream(config).await.map_err(|e| broken(&e))?;
        }
        let bed = Self { link };
        bed.led_by_the_next_server().await?;
        Ok(bed)
    }

    /// Has the stream led by the server that this client talks to. Where servers choose, one measurement may go through one server
    /// more than the one that it is compared with.
    async fn led_by_the_next_server(&self) -> Result<(), BenchError> {
        let Link { client, jetstream, names, .. } = &self.link;
        let wanted = client.server_info().server_name;
        let ask = format!("$JS.API.STREAM.LEADER.STEPDOWN.{}", names.ledger_stream());
        let preferred = json!({ "placement": { "preferred": wanted } }).to_string();
        for _ in 0..ASKED_MAX {
            let stream = jetstream.get_stream(names.ledger_stream()).await.map_err(|e| broken(&e))?;
            let cluster = stream.cached_info().cluster.as_ref();
            if cluster.is_none_or(|cluster| cluster.leader.as_ref() == Some(&wanted)) {
                return Ok(());
            }
            // It says no while that server has not caught up.
            client.request(ask.clone(), preferred.clone().into()).await.map_err(|e| broken(&e))?;
            drop(timeout(BETWEEN, pending::<()>()).await);
        }
        Err(BenchError::Broken(format!("the stream can't be led by {wanted}")))
    }

    pub(super) async fn remove(self) -> Result<(), BenchError> {
        let removed = self.link.jetstream.delete_stream(self.link.names.ledger_stream()).await;
        removed.map(|_| ()).map_err(|e| broken(&e))
    }
}
