//! Reads frames out of a segment file, and checks both checksums of each.

use std::{fs::File, io, os::unix::fs::FileExt};

use bytes::Bytes;

use super::{FrameHeader, PAYLOAD_BYTES_MAX};

/// Why a frame could not be read.
#[derive(Debug)]
pub(crate) enum FrameFault {
    /// The system did not give the bytes.
    Io(io::Error),
    /// The bytes are not what was written.
    Damaged(&'static str),
}

/// Reads the one frame at `offset`.
pub(crate) fn read_frame(file: &File, offset: u64) -> Result<(FrameHeader, Bytes), FrameFault> {
    // Most frames fit into one page, and one read costs less than two.
    FrameReader { file, offset, chunk: Bytes::new(), chunk_bytes: 1024 }.next()
}

/// Reads frame after frame, in large steps.
#[derive(Debug)]
pub(crate) struct FrameReader<'a> {
    file: &'a File,
    /// Where the next frame starts.
    pub(crate) offset: u64,
    /// What was read from there on.
    chunk: Bytes,
    chunk_bytes: usize,
}

impl<'a> FrameReader<'a> {
    /// Starts at a frame. Payloads share the memory of the step they came with, `chunk_bytes` of it.
    pub(crate) fn new(file: &'a File, offset: u64, chunk_bytes: usize) -> Self {
        Self { file, offset, chunk: Bytes::new(), chunk_bytes }
    }

    /// Reads the next frame, which the caller knows to be there.
    pub(crate) fn next(&mut self) -> Result<(FrameHeader, Bytes), FrameFault> {
        self.ensure(FrameHeader::LEN)?;
        let block = self.chunk.first_chunk().expect("so much was read");
        let header = FrameHeader::decode(block)
            .filter(|header| header.records > 0 && header.payload_len as usize <= PAYLOAD_BYTES_MAX)
            .ok_or(FrameFault::Damaged("a frame's header does not match its checksum"))?;
        self.ensure(header.frame_len())?;
        let payload = self.chunk.split_to(header.frame_len()).slice(FrameHeader::LEN..);
        if !header.matches(&payload) {
            return Err(FrameFault::Damaged("a frame's payload does not match its checksum"));
        }
        self.offset += header.frame_len() as u64;
        Ok((header, payload))
    }

    /// Sees to it that `len` bytes are at hand.
    fn ensure(&mut self, len: usize) -> Result<(), FrameFault> {
        if self.chunk.len() >= len {
            return Ok(());
        }
        let mut chunk = vec![0; len.max(self.chunk_bytes)];
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
        self.chunk = chunk.into();
        Ok(())
    }
}
