//! A run: the index of some segments that follow each other, in one file that is never changed.
//!
//! ```text
//! file   = header (64), blocks (4096 each), fences, filter, table; each of the last three ends with its CRC
//! header = "RESITIDX", version u32, first segment's number u32, segments u32, reserved u32, entries u64, names u64,
//!          filter's bytes u64, table's bytes u64, reserved u32, CRC
//! fence  = the first entry of a block
//! table  = for each segment: first position u64, last u64, digest u32, waypoints u32, and each waypoint's two u32
//! ```
//!
//! The fences, and the filter unless memory is short, are kept in memory: a name that is not there costs a look at the filter,
//! and one that is there costs one block.

mod merge;
mod read;
mod write;

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

pub(crate) use self::merge::merge;
pub(crate) use self::read::RunReader;
pub(crate) use self::write::RunWriter;
use super::{
    IndexFault, NameHash, Place, Sum,
    block::{self, BLOCK_BYTES, BlockId, ENTRIES_MAX},
    entry::Entry,
    filter::Filter,
    waypoints::Waypoints,
};
use crate::segment::Footer;

const MAGIC: [u8; 8] = *b"RESITIDX";
const VERSION: u32 = 1;
const HEADER_LEN: usize = 64;

/// A segment that a run covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// The segment's digest: an index of other bytes is no index of these.
    pub(crate) digest: u32,
    pub(crate) waypoints: Waypoints,
}

impl Covered {
    /// Whether it is this segment.
    pub(crate) fn is(&self, first: u64, footer: &Footer) -> bool {
        (self.first, self.last, self.digest) == (first, footer.last, footer.digest)
    }
}

/// The numbers that a run's header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    first: u32,
    segments: u32,
    entries: u64,
    /// How many different names there are, at most.
    names: u64,
    filter_bytes: u64,
    table_bytes: u64,
}

impl Header {
    fn encode(self) -> [u8; HEADER_LEN] {
        let mut block = [0; HEADER_LEN];
        block[..8].copy_from_slice(&MAGIC);
        block[8..12].copy_from_slice(&VERSION.to_le_bytes());
        block[12..16].copy_from_slice(&self.first.to_le_bytes());
        block[16..20].copy_from_slice(&self.segments.to_le_bytes());
        block[24..32].copy_from_slice(&self.entries.to_le_bytes());
        block[32..40].copy_from_slice(&self.names.to_le_bytes());
        block[40..48].copy_from_slice(&self.filter_bytes.to_le_bytes());
        block[48..56].copy_from_slice(&self.table_bytes.to_le_bytes());
        let crc = crc32c::crc32c(&block[..HEADER_LEN - 4]);
        block[HEADER_LEN - 4..].copy_from_slice(&crc.to_le_bytes());
        block
    }

    fn decode(block: &[u8; HEADER_LEN]) -> Option<Self> {
        let u32_at = |at: usize| u32::from_le_bytes(*block[at..].first_chunk().expect("it is inside"));
        let u64_at = |at: usize| u64::from_le_bytes(*block[at..].first_chunk().expect("it is inside"));
        let is_header = block[..8] == MAGIC && u32_at(8) == VERSION;
        let is_sound = u32_at(HEADER_LEN - 4) == crc32c::crc32c(&block[..HEADER_LEN - 4]);
        (is_header && is_sound).then(|| Self {
            first: u32_at(12),
            segments: u32_at(16),
            entries: u64_at(24),
            names: u64_at(32),
            filter_bytes: u64_at(40),
            table_bytes: u64_at(48),
        })
    }

    fn blocks(&self) -> u64 {
        self.entries.div_ceil(ENTRIES_MAX as u64)
    }

    fn fences_at(&self) -> u64 {
        HEADER_LEN as u64 + self.blocks() * BLOCK_BYTES as u64
    }

    fn fences_bytes(&self) -> u64 {
        self.blocks() * Entry::LEN as u64
    }

    /// Each section behind the fences starts behind the CRC of the one before.
    fn filter_at(&self) -> u64 {
        self.fences_at() + self.fences_bytes() + 4
    }

    fn table_at(&self) -> u64 {
        self.filter_at() + self.filter_bytes + 4
    }

    fn len(&self) -> u64 {
        self.table_at() + self.table_bytes + 4
    }
}

/// The index of some segments that follow each other.
#[derive(Debug)]
pub(crate) struct Run {
    path: PathBuf,
    file: File,
    header: Header,
    fences: Vec<Entry>,
    /// `None` if memory is short of room for it: then every name is looked for in a block.
    filter: Option<Filter>,
    covered: Vec<Covered>,
    /// Whether a block was found damaged. Its names are then looked for in the segments, until the run is made anew.
    damaged: AtomicBool,
}

impl Run {
    /// Opens a run, and checks all of it but its blocks, which are checked as they are read. Takes the filter into memory, if
    /// that takes no more than `filter_bytes_max`.
    pub(crate) fn open(path: &Path, filter_bytes_max: u64) -> Result<Self, IndexFault> {
        let damaged = |what: &str| IndexFault(format!("{} {what}", file_name(path)));
        let file = File::open(path)?;
        let mut head = [0; HEADER_LEN];
        if file.metadata()?.len() < HEADER_LEN as u64 {
            return Err(damaged("is shorter than its header"));
        }
        file.read_exact_at(&mut head, 0)?;
        let header = Header::decode(&head).ok_or_else(|| damaged("has a damaged header, or another form"))?;
        if file.metadata()?.len() != header.len() {
            return Err(damaged("has another length than it was written with"));
        }
        let section = |at, len, what| section(&file, at, len)?.ok_or_else(|| damaged(what));
        let fences = section(header.fences_at(), header.fences_bytes(), "has damaged fences")?;
        let fences = fences.as_chunks().0.iter().map(|fence| Entry::decode(*fence)).collect();
        let filter = if header.filter_bytes == 0 || header.filter_bytes > filter_bytes_max {
            None
        } else {
            let bytes = section(header.filter_at(), header.filter_bytes, "has a damaged filter")?;
            Some(Filter::from_bytes(&bytes).ok_or_else(|| damaged("has a damaged filter"))?)
        };
        let table = section(header.table_at(), header.table_bytes, "has a damaged table")?;
        let covered = covered_of(&table).filter(|covered| covered.len() == header.segments as usize);
        let covered = covered.ok_or_else(|| damaged("has a damaged table"))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            header,
            fences,
            filter,
            covered,
            damaged: AtomicBool::new(false),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The name of its file, as people are shown it.
    pub(crate) fn file_name(&self) -> std::borrow::Cow<'_, str> {
        file_name(&self.path)
    }

    /// The number of its first segment.
    pub(crate) fn first(&self) -> usize {
        self.header.first as usize
    }

    /// Behind the number of its last segment.
    pub(crate) fn end(&self) -> usize {
        self.first() + self.covered.len()
    }

    pub(crate) fn entries(&self) -> u64 {
        self.header.entries
    }

    pub(crate) fn covered(&self) -> &[Covered] {
        &self.covered
    }

    /// How many bytes of memory its filter takes.
    pub(crate) fn filter_bytes(&self) -> u64 {
        self.filter.as_ref().map_or(0, Filter::bytes)
    }

    /// Whether a block was found damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Remembers that it is not what was written; the next pass of the indexer makes it anew.
    pub(crate) fn mark_damaged(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    /// Whether the name may be there.
    fn may_hold(&self, name: NameHash) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.may_hold(name))
    }

    /// The last frame of a name at `max` or before.
    pub(crate) fn last_of(&self, name: NameHash, max: Place) -> Result<Option<Place>, IndexFault> {
        if !self.may_hold(name) {
            return Ok(None);
        }
        let wanted = Entry { name, place: max };
        let Some(number) = self.fences.partition_point(|fence| *fence <= wanted).checked_sub(1) else {
            return Ok(None);
        };
        let entries = self.block(number)?;
        let at = entries.partition_point(|entry| *entry <= wanted);
        let found = at.checked_sub(1).map(|at| entries[at]).filter(|entry| entry.name == name);
        Ok(found.map(|entry| entry.place))
    }

    /// All frames of a name from `min` on, oldest first, added to `places`.
    pub(crate) fn all_of(
        &self,
        name: NameHash,
        min: Place,
        places: &mut Vec<Place>,
    ) -> Result<(), IndexFault> {
        if !self.may_hold(name) {
            return Ok(());
        }
        let wanted = Entry { name, place: min };
        let mut number = self.fences.partition_point(|fence| *fence <= wanted).saturating_sub(1);
        while self.fences.get(number).is_some_and(|fence| fence.name <= name) {
            let entries = self.block(number)?;
            let start = entries.partition_point(|entry| *entry < wanted);
            let of_name = entries[start..].iter().take_while(|entry| entry.name == name);
            places.extend(of_name.map(|entry| entry.place));
            number += 1;
        }
        Ok(())
    }

    fn block(&self, number: usize) -> Result<Vec<Entry>, IndexFault> {
        let mut block = [0; BLOCK_BYTES];
        self.file.read_exact_at(&mut block, HEADER_LEN as u64 + number as u64 * BLOCK_BYTES as u64)?;
        let id = BlockId { segments: (self.header.first, self.header.segments), number: number as u64 };
        block::decode(id, &block).ok_or_else(|| {
            IndexFault(format!("block {number} of {} does not match its checksum", file_name(&self.path)))
        })
    }

    /// Reads all of it, and checks it against itself; returns what its entries come to, to be held against the segments.
    pub(crate) fn check(&self) -> Result<Sum, IndexFault> {
        let wrong = |what: &str| IndexFault(format!("{} {what}", file_name(&self.path)));
        let mut reader = RunReader::new(self)?;
        let (mut sum, mut before) = (Sum::default(), None);
        while let Some(entry) = reader.next()? {
            let at = usize::try_from(sum.entries).expect("a file in this machine");
            let is_fence = at % ENTRIES_MAX == 0;
            if before.is_some_and(|before| before > entry)
                || (is_fence && self.fences[at / ENTRIES_MAX] != entry)
                || !self.may_hold(entry.name)
                || !(self.first()..self.end()).contains(&entry.place.segment())
            {
                return Err(wrong("holds entries that do not fit the rest of it"));
            }
            before = Some(entry);
            sum.add(entry);
        }
        Ok(sum)
    }
}

/// The name of a run's file, as people are shown it.
pub(crate) fn file_name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// A section and the CRC behind it; `None` if the two don't agree.
fn section(file: &File, at: u64, len: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; usize::try_from(len + 4).expect("a section fits into memory")];
    file.read_exact_at(&mut bytes, at)?;
    let crc = bytes.split_off(bytes.len() - 4);
    Ok((crc == crc32c::crc32c(&bytes).to_le_bytes()).then_some(bytes))
}

fn covered_of(table: &[u8]) -> Option<Vec<Covered>> {
    let mut rest = table;
    let mut covered = Vec::new();
    let pair = |[a, b, c, d, e, f, g, h]: &[u8; 8]| {
        (u32::from_le_bytes([*a, *b, *c, *d]), u32::from_le_bytes([*e, *f, *g, *h]))
    };
    while !rest.is_empty() {
        let (first, behind) = rest.split_first_chunk()?;
        let (last, behind) = behind.split_first_chunk()?;
        let (digest, behind) = behind.split_first_chunk()?;
        let (count, behind) = behind.split_first_chunk()?;
        let len = (u32::from_le_bytes(*count) as usize).checked_mul(8)?;
        let waypoints = behind.get(..len)?.as_chunks().0.iter().map(pair).collect();
        covered.push(Covered {
            first: u64::from_le_bytes(*first),
            last: u64::from_le_bytes(*last),
            digest: u32::from_le_bytes(*digest),
            waypoints: Waypoints(waypoints),
        });
        rest = &behind[len..];
    }
    Some(covered)
}
