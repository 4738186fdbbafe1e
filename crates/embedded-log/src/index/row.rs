//! Rows of the index: every one carries a checksum over its key and its value.

use super::Kind;

/// What a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    Summary,
    Filter,
    Bucket(Kind),
}

/// The key of a row: its segment's first position, what it holds, and its number.
pub(crate) fn key(first: u64, kind: RowKind, number: u16) -> [u8; 11] {
    let mut key = [0; 11];
    key[..8].copy_from_slice(&first.to_be_bytes());
    key[8] = match kind {
        RowKind::Summary => b's',
        RowKind::Filter => b'f',
        RowKind::Bucket(Kind::Stream) => b't',
        RowKind::Bucket(Kind::Command) => b'c',
    };
    key[9..].copy_from_slice(&number.to_be_bytes());
    key
}

fn checksum(key: &[u8], value: &[u8]) -> [u8; 4] {
    crc32c::crc32c_append(crc32c::crc32c(key), value).to_le_bytes()
}

/// The stored form of a value.
pub(crate) fn close(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(key, &value);
    value.extend_from_slice(&checksum);
    value
}

/// The value of a stored form; `None` if it isn't what was written under this key.
pub(crate) fn open<'a>(key: &[u8], stored: &'a [u8]) -> Option<&'a [u8]> {
    let (value, crc) = stored.split_last_chunk()?;
    (checksum(key, value) == *crc).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_opens_under_its_own_key_only_and_unchanged() {
        let mine = key(1, RowKind::Summary, 0);
        let stored = close(&mine, b"value".to_vec());
        assert_eq!(open(&mine, &stored), Some(&b"value"[..]));
        assert_eq!(open(&key(2, RowKind::Summary, 0), &stored), None);
        for bit in 0..stored.len() * 8 {
            let mut flipped = stored.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&mine, &flipped), None, "bit {bit}");
        }
        assert_eq!(open(&mine, b"abc"), None);
    }
}
