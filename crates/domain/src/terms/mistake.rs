//! What is wrong with an offer file that can't be read, in the words of who writes one.
//!
//! A refusal that is on record keeps the words of [`OfferFile::parse`](super::OfferFile::parse), by which it is judged again;
//! these are for whoever checks a file.

use std::fmt;

use serde::de::DeserializeOwned;

use super::file::RawFile;
use crate::policy::RawPolicyFile;

/// A mistake in an offer file, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `rulings.last_day`; none where the text is no TOML.
    pub field: Option<String>,
    /// What is wrong, and what to write.
    pub says: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "line {}, {field}: {}", self.line, self.says),
            None => write!(f, "line {}: this is no TOML: {}", self.line, self.says),
        }
    }
}

impl Mistake {
    /// The first mistake of an offer file; none if it can be read.
    pub fn of(source: &str) -> Option<Self> {
        Self::reading::<RawFile>(source)
    }

    /// The first mistake of a policy file; none if it can be read.
    pub fn of_policy(source: &str) -> Option<Self> {
        Self::reading::<RawPolicyFile>(source)
    }

    fn reading<T: DeserializeOwned>(source: &str) -> Option<Self> {
        let line = |error: &toml::de::Error| {
            let before = error.span().map_or(0, |span| span.start);
            source.bytes().take(before).filter(|byte| *byte == b'\n').count() + 1
        };
        let file = match toml::Deserializer::parse(source) {
            Ok(file) => file,
            Err(error) => {
                return Some(Self { line: line(&error), field: None, says: error.message().to_owned() });
            }
        };
        let error = serde_path_to_error::deserialize::<_, T>(file).err()?;
        let (field, error) = (error.path().to_string(), error.into_inner());
        let field = if field == "." { "the file".to_owned() } else { field };
        Some(Self { line: line(&error), says: in_words(&field, error.message()), field: Some(field) })
    }
}

/// A value of the wrong kind is told with the right one; other messages name that themselves.
fn in_words(field: &str, message: &str) -> String {
    let wrong = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    let Some((found, expected)) = wrong.and_then(|wrong| wrong.split_once(", expected ")) else {
        return message.to_owned();
    };
    let found = match found {
        "map" => "a table",
        "sequence" => "a list",
        found => found,
    };
    match to_write(field, expected) {
        Some(write) => format!("write {write}; here is {found}"),
        None => message.to_owned(),
    }
}

/// What belongs into a field that was given another kind of value.
fn to_write(field: &str, expected: &str) -> Option<&'static str> {
    let name = field.rsplit('.').next().unwrap_or(field);
    Some(match (name, expected) {
        ("benefit", "a sequence") => "[[benefit]], with two brackets",
        ("clock", "a sequence") => "[[clock]], with two brackets",
        ("example", "a sequence") => "[[example]], with two brackets",
        ("wait", "a sequence") => {
            "\"none\", or a list such as [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }]"
        }
        (_, "a sequence") => "a list, such as [\"one\", \"two\"]",
        ("quantity_max" | "max", "u16") => "a whole number up to 65535, without quotes, or \"none\"",
        (_, "u16") => "a whole number up to 65535, without quotes",
        (_, "u32") => "a whole number, without quotes",
        (_, "a boolean") => "true or false, without quotes",
        (_, "a string") => "a text in quotes",
        (_, expected) if expected.starts_with("struct ") => "a table",
        _ => return None,
    })
}
