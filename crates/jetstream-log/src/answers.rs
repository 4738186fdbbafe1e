//! The answers to all that this log asks: one subscription, made when the first is expected. A subscription for each question
//! would be told to every server of a cluster, twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_nats::{Client, Message};
use futures_util::StreamExt as _;
use tokio::sync::{OnceCell, mpsc};
use tokio::task::JoinSet;

type Waiting = Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<Message>>>>;

/// Who waits for which answers.
#[derive(Debug)]
pub(crate) struct Answers {
    /// What the subjects of all answers begin with; no other process has the same.
    prefix: String,
    asked: AtomicU64,
    waiting: Waiting,
    /// Hands answers out, for as long as this lives.
    desk: OnceCell<JoinSet<()>>,
}

/// What is answered to one question, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Where the answer has to go.
    pub(crate) subject: String,
    /// What no other question of any process is called.
    pub(crate) id: String,
    pub(crate) messages: mpsc::UnboundedReceiver<Message>,
    number: u64,
    waiting: Waiting,
}

impl Answers {
    pub(crate) fn new(client: &Client) -> Self {
        Self {
            prefix: client.new_inbox(),
            asked: AtomicU64::new(0),
            waiting: Waiting::default(),
            desk: OnceCell::new(),
        }
    }

    /// Makes ready for the answer to a question that is asked next.
    pub(crate) async fn expect(&self, client: &Client) -> Result<Expected, async_nats::SubscribeError> {
        self.desk.get_or_try_init(|| self.open(client)).await?;
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let (sender, messages) = mpsc::unbounded_channel();
        lock(&self.waiting).insert(number, sender);
        let process = self.prefix.rsplit('.').next().unwrap_or(&self.prefix);
        Ok(Expected {
            subject: format!("{}.{number}", self.prefix),
            id: format!("{process}-{number}"),
            messages,
            number,
            waiting: self.waiting.clone(),
        })
    }

    async fn open(&self, client: &Client) -> Result<JoinSet<()>, async_nats::SubscribeError> {
        let mut subscriber = client.subscribe(format!("{}.*", self.prefix)).await?;
        let waiting = self.waiting.clone();
        let mut desk = JoinSet::new();
        desk.spawn(async move {
            while let Some(message) = subscriber.next().await {
                let number = message.subject.rsplit('.').next().and_then(|number| number.parse().ok());
                if let Some(sender) = number.and_then(|number: u64| lock(&waiting).get(&number).cloned()) {
                    // Whoever has just stopped waiting does not want it.
                    drop(sender.send(message));
                }
            }
        });
        Ok(desk)
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        lock(&self.waiting).remove(&self.number);
    }
}

fn lock<T>(waiting: &Mutex<T>) -> MutexGuard<'_, T> {
    waiting.lock().expect("no code panics while it holds the lock")
}
