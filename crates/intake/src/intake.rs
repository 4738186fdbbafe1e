//! Events from their stream: each is taken, what came of it is told, and then it is acknowledged.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{AckKind, Message};
use futures_util::{FutureExt as _, StreamExt as _};
use resit_command_handler::TrustedNow;
use resit_nats::{Link, SpanIds};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::settle::Next;
use crate::{Commands, Counts, IntakeError};

/// How often a server is told that an event is still at work; well within the time after which it gives it to another.
const BEAT: Duration = Duration::from_secs(10);

/// How long the wait is after the ledger did not answer.
const UNANSWERED: Duration = Duration::from_secs(1);

/// How often it is looked whether the clock is trusted again.
const UNTRUSTED: Duration = Duration::from_millis(200);

/// How long the last acknowledgements may take to leave.
const FLUSH_MAX: Duration = Duration::from_secs(2);

/// Reads the time, if the clock can be trusted.
pub type Now = TrustedNow;

/// How events are taken.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long an event waits for what it is about before it is parked.
    pub wait_max: Duration,
    /// How many events are at work at a time.
    pub at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { wait_max: Duration::from_hours(4), at_once: 64 }
    }
}

/// Takes events in. Any number of these, in any number of processes, share the work.
pub struct Intake {
    pub(crate) link: Link,
    pub(crate) commands: Arc<dyn Commands>,
    pub(crate) settings: Settings,
    pub(crate) now: Now,
    pub(crate) counts: Arc<Counts>,
    pub(crate) spans: Arc<SpanIds>,
}

impl Intake {
    /// Takes events by these commands.
    pub fn new(
        link: Link,
        commands: Arc<dyn Commands>,
        settings: Settings,
        now: Now,
        counts: Arc<Counts>,
        spans: Arc<SpanIds>,
    ) -> Arc<Self> {
        Arc::new(Self { link, commands, settings, now, counts, spans })
    }

    /// Takes events until `stop`, and finishes what is at work then.
    ///
    /// # Errors
    ///
    /// If the consumer can't be read. What is at work was finished; start it again.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) -> Result<(), IntakeError> {
        let mut messages = self.messages().await?;
        let room = Arc::new(Semaphore::new(self.settings.at_once));
        let mut at_work = JoinSet::new();
        tokio::pin!(stop);
        let ended = loop {
            while let Some(joined) = at_work.try_join_next() {
                if let Err(error) = joined {
                    tracing::error!(%error, "an event met a mistake of this program; it comes again");
                }
            }
            let permit = tokio::select! {
                () = &mut stop => break Ok(()),
                permit = room.clone().acquire_owned() => permit.expect("it is never closed"),
            };
            let message = tokio::select! {
                () = &mut stop => break Ok(()),
                message = async {
                    self.trusted().await;
                    messages.next().await
                } => message,
            };
            match message {
                Some(Ok(message)) => {
                    let intake = self.clone();
                    at_work.spawn(async move {
                        intake.one(message).await;
                        drop(permit);
                    });
                }
                Some(Err(error)) => break Err(self.unread(error)),
                None => break Ok(()),
            }
        };
        // What was handed out and not begun is given back, so that others need not wait for it.
        while let Some(Some(Ok(message))) = messages.next().now_or_never() {
            drop(message.ack_with(AckKind::Nak(None)).await);
        }
        while at_work.join_next().await.is_some() {}
        // An acknowledgement that is still here when the process ends would have its event come again.
        if tokio::time::timeout(FLUSH_MAX, self.link.client.flush()).await.is_err() {
            tracing::debug!("the last acknowledgements may not have been sent");
        }
        ended
    }

    /// Waits until the clock is trusted: until then events are another process's to take.
    async fn trusted(&self) {
        while (self.now)().is_err() {
            passed(UNTRUSTED).await;
        }
    }

    async fn messages(&self) -> Result<pull::Stream, IntakeError> {
        let stream = self.link.names.intake_stream();
        let jetstream = &self.link.jetstream;
        let consumer: PullConsumer = jetstream
            .get_consumer_from_stream(self.link.names.intake_consumer(), stream)
            .await
            .map_err(|e| self.unread(e))?;
        // A server that says nothing for two beats is not waited for: consumers can stop without a word.
        let messages = consumer
            .stream()
            .max_messages_per_batch(self.settings.at_once)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(5));
        messages.messages().await.map_err(|e| self.unread(e))
    }

    fn unread(&self, source: impl std::error::Error + Send + Sync + 'static) -> IntakeError {
        IntakeError::Unread { stream: self.link.names.intake_stream(), source: Box::new(source) }
    }

    /// Takes one event. Whatever happens, it is acknowledged, or comes again.
    async fn one(&self, message: Message) {
        let work = self.settled(&message);
        tokio::pin!(work);
        let next = loop {
            tokio::select! {
                next = &mut work => break next,
                () = passed(BEAT) => drop(message.ack_with(AckKind::Progress).await),
            }
        };
        let kind = match next {
            Ok(Next::Acknowledge) => AckKind::Ack,
            Ok(Next::Again(wait)) => AckKind::Nak(Some(wait)),
            Err(error) => {
                self.counts.failed();
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "an event could not be taken now; it comes again");
                AckKind::Nak(Some(UNANSWERED))
            }
        };
        // Unheard, the server gives the event out again, and it is answered as the first time.
        if let Err(error) = message.ack_with(kind).await {
            tracing::debug!(error, "an acknowledgement was not sent");
        }
    }
}

/// Waits for time itself to pass.
async fn passed(span: Duration) {
    drop(tokio::time::timeout(span, pending::<()>()).await);
}
