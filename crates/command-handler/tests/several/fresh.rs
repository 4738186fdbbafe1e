//! Several handlers over one log: nobody is judged by a state that is older than an acknowledged change of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use resit_command_handler::{CommandHandler, Following, Settings};
use resit_domain::CommandId;
use resit_event_log::{
    AppendError, Appended, Commit, EventLog, MemoryLog, Position, ReadError, Record, StreamId,
};
use resit_voucher_code::CodeKey;
use tokio::task::JoinSet;

use crate::given::{publish, sells, sells_for, withdraw};

/// How long a state may be trusted after it was proven fresh.
const FRESH_MAX: Duration = Duration::from_millis(250);

/// The time of these tests: it stands while anybody works, and goes on when all wait.
fn stopwatch() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// How long ago that was.
fn since(moment: Instant) -> Duration {
    stopwatch() - moment
}

/// A stopwatch that goes on only when it is told to.
#[derive(Clone)]
struct Stopwatch {
    begun: Instant,
    millis: Arc<AtomicU64>,
}

impl Stopwatch {
    fn new() -> Self {
        Self { begun: stopwatch(), millis: Arc::default() }
    }

    fn pass(&self, span: Duration) {
        self.millis.fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

fn handler(
    log: &Arc<dyn EventLog>,
    stopwatch: impl Fn() -> Instant + Send + Sync + 'static,
) -> Arc<CommandHandler> {
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    Arc::new(CommandHandler::among_others(log.clone(), key, Settings::default(), Arc::new(stopwatch)))
}

fn by(watch: &Stopwatch) -> impl Fn() -> Instant + Send + Sync + 'static {
    let Stopwatch { begun, millis } = watch.clone();
    move || begun + Duration::from_millis(millis.load(Ordering::Relaxed))
}

/// Keeps a handler's states fresh, as long as what it returns lives.
async fn following(handler: &Arc<CommandHandler>) -> JoinSet<()> {
    let mut following = Following::begin(handler.clone()).await.unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { while following.go_on().await.is_ok() {} });
    tasks
}

#[tokio::test(start_paused = true)]
async fn a_change_is_seen_at_once_by_a_handler_that_follows() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let (one, other) = (handler(&log, stopwatch), handler(&log, stopwatch));
    let _followings = (following(&one).await, following(&other).await);
    publish(&one).await;
    assert!(sells(&other, "before").await);
    withdraw(&one).await;
    assert!(!sells(&other, "after").await);
}

#[tokio::test(start_paused = true)]
async fn a_handler_whose_following_stands_still_asks_the_log() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let watch = Stopwatch::new();
    let (one, other) = (handler(&log, stopwatch), handler(&log, by(&watch)));
    let _following = following(&one).await;
    publish(&one).await;
    let still = following(&other).await;
    assert!(sells(&other, "before").await);
    drop(still);
    withdraw(&one).await;
    // As much has passed at the other one as it took until the change was acknowledged.
    watch.pass(FRESH_MAX + Duration::from_millis(1));
    assert!(!sells(&other, "after").await, "what it keeps of the offer is old");
}

#[tokio::test(start_paused = true)]
async fn a_change_is_acknowledged_when_no_handler_trusts_what_was_before() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let one = handler(&log, stopwatch);
    let _following = following(&one).await;
    let begun = stopwatch();
    publish(&one).await;
    assert!(since(begun) > FRESH_MAX, "it waits out whoever may trust that there is no such offer");
    withdraw(&one).await;
    let begun = stopwatch();
    assert!(withdraw(&one).await.replayed);
    assert!(since(begun) > FRESH_MAX, "the answer may be the first that its giver gets");
}

#[tokio::test(start_paused = true)]
async fn who_is_alone_waits_for_nobody() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let alone = Arc::new(CommandHandler::new(log, key, Settings::default()));
    let begun = stopwatch();
    publish(&alone).await;
    assert!(sells(&alone, "before").await);
    withdraw(&alone).await;
    assert!(!sells(&alone, "after").await);
    assert_eq!(since(begun), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_was_held_up_before_its_append_judges_again() {
    let memory: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let (one, watch) = (handler(&memory, stopwatch), Stopwatch::new());
    let _following = following(&one).await;
    publish(&one).await;
    let held_up = Arc::new(HeldUp { log: memory.clone(), by: one.clone(), watch: watch.clone() });
    let other = handler(&(held_up as Arc<dyn EventLog>), by(&watch));
    let still = following(&other).await;
    assert!(sells(&other, "before").await);
    // A process that is stopped does not follow either.
    drop(still);
    assert!(
        !sells_for(&other, "held-up", Some("KA-100")).await,
        "what it had judged by was old when it came to append"
    );
}

/// A log whose reader is stopped once, in the middle of a command, for as long as another handler needs to change an offer.
struct HeldUp {
    log: Arc<dyn EventLog>,
    by: Arc<CommandHandler>,
    watch: Stopwatch,
}

#[async_trait]
impl EventLog for HeldUp {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        self.log.append(commit).await
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        let records = self.log.read_stream(stream, after).await;
        if stream.kind() == "exam" && self.log.find_command(&"withdraw".parse().unwrap()).await?.is_empty() {
            withdraw(&self.by).await;
            self.watch.pass(FRESH_MAX + Duration::from_millis(1));
        }
        records
    }

    async fn glance_at_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.log.glance_at_stream(stream, after).await
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        self.log.revision(stream).await
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.log.read(after, limit).await
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        self.log.find_command(command).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.log.head().await
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        self.log.wait_past(after).await
    }
}
