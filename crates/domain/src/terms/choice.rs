//! Two small values of an offer file: `"any"` or a list, `"none"` or a value.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// `"any"`, or only these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<T> {
    /// No limit.
    Any,
    /// One of these.
    Only(Vec<T>),
}

impl<T: PartialEq> Choice<T> {
    /// Whether `value` is inside. An unknown value is inside only of [`Choice::Any`].
    pub fn holds(&self, value: Option<&T>) -> bool {
        match self {
            Choice::Any => true,
            Choice::Only(list) => value.is_some_and(|v| list.contains(v)),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Choice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Any => f.write_str("any"),
            Choice::Only(list) => f.write_str(&join(list)),
        }
    }
}

/// A plain enum's name as files and records write it.
pub(crate) fn word(value: impl Serialize) -> String {
    match toml::Value::try_from(value) {
        Ok(toml::Value::String(word)) => word,
        other => unreachable!("only plain enums have a word, not {other:?}"),
    }
}

/// The items, with commas between them.
pub fn join<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "write \"any\" or a list such as [\"web\", \"call-centre\"]")]
        enum Form<T> {
            List(Vec<T>),
            Word(String),
        }
        match Form::deserialize(from)? {
            Form::List(list) if list.is_empty() => {
                Err(D::Error::custom("an empty list permits nothing; write \"any\" or name some"))
            }
            Form::List(list) => Ok(Choice::Only(list)),
            Form::Word(word) if word == "any" => Ok(Choice::Any),
            Form::Word(word) => Err(D::Error::custom(format!("`{word}` is neither \"any\" nor a list"))),
        }
    }
}

/// `"none"`, or a value. Unlike an absent field it says that somebody thought about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Limit<T> {
    /// Said to be without limit.
    None,
    /// Limited.
    Some(T),
}

impl<T> Limit<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Limit::None => None,
            Limit::Some(value) => Some(value),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Limit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::None => f.write_str("none"),
            Limit::Some(value) => value.fmt(f),
        }
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Limit<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(from)?;
        if value.as_str() == Some("none") {
            return Ok(Limit::None);
        }
        T::deserialize(value).map(Limit::Some).map_err(|e| D::Error::custom(e.to_string().trim()))
    }
}
