//! Logs that no program of ours would write: every checksum is right, and what they hold breaks the contract.

use std::{fs, path::Path};

use resit_event_log::{Commit, codec};
use tempfile::TempDir;

/// One frame: what is stored, when it says it was recorded, and how many records it says it holds.
pub(crate) struct Frame {
    pub(crate) payload: Vec<u8>,
    pub(crate) recorded_at: i64,
    pub(crate) records: u16,
}

impl From<Commit> for Frame {
    fn from(commit: Commit) -> Self {
        let records = u16::try_from(commit.slices.len()).unwrap();
        Self { payload: codec::encode(&commit), recorded_at: commit.recorded_at.millis(), records }
    }
}

/// A folder with a log of these frames in one segment of version 2.
pub(crate) fn forged(frames: impl IntoIterator<Item = Frame>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), frames);
    folder
}

/// Writes a log of these frames into a folder.
pub(crate) fn write(folder: &Path, frames: impl IntoIterator<Item = Frame>) {
    let mut segment = b"RESITSEG".to_vec();
    segment.extend_from_slice(&2_u32.to_le_bytes());
    segment.extend_from_slice(&0_u32.to_le_bytes());
    segment.extend_from_slice(&1_u64.to_le_bytes());
    segment.extend_from_slice(&0_u32.to_le_bytes());
    close(&mut segment, 0);
    let mut next = 1_u64;
    for Frame { payload, recorded_at, records } in frames {
        let start = segment.len();
        segment.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
        segment.extend_from_slice(&records.to_le_bytes());
        segment.extend_from_slice(&0_u16.to_le_bytes());
        segment.extend_from_slice(&next.to_le_bytes());
        segment.extend_from_slice(&recorded_at.to_le_bytes());
        segment.extend_from_slice(&crc32c::crc32c(&payload).to_le_bytes());
        close(&mut segment, start);
        segment.extend_from_slice(&payload);
        next += u64::from(records);
    }
    fs::create_dir_all(folder.join("log")).unwrap();
    fs::write(folder.join("log/00000000000000000001.seg"), segment).unwrap();
    let line = "resit log format 2";
    fs::write(folder.join("FORMAT"), format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()))).unwrap();
}

/// Adds the checksum of a block that started there.
fn close(segment: &mut Vec<u8>, start: usize) {
    let crc = crc32c::crc32c(&segment[start..]);
    segment.extend_from_slice(&crc.to_le_bytes());
}
