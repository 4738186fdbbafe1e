//! Writes a run: it is there whole and durable under its name, or not at all.

use std::{
    fs::{self, File},
    io::{self, Seek, Write},
    path::{Path, PathBuf},
};

use super::{Covered, HEADER_LEN, Header};
use crate::{
    directory::sync_folder,
    index::{
        NameHash,
        block::{self, BLOCK_BYTES, BlockId, ENTRIES_MAX},
        entry::Entry,
        filter::Filter,
    },
};

/// How many bytes are written at once.
const STEP_BYTES: usize = 64 * BLOCK_BYTES;

/// A run in the making. One that is dropped leaves nothing.
#[derive(Debug)]
pub(crate) struct RunWriter {
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
    segments: (u32, u32),
    covered: Vec<Covered>,
    bytes: Vec<u8>,
    block: Vec<Entry>,
    fences: Vec<Entry>,
    entries: u64,
    names: u64,
    last: Option<NameHash>,
    filter: Option<Filter>,
    is_done: bool,
}

impl RunWriter {
    /// Begins the run of segments from number `first` on, with `names_max` different names at most. There is no filter if that
    /// would take more than `filter_bytes_max`.
    pub(crate) fn new(
        path: &Path,
        first: usize,
        covered: Vec<Covered>,
        names_max: u64,
        filter_bytes_max: u64,
    ) -> io::Result<Self> {
        let number = |count| u32::try_from(count).expect("there are fewer segments than that");
        let unfinished = path.with_added_extension("tmp");
        let mut file =
            File::options().read(true).write(true).create(true).truncate(true).open(&unfinished)?;
        let begin = file.write_all(&[0; HEADER_LEN]);
        let has_filter = Filter::bytes_for(names_max) <= filter_bytes_max;
        let names = usize::try_from(names_max).expect("names fit into memory");
        let writer = Self {
            path: path.to_owned(),
            unfinished,
            file,
            segments: (number(first), number(covered.len())),
            covered,
            bytes: Vec::with_capacity(STEP_BYTES),
            block: Vec::with_capacity(ENTRIES_MAX),
            fences: Vec::new(),
            entries: 0,
            names: 0,
            last: None,
            filter: has_filter.then(|| Filter::for_names(names)),
            is_done: false,
        };
        begin.map(|()| writer)
    }

    /// Adds the next entry; they come in order.
    pub(crate) fn push(&mut self, entry: Entry) -> io::Result<()> {
        if self.last != Some(entry.name) {
            self.last = Some(entry.name);
            self.names += 1;
            if let Some(filter) = &mut self.filter {
                filter.insert(entry.name);
            }
        }
        self.block.push(entry);
        self.entries += 1;
        if self.block.len() == ENTRIES_MAX { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> io::Result<()> {
        let Some(first) = self.block.first() else { return Ok(()) };
        let id = BlockId { segments: self.segments, number: self.fences.len() as u64 };
        self.fences.push(*first);
        self.bytes.extend_from_slice(&block::encode(id, &self.block));
        self.block.clear();
        if self.bytes.len() >= STEP_BYTES { self.write_out() } else { Ok(()) }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    /// Ends the run and makes it durable under its name.
    pub(crate) fn finish(mut self) -> io::Result<PathBuf> {
        self.end_block()?;
        self.write_out()?;
        let fences: Vec<u8> = self.fences.iter().flat_map(|fence| fence.encode()).collect();
        self.section(&fences)?;
        let filter = self.filter.take().map_or_else(Vec::new, |filter| filter.to_bytes());
        self.section(&filter)?;
        let table = table_of(&self.covered);
        self.section(&table)?;
        let header = Header {
            first: self.segments.0,
            segments: self.segments.1,
            entries: self.entries,
            names: self.names,
            filter_bytes: filter.len() as u64,
            table_bytes: table.len() as u64,
        };
        self.file.rewind()?;
        self.file.write_all(&header.encode())?;
        self.file.sync_all()?;
        fs::rename(&self.unfinished, &self.path)?;
        self.is_done = true;
        sync_folder(self.path.parent().expect("a file stands in a folder"))?;
        Ok(self.path.clone())
    }

    fn section(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.write_all(&crc32c::crc32c(bytes).to_le_bytes())
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        if !self.is_done {
            drop(fs::remove_file(&self.unfinished));
        }
    }
}

fn table_of(covered: &[Covered]) -> Vec<u8> {
    let mut table = Vec::new();
    for Covered { first, last, digest, waypoints } in covered {
        table.extend_from_slice(&first.to_le_bytes());
        table.extend_from_slice(&last.to_le_bytes());
        table.extend_from_slice(&digest.to_le_bytes());
        let count = u32::try_from(waypoints.0.len()).expect("a segment has few of them");
        table.extend_from_slice(&count.to_le_bytes());
        for (number, offset) in waypoints.0.iter() {
            table.extend_from_slice(&number.to_le_bytes());
            table.extend_from_slice(&offset.to_le_bytes());
        }
    }
    table
}
