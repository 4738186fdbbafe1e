//! The answers to batches: one subscription for all of them, made when the first is expected.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_nats::{Client, Message};
use futures_util::StreamExt as _;
use tokio::sync::{OnceCell, oneshot};
use tokio::task::JoinSet;

type Expected = Arc<Mutex<HashMap<String, oneshot::Sender<Message>>>>;

/// Who expects which answer. A request of the client's own can't be sent at one time and awaited at another.
#[derive(Debug)]
pub(crate) struct Answers {
    /// What the subjects of all answers begin with.
    prefix: String,
    expected: Expected,
    /// Hands answers out, for as long as this lives.
    desk: OnceCell<JoinSet<()>>,
}

impl Answers {
    pub(crate) fn new(client: &Client) -> Self {
        Self { prefix: client.new_inbox(), expected: Expected::default(), desk: OnceCell::new() }
    }

    /// The subject of an answer, what no other batch is called, and what the answer comes by.
    pub(crate) async fn expect_one(
        &self,
        client: &Client,
    ) -> Result<(String, String, oneshot::Receiver<Message>), String> {
        self.desk.get_or_try_init(|| self.open(client)).await?;
        let inbox = client.new_inbox();
        let id = inbox.rsplit('.').next().unwrap_or(&inbox).to_owned();
        let (sender, answer) = oneshot::channel();
        let mut expected = lock(&self.expected);
        // Those that nobody waits for any more never come.
        expected.retain(|_, sender| !sender.is_closed());
        expected.insert(id.clone(), sender);
        Ok((format!("{}.{id}", self.prefix), id, answer))
    }

    async fn open(&self, client: &Client) -> Result<JoinSet<()>, String> {
        let mut subscriber =
            client.subscribe(format!("{}.*", self.prefix)).await.map_err(|e| e.to_string())?;
        let expected = self.expected.clone();
        let mut desk = JoinSet::new();
        desk.spawn(async move {
            while let Some(message) = subscriber.next().await {
                let id = message.subject.rsplit('.').next().unwrap_or_default();
                if let Some(sender) = lock(&expected).remove(id) {
                    drop(sender.send(message));
                }
            }
        });
        Ok(desk)
    }
}

fn lock(expected: &Expected) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Message>>> {
    expected.lock().expect("no code panics while it holds the lock")
}
