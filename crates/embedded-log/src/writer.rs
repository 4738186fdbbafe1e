//! The one thread that writes: it takes all that waits, writes it at once, syncs it at once, and only then answers.

mod batch;
mod disk;
mod judge;

use std::{
    collections::VecDeque,
    sync::{Arc, mpsc::Sender},
};

use resit_domain::Timestamp;
use resit_event_log::{AppendError, Appended, Position};
use tokio::sync::mpsc::Receiver;

use self::batch::Batch;
pub(crate) use self::disk::Disk;
use crate::{request::Request, sealed::Sealed, segment::FrameHeader, shared::Shared};

/// So many requests are taken at once.
const REQUESTS_MAX: usize = 4096;
/// A batch is written before it grows beyond so many bytes.
const BATCH_BYTES_MAX: usize = 16 << 20;

/// The writer of a log.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Disk,
    pub(crate) segment_bytes: u64,
    /// Takes the segments that were sealed.
    pub(crate) indexer: Sender<Arc<Sealed>>,
}

impl Writer {
    /// Writes until nobody can ask any more, and everybody was answered.
    pub(crate) fn run(mut self, mut queue: Receiver<Request>) {
        let mut taken = Vec::with_capacity(REQUESTS_MAX);
        let mut waiting = VecDeque::with_capacity(REQUESTS_MAX);
        let mut batch = Batch::default();
        while queue.blocking_recv_many(&mut taken, REQUESTS_MAX) > 0 {
            waiting.extend(taken.drain(..));
            while !waiting.is_empty() {
                self.fill(&mut batch, &mut waiting);
                self.write(&mut batch);
            }
        }
    }

    /// Moves requests into the batch, in order, as far as they belong into the active segment.
    fn fill(&mut self, batch: &mut Batch, waiting: &mut VecDeque<Request>) {
        if let Some(request) = waiting.front()
            && !self.has_room(&self.disk.cursor, request)
            && let Err(error) = self.seal()
        {
            // Nothing can be written now; whoever waits is told so.
            waiting.drain(..).for_each(|request| batch.refuse(request.reply, error.clone()));
            return;
        }
        let mut cursor = self.disk.cursor;
        let mut active = self.shared.active_mut();
        while let Some(request) = waiting.front() {
            if !self.has_room(&cursor, request) || batch.bytes.len() > BATCH_BYTES_MAX {
                break;
            }
            let mut request = waiting.pop_front().expect("it was there just now");
            if let Err(error) = judge::judge(&request, &active.index, &self.shared) {
                batch.refuse(request.reply, error);
                continue;
            }
            let header = FrameHeader {
                payload_len: request.payload_len(),
                records: request.records(),
                first: cursor.next,
                recorded_at: cursor.recorded_at.max(request.recorded_at),
                payload_crc: request.payload_crc,
            };
            let block = header.encode();
            request.frame[..FrameHeader::LEN].copy_from_slice(&block);
            batch.bytes.extend_from_slice(&request.frame);
            let offset = u32::try_from(cursor.offset).expect("segments are shorter than 4 GiB");
            let streams = request.claims.into_iter().map(|claim| claim.stream);
            active.index.insert(offset, request.command, streams);
            cursor.pass(&header, &block);
            batch.accept(request.reply, appended(&header));
        }
        batch.cursor = Some(cursor);
    }

    fn has_room(&self, cursor: &crate::segment::Cursor, request: &Request) -> bool {
        cursor.frames == 0 || cursor.offset + request.frame.len() as u64 <= self.segment_bytes
    }

    /// Makes the batch durable, then answers.
    fn write(&mut self, batch: &mut Batch) {
        if !batch.bytes.is_empty() {
            let cursor = batch.cursor.take().expect("a filled batch knows where it ends");
            if let Err(error) = self.disk.write(&batch.bytes, cursor) {
                // The index ran ahead of what turned out not to be durable.
                self.shared.active_mut().index.forget_from(self.disk.cursor.next);
                batch.answer_all(&error);
                return;
            }
            self.shared.head.send_replace(Position(cursor.next - 1));
        }
        batch.answer();
    }

    /// Seals the active segment and begins the next.
    fn seal(&mut self) -> Result<(), AppendError> {
        let (footer, next) = self.disk.seal(&self.shared.directory)?;
        let sealed = self.shared.seal(footer, next);
        // Without an indexer, the segment's index stays in memory and is made again at the next open.
        drop(self.indexer.send(sealed));
        Ok(())
    }
}

fn appended(header: &FrameHeader) -> Appended {
    let recorded_at = Timestamp::from_millis(header.recorded_at);
    Appended {
        first: Position(header.first),
        last: Position(header.last()),
        recorded_at: recorded_at.expect("it is one of two instants that were given"),
    }
}
