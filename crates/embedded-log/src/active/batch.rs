//! Commits that are written and answered together.

use resit_domain::Timestamp;
use resit_event_log::{AppendError, Appended, Position};

use crate::{
    request::Reply,
    segment::{Cursor, FrameHeader},
};

/// A batch takes no more frames when it is so long, unless one frame alone is longer.
const BYTES_MAX: usize = 16 << 20;

/// Commits that are written and answered together. It is emptied by answering, and used again.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// All accepted frames.
    pub(crate) bytes: Vec<u8>,
    /// How many records they hold.
    pub(super) records: u16,
    /// Behind the last of them.
    pub(crate) end: Option<Cursor>,
    answers: Vec<(Reply, Result<Appended, AppendError>)>,
}

impl Batch {
    /// Whether nobody waits for it.
    pub(crate) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Whether one more frame goes in.
    pub(super) fn has_room(&self, frame_len: usize, records: u16) -> bool {
        let fits = self.bytes.len() + frame_len <= BYTES_MAX && self.records.checked_add(records).is_some();
        self.bytes.is_empty() || fits
    }

    /// Takes a commit in.
    pub(super) fn accept(&mut self, reply: Reply, header: &FrameHeader, frame: [&[u8]; 2], end: Cursor) {
        let [block, payload] = frame;
        let end_of_frame = self.bytes.len() + header.frame_len(end.version);
        self.bytes.extend_from_slice(block);
        let stored = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        self.bytes.resize(end_of_frame, 0);
        end.version.mask(&mut self.bytes[stored..]);
        self.records += header.records;
        self.end = Some(end);
        let recorded_at = Timestamp::from_millis(header.recorded_at);
        let appended = Appended {
            after: Position(header.first - 1),
            first: Position(header.first),
            last: Position(header.last()),
            recorded_at: recorded_at.expect("it is one of two instants that were given"),
        };
        self.answers.push((reply, Ok(appended)));
    }

    /// Keeps a commit out. Its answer waits for the write too, for it may rest on what is only now being written.
    pub(super) fn refuse(&mut self, reply: Reply, error: AppendError) {
        self.answers.push((reply, Err(error)));
    }

    /// Answers everybody: what was accepted is durable.
    pub(crate) fn answer(&mut self) {
        self.clear();
        for (reply, answer) in self.answers.drain(..) {
            reply.send(answer);
        }
    }

    /// Answers everybody that nothing was written.
    pub(crate) fn refuse_all(&mut self, error: &AppendError) {
        self.clear();
        for (reply, _) in self.answers.drain(..) {
            reply.send(Err(error.clone()));
        }
    }

    fn clear(&mut self) {
        // One huge commit must not cost its memory for ever.
        const KEPT_BYTES: usize = 4 << 20;
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        (self.records, self.end) = (0, None);
    }
}
