//! The log itself: a handle on its threads and on what they share.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{AppendError, Appended, Commit, EventLog, Position, ReadError, Record, StreamId};
use tokio::sync::{mpsc as tokio_mpsc, oneshot};

use crate::{
    Config, OpenError, OpenReport,
    name::Name,
    open::{Opened, open},
    request::Request,
    shared::Shared,
    writer::Writer,
};

/// A log in a folder of this machine. Clones are handles on the same log.
///
/// Reads are done where they are called: most come from memory, and the others take one short read of a file. Only
/// [`EventLog::read`] may take longer, by what its limit allows.
///
/// When the last handle goes, everything that was asked for is written, and the folder is free for another process.
#[derive(Debug, Clone)]
pub struct EmbeddedLog {
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    shared: Arc<Shared>,
    /// Taken out to let the threads end.
    queue: Option<tokio_mpsc::Sender<Request>>,
    threads: Vec<JoinHandle<()>>,
}

impl EmbeddedLog {
    /// Opens the log in a folder, or makes one there.
    ///
    /// A write that a crash had cut is set aside; see [`OpenReport::torn`].
    ///
    /// # Errors
    ///
    /// Says what is wrong with the folder, and what to do about it. Damage that no crash explains is never passed over.
    pub fn open(folder: &Path, config: &Config) -> Result<(Self, OpenReport), OpenError> {
        config.check()?;
        let Opened { shared, disk, report } = open(folder, config)?;
        let shared = Arc::new(shared);
        let (queue, requests) = tokio_mpsc::channel(config.queue_max);
        let (indexer, sealed) = mpsc::channel();
        let writer = Writer { shared: shared.clone(), disk, segment_bytes: config.segment_bytes, indexer };
        let mut running = Running { shared: shared.clone(), queue: Some(queue), threads: Vec::new() };
        running.start("log-writer", move || writer.run(requests))?;
        running.start("log-indexer", move || crate::indexer::run(&shared, &sealed))?;
        Ok((Self { running: Arc::new(running) }, report))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.running.shared
    }
}

impl Running {
    fn start(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = thread::Builder::new().name(name.into()).spawn(run);
        let folder = self.shared.directory.root();
        self.threads.push(thread.map_err(OpenError::io("start the threads of", folder))?);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.queue.take());
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; there is nothing left to do for it here.
            drop(thread.join());
        }
    }
}

#[async_trait]
impl EventLog for EmbeddedLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        let gone = || AppendError::Unavailable {
            reason: "the log's writer has stopped; restart to read again what the log holds".into(),
            source: None,
        };
        let (reply, answer) = oneshot::channel();
        let request = Request::prepare(commit, self.shared(), reply)?;
        let queue = self.running.queue.as_ref().ok_or_else(gone)?;
        queue.send(request).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.shared().records_of(&Name::Stream(stream), after)
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        Ok(self.shared().position_of(&Name::Stream(stream))?.unwrap_or_default())
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.shared().read(after, limit)
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        self.shared().records_of(&Name::Command(command), Position::START)
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(self.shared().head())
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        let mut head = self.shared().head.subscribe();
        let head = head.wait_for(|head| *head > after).await;
        Ok(*head.expect("the log keeps the sender for as long as it is there"))
    }
}
