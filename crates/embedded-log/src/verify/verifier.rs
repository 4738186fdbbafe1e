//! Walks through the segments of a log, one after the other.

use std::{
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_event_log::{
    Commit, Position,
    audit::{Audit, MakeScratch, Numbering, ReadBody},
    codec,
};

use crate::{
    Damage, OpenError, VerifyReport,
    check::{BEGINNING, End, check, cut, end_before},
    digest::Digesting,
    index::{Entry, Kind, Marking, NameHash, Place, Sum, Waypoints},
    reread::number_in,
    segment::{self, Footer, FrameHeader, SegmentHeader},
    stop::{self, Stop},
};

/// A sealed segment that is sound, and what its index must come to.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) first: u64,
    pub(super) footer: Footer,
    pub(super) sum: Sum,
    pub(super) waypoints: Waypoints,
}

pub(super) struct Verifier<'a> {
    folder: PathBuf,
    /// The end of the segment before.
    before: Footer,
    digest: Digesting,
    audit: Audit<'a>,
    segments: Vec<Checked>,
    report: VerifyReport,
    /// The mark of a clean stop, if the log was stopped.
    stop: Option<Stop>,
}

/// What was read of a segment.
struct Read {
    sum: Sum,
    marking: Marking,
    end: End,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(folder: &Path, read_body: Option<ReadBody>, make_scratch: &'a MakeScratch<'a>) -> Self {
        Self {
            folder: folder.to_owned(),
            before: BEGINNING,
            digest: Digesting::default(),
            audit: Audit::new(Numbering::Dense, read_body, make_scratch),
            segments: Vec::new(),
            report: VerifyReport::default(),
            stop: None,
        }
    }

    /// A log that was stopped must end where its mark says.
    pub(super) fn stopped_at(self, stop: Option<Stop>) -> Self {
        Self { stop, ..self }
    }

    /// The end of the last segment that was read.
    pub(super) fn before(&self) -> Footer {
        self.before
    }

    /// Checks a segment that others follow.
    pub(super) fn sealed(&mut self, first: u64, bytes: &[u8]) -> Result<(), OpenError> {
        let Read { sum, marking, end } = self.read(first, bytes)?;
        match end {
            End::Sealed(footer) => self.passed_sealed(first, footer, sum, marking),
            End::Open(cursor) | End::Torn(cursor) => self.damaged(cursor.footer(), cut(first, &cursor)),
            End::Damaged(cursor, damage) => self.damaged(cursor.footer(), damage),
        }
        Ok(())
    }

    /// Checks the last segment, and tells whether it is closed, so that another must follow.
    pub(super) fn last(&mut self, first: u64, bytes: &[u8]) -> Result<bool, OpenError> {
        let Read { sum, marking, end } = self.read(first, bytes)?;
        match end {
            End::Sealed(footer) => {
                self.passed_sealed(first, footer, sum, marking);
                return Ok(true);
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
        Ok(false)
    }

    /// Reads a segment through, as far as it is sound.
    fn read(&mut self, first: u64, bytes: &[u8]) -> Result<Read, OpenError> {
        let before = self.believed(first, bytes);
        let is_sound = self.report.is_sound();
        let Self { digest, report, audit, segments, .. } = self;
        report.segments += 1;
        let (mut sum, mut marking, mut scratch) = (Sum::default(), Marking::default(), Ok(()));
        let end = check(first, bytes, before, |offset, header, payload| {
            report.frames += 1;
            report.records += u64::from(header.records);
            let commit = decode(header, payload)?;
            marking.pass(number_in(before.last + 1, header.first), offset);
            add(&mut sum, Place::new(segments.len(), offset), &commit);
            if is_sound {
                digest.take_in(header, payload);
                if scratch.is_ok() {
                    scratch = audit_commit(audit, header, commit);
                }
            }
            Ok(())
        });
        scratch.map_err(OpenError::io("write what memory does not hold of the check in", &self.folder))?;
        Ok(Read { sum, marking, end })
    }

    /// The segment that must follow is not there.
    pub(super) fn gone(&mut self) {
        self.report.damages.push(Damage::gone(self.before));
    }

    /// Behind damage, a segment's own header is all there is to go by.
    fn believed(&self, first: u64, bytes: &[u8]) -> Footer {
        match SegmentHeader::decode(bytes) {
            Ok(header) if self.before.last + 1 != first && !self.report.is_sound() => end_before(header),
            _ => self.before,
        }
    }

    fn passed_sealed(&mut self, first: u64, footer: Footer, sum: Sum, marking: Marking) {
        self.passed(footer);
        self.segments.push(Checked { first, footer, sum, waypoints: marking.done() });
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

    /// What was found, and what the index of the sealed segments must come to.
    pub(super) fn finish(self) -> Result<(VerifyReport, Vec<Checked>), OpenError> {
        let Self { folder, audit, segments, mut report, .. } = self;
        // Behind damage, what is missing would be taken for a breach.
        if report.is_sound() {
            let audited = audit
                .finish()
                .map_err(OpenError::io("read what memory does not hold of the check in", &folder))?;
            report.breaches = audited.breaches;
            report.breaches_count = audited.breaches_count;
            report.unknown_events = audited.unknown;
        }
        Ok((report, segments))
    }
}

fn decode(header: &FrameHeader, payload: &[u8]) -> Result<Commit, String> {
    let commit = codec::decode(&Bytes::copy_from_slice(payload)).map_err(|error| error.to_string())?;
    if commit.slices.len() == usize::from(header.records) {
        return Ok(commit);
    }
    Err("a frame's header and its payload disagree on the number of records".into())
}

fn add(sum: &mut Sum, place: Place, commit: &Commit) {
    sum.add(Entry { name: NameHash::of(Kind::Command, commit.command.as_str()), place });
    for slice in &commit.slices {
        sum.add(Entry { name: NameHash::of(Kind::Stream, slice.stream.as_str()), place });
    }
}

fn audit_commit(audit: &mut Audit<'_>, header: &FrameHeader, commit: Commit) -> io::Result<()> {
    // No timestamp is out of bounds that the header's check let pass, unless somebody wrote it on purpose.
    let recorded_at = Timestamp::from_millis(header.recorded_at).unwrap_or(Timestamp::MAX);
    commit.into_records(Position(header.first), recorded_at).try_for_each(|record| audit.take_in(&record))
}
