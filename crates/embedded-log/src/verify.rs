//! A look at every byte.

use std::{io, path::Path, sync::Arc};

use resit_event_log::Position;

use crate::{
    Damage, EmbeddedLog, OpenError, VerifyReport,
    check::{BEGINNING, End, check, cut, end_before},
    digest::Digesting,
    directory::Directory,
    format::{self, Mark},
    index::{Agreement, IndexFault, IndexStore, LiveIndex},
    indexer,
    recover::{begun, read_segment},
    sealed::SealedIndex,
    segment::{self, Footer, FrameHeader, SegmentHeader},
    stop::{self, Stop},
};

/// Checks a log that nobody has open: every checksum, every position, every row of the index. Changes nothing in the log; an
/// index that is not its segment's is told and made anew.
///
/// # Errors
///
/// If the folder can't be read. Damage is no error here, but part of the report.
pub fn verify(folder: &Path) -> Result<VerifyReport, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    let mark = format::check(&directory, firsts.is_empty())?;
    let stop = Stop::find(&directory.log())?;
    let mut verifier = Verifier { stop, ..Verifier::default() };
    let opened = IndexStore::open(&directory.index());
    let store = opened.as_ref().ok();
    if let Err(IndexFault(reason)) = &opened {
        verifier.fault(format!("the whole index can't be read ({reason}); the next open makes it anew"));
    }
    let anew = |index, footer: Footer| {
        store.map_or(Ok(()), |store| store.put([(&index, footer.digest)].into_iter()).map(drop))
    };
    let ends_sealed = match firsts.split_last() {
        None => mark == Mark::Known,
        Some((last, all_but_last)) => {
            for first in all_but_last {
                let bytes = read_segment(&directory.segment(*first))?;
                verifier.sealed(*first, &bytes, store, anew);
            }
            let bytes = read_segment(&directory.segment(*last))?;
            verifier.last(*last, &bytes, store, anew)
        }
    };
    if ends_sealed && begun(&directory, verifier.before)?.is_none() {
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
        let mut verifier = Verifier::default();
        for segment in sealed.iter() {
            // What has no index on disk yet can't differ from it.
            let store = matches!(segment.index(), SealedIndex::Stored(_)).then_some(&shared.store);
            let anew = |index, _| {
                segment.set_index(SealedIndex::Live(Arc::new(index)));
                indexer::store(&shared.store, std::slice::from_ref(segment));
                Ok(())
            };
            match read_if_there(&shared.directory.segment(segment.first))? {
                Some(bytes) => verifier.sealed(segment.first, &bytes, store, anew),
                None if verifier.before.last + 1 == segment.first => verifier.gone(),
                // Who says what comes before it is gone too.
                None => {}
            }
        }
        match read_if_there(&shared.directory.segment(active))? {
            Some(mut bytes) => {
                bytes.truncate(durable_len(&bytes, last_frame));
                verifier.last(active, &bytes, None, |_, _| Ok(()));
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
    // A damaged header is found by the check itself.
    let Ok(SegmentHeader { version, .. }) = SegmentHeader::decode(bytes) else { return bytes.len() };
    let Some(offset) = last_frame else { return version.header_len() };
    let offset = offset as usize;
    let block = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    let header = block.and_then(|block| FrameHeader::decode(block, version));
    header.map_or(bytes.len(), |header| offset + header.frame_len(version))
}

struct Verifier {
    /// The end of the segment before.
    before: Footer,
    digest: Digesting,
    report: VerifyReport,
    /// The mark of a clean stop, if the log was stopped.
    stop: Option<Stop>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { before: BEGINNING, digest: Digesting::default(), report: VerifyReport::default(), stop: None }
    }
}

impl Verifier {
    /// Checks a segment that others follow, and its index if it has to have one. `anew` stores that again.
    fn sealed(
        &mut self,
        first: u64,
        bytes: &[u8],
        store: Option<&IndexStore>,
        anew: impl FnOnce(LiveIndex, Footer) -> Result<(), IndexFault>,
    ) {
        let (index, end) = self.read(first, bytes);
        match end {
            End::Sealed(footer) => {
                self.passed(footer);
                self.index_agrees(index, footer, store, anew);
            }
            End::Open(cursor) | End::Torn(cursor) => self.damaged(cursor.footer(), cut(first, &cursor)),
            End::Damaged(cursor, damage) => self.damaged(cursor.footer(), damage),
        }
    }

    /// Checks the last segment, and tells whether it is closed, so that another must follow.
    fn last(
        &mut self,
        first: u64,
        bytes: &[u8],
        store: Option<&IndexStore>,
        anew: impl FnOnce(LiveIndex, Footer) -> Result<(), IndexFault>,
    ) -> bool {
        let (index, end) = self.read(first, bytes);
        match end {
            End::Sealed(footer) => {
                self.passed(footer);
                self.index_agrees(index, footer, store, anew);
                return true;
            }
            End::Open(cursor) => {
                self.passed(cursor.footer());
                let missed = self.stop.map_or(Ok(()), |stop| stop.check(stop::End::of(first, &cursor)));
                if let (Err(damage), true) = (missed, self.report.is_sound()) {
                    self.report.damages.push(damage);
                }
            }
            End::Torn(cursor) if self.stop.is_some() => {
                let damage = self.stop.map(|stop| stop.torn(stop::End::of(first, &cursor)));
                self.passed(cursor.footer());
                self.report.damages.extend(damage);
            }
            End::Torn(cursor) => {
                self.passed(cursor.footer());
                self.report.torn = Some((segment::file_name(first), cursor.offset));
            }
            End::Damaged(cursor, damage) => self.damaged(cursor.footer(), damage),
        }
        false
    }

    /// Reads a segment through, as far as it is sound: what its index must be, and how it ends.
    fn read(&mut self, first: u64, bytes: &[u8]) -> (LiveIndex, End) {
        let mut index = LiveIndex::new(first);
        let before = self.believed(first, bytes);
        let in_digest = self.report.is_sound();
        let Self { digest, report, .. } = self;
        report.segments += 1;
        let end = check(first, bytes, before, |offset, header, payload| {
            report.frames += 1;
            report.records += u64::from(header.records);
            index.insert_payload(offset, header, payload)?;
            if in_digest {
                digest.take_in(header, payload);
            }
            Ok(())
        });
        (index, end)
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
            self.report.digest = self.digest.so_far();
        }
    }

    fn damaged(&mut self, reached: Footer, damage: Damage) {
        self.passed(reached);
        self.report.damages.push(damage);
    }

    fn index_agrees(
        &mut self,
        index: LiveIndex,
        footer: Footer,
        store: Option<&IndexStore>,
        anew: impl FnOnce(LiveIndex, Footer) -> Result<(), IndexFault>,
    ) {
        let Some(store) = store else { return };
        let segment = segment::file_name(index.first());
        let wrong = match store.agreement(&index, footer.digest) {
            Ok(Agreement::Equal) => return,
            Ok(Agreement::Absent) => {
                self.report.unindexed += 1;
                return;
            }
            Ok(Agreement::Different) => "it was damaged, or another segment's".to_owned(),
            Err(IndexFault(reason)) => reason,
        };
        self.fault(match anew(index, footer) {
            Ok(()) => format!("{segment}: {wrong}; it was made anew"),
            Err(IndexFault(reason)) => format!("{segment}: {wrong}; it can't be made anew: {reason}"),
        });
    }

    fn fault(&mut self, fault: String) {
        self.report.index_faults.push(fault);
    }
}
