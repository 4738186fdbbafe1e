//! Facts of one length, split by hash; in memory while they are few, and in a scratch file if they are many.

use std::{fs::File, io, os::unix::fs::FileExt};

use super::MakeScratch;

/// How many parts there are: each is judged in memory, and of a log of 20 GB takes some 20 MB.
pub(super) const PARTS: usize = 256;

/// About how many bytes of a part are written at once; few in tests, so that it happens there.
const CHUNK_BYTES: usize = if cfg!(test) { 1 << 10 } else { 64 << 10 };

/// Facts of `N` bytes each.
pub(super) struct Scratch<'a, const N: usize> {
    make: &'a MakeScratch<'a>,
    file: Option<File>,
    /// How long the file is.
    len: u64,
    parts: Vec<Part>,
}

#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    /// Where in the file its chunks are.
    chunks: Vec<u64>,
}

impl<'a, const N: usize> Scratch<'a, N> {
    const CHUNK: usize = CHUNK_BYTES / N * N;

    pub(super) fn new(make: &'a MakeScratch<'a>) -> Self {
        Self { make, file: None, len: 0, parts: (0..PARTS).map(|_| Part::default()).collect() }
    }

    /// Adds a fact to the part of its hash.
    pub(super) fn push(&mut self, hash: u64, fact: [u8; N]) -> io::Result<()> {
        let part = &mut self.parts[usize::try_from(hash >> 56).expect("it has 8 bits")];
        part.bytes.extend_from_slice(&fact);
        if part.bytes.len() < Self::CHUNK {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.make)()?),
        };
        file.write_all_at(&part.bytes, self.len)?;
        part.chunks.push(self.len);
        self.len += part.bytes.len() as u64;
        part.bytes.clear();
        Ok(())
    }

    /// All facts of a part, which it then has no more.
    pub(super) fn part(&mut self, number: usize) -> io::Result<Vec<[u8; N]>> {
        let Part { bytes: rest, chunks } = std::mem::take(&mut self.parts[number]);
        let mut bytes = vec![0; chunks.len() * Self::CHUNK];
        for (chunk, at) in bytes.chunks_exact_mut(Self::CHUNK).zip(chunks) {
            self.file.as_ref().expect("chunks are in the file").read_exact_at(chunk, at)?;
        }
        let facts = [bytes.as_chunks().0, rest.as_chunks().0].concat();
        Ok(facts)
    }
}
