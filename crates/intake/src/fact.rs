//! Facts as events, for those who report.

use std::collections::BTreeMap;

use resit_command_handler::decode;
use resit_domain::{Actor, CommandId, Event, Timestamp};
use resit_event_log::{EventData, Position, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bounded::json_bytes;
use crate::{CloudEvent, Encoding, Truncated};

/// Streams whose very names are fingerprints. What they hold stands on their entitlements as well.
const NOT_TOLD: &str = "code";

/// The data of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The position of its record in the log.
    #[schemars(with = "u64")]
    pub position: Position,
    /// Which of that record's facts it is, from 0.
    pub index: usize,
    /// The stream that it stands on: a kind, a slash, an id.
    pub stream: String,
    /// Its type, such as `ExamFailed`.
    pub r#type: String,
    /// The version of that type's body.
    pub version: u16,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// The command that caused it.
    pub command: CommandId,
    /// Who gave that.
    pub actor: Actor,
    /// What it says, without fingerprints of codes; null if a newer program wrote it.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub body: Value,
    /// What `body` lacks because the message would be longer than the servers take; absent if it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// A fact's place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) index: usize,
}

impl Fact {
    /// The facts of a record, as far as they are told.
    pub fn of(record: &Record) -> Vec<Self> {
        if record.stream.kind() == NOT_TOLD {
            return Vec::new();
        }
        let fact = |(index, data): (usize, &EventData)| Self {
            position: record.position,
            index,
            stream: record.stream.to_string(),
            r#type: data.kind.to_string(),
            version: data.version,
            happened_at: data.happened_at,
            recorded_at: record.recorded_at,
            command: record.command.clone(),
            actor: record.actor.clone(),
            body: decode(data).map_or(Value::Null, |event| told(&event)),
            truncated: None,
        };
        record.events.iter().enumerate().map(fact).collect()
    }

    /// The type of its event: `exam-failed-v1`.
    pub fn kind(&self) -> String {
        let mut kind = String::new();
        for letter in self.r#type.chars() {
            if letter.is_ascii_uppercase() && !kind.is_empty() {
                kind.push('-');
            }
            kind.push(letter.to_ascii_lowercase());
        }
        format!("{kind}-v{}", self.version)
    }

    /// The kind of the stream that it stands on.
    pub fn stream_kind(&self) -> &str {
        self.stream.split('/').next().unwrap_or_default()
    }

    pub(crate) fn place(&self) -> Place {
        Place { position: self.position, index: self.index }
    }

    /// The fact with so many bytes of JSON at most: the longest fields of its body are left out. A fact without any body
    /// stays as it is, however few bytes that are.
    #[must_use]
    pub fn within(mut self, bytes_max: usize) -> Self {
        let bytes = json_bytes(&self);
        if bytes <= bytes_max {
            return self;
        }
        let read = format!("GET /v1/log?after={}&limit=1", self.position.0.saturating_sub(1));
        self.truncated = Some(Truncated { bytes: bytes as u64, omitted: Vec::new(), read });
        while json_bytes(&self) > bytes_max
            && let Some(longest) = longest_field(&self.body)
        {
            if let Some(fields) = self.body.as_object_mut() {
                fields.remove(&longest);
            }
            self.truncated.as_mut().expect("it was just set").omitted.push(longest);
        }
        self
    }

    /// The event that tells it.
    pub fn told(&self, ledger: &str) -> CloudEvent {
        CloudEvent {
            id: format!("{}.{}", self.position, self.index),
            source: ledger.to_owned(),
            kind: self.kind(),
            subject: Some(self.stream.clone()),
            time: Some(self.happened_at),
            extensions: BTreeMap::new(),
            encoding: Encoding::Json,
            data: serde_json::to_vec(self).expect("its fields have names and its keys are texts").into(),
        }
    }
}

/// The name of the longest field of a fact's body.
fn longest_field(body: &Value) -> Option<String> {
    let longest = body.as_object()?.iter().max_by_key(|(_, value)| json_bytes(value));
    longest.map(|(name, _)| name.clone())
}

/// What a fact says. By a fingerprint nothing can be opened, and still it is nobody's to read who does not look codes up.
pub(crate) fn told(event: &Event) -> Value {
    let mut body = event.serialize_body(serde_json::value::Serializer).unwrap_or_default();
    match event {
        Event::VoucherIssued(_) => {
            for unit in body.get_mut("units").and_then(Value::as_array_mut).into_iter().flatten() {
                unit.as_object_mut().map(|unit| unit.remove("code"));
            }
        }
        Event::CodeReplaced(_) => {
            if let Some(fields) = body.as_object_mut() {
                fields.retain(|name, _| name == "unit");
            }
        }
        _ => {}
    }
    body
}
