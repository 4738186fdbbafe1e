//! A row as it is stored: the CRC32C of key and value, then the value. sled checks less than that.

use crate::Fault;

pub(crate) fn seal(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(4 + value.len());
    stored.extend_from_slice(&checksum(key, value).to_be_bytes());
    stored.extend_from_slice(value);
    stored
}

pub(crate) fn open(key: &[u8], stored: &[u8]) -> Result<Vec<u8>, Fault> {
    checked(key, stored).map(<[u8]>::to_vec)
}

/// The value, if key and value are what was sealed.
pub(crate) fn checked<'a>(key: &[u8], stored: &'a [u8]) -> Result<&'a [u8], Fault> {
    let (sum, value) = stored.split_first_chunk::<4>().ok_or_else(|| damaged(key))?;
    if u32::from_be_bytes(*sum) == checksum(key, value) { Ok(value) } else { Err(damaged(key)) }
}

fn checksum(key: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), value)
}

pub(crate) fn damaged(key: &[u8]) -> Fault {
    Fault::damaged(format!("the row {} is damaged", key.escape_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_of_a_row_is_found() {
        let stored = seal(b"key", b"value");
        for bit in 0..stored.len() * 8 {
            let mut flipped = stored.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(open(b"key", &flipped).is_err(), "bit {bit}");
        }
        assert_eq!(open(b"key", &stored).unwrap(), b"value");
        assert!(open(b"yek", &stored).is_err(), "a row under another key");
    }
}
