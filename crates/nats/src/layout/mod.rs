//! What a ledger needs on NATS: its streams, its bucket and its consumers, as data.

mod api;
mod apply;
mod check;
mod consumer;
mod difference;
mod plan;
mod stream;

use std::time::Duration;

use async_nats::jetstream::{consumer::pull, stream::Config};

use crate::{Names, User};

pub use api::LayoutError;
pub use apply::apply;
pub use check::{Flaw, check};
pub use difference::{Difference, Mending};
pub(crate) use plan::stream_info;
pub use plan::{Deed, Plan, Step, Thing, plan};

/// How long a lease holds that nobody renews.
pub const LEASE_AGE: Duration = Duration::from_secs(15);

/// What a ledger needs.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Its streams; a bucket is one, too.
    pub streams: Vec<Config>,
    /// Its durable consumers.
    pub consumers: Vec<Durable>,
}

/// A durable consumer.
#[derive(Debug, Clone)]
pub struct Durable {
    /// Its stream.
    pub stream: String,
    /// Its name.
    pub name: String,
    /// How it is set up.
    pub config: pull::Config,
}

impl Layout {
    /// What the ledger of these names needs, each record kept by so many servers, if these users are let in.
    pub fn of(names: &Names, replicas: usize, users: &[User]) -> Self {
        Self { streams: stream::of(names, replicas), consumers: consumer::of(names, users) }
    }

    /// Its streams' names.
    pub fn stream_names(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().map(|stream| stream.name.as_str())
    }
}
