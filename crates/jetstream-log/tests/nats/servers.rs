//! Servers that all cases of this binary share; each case has a ledger of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::Config;
use resit_event_log::{EventLog, ReadError};
use resit_jetstream_log::{JetStreamLog, OpenError};
use resit_nats::layout::Layout;
use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};
use tokio::sync::OnceCell;

/// A new ledger on one server.
pub(crate) async fn alone() -> (Arc<dyn EventLog>, ()) {
    static SERVER: OnceCell<NatsServer> = OnceCell::const_new();
    let server = SERVER.get_or_init(async || NatsServer::start(ServerConfig::default())).await;
    (Arc::new(open(link(&server.url(), 1).await).await), ())
}

/// A new ledger on three servers, each of which keeps all of it.
pub(crate) async fn replicated() -> (Arc<dyn EventLog>, ()) {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    let cluster = CLUSTER.get_or_init(|| async { Cluster::start(&ServerConfig::default()).await }).await;
    (Arc::new(open(link(&cluster.url(), 3).await).await), ())
}

/// A way to a ledger that nobody else has, with its stream.
pub(crate) async fn link(servers: &str, replicas: usize) -> Link {
    static LEDGERS: AtomicU32 = AtomicU32::new(0);
    let name = format!("case-{}", LEDGERS.fetch_add(1, Ordering::Relaxed));
    let settings = Settings { replicas, ..Settings::open(servers, name.parse().expect("a name")) };
    let link = Link::connect(settings).await.expect("the servers take clients");
    link.jetstream.create_stream(stream(&link)).await.expect("a stream");
    link
}

/// The stream of a ledger's log.
pub(crate) fn stream(link: &Link) -> Config {
    let mut layout = Layout::of(&link.names, link.settings.replicas, &[]);
    layout.streams.retain(|stream| stream.name == link.names.ledger_stream());
    layout.streams.remove(0)
}

/// The log of a ledger. While servers elect who leads, a question to them may get no answer, and is asked again.
pub(crate) async fn open(link: Link) -> JetStreamLog {
    let opening = async {
        loop {
            match JetStreamLog::open(link.clone()).await {
                Err(OpenError::Stream { source, .. }) if source.kind() == GetStreamErrorKind::Request => {}
                Err(OpenError::Read(ReadError::Unavailable { .. })) => {}
                opened => return opened.expect("the log is fit"),
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), opening).await.expect("the servers answer")
}
