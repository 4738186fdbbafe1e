//! The segment that takes records, and the order in which it takes them.
//!
//! Callers put their commits in order themselves, under a lock that is held for less than a microsecond each, while
//! the writer's thread is busy with the disk. So the work of judging hides behind the sync of the batch before.

mod batch;
mod judge;

use std::{collections::VecDeque, fs::File, sync::Arc};

use resit_event_log::AppendError;

pub(crate) use self::batch::Batch;
use crate::{
    index::LiveIndex,
    request::{Claim, Reply, Request},
    segment::{Cursor, FrameHeader, SegmentFile},
    shared::Shared,
};

/// The segment that takes records.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) first: u64,
    pub(crate) file: Arc<File>,
    /// It runs ahead of what is durable: readers say how far they may see.
    pub(crate) index: LiveIndex,
    /// Behind the last frame that was put in order, durable or not.
    cursor: Cursor,
    segment_bytes: u64,
    /// What the writer takes next.
    batch: Batch,
    /// What can't be put in order before the writer has done something: in most cases, before a new segment is begun.
    waiting: VecDeque<(Request, Reply)>,
    /// Why nothing is taken any more.
    closed: Option<AppendError>,
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Offered {
    /// Whether the writer had nothing to do before, and may be asleep.
    pub(crate) idle: bool,
    /// The request, if it is done with. Dropping it takes as long as all the rest, so it is not done under the lock.
    #[expect(dead_code, reason = "it is there to be dropped")]
    spent: Option<Request>,
}

/// What the writer has to do.
#[derive(Debug)]
pub(crate) enum Work {
    /// Write the batch that was swapped in.
    Write,
    /// Begin a new segment: this one has no room for what waits.
    Seal,
    /// Wait for somebody to ask for something.
    Nothing,
    /// Go: nobody can ask any more.
    Done,
}

impl Active {
    pub(crate) fn new(file: Arc<File>, index: LiveIndex, cursor: Cursor, segment_bytes: u64) -> Self {
        let (batch, waiting) = (Batch::default(), VecDeque::new());
        Self { first: index.first(), file, index, cursor, segment_bytes, batch, waiting, closed: None }
    }

    /// Takes a request.
    pub(crate) fn offer(&mut self, request: Request, reply: Reply, shared: &Shared) -> Offered {
        if let Some(error) = &self.closed {
            reply.send(Err(error.clone()));
            return Offered { idle: false, spent: Some(request) };
        }
        let idle = self.batch.is_empty() && self.waiting.is_empty();
        if self.waiting.is_empty() && self.has_room(&request) {
            self.sequence(&request, reply, shared);
            return Offered { idle, spent: Some(request) };
        }
        self.waiting.push_back((request, reply));
        Offered { idle, spent: None }
    }

    /// Its file, to read from.
    pub(crate) fn file(&self) -> SegmentFile {
        SegmentFile { file: self.file.clone(), version: self.cursor.version }
    }

    fn has_room(&self, request: &Request) -> bool {
        let len = self.cursor.version.frame_len(request.payload.len());
        let fits = self.cursor.is_current() && self.cursor.offset + len as u64 <= self.segment_bytes;
        let fits_segment = self.cursor.frames == 0 || fits;
        fits_segment && self.batch.has_room(len, request.records())
    }

    /// Puts a request in order, behind all that were before it.
    fn sequence(&mut self, request: &Request, reply: Reply, shared: &Shared) {
        if let Err(error) = judge::judge(request, &self.index, shared) {
            self.batch.refuse(reply, error);
            return;
        }
        let header = FrameHeader {
            payload_len: request.payload_len(),
            records: request.records(),
            of_write_before: self.batch.records,
            first: self.cursor.next,
            recorded_at: self.cursor.recorded_at.max(request.recorded_at),
            payload_crc: request.payload_crc,
        };
        let block = header.encode(self.cursor.version);
        let offset = u32::try_from(self.cursor.offset).expect("segments are shorter than 4 GiB");
        self.index.insert(offset, &request.command(), request.claims.iter().map(Claim::name));
        self.cursor.pass(&header, &block);
        self.batch.accept(reply, &header, [&block, &request.payload], self.cursor);
    }

    /// Tells the writer what to do; a batch to write is swapped with the empty one that it brings.
    pub(crate) fn next_work(&mut self, batch: &mut Batch, shared: &Shared) -> Work {
        while self.waiting.front().is_some_and(|(request, _)| self.has_room(request)) {
            let (request, reply) = self.waiting.pop_front().expect("it was there just now");
            self.sequence(&request, reply, shared);
        }
        if !self.batch.is_empty() {
            std::mem::swap(&mut self.batch, batch);
            return Work::Write;
        }
        match (self.waiting.is_empty(), &self.closed) {
            (false, _) => Work::Seal,
            (true, None) => Work::Nothing,
            (true, Some(_)) => Work::Done,
        }
    }

    /// Goes back to where the durable part ends. Everybody who waits is refused: what they were told of the streams,
    /// or would be, rests on what turned out not to be durable.
    pub(crate) fn go_back(&mut self, durable: Cursor, error: &AppendError) {
        self.index.forget_from(durable.next);
        self.cursor = durable;
        self.refuse_all(error);
    }

    /// Answers everybody who waits that nothing was written.
    pub(crate) fn refuse_all(&mut self, error: &AppendError) {
        self.batch.refuse_all(error);
        for (_, reply) in self.waiting.drain(..) {
            reply.send(Err(error.clone()));
        }
    }

    /// Takes nothing any more, and answers so. What was taken before is still the writer's to do.
    pub(crate) fn close(&mut self, error: AppendError) {
        self.closed = Some(error);
    }

    /// Why nothing is taken any more, if so.
    pub(crate) fn ended(&self) -> Option<String> {
        self.closed.as_ref().map(ToString::to_string)
    }

    /// Hands what waits over to the segment that follows.
    pub(crate) fn followed_by(&mut self, next: Self) -> Self {
        let waiting = std::mem::take(&mut self.waiting);
        let closed = self.closed.take();
        std::mem::replace(self, Self { waiting, closed, ..next })
    }
}
