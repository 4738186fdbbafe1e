//! Events from their stream: each is taken, what came of it is told, and then it is acknowledged.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{AckKind, Message};
use futures_util::{FutureExt as _, StreamExt as _};
use resit_domain::Timestamp;
use resit_nats::{Link, SpanIds, TraceContext};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::asked::{Asked, key};
use crate::outcome::{About, Came, EventAnswered, EventParked};
use crate::parked::{Note, park, publish};
use crate::take::take;
use crate::{CloudEvent, Commands, Counts, IntakeError, Poison, Subject};

/// How often a server is told that an event is still at work; well within the time after which it gives it to another.
const BEAT: Duration = Duration::from_secs(10);

/// How long the first wait of an event that came too early is, and the longest.
const WAIT_MIN: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_mins(5);

/// How long the wait is after the ledger did not answer.
const UNANSWERED: Duration = Duration::from_secs(1);

/// Reads the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

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
    link: Link,
    commands: Arc<dyn Commands>,
    settings: Settings,
    now: Now,
    counts: Arc<Counts>,
    spans: Arc<SpanIds>,
}

/// What is to become of an event's message.
enum Next {
    Acknowledge,
    Again(Duration),
}

/// An event's message, read as far as it can be.
struct Sent<'a> {
    message: &'a Message,
    subject: Subject,
    event: Result<CloudEvent, Poison>,
    sequence: u64,
    came_in_at: Timestamp,
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
            while at_work.try_join_next().is_some() {}
            let permit = tokio::select! {
                () = &mut stop => break Ok(()),
                permit = room.clone().acquire_owned() => permit.expect("it is never closed"),
            };
            let message = tokio::select! {
                () = &mut stop => break Ok(()),
                message = messages.next() => message,
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
        ended
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

    async fn settled(&self, message: &Message) -> Result<Next, IntakeError> {
        let sent = Sent::of(&self.link, message)?;
        let trace = sent.trace().map(|trace| self.spans.child(trace));
        let trace_id = trace.map(|trace| trace.trace_id());
        let (id, source) = (sent.event.as_ref().ok()).map(|event| (&*event.id, &*event.source)).unzip();
        let span = tracing::info_span!(
            "event",
            id,
            source,
            r#type = sent.subject.kind,
            sequence = sent.sequence,
            trace_id
        );
        self.taken(&sent, trace).instrument(span).await
    }

    async fn taken(&self, sent: &Sent<'_>, trace: Option<TraceContext>) -> Result<Next, IntakeError> {
        let now = (self.now)();
        let came = match &sent.event {
            Err(poison) => Came::Poisoned(poison.clone()),
            Ok(event) => match Asked::of(event, &sent.subject) {
                Err(poison) => Came::Poisoned(poison),
                Ok(asked) => take(&*self.commands, &asked, now).await?,
            },
        };
        match came {
            Came::Ahead => Ok(Next::Again(WAIT_MIN)),
            Came::Waits(refusal) => {
                let waited = sent.age(now);
                if waited >= self.settings.wait_max {
                    return self.park(sent, Poison::waited_for(refusal), trace, now).await;
                }
                self.counts.waited();
                tracing::debug!(rule = %refusal.rule, "what it is about is not there yet");
                let left = self.settings.wait_max.saturating_sub(waited);
                Ok(Next::Again(waited.clamp(WAIT_MIN, WAIT_MAX).min(left.max(WAIT_MIN))))
            }
            Came::Poisoned(poison) => self.park(sent, poison, trace, now).await,
            Came::Answered(commands) => {
                let about = About::of(sent.event.as_ref().ok(), &sent.subject.kind);
                let answered = EventAnswered { event: about, commands };
                self.counts.answered(&answered);
                tracing::debug!(outcome = answered.kind(), "taken");
                if let Ok(event) = &sent.event {
                    let told = answered.told(&key(event), &self.ledger());
                    self.tell(sent, told, trace).await?;
                }
                Ok(Next::Acknowledge)
            }
        }
    }

    async fn park(
        &self,
        sent: &Sent<'_>,
        poison: Poison,
        trace: Option<TraceContext>,
        now: Timestamp,
    ) -> Result<Next, IntakeError> {
        let note = Note {
            poison: poison.clone(),
            subject: sent.message.subject.to_string(),
            sequence: sent.sequence,
            sent_at: sent.came_in_at,
            withheld: false,
        };
        let no_headers = HeaderMap::new();
        let headers = sent.message.headers.as_ref().unwrap_or(&no_headers);
        let parked = park(&self.link, (headers, &sent.message.payload), note).await?;
        self.counts.parked(poison.reason);
        tracing::warn!(parked, reason = %poison.reason, field = poison.error.field, "parked an event");
        let event = About::of(sent.event.as_ref().ok(), &sent.subject.kind);
        let told = EventParked { event, parked, poison }.told(&self.ledger(), now);
        self.tell(sent, told, trace).await?;
        Ok(Next::Acknowledge)
    }

    /// Tells the sender. One whose name nobody could have has nowhere to be told.
    async fn tell(
        &self,
        sent: &Sent<'_>,
        mut told: CloudEvent,
        trace: Option<TraceContext>,
    ) -> Result<(), IntakeError> {
        if sent.subject.name.is_empty() {
            return Ok(());
        }
        if let Some(trace) = trace {
            told.extensions.insert("traceparent".to_owned(), trace.to_string());
        }
        let (headers, payload) = told.binary();
        let subject = self.link.names.outcome(&sent.subject.name, &told.kind);
        publish(&self.link, subject, headers, payload).await?;
        Ok(())
    }

    fn ledger(&self) -> String {
        self.link.names.ledger().to_string()
    }
}

impl<'a> Sent<'a> {
    fn of(link: &Link, message: &'a Message) -> Result<Self, IntakeError> {
        let info = message
            .info()
            .map_err(|source| IntakeError::Unread { stream: link.names.intake_stream(), source })?;
        let no_headers = HeaderMap::new();
        let headers = message.headers.as_ref().unwrap_or(&no_headers);
        Ok(Self {
            message,
            subject: Subject::of(&link.names, &message.subject),
            event: CloudEvent::read(headers, &message.payload),
            sequence: info.stream_sequence,
            came_in_at: crate::instant(info.published),
        })
    }

    fn trace(&self) -> Option<TraceContext> {
        let event = self.event.as_ref().ok()?;
        let no_headers = HeaderMap::new();
        let headers = self.message.headers.as_ref().unwrap_or(&no_headers);
        TraceContext::parse(event.traceparent(headers)?)
    }

    fn age(&self, now: Timestamp) -> Duration {
        let millis = now.millis().saturating_sub(self.came_in_at.millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

/// Waits for time itself to pass.
async fn passed(span: Duration) {
    drop(tokio::time::timeout(span, pending::<()>()).await);
}
