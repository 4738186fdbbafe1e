//! Commits that are written and answered together.

use resit_event_log::{AppendError, Appended};

use crate::{request::Reply, segment::Cursor};

/// Commits that are written and answered together. It is emptied by answering, and used again.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// All accepted frames.
    pub(super) bytes: Vec<u8>,
    /// Where the segment will end.
    pub(super) cursor: Option<Cursor>,
    answers: Vec<(Reply, Result<Appended, AppendError>)>,
}

impl Batch {
    /// Takes a commit in.
    pub(super) fn accept(&mut self, reply: Reply, appended: Appended) {
        self.answers.push((reply, Ok(appended)));
    }

    /// Keeps a commit out. Its answer waits for the write too, for it may rest on what is only now being written.
    pub(super) fn refuse(&mut self, reply: Reply, error: AppendError) {
        self.answers.push((reply, Err(error)));
    }

    /// Answers everybody: what was accepted is durable.
    pub(super) fn answer(&mut self) {
        self.bytes.clear();
        for (reply, answer) in self.answers.drain(..) {
            // Who doesn't wait any more finds the outcome by reading.
            drop(reply.send(answer));
        }
    }

    /// Answers everybody that nothing was written.
    pub(super) fn answer_all(&mut self, error: &AppendError) {
        self.bytes.clear();
        for (reply, _) in self.answers.drain(..) {
            drop(reply.send(Err(error.clone())));
        }
    }
}
