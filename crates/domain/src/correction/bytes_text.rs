//! Bytes: as they are in MessagePack, as hexadecimal digits in text.

use serde::de::{Deserialize as _, Error as _};
use serde::{Deserializer, Serializer};

/// Writes bytes.
pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    if !to.is_human_readable() {
        return to.serialize_bytes(bytes);
    }
    to.collect_str(&Digits(bytes))
}

/// Reads bytes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    if !from.is_human_readable() {
        return Ok(serde_bytes::ByteBuf::deserialize(from)?.into_vec());
    }
    let text = String::deserialize(from)?;
    let byte = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        u8::from_str_radix(digits, 16).ok()
    };
    let is_hexadecimal = text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
    bytes.filter(|_| is_hexadecimal).ok_or_else(|| D::Error::custom("not hexadecimal digits"))
}

/// Two hexadecimal digits for each byte.
struct Digits<'a>(&'a [u8]);

impl std::fmt::Display for Digits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
