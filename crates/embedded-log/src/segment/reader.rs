//! Reads frames out of a segment file, and checks both checksums of each.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path, sync::Arc};

use bytes::{Bytes, BytesMut};

use super::{FrameHeader, PAYLOAD_BYTES_MAX, SegmentHeader, Version};

/// A segment's file, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct SegmentFile {
    pub(crate) file: Arc<File>,
    pub(crate) version: Version,
}

impl SegmentFile {
    /// Opens a segment for reading.
    pub(crate) fn open(path: &Path) -> Result<Self, FrameFault> {
        let file = File::open(path).map_err(FrameFault::Io)?;
        let mut block = [0; Version::HEADER_LEN_MAX];
        let mut filled = 0;
        while filled < block.len() {
            match file.read_at(&mut block[filled..], filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(FrameFault::Io(error)),
            }
        }
        let header = SegmentHeader::decode(&block[..filled]);
        let version =
            header.map_err(|_| FrameFault::Damaged("its header does not match its checksum"))?.version;
        Ok(Self { file: Arc::new(file), version })
    }
}

/// Why a frame could not be read.
#[derive(Debug)]
pub(crate) enum FrameFault {
    /// The system did not give the bytes.
    Io(io::Error),
    /// The bytes are not what was written.
    Damaged(&'static str),
}

/// Reads the one frame at `offset`.
pub(crate) fn read_frame(file: &SegmentFile, offset: u64) -> Result<(FrameHeader, Bytes), FrameFault> {
    // Most frames fit into one page, and one read costs less than two.
    FrameReader::new(file, offset, 1024).next()
}

/// Reads frame after frame, in large steps.
#[derive(Debug)]
pub(crate) struct FrameReader<'a> {
    file: &'a File,
    version: Version,
    /// Where the next frame starts.
    pub(crate) offset: u64,
    /// What was read from there on.
    chunk: BytesMut,
    chunk_bytes: usize,
}

impl<'a> FrameReader<'a> {
    /// Starts at a frame. Payloads share the memory of the step they came with, `chunk_bytes` of it.
    pub(crate) fn new(file: &'a SegmentFile, offset: u64, chunk_bytes: usize) -> Self {
        Self { file: &file.file, version: file.version, offset, chunk: BytesMut::new(), chunk_bytes }
    }

    /// Reads the next frame, which the caller knows to be there.
    pub(crate) fn next(&mut self) -> Result<(FrameHeader, Bytes), FrameFault> {
        self.ensure(FrameHeader::LEN)?;
        let block = self.chunk.first_chunk().expect("so much was read");
        let header = FrameHeader::decode(block, self.version)
            .filter(|header| header.records > 0 && header.payload_len as usize <= PAYLOAD_BYTES_MAX)
            .ok_or(FrameFault::Damaged("a frame's header does not match its checksum"))?;
        let frame_len = header.frame_len(self.version);
        self.ensure(frame_len)?;
        let mut payload = self.chunk.split_to(frame_len).split_off(FrameHeader::LEN);
        if !header.unmask(&mut payload, self.version) {
            return Err(FrameFault::Damaged("a frame's payload does not match its checksum"));
        }
        payload.truncate(header.payload_len as usize);
        self.offset += frame_len as u64;
        Ok((header, payload.freeze()))
    }

    /// Sees to it that `len` bytes are at hand.
    fn ensure(&mut self, len: usize) -> Result<(), FrameFault> {
        if self.chunk.len() >= len {
            return Ok(());
        }
        let mut chunk = BytesMut::zeroed(len.max(self.chunk_bytes));
        let mut filled = self.chunk.len();
        chunk[..filled].copy_from_slice(&self.chunk);
        while filled < len {
            match self.file.read_at(&mut chunk[filled..], self.offset + filled as u64) {
                Ok(0) => return Err(FrameFault::Damaged("the file ends inside a frame")),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(FrameFault::Io(error)),
            }
        }
        chunk.truncate(filled);
        self.chunk = chunk;
        Ok(())
    }
}
