//! What people do about parked events.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_domain::{Actor, Timestamp};
use resit_nats::is_protocol_header;

use super::message::{SETTLED, in_a_header, publish};
use super::{How, Parked, ParkedEvents, Settled};
use crate::cloud_event::ATTRIBUTE_BYTES_MAX;
use crate::{CloudEvent, Encoding, IntakeError};

/// What an event is to be replaced by.
#[derive(Debug, Clone)]
pub struct Mended {
    /// Its data, as JSON.
    pub data: Bytes,
    /// Its type, if that was wrong.
    pub kind: Option<String>,
}

impl ParkedEvents {
    /// Sends a parked event in again as it came. If it still can't be taken, it is parked again, under another number.
    ///
    /// # Errors
    ///
    /// If NATS does not answer, or the event is not whole any more.
    pub async fn retry(&mut self, number: u64, by: Actor, at: Timestamp) -> Result<Settled, IntakeError> {
        let parked = self.unsettled(number)?;
        if parked.note.withheld {
            return Err(IntakeError::Withheld(number));
        }
        let Parked { note, headers, payload, .. } = parked;
        // Headers of the protocol were for the first time: by an id for duplicates, or a stream's expected end, a server would
        // drop or refuse the event now.
        let mut own = HeaderMap::new();
        for (name, values) in headers.iter().filter(|(name, _)| !is_protocol_header((*name).as_ref())) {
            for value in values {
                own.append(name.clone(), value.clone());
            }
        }
        let (subject, payload) = (note.subject.clone(), payload.clone());
        // Sent first: whatever happens between the two, it is not forgotten, and taking it twice does nothing.
        publish(&self.link, subject, own, payload).await?;
        self.record(number, How::Retried, by, at).await
    }

    /// Sends another event in place of a parked one: with other data, under an id of its own that says which one it mends.
    ///
    /// # Errors
    ///
    /// If NATS does not answer.
    pub async fn fix(
        &mut self,
        number: u64,
        mended: Mended,
        by: Actor,
        at: Timestamp,
    ) -> Result<Settled, IntakeError> {
        let event = in_place_of(self.unsettled(number)?, mended);
        let parked = self.unsettled(number)?;
        let (role, name) = (&parked.sent_as.role, &parked.sent_as.name);
        let subject = self.link.names.intake(role, name, &event.kind);
        let (headers, payload) = event.binary();
        publish(&self.link, subject, headers, payload).await?;
        self.record(number, How::Fixed { id: event.id }, by, at).await
    }

    /// Says that a parked event will not be taken. It stays where it is, with who said so, and why.
    ///
    /// # Errors
    ///
    /// If NATS does not answer.
    pub async fn discard(
        &mut self,
        number: u64,
        reason: String,
        by: Actor,
        at: Timestamp,
    ) -> Result<Settled, IntakeError> {
        self.unsettled(number)?;
        self.record(number, How::Discarded { reason }, by, at).await
    }

    fn unsettled(&self, number: u64) -> Result<&Parked, IntakeError> {
        let parked = self.get(number).ok_or(IntakeError::NotParked(number))?;
        match &parked.settled {
            None => Ok(parked),
            Some(Settled { how, by, at, .. }) => {
                Err(IntakeError::Settled { number, how: how.word(), by: by.clone(), at: *at })
            }
        }
    }

    async fn record(
        &mut self,
        number: u64,
        how: How,
        by: Actor,
        at: Timestamp,
    ) -> Result<Settled, IntakeError> {
        let sent_as = &self.get(number).ok_or(IntakeError::NotParked(number))?.sent_as;
        let subject = self.link.names.parked(&sent_as.role, &sent_as.name, &sent_as.kind);
        let settled = Settled { parked: number, how, by, at };
        let mut headers = HeaderMap::new();
        headers.insert(SETTLED, in_a_header(&settled));
        publish(&self.link, subject, headers, Bytes::new()).await?;
        self.settled(settled.clone());
        Ok(settled)
    }
}

/// The event that is sent in place of a parked one: what can be known of that one, with what was mended.
fn in_place_of(parked: &Parked, mended: Mended) -> CloudEvent {
    let (was, name) = (parked.event().ok(), &parked.sent_as.name);
    let was = was.unwrap_or_else(|| CloudEvent {
        id: format!("parked-{}", parked.number),
        source: name.clone(),
        kind: parked.sent_as.kind.clone(),
        subject: None,
        time: Some(parked.note.sent_at),
        extensions: BTreeMap::new(),
        encoding: Encoding::Json,
        data: Bytes::new(),
    });
    let own = was.source == *name || was.source.starts_with(&format!("{name}/"));
    let mut extensions = was.extensions;
    extensions.retain(|_, text| text.len() <= ATTRIBUTE_BYTES_MAX);
    extensions.insert("fixes".to_owned(), was.id.clone());
    let id = format!("{}.fix-{}", was.id, parked.number);
    CloudEvent {
        id: if id.len() <= ATTRIBUTE_BYTES_MAX { id } else { format!("parked-{}.fix", parked.number) },
        source: if own { was.source } else { name.clone() },
        kind: mended.kind.unwrap_or(was.kind),
        encoding: Encoding::Json,
        data: mended.data,
        extensions,
        ..was
    }
}
