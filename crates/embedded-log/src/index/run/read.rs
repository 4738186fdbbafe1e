//! Reads a run from end to end.

use std::os::unix::fs::FileExt;

use super::{HEADER_LEN, IndexFault, Run};
use crate::index::{
    block::{self, BLOCK_BYTES, BlockId},
    entry::Entry,
};

/// How many blocks are read at once.
const BLOCKS: usize = 64;

/// A walk through all entries of a run, in order.
#[derive(Debug)]
pub(crate) struct RunReader<'a> {
    run: &'a Run,
    /// The number of the block that is read next.
    next: u64,
    bytes: Vec<u8>,
    /// What was read, the next entry last.
    entries: Vec<Entry>,
}

impl<'a> RunReader<'a> {
    pub(crate) fn new(run: &'a Run) -> Result<Self, IndexFault> {
        let mut reader = Self { run, next: 0, bytes: Vec::new(), entries: Vec::new() };
        reader.fill()?;
        Ok(reader)
    }

    /// The next entry, if there is one; it is not passed.
    pub(crate) fn peek(&self) -> Option<Entry> {
        self.entries.last().copied()
    }

    /// Passes the next entry.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>, IndexFault> {
        let entry = self.entries.pop();
        if self.entries.is_empty() {
            self.fill()?;
        }
        Ok(entry)
    }

    fn fill(&mut self) -> Result<(), IndexFault> {
        let header = &self.run.header;
        let left = header.blocks() - self.next;
        let count = left.min(BLOCKS as u64);
        self.bytes.resize(usize::try_from(count).expect("it is few") * BLOCK_BYTES, 0);
        let at = HEADER_LEN as u64 + self.next * BLOCK_BYTES as u64;
        self.run.file.read_exact_at(&mut self.bytes, at)?;
        for block in self.bytes.as_chunks().0 {
            let id = BlockId { segments: (header.first, header.segments), number: self.next };
            let entries = block::decode(id, block).ok_or_else(|| {
                self.run.mark_damaged();
                let path = super::file_name(&self.run.path);
                IndexFault(format!("block {} of {path} does not match its checksum", self.next))
            })?;
            self.entries.extend(entries);
            self.next += 1;
        }
        self.entries.reverse();
        Ok(())
    }
}
