//! The log itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{
    AppendError, Appended, COMMIT_BYTES_MAX, Commit, EventLog, Position, ReadError, Record, Room, StreamId,
    WAITING_BYTES_MAX, WAITING_MAX,
};
use resit_nats::Link;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::damage::half;
use crate::open::{OpenError, unfit};
use crate::pending::{Claim, Pending};
use crate::shared::Shared;
use crate::{head, writer};

/// What names, headers and field names add to the content of a commit, at most.
const HEADERS_BYTES_MAX: usize = 16 << 10;

/// What is said of a commit that was given up.
const UNKNOWN: &str = "NATS did not answer in time (are its servers up, and does the stream have a leader?), and whether it is \
                       stored is not known: send it again with the same id";

/// What is said of a commit that was never sent.
const UNSENT: &str =
    "it waited too long for those before it, and was not sent; nothing of it is on record: send it again";

/// How long a commit may wait before it is sent for the first time: a judgement that old is made again.
const UNSENT_MAX: Duration = Duration::from_secs(5);

/// A log on NATS JetStream. Any number of processes may have the same one open.
#[derive(Debug)]
pub struct JetStreamLog {
    shared: Arc<Shared>,
    commits: mpsc::Sender<Pending>,
    room: Arc<Room>,
    /// What tells the markers of this process from others', and how many it has made.
    token: String,
    tokens: AtomicU64,
    /// The watch over the head, once somebody waits. It ends with the log; the writer ends when it has answered everybody.
    watch: Mutex<JoinSet<()>>,
}

impl JetStreamLog {
    /// Opens a ledger's log. The stream must be there.
    ///
    /// # Errors
    ///
    /// If the stream can't be seen, or could lose what is on record.
    pub async fn open(link: Link) -> Result<Self, OpenError> {
        let stream = link.names.ledger_stream();
        let known = link.jetstream.get_stream(&stream).await;
        let known = known.map_err(|source| OpenError::Stream { stream: stream.clone(), source })?;
        if let Some(reason) = unfit(&known.cached_info().config) {
            return Err(OpenError::Unfit { stream, reason });
        }
        // The largest commit is one message.
        if link.client.server_info().max_payload < COMMIT_BYTES_MAX + HEADERS_BYTES_MAX {
            let reason =
                "its servers take no messages of 8 MiB; set `max_payload: 8MB` in their configuration";
            return Err(OpenError::Unfit { stream, reason });
        }
        let handle = link.jetstream.get_stream_no_info(&stream).await;
        let handle = handle.map_err(|source| OpenError::Stream { stream, source })?;
        let inbox = link.client.new_inbox();
        let token = inbox.rsplit('.').next().unwrap_or(&inbox).to_owned();
        let shared = Arc::new(Shared::new(link, handle));
        let head = shared.head_now().await?;
        // What is recorded from here on is no earlier than what is on record.
        shared.ends_whole(head).await?;
        let (commits, incoming) = mpsc::channel(WAITING_MAX);
        tokio::spawn(writer::run(shared.clone(), incoming));
        Ok(Self {
            shared,
            commits,
            room: Room::new(WAITING_MAX, WAITING_BYTES_MAX),
            token,
            tokens: AtomicU64::new(0),
            watch: Mutex::default(),
        })
    }

    /// The way to NATS that it goes.
    pub fn link(&self) -> &Link {
        &self.shared.link
    }
}

#[async_trait]
impl EventLog for JetStreamLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        commit.check()?;
        let token = format!("{}.{}", self.token, self.tokens.fetch_add(1, Ordering::Relaxed));
        let place = self.room.place(commit.content_bytes())?;
        let unsent = |reason: &str| AppendError::NotSent { reason: reason.into() };
        let claim = Claim::default();
        let (pending, mut answer) = Pending::new(commit, token, claim.clone(), place);
        self.commits.send(pending).await.map_err(|_| unsent("the log's writer has ended"))?;
        let answered = match timeout(UNSENT_MAX, &mut answer).await {
            Ok(answered) => answered,
            Err(_) if claim.take() => return Err(unsent(UNSENT)),
            // It is under way: what becomes of it is found out.
            Err(_) => answer.await,
        };
        answered.map_err(|_| AppendError::Unavailable { reason: UNKNOWN.into(), source: None })?
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.shared.history(stream, after).await
    }

    async fn glance_at_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.shared.glance(stream, after).await
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        let last = self.shared.last_of(stream).await?;
        Ok(last.map_or(Position::START, |stored| stored.record.position))
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let limit = limit.max(1);
        let mut head = *self.shared.head.borrow();
        // Others may have written more than this process knows of.
        if head.0.saturating_sub(after.0) < (limit as u64).saturating_mul(2) {
            head = head.max(self.shared.end_at_least().await?);
        }
        if head <= after {
            return Ok(Vec::new());
        }
        self.shared.follow(after.0, head.0, limit).await
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        let Some((sequence, marker)) = self.shared.marker_of(command.as_str()).await? else {
            return Ok(Vec::new());
        };
        let slices = u64::from(marker.slices);
        let records = self.shared.few(sequence + 1, sequence + slices, usize::from(marker.slices)).await?;
        // If the end of the log was lost once, something else stands in its place.
        let its_own = records.iter().take_while(|record| record.command == *command).count();
        if its_own < usize::from(marker.slices) {
            return Err(half(sequence + its_own as u64));
        }
        Ok(records)
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.shared.head_now().await
    }

    async fn glance_at_head(&self) -> Result<Position, ReadError> {
        self.shared.end_at_least().await
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        {
            let mut watch = self.watch.lock().await;
            if watch.is_empty() {
                watch.spawn(head::watch(self.shared.clone()));
            }
        }
        let mut head = self.shared.head.subscribe();
        let head = head.wait_for(|head| *head > after).await;
        Ok(*head.expect("the sender lives as long as the log"))
    }
}
