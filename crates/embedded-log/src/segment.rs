//! Segment files: the log itself, byte by byte.
//!
//! ```text
//! file   = header (64), frames, and once it is sealed a footer (40)
//! header = "RESITSEG", version u32, digest before u32, first position u64, salt (16), salt again, reserved u32, CRC
//! frame  = payload length u32, records u16, records of the same write before it u16, first position u64,
//!          recorded_at ms i64, payload CRC, salted CRC (32 in all), and the salted payload: one commit's envelope, and zeros
//!          up to a multiple of 8 bytes
//! footer = "SEAL", frames u32, last position u64, last recorded_at ms i64, own offset u64, digest u32, salted CRC
//! ```
//!
//! Numbers are little-endian, each CRC is CRC-32C and the header's own covers all bytes before it. The digest is a
//! CRC chained over all frame headers without their own CRCs, and so over all payload CRCs, of this and all earlier
//! segments: a segment that was put in the place of another does not fit those beside it.
//!
//! The salt is drawn for each segment. Payloads are stored `XORed` with a key stream that is made from it, and the CRCs of
//! frame headers and of the footer start from it: nobody who sends a commit can choose stored bytes, and so nobody can send
//! what looks like a frame, or like zeros that were never written. It hides nothing from those who read the file. The
//! payload's CRC is of the payload without salt.
//!
//! Older segments ([`Version`]) are read as they were written, and followed by one of version 3. In versions 1 and 2 the header
//! ends behind its first position, with a reserved u32 and its CRC (32 bytes in all), and nothing is salted or padded. Version 1
//! chained the digest over the frame headers' own CRCs too.
//!
//! Behind the last frame of the open segment there may be zeros: room that the next writes go into. Frames that were
//! written at once were synced at once, and before the next write began; so a sound frame proves that all frames of
//! earlier writes were on disk.

mod cursor;
mod footer;
mod frame;
mod header;
mod name;
mod reader;
mod salt;
mod scan;
mod version;

pub(crate) use cursor::Cursor;
pub(crate) use footer::Footer;
pub(crate) use frame::{FrameHeader, PAYLOAD_BYTES_MAX};
pub(crate) use header::SegmentHeader;
pub(crate) use name::{file_name, first_of};
pub(crate) use reader::{FrameFault, FrameReader, SegmentFile, read_frame};
pub(crate) use salt::Salt;
pub(crate) use scan::{Scan, Step};
pub(crate) use version::Version;

/// Reads `N` bytes out of a larger block whose length was checked.
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("the block is as long as its layout")
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(field(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(field(bytes, at))
}

fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(field(bytes, at))
}

/// Puts a checksum of all bytes before it into the last four.
fn seal_block(block: &mut [u8], checksum: impl FnOnce(&[u8]) -> u32) {
    let (content, crc) = block.split_at_mut(block.len() - 4);
    crc.copy_from_slice(&checksum(content).to_le_bytes());
}

fn block_is_sound(block: &[u8], checksum: impl FnOnce(&[u8]) -> u32) -> bool {
    let (content, crc) = block.split_at(block.len() - 4);
    crc == checksum(content).to_le_bytes()
}
