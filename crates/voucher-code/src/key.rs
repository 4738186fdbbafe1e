//! The secret that codes are made with.

use std::{fmt, fmt::Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use resit_domain::{EntitlementId, UnitNo};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{Code, symbols::DRAWN_SYMBOLS};

/// How many secret bytes a key has.
pub const KEY_BYTES: usize = 32;

const PREFIX: &str = "resit-code-key-v1:";

/// The secret key of all codes: who has it can make every code of every entitlement.
///
/// Text form: `resit-code-key-v1:` and 64 hex digits, in one line. Wiped from memory when dropped.
pub struct CodeKey([u8; KEY_BYTES]);

/// A public name of a key, from which the key can't be had: 8 bytes, written as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

/// A text that is no key. Says what is wrong with it without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// It does not start as a key file does.
    #[error("the code key does not start with `{PREFIX}`; is it another file, or of a later version?")]
    Prefix,
    /// Too few or too many digits.
    #[error("the code key has {found} characters after `{PREFIX}`, not {}; restore the file", 2 * KEY_BYTES)]
    Length {
        /// How many characters follow the prefix.
        found: usize,
    },
    /// Not a hex digit.
    #[error(
        "the code key has something else than a hex digit in place {place} after `{PREFIX}`; restore the file"
    )]
    Digit {
        /// Its place after the prefix, from 1.
        place: usize,
    },
}

impl CodeKey {
    /// A key of secret bytes, which must come from a random source fit for secrets.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the text of a key file; blanks and line ends around it do not matter.
    pub fn from_text(text: &str) -> Result<Self, InvalidKey> {
        let digits = text.trim().strip_prefix(PREFIX).ok_or(InvalidKey::Prefix)?;
        let found = digits.chars().count();
        if found != 2 * KEY_BYTES {
            return Err(InvalidKey::Length { found });
        }
        let mut key = Self([0; KEY_BYTES]);
        for (at, digit) in digits.chars().enumerate() {
            let value = digit.to_digit(16).and_then(|value| u8::try_from(value).ok());
            key.0[at / 2] = key.0[at / 2] << 4 | value.ok_or(InvalidKey::Digit { place: at + 1 })?;
        }
        Ok(key)
    }

    /// The text of a key file: one line with its end. A secret; wiped from memory when dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        // Room for all of it from the start, or growing would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * KEY_BYTES + 1));
        text.push_str(PREFIX);
        for byte in self.0 {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
        }
        text.push('\n');
        text
    }

    /// The key's public name, to tell which key made a code.
    pub fn key_id(&self) -> KeyId {
        let mut hash = Sha256::new_with_prefix(b"resit code key id v1\0");
        hash.update(self.0);
        let mut id = [0; 8];
        id.copy_from_slice(&hash.finalize()[..8]);
        KeyId(id)
    }

    /// The code of one unit of an entitlement. `generation` counts its replacements, from 0.
    ///
    /// The same arguments always give the same code. A code tells nothing of any other, not even of the one
    /// it replaces: without the key they are as good as drawn at random.
    pub fn derive(&self, entitlement: EntitlementId, unit: UnitNo, generation: u16) -> Code {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length of key is fine");
        // Every part has a fixed length, so no two sets of arguments make the same message.
        mac.update(b"resit voucher code v1\0");
        mac.update(&entitlement.0);
        mac.update(&unit.to_be_bytes());
        mac.update(&generation.to_be_bytes());
        let mut bytes: [u8; 32] = mac.finalize().into_bytes().into();
        let code = Code::of_drawn(&std::array::from_fn(|place| five_bits(&bytes, place)));
        bytes.zeroize();
        code
    }
}

/// The `place`th five bits, first bit first. 32 signs take five bits each, so all are equally likely.
fn five_bits(bytes: &[u8; 32], place: usize) -> u8 {
    const { assert!(DRAWN_SYMBOLS * 5 <= 31 * 8) };
    let (byte, bit) = (place * 5 / 8, place * 5 % 8);
    let pair = u16::from_be_bytes([bytes[byte], bytes[byte + 1]]);
    (pair << bit).to_be_bytes()[0] >> 3
}

impl Drop for CodeKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKey({}, …)", self.key_id())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests;
