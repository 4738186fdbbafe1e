//! Versions of segment files: what they share, and where they differ.

use super::{FrameHeader, Salt};

/// The version of a segment file, by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Version 1. The digest is chained over whole frame headers. A CRC over data and the data's own CRC is the same whatever
    /// the data was: this digest tells how many frames there were, and nothing of what they said.
    Counting,
    /// Version 2. The digest is chained over frame headers without their own CRCs.
    Binding,
    /// Version 3, which is written. As 2, and payloads, frame headers and the footer are salted; frames are padded to words.
    Salted(Salt),
}

impl Version {
    /// The number of the version that is written.
    pub(crate) const WRITTEN: u32 = 3;
    /// The length of the longest header.
    pub(crate) const HEADER_LEN_MAX: usize = 64;
    const HEADER_LEN_UNSALTED: usize = 32;
    /// Salted frames end at a multiple of this, so that whatever part of a frame lies in a sector has a whole word there.
    const WORD: usize = 8;

    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Counting => 1,
            Self::Binding => 2,
            Self::Salted(_) => Self::WRITTEN,
        }
    }

    /// Whether it is the version that is written now.
    pub(crate) fn is_written(self) -> bool {
        self.number() == Self::WRITTEN
    }

    /// The length of a segment's header by the number of its version.
    pub(super) fn header_len_of(number: u32) -> usize {
        if number < Self::WRITTEN { Self::HEADER_LEN_UNSALTED } else { Self::HEADER_LEN_MAX }
    }

    pub(crate) fn header_len(self) -> usize {
        Self::header_len_of(self.number())
    }

    /// The length of a whole frame.
    pub(crate) fn frame_len(self, payload_len: usize) -> usize {
        let padded = match self {
            Self::Counting | Self::Binding => payload_len,
            Self::Salted(_) => payload_len.next_multiple_of(Self::WORD),
        };
        FrameHeader::LEN + padded
    }

    /// The checksum of a frame's header or of a footer.
    pub(super) fn checksum(self, content: &[u8]) -> u32 {
        match self {
            Self::Counting | Self::Binding => crc32c::crc32c(content),
            Self::Salted(salt) => salt.checksum(content),
        }
    }

    /// Puts the salt on a payload and its padding, or takes it off again.
    pub(crate) fn mask(self, payload: &mut [u8]) {
        if let Self::Salted(salt) = self {
            salt.apply(payload);
        }
    }

    /// The digest behind one more frame.
    pub(super) fn chain(self, digest: u32, stored: &[u8; FrameHeader::LEN]) -> u32 {
        let chained = match self {
            Self::Counting => &stored[..],
            Self::Binding | Self::Salted(_) => &stored[..FrameHeader::LEN - 4],
        };
        crc32c::crc32c_append(digest, chained)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: FrameHeader = FrameHeader {
        payload_len: 300,
        records: 2,
        of_write_before: 4,
        first: 411,
        recorded_at: 1_567_332_000_000,
        payload_crc: 0x5a5a_5a5a,
    };

    fn digest(version: Version, frames: &[FrameHeader]) -> u32 {
        frames.iter().fold(7, |digest, frame| version.chain(digest, &frame.encode(version)))
    }

    #[test]
    fn every_field_of_every_frame_is_in_the_digest() {
        let salted = Version::Salted(Salt::of([9; 16].into(), 1));
        let others = [
            FrameHeader { payload_len: 301, ..HEADER },
            FrameHeader { records: 3, ..HEADER },
            FrameHeader { of_write_before: 5, ..HEADER },
            FrameHeader { first: 412, ..HEADER },
            FrameHeader { recorded_at: HEADER.recorded_at + 1, ..HEADER },
            FrameHeader { payload_crc: 0x5a5a_5a5b, ..HEADER },
        ];
        for other in others {
            let (one, two) = ([HEADER, HEADER, HEADER], [HEADER, other, HEADER]);
            for version in [Version::Binding, salted] {
                assert_ne!(digest(version, &one), digest(version, &two), "{other:?}");
            }
            assert_eq!(digest(Version::Counting, &one), digest(Version::Counting, &two), "why it was left");
        }
        assert_eq!(digest(salted, &[HEADER]), digest(Version::Binding, &[HEADER]), "whatever the salt");
    }
}
