//! Reading the parking stream.

use std::collections::{BTreeMap, HashMap};

use async_nats::jetstream::stream::{DirectGetErrorKind, Info, Stream};
use resit_domain::Timestamp;
use resit_nats::Link;

use super::message::Entry;
use super::{Parked, Settled};
use crate::IntakeError;

/// What is parked, as far as it was read.
#[derive(Debug)]
pub struct ParkedEvents {
    pub(super) link: Link,
    stream: Stream<()>,
    /// The number of the last message that was read.
    read: u64,
    events: BTreeMap<u64, Parked>,
    /// An event that was parked twice, because an acknowledgement was lost, is one: its number by where it came from.
    first: HashMap<(u64, Timestamp), u64>,
}

impl ParkedEvents {
    /// Nothing yet.
    ///
    /// # Errors
    ///
    /// If the stream is not there.
    pub async fn of(link: Link) -> Result<Self, IntakeError> {
        let stream = link.jetstream.get_stream_no_info(link.names.parked_stream()).await;
        let stream = stream
            .map_err(|e| IntakeError::Unread { stream: link.names.parked_stream(), source: Box::new(e) })?;
        Ok(Self { link, stream, read: 0, events: BTreeMap::new(), first: HashMap::new() })
    }

    /// Reads what has been added.
    ///
    /// # Errors
    ///
    /// If NATS does not answer.
    pub async fn catch_up(&mut self) -> Result<(), IntakeError> {
        let info: Info = self.stream.get_info().await.map_err(|e| self.unread(e))?;
        while self.read < info.state.last_sequence {
            let next = self
                .stream
                .direct_get_next_for_subject(self.link.names.parked_subjects(), Some(self.read + 1));
            let message = match next.await {
                Ok(message) => message,
                // Whoever has the right may have removed messages; nothing is left behind here.
                Err(e) if e.kind() == DirectGetErrorKind::NotFound => break,
                Err(e) => return Err(self.unread(e)),
            };
            self.read = message.sequence;
            match Entry::of(&self.link.names, message) {
                Some(Entry::Parked(parked)) => self.parked(*parked),
                Some(Entry::Settled(settled)) => self.settled(settled),
                None => {}
            }
        }
        Ok(())
    }

    fn parked(&mut self, parked: Parked) {
        let came_from = (parked.note.sequence, parked.note.sent_at);
        let first = *self.first.entry(came_from).or_insert(parked.number);
        if first == parked.number {
            self.events.insert(parked.number, parked);
        }
    }

    pub(super) fn settled(&mut self, settled: Settled) {
        if let Some(parked) = self.events.get_mut(&settled.parked) {
            parked.settled.get_or_insert(settled);
        }
    }

    /// The parked event with a number.
    pub fn get(&self, number: u64) -> Option<&Parked> {
        self.events.get(&number)
    }

    /// All that were ever parked, in the order in which they were.
    pub fn all(&self) -> impl Iterator<Item = &Parked> {
        self.events.values()
    }

    /// Those about which nothing was done yet.
    pub fn open(&self) -> impl Iterator<Item = &Parked> {
        self.all().filter(|parked| parked.settled.is_none())
    }

    fn unread(&self, source: impl std::error::Error + Send + Sync + 'static) -> IntakeError {
        IntakeError::Unread { stream: self.link.names.parked_stream(), source: Box::new(source) }
    }
}
