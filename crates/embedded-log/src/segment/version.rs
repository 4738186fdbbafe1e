//! Versions of segment files. They differ in what the digest is chained over.

use super::FrameHeader;

/// The version of a segment file, by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Chained over whole frame headers. A CRC over data and the data's own CRC is the same whatever the data was: this
    /// digest tells how many frames there were, and nothing of what they said.
    Counting,
    /// Chained over frame headers without their own CRCs.
    Binding,
}

impl Version {
    /// All of them, the one that is written first.
    pub(crate) const ALL: [Self; 2] = [Self::Binding, Self::Counting];
    /// What is written.
    pub(crate) const CURRENT: Self = Self::ALL[0];

    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Counting => 1,
            Self::Binding => 2,
        }
    }

    pub(crate) fn of(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
    }

    /// The digest behind one more frame.
    pub(super) fn chain(self, digest: u32, stored: &[u8; FrameHeader::LEN]) -> u32 {
        let chained = match self {
            Self::Counting => &stored[..],
            Self::Binding => &stored[..FrameHeader::LEN - 4],
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
        frames.iter().fold(7, |digest, frame| version.chain(digest, &frame.encode()))
    }

    #[test]
    fn every_field_of_every_frame_is_in_the_digest() {
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
            assert_ne!(digest(Version::Binding, &one), digest(Version::Binding, &two), "{other:?}");
            assert_eq!(digest(Version::Counting, &one), digest(Version::Counting, &two), "why it was left");
        }
    }
}
