//! Names of things. Text ids come from outside and are parsed once; derived ids are 16 bytes.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// The longest text id, in bytes.
pub const ID_BYTES_MAX: usize = 64;

/// A text that can't be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Not the form of ids that come from outside.
    #[error("{field} `{text}` must be 1 to {ID_BYTES_MAX} characters out of letters, digits and . _ : -")]
    Text {
        /// Which id was being read.
        field: &'static str,
        /// What was given, cut to a readable length.
        text: String,
    },
    /// Not an entitlement's. It does not repeat the text, which may be somebody's code.
    #[error(
        "an entitlement's id has 26 symbols, which are digits and letters without I, L, O and U; the first one is 0 to 7"
    )]
    Entitlement,
    /// Not the ledger's clock, of which there is one.
    #[error("the ledger's clock is called `ledger`")]
    Clock,
    /// Not the ledger's zone rules, which are there once.
    #[error("the ledger's zone rules are called `ledger`")]
    Zones,
    /// Not so many hex digits.
    #[error("a {field} has {digits} hex digits")]
    Hex {
        /// Which id was being read.
        field: &'static str,
        /// How many it has.
        digits: usize,
    },
}

fn check(field: &'static str, text: &str) -> Result<(), InvalidId> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    if text.is_empty() || text.len() > ID_BYTES_MAX || !text.chars().all(allowed) {
        return Err(InvalidId::Text { field, text: text.chars().take(ID_BYTES_MAX).collect() });
    }
    Ok(())
}

macro_rules! text_id {
    ($(#[$doc:meta] $name:ident, $field:literal;)*) => {$(
        #[$doc]
        ///
        /// 1 to 64 characters out of letters, digits and `. _ : -`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check($field, text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

text_id! {
    /// The sender's id of one command; idempotency hangs on it for ever.
    CommandId, "command id";
    /// Who gave a command: a person, a shop, a delivery provider.
    Actor, "actor";
    /// A purchase system, whose order numbers are its own.
    ShopId, "shop";
    /// The number of an order in its shop.
    OrderNumber, "order number";
    /// An offer; its versions share the id and differ in [`TermsHash`].
    OfferId, "offer";
    /// A certification programme, which may have a retake policy of its own.
    ProgrammeId, "programme";
    /// A business-day calendar.
    CalendarId, "calendar";
    /// An exam as the catalogue names it.
    ExamCode, "exam";
    /// A practice test as the catalogue names it.
    PracticeTestId, "practice test";
    /// A person who sits exams; opaque to the ledger.
    CandidateId, "candidate";
    /// A licensing agreement.
    AgreementId, "agreement";
    /// A branch of the party to an agreement.
    BranchId, "branch";
    /// An organisation that delivers exams.
    ProviderId, "provider";
    /// A category of exams in the catalogue.
    Category, "category";
    /// A way to buy or to register: a web shop, a call centre.
    Channel, "channel";
    /// A region of the world, as the programme cuts it.
    Region, "region";
    /// A way to sit an exam: online, in a test centre.
    DeliveryMode, "delivery";
    /// A fact about a buyer that an offer may ask for, such as an accreditation.
    BuyerFact, "buyer fact";
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() { to.collect_str(self) } else { to.serialize_bytes(&self.0) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
                } else {
                    serde_bytes::ByteArray::<$len>::deserialize(from).map(|b| Self(b.into_array()))
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

byte_id!(
    /// One bought unit: a pack, a bundle, a single voucher. Derived from the order, so that an order seen twice is
    /// one entitlement. Written as a ULID's 26 symbols.
    EntitlementId, 16
);
byte_id!(
    /// SHA-256 of an offer file's bytes, as `sha256sum` prints it.
    TermsHash, 32
);
byte_id!(
    /// What the ledger keeps of a voucher code: 16 bytes of a hash, from which the code can't be had. 32 hex digits.
    Fingerprint, 16
);

impl EntitlementId {
    /// The id of the `unit`th piece (from 1) of an order line.
    pub fn of_order(order: &crate::OrderLine, unit: u16) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"resit entitlement v1");
        for part in [order.shop.as_str(), order.number.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(order.line.to_be_bytes());
        hash.update(unit.to_be_bytes());
        let digest = hash.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}

impl fmt::Display for EntitlementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ulid::Ulid::from_bytes(self.0).array_to_str(&mut [0; ulid::ULID_LEN]))
    }
}

impl FromStr for EntitlementId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let id = ulid::Ulid::from_string(text).map_err(|_| InvalidId::Entitlement)?;
        // 26 symbols have room for 130 bits; of what has more than 128, the library drops the first two.
        if text.starts_with(|first: char| first > '7') {
            return Err(InvalidId::Entitlement);
        }
        Ok(Self(id.to_bytes()))
    }
}

macro_rules! hex_text {
    ($name:ident, $field:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let mut text = [0; 2 * std::mem::size_of::<$name>()];
                for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
                    pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
                }
                f.pad(std::str::from_utf8(&text).expect("hex digits are ASCII"))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = 2 * std::mem::size_of::<$name>();
                let invalid = || InvalidId::Hex { field: $field, digits };
                let digit =
                    |symbol: u8| char::from(symbol).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let mut bytes = [0; std::mem::size_of::<$name>()];
                if text.len() != digits {
                    return Err(invalid());
                }
                for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                    *byte = digit(pair[0])
                        .zip(digit(pair[1]))
                        .map(|(high, low)| high << 4 | low)
                        .ok_or_else(invalid)?;
                }
                Ok(Self(bytes))
            }
        }
    };
}

hex_text!(TermsHash, "terms hash");
hex_text!(Fingerprint, "fingerprint");

impl TermsHash {
    /// The hash of an offer file's bytes.
    pub fn of(source: &[u8]) -> Self {
        Self(Sha256::digest(source).into())
    }
}

/// The number of a unit inside its entitlement, from 1.
pub type UnitNo = u16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_more_than_128_bits_is_not_taken_for_another() {
        let id = "0DGZ8Z6SMEJFZWQEWYBKS63D7W";
        assert_eq!(id.parse::<EntitlementId>().unwrap().to_string(), id);
        assert_eq!("7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse(), Ok(EntitlementId([0xff; 16])));
        for first in "89ABCDEFGHJKMNPQRSTVWXYZaz".chars() {
            let text = format!("{first}{}", &id[1..]);
            assert_eq!(text.parse::<EntitlementId>(), Err(InvalidId::Entitlement), "{text}");
        }
    }
}
