//! CloudEvents 1.0, as they travel in a NATS message.

mod binary;
mod structured;

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_domain::Timestamp;

use crate::{Poison, Reason};

/// The longest attribute, in bytes.
pub(crate) const ATTRIBUTE_BYTES_MAX: usize = 1_024;

/// What the data of an event are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`.
    Json,
    /// `application/msgpack`: the same names and texts as in JSON.
    MessagePack,
}

/// An event, with its data as they were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudEvent {
    /// The sender's id of it: with the source, it is the event's for ever.
    pub id: String,
    /// Who says so.
    pub source: String,
    /// Its type, with its version.
    pub kind: String,
    /// What it is about, if it says.
    pub subject: Option<String>,
    /// When it happened, if it says.
    pub time: Option<Timestamp>,
    /// Attributes beyond those of the specification.
    pub extensions: BTreeMap<String, String>,
    /// What its data are written in.
    pub encoding: Encoding,
    /// Its data.
    pub data: Bytes,
}

impl CloudEvent {
    /// Reads an event from a message, in whichever mode it came.
    ///
    /// # Errors
    ///
    /// What keeps the message from being a CloudEvent.
    pub fn read(headers: &HeaderMap, payload: &Bytes) -> Result<Self, Poison> {
        let content_type = header(headers, "content-type").unwrap_or_default();
        let structured = content_type.trim().to_ascii_lowercase().starts_with("application/cloudevents");
        let (attributes, data) = if structured || !binary::is_in(headers) {
            structured::read(structured.then_some(content_type), payload)?
        } else {
            (binary::attributes(headers, content_type)?, payload.clone())
        };
        Self::of(attributes, data)
    }

    /// The event of these attributes and data.
    fn of(mut attributes: BTreeMap<String, String>, data: Bytes) -> Result<Self, Poison> {
        let version = taken(&mut attributes, "specversion")?;
        if version != "1.0" {
            return Err(no("specversion", format!("it is `{version}`"), "send CloudEvents 1.0"));
        }
        let (id, source) = (taken(&mut attributes, "id")?, taken(&mut attributes, "source")?);
        let kind = taken(&mut attributes, "type")?;
        let time = attributes.remove("time").map(|text| text.parse::<Timestamp>());
        let time = time.transpose().map_err(|e| no("time", e.to_string(), "write it as RFC 3339 has it"))?;
        let encoding = match attributes.remove("datacontenttype") {
            None => Encoding::Json,
            Some(text) => Encoding::named(&text)?,
        };
        let subject = attributes.remove("subject").map(|text| short("subject", text)).transpose()?;
        Ok(Self { id, source, kind, subject, time, extensions: attributes, encoding, data })
    }

    /// The trace that the event is part of, if it or its message says: `traceparent` as W3C has it.
    pub fn traceparent<'a>(&'a self, headers: &'a HeaderMap) -> Option<&'a str> {
        let own = self.extensions.get("traceparent").map(String::as_str);
        own.or_else(|| header(headers, "traceparent"))
    }
}

impl Encoding {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Encoding::Json => "application/json",
            Encoding::MessagePack => "application/msgpack",
        }
    }

    fn named(text: &str) -> Result<Self, Poison> {
        let media = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media.as_str() {
            "application/msgpack" | "application/x-msgpack" | "application/vnd.msgpack" => {
                Ok(Encoding::MessagePack)
            }
            "application/json" | "text/json" => Ok(Encoding::Json),
            _ if media.ends_with("+json") => Ok(Encoding::Json),
            _ => Err(no(
                "datacontenttype",
                format!("`{media}` is not read here"),
                "send application/json or application/msgpack",
            )),
        }
    }
}

/// A header by its name, however its letters are written.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.iter();
    let found = all.find(|(known, _)| AsRef::<str>::as_ref(*known).eq_ignore_ascii_case(name))?;
    found.1.last().map(async_nats::HeaderValue::as_str)
}

fn taken(attributes: &mut BTreeMap<String, String>, name: &'static str) -> Result<String, Poison> {
    let found = attributes.remove(name).filter(|text| !text.is_empty());
    let remedy = "every CloudEvent has specversion, id, source and type";
    short(name, found.ok_or_else(|| no(name, "it is missing", remedy))?)
}

/// What is told of an event has its attributes in headers, which have no room for more.
fn short(name: &str, text: String) -> Result<String, Poison> {
    if text.len() <= ATTRIBUTE_BYTES_MAX {
        return Ok(text);
    }
    let what = format!("it has {} bytes", text.len());
    Err(no(name, what, &format!("take one of {ATTRIBUTE_BYTES_MAX} bytes at most")))
}

fn no(field: &str, what: impl Into<String>, remedy: &str) -> Poison {
    Poison::new(Reason::NotACloudEvent, field, what, remedy)
}
