//! A look at every byte.

use std::{io, path::Path};

use resit_event_log::Position;

use crate::{
    Damage, EmbeddedLog, OpenError, VerifyReport,
    check::{BEGINNING, End, check, check_sealed, end_before},
    directory::Directory,
    format::{self, Mark},
    index::{IndexFault, IndexStore, LiveIndex},
    recover::{is_begun, read_segment},
    sealed::SealedIndex,
    segment::{self, Footer, FrameHeader, SegmentHeader},
};

/// Checks a log that nobody has open: every checksum, every position, every row of the index. Changes nothing.
///
/// # Errors
///
/// If the folder can't be read. Damage is no error here, but part of the report.
pub fn verify(folder: &Path) -> Result<VerifyReport, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    let mark = format::check(&directory, firsts.is_empty())?;
    let store = IndexStore::open(&directory.index());
    let mut verifier = Verifier::new(store.as_ref().ok());
    if let Err(IndexFault(reason)) = &store {
        verifier.report.index_faults.push(format!("the index can't be opened: {reason}"));
    }
    let ends_sealed = match firsts.split_last() {
        None => mark == Mark::Known,
        Some((last, all_but_last)) => {
            for first in all_but_last {
                verifier.sealed(*first, &read_segment(&directory.segment(*first))?);
            }
            verifier.last(*last, &read_segment(&directory.segment(*last))?)
        }
    };
    if ends_sealed && !is_begun(&directory, verifier.before)? {
        verifier.gone();
    }
    Ok(verifier.report)
}

impl EmbeddedLog {
    /// Checks the log while it runs: every checksum, every position, every row of the index, up to the head of this
    /// moment. It reads the whole log, and so takes its time.
    ///
    /// # Errors
    ///
    /// If a file can't be read. Damage is no error here, but part of the report.
    pub fn verify(&self) -> Result<VerifyReport, OpenError> {
        let shared = self.shared();
        let (sealed, active, last_frame) = {
            let active = shared.active();
            (shared.sealed(), active.first, active.index.offset(shared.head().0))
        };
        let mut verifier = Verifier::new(None);
        for segment in sealed.iter() {
            // What has no index on disk yet can't differ from it.
            verifier.store = matches!(segment.index(), SealedIndex::Stored(_)).then_some(&shared.store);
            match read_if_there(&shared.directory.segment(segment.first))? {
                Some(bytes) => verifier.sealed(segment.first, &bytes),
                None if verifier.before.last + 1 == segment.first => verifier.gone(),
                // Who says what comes before it is gone too.
                None => {}
            }
        }
        match read_if_there(&shared.directory.segment(active))? {
            Some(mut bytes) => {
                bytes.truncate(durable_len(&bytes, last_frame));
                verifier.last(active, &bytes);
            }
            None if verifier.before.last + 1 == active => verifier.gone(),
            None => {}
        }
        Ok(verifier.report)
    }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, OpenError> {
    match read_segment(path) {
        Err(OpenError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// Where the last durable frame ends; behind it, a write may be under way.
fn durable_len(bytes: &[u8], last_frame: Option<u32>) -> usize {
    let Some(offset) = last_frame else { return SegmentHeader::LEN };
    let offset = offset as usize;
    let header = bytes.get(offset..).and_then(<[u8]>::first_chunk).and_then(FrameHeader::decode);
    // A damaged header is found by the check itself.
    header.map_or(bytes.len(), |header| offset + header.frame_len())
}

struct Verifier<'a> {
    store: Option<&'a IndexStore>,
    /// The end of the segment before.
    before: Footer,
    report: VerifyReport,
}

impl<'a> Verifier<'a> {
    fn new(store: Option<&'a IndexStore>) -> Self {
        Self { store, before: BEGINNING, report: VerifyReport::default() }
    }

    /// Checks a segment that others follow.
    fn sealed(&mut self, first: u64, bytes: &[u8]) {
        let mut index = LiveIndex::new(first);
        let before = self.believed(first, bytes);
        let report = &mut self.report;
        let checked = check_sealed(first, bytes, before, |offset, header, payload| {
            count(report, header.records);
            index.insert_payload(offset, header, payload)
        });
        self.report.segments += 1;
        match checked {
            Ok(footer) => {
                self.passed(footer);
                self.index_agrees(&index, footer);
            }
            Err((cursor, damage)) => self.damaged(cursor.footer(), damage),
        }
    }

    /// Checks the last segment, and tells whether it is closed, so that another must follow.
    fn last(&mut self, first: u64, bytes: &[u8]) -> bool {
        let mut index = LiveIndex::new(first);
        let before = self.believed(first, bytes);
        let report = &mut self.report;
        let end = check(first, bytes, before, |offset, header, payload| {
            count(report, header.records);
            index.insert_payload(offset, header, payload)
        });
        self.report.segments += 1;
        match end {
            End::Sealed(footer) => {
                self.passed(footer);
                self.index_agrees(&index, footer);
                return true;
            }
            End::Open(cursor) => self.passed(cursor.footer()),
            End::Torn(cursor) => {
                self.passed(cursor.footer());
                self.report.torn = Some((segment::file_name(first), cursor.offset));
            }
            End::Damaged(cursor, damage) => self.damaged(cursor.footer(), damage),
        }
        false
    }

    /// The segment that must follow is not there.
    fn gone(&mut self) {
        self.report.damages.push(Damage::gone(self.before));
    }

    /// Behind damage, a segment's own header is all there is to go by.
    fn believed(&self, first: u64, bytes: &[u8]) -> Footer {
        match SegmentHeader::decode(bytes) {
            Ok(header) if self.before.last + 1 != first && !self.report.is_sound() => end_before(header),
            _ => self.before,
        }
    }

    fn passed(&mut self, footer: Footer) {
        self.before = footer;
        if self.report.is_sound() {
            self.report.sound_up_to = Position(footer.last);
            self.report.digest = footer.digest;
        }
    }

    fn damaged(&mut self, reached: Footer, damage: Damage) {
        self.passed(reached);
        self.report.damages.push(damage);
    }

    fn index_agrees(&mut self, index: &LiveIndex, footer: Footer) {
        let Some(store) = self.store else { return };
        let fault = match store.agrees(index, footer.digest) {
            Ok(true) => return,
            Ok(false) => "its index is missing or differs".to_owned(),
            Err(IndexFault(reason)) => reason,
        };
        self.report.index_faults.push(format!("{}: {fault}", segment::file_name(index.first())));
    }
}

fn count(report: &mut VerifyReport, records: u16) {
    report.frames += 1;
    report.records += u64::from(records);
}
