//! The log itself: a handle on its threads and on what they share.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{AppendError, Appended, Commit, EventLog, Position, ReadError, Record, Room, StreamId};
use tokio::sync::oneshot;

use crate::{
    Config, OpenError, OpenReport,
    name::Name,
    open::{Opened, open},
    request::{Reply, Request},
    shared::{Shared, stopped},
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
    /// Room for commits that are under way.
    room: Arc<Room>,
    threads: Vec<JoinHandle<()>>,
    syncs: Arc<AtomicU64>,
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
        Self::open_unless(folder, config, &|| false)
    }

    /// Opens the log as [`EmbeddedLog::open`] does, and asks between two segments whether to stop: without its index, a large
    /// log is read once, which takes a minute or more for 20 GB. What was indexed until then stays.
    ///
    /// # Errors
    ///
    /// The same, and [`OpenError::Stopped`].
    pub fn open_unless(
        folder: &Path,
        config: &Config,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Self, OpenReport), OpenError> {
        config.check()?;
        let Opened { shared, nudges, disk, report } = open(folder, config, stop)?;
        let shared = Arc::new(shared);
        let (syncs, segment_bytes) = (disk.syncs.clone(), config.segment_bytes);
        let unstored_bytes_max = config.unstored_bytes_max;
        let writer =
            Writer { shared: shared.clone(), disk, segment_bytes, unstored_bytes_max, failing: None };
        let room = Room::new(config.queue_max, config.queue_bytes_max);
        let mut running = Running { shared: shared.clone(), room, threads: Vec::new(), syncs };
        running.start("log-writer", move || writer.run())?;
        running.start("log-indexer", move || crate::indexer::run(&shared, &nudges))?;
        Ok((Self { running: Arc::new(running) }, report))
    }

    /// How many times the log synced its segments since it was opened: commits that came together share one.
    pub fn syncs(&self) -> u64 {
        self.running.syncs.load(Ordering::Relaxed)
    }

    /// The last durable position, as [`EventLog::head`] says it.
    pub fn durable_head(&self) -> Position {
        self.shared().head()
    }

    /// Reads the log, as [`EventLog::read`] does, for a caller that waits on its own thread.
    ///
    /// # Errors
    ///
    /// As of [`EventLog::read`].
    pub fn read_now(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.shared().read(after, limit)
    }

    /// Whether the folder is still where it was opened, with all its segments. If it was moved away, removed or replaced, what
    /// is written from then on may be in files that no path leads to; if a segment was, it can't be read again.
    ///
    /// # Errors
    ///
    /// If the folder can't be looked at.
    pub fn is_in_place(&self) -> io::Result<bool> {
        let shared = self.shared();
        let (sealed, last, file) = {
            let active = shared.active();
            (shared.sealed(), active.first, active.file.clone())
        };
        let sealed = &sealed.segments;
        Ok(shared.directory.is_in_place()?
            && shared.directory.has(sealed.iter().map(|segment| segment.first), last, &file)?)
    }

    /// What is wrong with what the log does in the background, for a person to read; none if all is well. Commits and reads go
    /// on without the index, but slowly.
    pub fn fault(&self) -> Option<String> {
        self.shared().fault()
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

impl Running {
    fn wake_writer(&self) {
        if let Some(writer) = self.threads.first() {
            writer.thread().unpark();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.close();
        self.wake_writer();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; there is nothing left to do for it here.
            drop(thread.join());
        }
    }
}

#[async_trait]
impl EventLog for EmbeddedLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        commit.check()?;
        let running = &*self.running;
        let place = running.room.place(commit.content_bytes())?;
        let (to, answer) = oneshot::channel();
        let reply = Reply { to, _place: place };
        let request = Request::prepare(commit, &running.shared)?;
        let offered = running.shared.active_mut().offer(request, reply, &running.shared);
        if offered.idle {
            running.wake_writer();
        }
        drop(offered);
        answer.await.map_err(|_| stopped())?
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.shared().records_of(&Name::stream(stream), after)
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        Ok(self.shared().position_of(&Name::stream(stream))?.unwrap_or_default())
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.shared().read(after, limit)
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        self.shared().records_of(&Name::command(command), Position::START)
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
