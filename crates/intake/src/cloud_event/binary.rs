//! Binary mode: attributes are headers, and the payload is the data.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::{CloudEvent, no};
use resit_nats::TraceContext;

use crate::Poison;

const PREFIX: &str = "ce-";

/// What the specification has escaped in headers.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// Whether any attribute stands in the headers.
pub(super) fn is_in(headers: &HeaderMap) -> bool {
    headers.iter().any(|(name, _)| attribute(name.as_ref()).is_some())
}

/// The attributes that stand in the headers.
pub(super) fn attributes(
    headers: &HeaderMap,
    content_type: &str,
) -> Result<BTreeMap<String, String>, Poison> {
    let mut attributes = BTreeMap::new();
    for (name, values) in headers.iter() {
        let Some(name) = attribute(name.as_ref()) else { continue };
        let [value] = values.as_slice() else {
            return Err(no(&name, format!("it stands there {} times", values.len()), "say it once"));
        };
        let text = percent_decode_str(value.as_str()).decode_utf8();
        let text =
            text.map_err(|_| no(&name, "its escaped bytes are no UTF-8", "escape the bytes of UTF-8"))?;
        let text = text.into_owned();
        attributes.insert(name, text);
    }
    if !content_type.is_empty() {
        attributes.insert("datacontenttype".to_owned(), content_type.to_owned());
    }
    Ok(attributes)
}

/// The name of the attribute in a header.
fn attribute(header: &str) -> Option<String> {
    let prefix = header.get(..PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX).then(|| header[PREFIX.len()..].to_ascii_lowercase())
}

impl CloudEvent {
    /// The event as a message in binary mode.
    pub fn binary(&self) -> (HeaderMap, Bytes) {
        let mut headers = HeaderMap::new();
        let mut put = |name: &str, text: &str| {
            headers.insert(format!("{PREFIX}{name}"), utf8_percent_encode(text, ESCAPED).to_string());
        };
        put("specversion", "1.0");
        put("id", &self.id);
        put("source", &self.source);
        put("type", &self.kind);
        if let Some(subject) = &self.subject {
            put("subject", subject);
        }
        if let Some(time) = self.time {
            put("time", &time.to_string());
        }
        // In JSON an attribute may have a name that no header can have.
        let is_plain =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        for (name, text) in self.extensions.iter().filter(|(name, _)| is_plain(name)) {
            put(name, text);
        }
        let trace = self.extensions.get("traceparent").and_then(|text| TraceContext::parse(text));
        if let Some(trace) = trace {
            headers.insert("traceparent", trace.to_string());
        }
        headers.insert("content-type", self.encoding.media_type());
        (headers, self.data.clone())
    }
}
