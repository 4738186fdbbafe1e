//! Settling one event: it is taken, and what came of it is told, or it is parked, or it comes again.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Message;
use resit_domain::Timestamp;
use resit_nats::TraceContext;
use tracing::Instrument as _;

use crate::asked::{Asked, key};
use crate::outcome::{About, Came, EventAnswered, EventParked};
use crate::parked::{Note, park, publish};
use crate::sent::Sent;
use crate::take::take;
use crate::{CloudEvent, Intake, IntakeError, Poison};

/// How long the first wait of an event that came too early is, and the longest.
const WAIT_MIN: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_mins(5);

/// What is to become of an event's message.
pub(crate) enum Next {
    Acknowledge,
    Again(Duration),
}

impl Intake {
    /// Settles an event. When this is done, what came of it is durable.
    pub(crate) async fn settled(&self, message: &Message) -> Result<Next, IntakeError> {
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
        let now = (self.now)()?;
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
        let poison = poison.in_few_words();
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

    /// Tells the sender. One whom the subject does not name has nowhere to be told.
    async fn tell(
        &self,
        sent: &Sent<'_>,
        mut told: CloudEvent,
        trace: Option<TraceContext>,
    ) -> Result<(), IntakeError> {
        if sent.subject.sender().is_err() {
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
