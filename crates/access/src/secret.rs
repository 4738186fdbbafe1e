//! A token's secret: its text, shown once, and the hash that is kept.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::Role;

/// How many random bytes a secret has.
pub const SECRET_BYTES: usize = 32;

/// Digits and letters without those that look alike, five bits each.
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A token as its holder has it: `resit_<role>_<52 signs>`. Shown once by [`Secret::expose`], kept nowhere.
pub struct Secret(String);

/// What is kept of a secret: the SHA-256 of its text. 64 hex digits.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

/// A text that is no hash of a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a token's sha256 has 64 hex digits; make the token anew with `resit token make`")]
pub struct InvalidTokenHash;

impl Secret {
    /// The secret of these bytes, which must come from a random source fit for secrets.
    pub fn of(role: Role, random: [u8; SECRET_BYTES]) -> Self {
        let mut text = format!("resit_{role}_");
        let (mut held, mut bits) = (0_u32, 0);
        for byte in random.into_iter().chain([0]) {
            held = held << 8 | u32::from(byte);
            bits += 8;
            while bits >= 5 && text.len() < role.name().len() + 7 + 52 {
                bits -= 5;
                text.push(char::from(SYMBOLS[(held >> bits & 31) as usize]));
            }
            held &= 0xff;
        }
        Self(text)
    }

    /// The text, for the one who will hold it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl TokenHash {
    /// The hash of a text that somebody presents.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether two hashes are the same, in a time that does not depend on where they differ.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl FromStr for TokenHash {
    type Err = InvalidTokenHash;
    fn from_str(text: &str) -> Result<Self, InvalidTokenHash> {
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidTokenHash);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| InvalidTokenHash)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidTokenHash)?;
        }
        Ok(Self(hash))
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_names_its_role_and_holds_every_bit() {
        let secret = Secret::of(Role::Support, [0xff; SECRET_BYTES]);
        let signs = secret.expose().strip_prefix("resit_support_").unwrap();
        assert_eq!(signs.len(), 52);
        assert!(signs[..51].bytes().all(|sign| sign == b'z'), "{signs}");
        for bit in 0..SECRET_BYTES * 8 {
            let mut bytes = [0; SECRET_BYTES];
            bytes[bit / 8] = 0x80 >> (bit % 8);
            let other = Secret::of(Role::Support, bytes);
            assert_ne!(other.expose(), Secret::of(Role::Support, [0; SECRET_BYTES]).expose(), "bit {bit}");
        }
    }

    #[test]
    fn neither_secret_nor_hash_shows_itself_by_accident() {
        let secret = Secret::of(Role::Operator, [7; SECRET_BYTES]);
        assert_eq!(format!("{secret:?} {:?}", secret.hash()), "Secret(…) TokenHash(…)");
    }

    #[test]
    fn a_hash_comes_back_from_its_text() {
        let hash = Secret::of(Role::Operator, [7; SECRET_BYTES]).hash();
        assert!(hash.to_string().parse::<TokenHash>().unwrap().same_as(&hash));
        assert!("ff".parse::<TokenHash>().is_err());
        assert!("+f".repeat(32).parse::<TokenHash>().is_err());
    }
}
