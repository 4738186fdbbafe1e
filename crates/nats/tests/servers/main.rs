//! What a ledger needs on NATS, on real servers.

mod config;
mod deployment;
mod durability;
mod jobs;
mod layout;
mod ledgers;
mod permissions;
mod rights;
mod wire;

use async_nats::jetstream::stream;
use resit_nats::{Link, Settings};

/// A connection for a ledger whose records so many servers keep.
async fn link(servers: &str, replicas: usize) -> Link {
    let settings = Settings { replicas, ..Settings::open(servers, "resit".parse().unwrap()) };
    Link::connect(settings).await.unwrap()
}

/// How a stream is set up.
async fn config(link: &Link, stream: &str) -> stream::Config {
    link.jetstream.get_stream(stream).await.unwrap().cached_info().config.clone()
}
