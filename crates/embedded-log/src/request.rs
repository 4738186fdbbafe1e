//! A commit on its way to the writer: encoded, and checked against everything that can't change any more.

use std::{cell::Cell, sync::Arc};

use resit_domain::CommandId;
use resit_event_log::{AppendError, Appended, Commit, Place, Position, ReadError, Slice, StreamId, codec};
use tokio::sync::oneshot;

use crate::{
    index::{Key, Kind},
    name::Name,
    sealed::SealedSet,
    shared::Shared,
};

/// Where the writer's answer goes, and the place in the queue that the commit takes until then.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) to: oneshot::Sender<Result<Appended, AppendError>>,
    pub(crate) _place: Place,
}

impl Reply {
    /// Answers. Whoever doesn't wait any more finds the outcome by reading.
    pub(crate) fn send(self, answer: Result<Appended, AppendError>) {
        drop(self.to.send(answer));
    }
}

/// A commit that asks to be written.
#[derive(Debug)]
pub(crate) struct Request {
    /// The stored form.
    pub(crate) payload: Vec<u8>,
    pub(crate) payload_crc: u32,
    /// The handler's time, in milliseconds.
    pub(crate) recorded_at: i64,
    command: CommandId,
    command_key: Key,
    /// Where the command stands in the sealed segments that were asked.
    pub(crate) command_sealed: Option<Position>,
    pub(crate) claims: Vec<Claim>,
    /// How many sealed segments were asked; those that were sealed since are still to be asked.
    pub(crate) sealed_seen: usize,
}

/// What a commit claims of a stream.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) stream: StreamId,
    key: Key,
    pub(crate) expected: Position,
    /// The stream's revision in the sealed segments that were asked.
    pub(crate) sealed: Position,
}

thread_local! {
    /// Used for one payload after the other: most requests are done with before the next one is prepared.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Request {
    /// Prepares a commit that was checked, in the task of the caller: encoding and looking things up take longest.
    pub(crate) fn prepare(commit: Commit, shared: &Shared) -> Result<Self, AppendError> {
        let mut payload = BUFFER.take();
        codec::encode_into(&commit, &mut payload);
        let payload_crc = crc32c::crc32c(&payload);
        let Commit { command, recorded_at, slices, .. } = commit;
        let claims = slices.into_iter().map(Claim::of).collect();
        let mut request = Self {
            payload,
            payload_crc,
            recorded_at: recorded_at.millis(),
            command_key: Key::of(Kind::Command, command.as_str()),
            command,
            command_sealed: None,
            claims,
            sealed_seen: 0,
        };
        let sealed = shared.sealed();
        if !sealed.segments.is_empty() {
            request.look_up(&sealed, shared).map_err(unreadable)?;
        }
        Ok(request)
    }

    fn look_up(&mut self, sealed: &SealedSet, shared: &Shared) -> Result<(), ReadError> {
        self.sealed_seen = sealed.segments.len();
        self.command_sealed = shared.position_in(sealed, 0, &self.command())?;
        for claim in &mut self.claims {
            claim.sealed = shared.position_in(sealed, 0, &claim.name())?.unwrap_or_default();
        }
        Ok(())
    }

    pub(crate) fn command(&self) -> Name<'_> {
        Name { kind: Kind::Command, text: self.command.as_str(), key: self.command_key }
    }

    /// The payload's length.
    pub(crate) fn payload_len(&self) -> u32 {
        u32::try_from(self.payload.len()).expect("commits are limited to some megabytes")
    }

    /// The number of its records.
    pub(crate) fn records(&self) -> u16 {
        u16::try_from(self.claims.len()).expect("commits are limited to some thousand slices")
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        const KEPT_BYTES_MAX: usize = 64 << 10;
        if self.payload.capacity() <= KEPT_BYTES_MAX {
            let mut payload = std::mem::take(&mut self.payload);
            payload.clear();
            BUFFER.set(payload);
        }
    }
}

impl Claim {
    fn of(slice: Slice) -> Self {
        let key = Key::of(Kind::Stream, slice.stream.as_str());
        Self { stream: slice.stream, key, expected: slice.expected, sealed: Position::START }
    }

    pub(crate) fn name(&self) -> Name<'_> {
        Name { kind: Kind::Stream, text: self.stream.as_str(), key: self.key }
    }
}

/// What must be known before a commit is written can't be read.
pub(crate) fn unreadable(error: ReadError) -> AppendError {
    AppendError::Unavailable { reason: error.to_string(), source: Some(Arc::new(error)) }
}
