//! The one thread that writes: it takes all that was put in order, writes it at once, syncs it at once, and only then
//! answers.

use std::{sync::Arc, thread};

use resit_event_log::{AppendError, Position};

use crate::{
    active::{Active, Batch, Work},
    disk::Disk,
    shared::Shared,
};

/// The writer of a log.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Disk,
    pub(crate) segment_bytes: u64,
    pub(crate) unstored_bytes_max: u64,
    /// Since when commits can't be written.
    pub(crate) failing: Option<Failing>,
}

impl Writer {
    /// Writes until the log is closed and everybody was answered.
    pub(crate) fn run(mut self) {
        // Whatever ends this thread, nobody waits for it in vain.
        let shared = self.shared.clone();
        let _closing = Closing(&shared);
        let mut batch = Batch::default();
        loop {
            let work = self.shared.active_mut().next_work(&mut batch, &self.shared);
            match work {
                Work::Write => self.write(&mut batch),
                Work::Seal => self.seal(),
                // Who makes work out of nothing wakes this thread, even if it doesn't sleep yet.
                Work::Nothing => thread::park(),
                Work::Done => {
                    let first = self.shared.active().first;
                    return self.disk.stop(&self.shared.directory, first);
                }
            }
        }
    }

    /// Makes the batch durable, then answers.
    fn write(&mut self, batch: &mut Batch) {
        if let Some(end) = batch.end {
            if let Err(error) = self.disk.write(&batch.bytes, end) {
                self.give_up(&error);
                batch.refuse_all(&error);
                return;
            }
            if let Some(failing) = self.failing.take() {
                tracing::info!(failed = failing.times, "commits are written again");
                // What the disk had no room for, it may have now.
                self.shared.nudge_indexer();
            }
            self.shared.head.send_replace(Position(end.next - 1));
        }
        batch.answer();
    }

    /// Seals the active segment and begins the next.
    fn seal(&mut self) {
        match self.disk.seal(&self.shared.directory) {
            Err(error) => self.give_up(&error),
            Ok((footer, file)) => {
                let index = self.shared.active().index.following(self.disk.cursor.next);
                let next = Active::new(file, index, self.disk.cursor, self.segment_bytes);
                self.shared.seal(footer, next);
                self.shared.thin_out(self.unstored_bytes_max);
                self.shared.nudge_indexer();
            }
        }
    }

    /// Refuses what can't be written. It is said when it begins, and again if it is for another reason: a full disk is not filled
    /// by saying so of each commit.
    fn give_up(&mut self, error: &AppendError) {
        let reason = error.to_string();
        match &mut self.failing {
            Some(failing) if failing.reason == reason => failing.times += 1,
            failing => {
                tracing::error!(%error, source = ?std::error::Error::source(error), "commits can't be written");
                *failing = Some(Failing { reason, times: 1 });
            }
        }
        self.shared.active_mut().go_back(self.disk.cursor, error);
    }
}

/// A time in which commits can't be written.
#[derive(Debug)]
pub(crate) struct Failing {
    reason: String,
    /// How often it was tried.
    times: u64,
}

struct Closing<'a>(&'a Shared);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close_at_once();
        self.0.let_go_of_indexer();
    }
}
