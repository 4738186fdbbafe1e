//! Structured mode: the whole event is one JSON object.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{CloudEvent, Encoding, no};
use crate::Poison;

/// The media type of structured mode in JSON.
const MEDIA: &str = "application/cloudevents+json";

/// The attributes and the data of an event in structured mode; `content_type` if the message says that it is one.
pub(super) fn read(
    content_type: Option<&str>,
    payload: &Bytes,
) -> Result<(BTreeMap<String, String>, Bytes), Poison> {
    if let Some(said) = content_type {
        let media = said.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case(MEDIA) {
            let remedy = "send one event in a message, as application/cloudevents+json or in binary mode";
            return Err(no("content-type", format!("`{media}` is not read here"), remedy));
        }
    }
    let fields = match serde_json::from_slice(payload) {
        Ok(Value::Object(fields)) if content_type.is_some() || fields.contains_key("specversion") => fields,
        Err(error) if content_type.is_some() => {
            return Err(no("payload", format!("it is no JSON: {error}"), "mend the JSON"));
        }
        _ => {
            let remedy = "send `ce-` headers with the data as payload, or one JSON object with \
                          `content-type: application/cloudevents+json`";
            return Err(no("headers", "neither they nor the payload have a CloudEvent's attributes", remedy));
        }
    };
    split(fields)
}

fn split(mut fields: Map<String, Value>) -> Result<(BTreeMap<String, String>, Bytes), Poison> {
    let data = match (fields.remove("data"), fields.remove("data_base64")) {
        (Some(_), Some(_)) => return Err(no("data_base64", "there is `data` as well", "send one of them")),
        (Some(data), None) => Bytes::from(data.to_string()),
        (None, Some(Value::String(text))) => {
            let bytes = STANDARD.decode(text);
            bytes.map_err(|e| no("data_base64", format!("it is no base64: {e}"), "encode it again"))?.into()
        }
        (None, Some(_)) => return Err(no("data_base64", "it is no text", "write the bytes in base64")),
        (None, None) => Bytes::new(),
    };
    let mut attributes = BTreeMap::new();
    for (name, value) in fields {
        let text = match value {
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(no(&name, "an attribute is a text, a number or a truth", "put it into `data`"));
            }
        };
        attributes.insert(name, text);
    }
    Ok((attributes, data))
}

impl CloudEvent {
    /// The event as the payload of a message in structured mode, whose `content-type` is
    /// `application/cloudevents+json`.
    ///
    /// # Errors
    ///
    /// If its data say that they are JSON, and are not.
    pub fn structured(&self) -> serde_json::Result<Bytes> {
        let mut fields = Map::new();
        fields.extend(self.extensions.iter().map(|(name, text)| (name.clone(), json!(text))));
        fields.insert("specversion".to_owned(), json!("1.0"));
        fields.insert("id".to_owned(), json!(self.id));
        fields.insert("source".to_owned(), json!(self.source));
        fields.insert("type".to_owned(), json!(self.kind));
        fields.insert("datacontenttype".to_owned(), json!(self.encoding.media_type()));
        if let Some(subject) = &self.subject {
            fields.insert("subject".to_owned(), json!(subject));
        }
        if let Some(time) = self.time {
            fields.insert("time".to_owned(), json!(time));
        }
        match self.encoding {
            Encoding::Json => fields.insert("data".to_owned(), serde_json::from_slice(&self.data)?),
            Encoding::MessagePack => {
                fields.insert("data_base64".to_owned(), json!(STANDARD.encode(&self.data)))
            }
        };
        Ok(Value::Object(fields).to_string().into())
    }
}
