//! Contacts: where help is, and where codes go.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The longest contact, in characters.
pub const CONTACT_CHARS_MAX: usize = 200;

/// A name or address at which somebody is reached, such as a mail address. The ledger shows it and sends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Contact(Arc<str>);

/// A text that can't be a contact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a contact has 1 to {CONTACT_CHARS_MAX} characters, all of which can be seen")]
pub struct InvalidContact;

impl FromStr for Contact {
    type Err = InvalidContact;
    fn from_str(text: &str) -> Result<Self, InvalidContact> {
        let text = text.trim();
        let length = text.chars().count();
        let is_contact =
            (1..=CONTACT_CHARS_MAX).contains(&length) && !text.chars().any(crate::terms::is_unseen);
        if is_contact { Ok(Self(text.into())) } else { Err(InvalidContact) }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Contact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Contact".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A name or address at which somebody is reached. The ledger shows it and sends nothing.",
            "type": "string",
            "minLength": 1,
            "maxLength": CONTACT_CHARS_MAX,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_short_text_that_can_be_seen() {
        assert_eq!("  help@example.org ".parse::<Contact>().unwrap().to_string(), "help@example.org");
        let longest = "a".repeat(CONTACT_CHARS_MAX);
        assert!(longest.parse::<Contact>().is_ok());
        for wrong in ["", "  ", "a\nb", "a\u{202e}b", &format!("{longest}a")] {
            assert_eq!(wrong.parse::<Contact>(), Err(InvalidContact), "{wrong:?}");
        }
    }
}
