//! A few words that somebody adds to a command, for whoever reads the record.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The longest remark, in characters.
pub const REMARK_CHARS_MAX: usize = 200;

/// A line of text of at most [`REMARK_CHARS_MAX`] characters, without control characters. No rule reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Remark(String);

/// A text that can't be a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a remark is one line of 1 to {REMARK_CHARS_MAX} characters")]
pub struct InvalidRemark;

impl Remark {
    /// The remark as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Remark {
    type Err = InvalidRemark;
    fn from_str(text: &str) -> Result<Self, InvalidRemark> {
        let is_short = text.chars().count() <= REMARK_CHARS_MAX;
        let is_line = !text.trim().is_empty() && !text.chars().any(char::is_control);
        if is_short && is_line { Ok(Self(text.to_owned())) } else { Err(InvalidRemark) }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Remark {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_one_short_line() {
        let longest = "é".repeat(REMARK_CHARS_MAX);
        assert_eq!(longest.parse::<Remark>().unwrap().as_str(), longest);
        for text in ["", "  ", "two\nlines", "\u{1b}[31m", &"x".repeat(REMARK_CHARS_MAX + 1)] {
            assert_eq!(text.parse::<Remark>(), Err(InvalidRemark), "{text:?}");
        }
    }
}
