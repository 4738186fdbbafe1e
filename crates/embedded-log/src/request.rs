//! A commit on its way to the writer: encoded, and checked against everything that can't change any more.

use std::sync::Arc;

use resit_domain::CommandId;
use resit_event_log::{AppendError, Appended, Commit, Position, ReadError, StreamId, codec};
use tokio::sync::oneshot;

use crate::{index::Key, name::Name, segment::FrameHeader, shared::Shared};

/// Where the writer's answer goes.
pub(crate) type Reply = oneshot::Sender<Result<Appended, AppendError>>;

/// A commit that asks to be written.
#[derive(Debug)]
pub(crate) struct Request {
    /// Room for the frame's header, and the payload.
    pub(crate) frame: Vec<u8>,
    pub(crate) payload_crc: u32,
    /// The handler's time, in milliseconds.
    pub(crate) recorded_at: i64,
    pub(crate) command: Key<CommandId>,
    pub(crate) claims: Vec<Claim>,
    /// Where the command stands in the sealed segments that were asked.
    pub(crate) command_sealed: Option<Position>,
    /// How many sealed segments were asked; the writer asks those that were sealed since.
    pub(crate) sealed_seen: usize,
    pub(crate) reply: Reply,
}

/// What a commit claims of a stream.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) stream: Key<StreamId>,
    pub(crate) expected: Position,
    /// The stream's revision in the sealed segments that were asked.
    pub(crate) sealed: Position,
}

impl Request {
    /// Prepares a commit that was checked, in the task of the caller: encoding and looking things up take most of the time.
    pub(crate) fn prepare(commit: Commit, shared: &Shared, reply: Reply) -> Result<Self, AppendError> {
        let mut frame = Vec::with_capacity(FrameHeader::LEN + codec::stored_bytes_max(&commit));
        frame.extend_from_slice(&[0; FrameHeader::LEN]);
        codec::encode_into(&commit, &mut frame);
        let payload_crc = crc32c::crc32c(&frame[FrameHeader::LEN..]);

        let Commit { command, recorded_at, slices, .. } = commit;
        let sealed = shared.sealed();
        let command_sealed = shared.position_in(&sealed, &Name::Command(&command)).map_err(unreadable)?;
        let claim = |slice: resit_event_log::Slice| {
            let position = shared.position_in(&sealed, &Name::Stream(&slice.stream))?;
            let sealed = position.unwrap_or_default();
            Ok(Claim { stream: slice.stream.into(), expected: slice.expected, sealed })
        };
        let claims = slices.into_iter().map(claim).collect::<Result<_, _>>().map_err(unreadable)?;
        let (recorded_at, sealed_seen) = (recorded_at.millis(), sealed.len());
        let command = command.into();
        Ok(Self { frame, payload_crc, recorded_at, command, claims, command_sealed, sealed_seen, reply })
    }

    /// The payload's length.
    pub(crate) fn payload_len(&self) -> u32 {
        u32::try_from(self.frame.len() - FrameHeader::LEN).expect("commits are limited to some megabytes")
    }

    /// The number of its records.
    pub(crate) fn records(&self) -> u16 {
        u16::try_from(self.claims.len()).expect("commits are limited to some thousand slices")
    }
}

/// What must be known before a commit is written can't be read.
pub(crate) fn unreadable(error: ReadError) -> AppendError {
    AppendError::Unavailable { reason: error.to_string(), source: Some(Arc::new(error)) }
}
