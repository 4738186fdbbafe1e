//! What the parts of a log share.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex as Lock};

use async_nats::jetstream::stream::Stream;
use resit_event_log::{Position, ReadError};
use resit_nats::Link;
use tokio::sync::{Mutex, watch};

use crate::answers::Answers;
use crate::follow::Cursors;
use crate::proof::{Group, Proofs};
use crate::seen::Seen;

/// What the parts of a log share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) link: Link,
    pub(crate) stream: Stream<()>,
    pub(crate) stream_name: String,
    /// What the subjects of records begin with; those of markers do not.
    pub(crate) records_prefix: Arc<str>,
    pub(crate) seen: Arc<Seen>,
    /// How far the log is at least.
    pub(crate) head: watch::Sender<Position>,
    /// Held while a batch is sent, so that batches come to the server in the order of their recorded times.
    pub(crate) wire: Mutex<()>,
    /// How many messages are under way for the first time.
    pub(crate) first_tries: AtomicUsize,
    pub(crate) answers: Answers,
    pub(crate) cursors: Cursors,
    pub(crate) proofs: Proofs,
    /// The servers that keep the log, as they were named last.
    pub(crate) group: Lock<Option<Group>>,
}

impl Shared {
    pub(crate) fn new(link: Link, stream: Stream<()>) -> Self {
        let stream_name = link.names.ledger_stream();
        let records_prefix = link.names.records_prefix().into();
        let answers = Answers::new(&link.client);
        Self {
            link,
            stream,
            stream_name,
            records_prefix,
            seen: Arc::new(Seen::new()),
            head: watch::Sender::new(Position::START),
            wire: Mutex::new(()),
            first_tries: AtomicUsize::new(0),
            answers,
            cursors: Cursors::default(),
            proofs: Proofs::default(),
            group: Lock::default(),
        }
    }

    /// Notes that the log is this far.
    pub(crate) fn note_head(&self, head: Position) {
        self.head.send_if_modified(|known| {
            let further = *known < head;
            *known = head.max(*known);
            further
        });
    }
}

/// NATS did not answer, or not as it should.
pub(crate) fn unread(doing: &str, source: impl std::error::Error + Send + Sync + 'static) -> ReadError {
    let reason =
        format!("{doing} got no answer; are the NATS servers up, and does the stream have a leader?");
    ReadError::Unavailable { reason, source: Some(Arc::new(source)) }
}
