//! An event as it was sent in.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Message;
use resit_domain::Timestamp;
use resit_nats::{Link, TraceContext};

use crate::{CloudEvent, IntakeError, Poison, Subject};

/// An event's message, read as far as it can be.
pub(crate) struct Sent<'a> {
    pub(crate) message: &'a Message,
    pub(crate) subject: Subject,
    pub(crate) event: Result<CloudEvent, Poison>,
    pub(crate) sequence: u64,
    pub(crate) came_in_at: Timestamp,
}

impl<'a> Sent<'a> {
    pub(crate) fn of(link: &Link, message: &'a Message) -> Result<Self, IntakeError> {
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

    /// The trace that it is part of.
    pub(crate) fn trace(&self) -> Option<TraceContext> {
        let event = self.event.as_ref().ok()?;
        let no_headers = HeaderMap::new();
        let headers = self.message.headers.as_ref().unwrap_or(&no_headers);
        TraceContext::parse(event.traceparent(headers)?)
    }

    /// For how long it has been here.
    pub(crate) fn age(&self, now: Timestamp) -> Duration {
        let millis = now.millis().saturating_sub(self.came_in_at.millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}
