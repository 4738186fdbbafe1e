//! The checksum at the end of every message, of its subject and of its bytes as they are stored. The servers have checksums too,
//! but drop what fails them without a word, and know nothing of what a copy or a repair put on another subject.

use bytes::Bytes;

/// How long it is: a CRC-32C, its lowest byte first.
const SEAL_BYTES: usize = 4;

/// What is stored of a message's content on a subject.
pub(crate) fn sealed(subject: &str, mut content: Vec<u8>) -> Bytes {
    let seal = checksum(subject, &content);
    content.extend_from_slice(&seal);
    content.into()
}

/// The content of a stored message; none if it is not as it was written, or was written on another subject.
pub(crate) fn opened(subject: &str, stored: &Bytes) -> Option<Bytes> {
    let (content, seal) = stored.split_last_chunk::<SEAL_BYTES>()?;
    (checksum(subject, content) == *seal).then(|| stored.slice_ref(content))
}

/// What a stored message says its content is, whatever became of it: [`opened`] tells whether it is.
pub(crate) fn unproven(stored: &Bytes) -> Option<Bytes> {
    let (content, _) = stored.split_last_chunk::<SEAL_BYTES>()?;
    Some(stored.slice_ref(content))
}

fn checksum(subject: &str, content: &[u8]) -> [u8; SEAL_BYTES] {
    // No subject has a zero byte: where it ends is part of what is summed.
    let subject = crc32c::crc32c_append(crc32c::crc32c(subject.as_bytes()), &[0]);
    crc32c::crc32c_append(subject, content).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_comes_back_on_its_own_subject_alone() {
        let stored = sealed("l.r.a.1", b"content".to_vec());
        assert_eq!(opened("l.r.a.1", &stored).as_deref(), Some(&b"content"[..]));
        assert_eq!(opened("l.r.a.2", &stored), None);
        assert_eq!(opened("l.r.a.", &stored), None);
    }

    #[test]
    fn each_flipped_bit_is_seen_and_so_is_each_missing_byte() {
        let stored = sealed("l.r.a.1", b"content".to_vec());
        for bit in 0..stored.len() * 8 {
            let mut damaged = stored.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opened("l.r.a.1", &damaged.into()), None, "bit {bit}");
        }
        for length in 0..stored.len() {
            assert_eq!(opened("l.r.a.1", &stored.slice(..length)), None, "{length} bytes");
        }
    }
}
