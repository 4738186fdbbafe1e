//! A look at every byte, and at every promise of the log's contract.

mod index;
mod verifier;

use std::{io, path::Path};

use resit_event_log::audit::ReadBody;

use self::verifier::Verifier;
use crate::{
    EmbeddedLog, OpenError, VerifyReport,
    directory::Directory,
    format::{self, Mark},
    recover::{begun, read_segment},
    segment::{FrameHeader, SegmentHeader},
    stop::Stop,
};

/// Checks a log that nobody has open: every checksum, every position, every promise of the contract over the whole log, and
/// the whole index. Changes nothing in the log; an index that is not its segments' is reported and made anew.
///
/// # Errors
///
/// As [`verify_with`].
pub fn verify(folder: &Path) -> Result<VerifyReport, OpenError> {
    verify_with(folder, None)
}

/// Checks a log as [`verify`] does, and tries to read each event by `read_body`.
///
/// Memory: a segment's bytes, 32 MiB, and a 256th of some 100 bytes for each commit; what is more goes to a file in the folder,
/// which is gone when the process ends, however it does.
///
/// # Errors
///
/// If the folder can't be read, or has no room for that file. Damage is no error here, but part of the report.
pub fn verify_with(folder: &Path, read_body: Option<ReadBody>) -> Result<VerifyReport, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    let mark = format::check(&directory, firsts.is_empty())?;
    let make_scratch = || tempfile::tempfile_in(folder);
    let stop = Stop::find(&directory.log())?;
    let mut verifier = Verifier::new(folder, read_body, &make_scratch).stopped_at(stop);
    let ends_sealed = match firsts.split_last() {
        None => mark == Mark::Known,
        Some((last, all_but_last)) => {
            for first in all_but_last {
                let bytes = read_segment(&directory.segment(*first))?;
                verifier.sealed(*first, &bytes)?;
            }
            let bytes = read_segment(&directory.segment(*last))?;
            verifier.last(*last, &bytes)?
        }
    };
    if ends_sealed && begun(&directory, verifier.before())?.is_none() {
        verifier.gone();
    }
    let (mut report, segments) = verifier.finish()?;
    index::check_stored(&directory, &segments, &mut report);
    Ok(report)
}

impl EmbeddedLog {
    /// Checks the log while it runs, as [`verify`] does, up to the head of this moment. It reads the whole log, and so takes its time.
    ///
    /// # Errors
    ///
    /// If a file can't be read, or there is no room for what memory does not hold. Damage is no error here, but part of the report.
    pub fn verify(&self) -> Result<VerifyReport, OpenError> {
        self.verify_with(None)
    }

    /// Checks the log as [`EmbeddedLog::verify`] does, and tries to read each event by `read_body`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn verify_with(&self, read_body: Option<ReadBody>) -> Result<VerifyReport, OpenError> {
        let shared = self.shared();
        let (sealed, active, last_frame) = {
            let active = shared.active();
            (shared.sealed(), active.first, active.index.offset(shared.head().0))
        };
        let make_scratch = || tempfile::tempfile_in(shared.directory.root());
        let mut verifier = Verifier::new(shared.directory.root(), read_body, &make_scratch);
        for segment in &sealed.segments {
            match read_if_there(&shared.directory.segment(segment.first))? {
                Some(bytes) => verifier.sealed(segment.first, &bytes)?,
                None if verifier.before().last + 1 == segment.first => verifier.gone(),
                // Who says what comes before it is gone too.
                None => {}
            }
        }
        match read_if_there(&shared.directory.segment(active))? {
            Some(mut bytes) => {
                bytes.truncate(durable_len(&bytes, last_frame));
                verifier.last(active, &bytes)?;
            }
            None if verifier.before().last + 1 == active => verifier.gone(),
            None => {}
        }
        let (mut report, segments) = verifier.finish()?;
        index::check_open(shared, &sealed, &segments, &mut report);
        Ok(report)
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
