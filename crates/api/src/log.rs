//! Records of the log, for reports that read all of it.

use resit_domain::{Actor, CommandId, Timestamp};
use resit_event_log::{Position, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::FieldError;
use crate::event::Body;

/// What one command put on one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogRecord {
    /// Its place in the log: greater than those before it.
    #[schemars(with = "u64")]
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The stream: a kind, a slash, an id.
    pub stream: String,
    /// The command that caused it.
    pub command: CommandId,
    /// Who gave it.
    pub actor: Actor,
    /// Which of its command's records it is, from 0, and how many there are.
    pub slice: (u16, u16),
    /// The facts.
    pub events: Vec<LogEvent>,
}

/// One fact of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogEvent {
    /// Its type, such as `ExamFailed`.
    pub r#type: String,
    /// The version of that type's body.
    pub version: u16,
    /// When it happened.
    pub happened_at: Timestamp,
    /// What it says; null if a newer program wrote it.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub body: Value,
}

/// A part of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogPage {
    /// Records in order.
    pub records: Vec<LogRecord>,
    /// What to send as `after` for what comes next.
    #[schemars(with = "u64")]
    pub next: Position,
    /// The position of the last record of the log.
    #[schemars(with = "u64")]
    pub head: Position,
}

impl LogPage {
    /// What is said to whoever asks behind a position that the log has not come to: it read another log before, or more of
    /// this one than there is now. An empty page would let it believe that it has all.
    ///
    /// # Errors
    ///
    /// If `after` is behind `head`.
    pub fn is_within(after: Position, head: Position) -> Result<(), FieldError> {
        if after <= head {
            return Ok(());
        }
        let reason = format!("{after} is behind the log's end, {head}");
        Err(FieldError::new(
            "after",
            reason,
            "begin again at 0 if an older copy of the log was put in its place",
        ))
    }
}

impl From<&Record> for LogRecord {
    fn from(record: &Record) -> Self {
        let event = |data: &resit_event_log::EventData| {
            let body = body(data);
            LogEvent {
                r#type: data.kind.to_string(),
                version: data.version,
                happened_at: data.happened_at,
                body: body.unwrap_or_default(),
            }
        };
        Self {
            position: record.position,
            recorded_at: record.recorded_at,
            stream: record.stream.to_string(),
            command: record.command.clone(),
            actor: record.actor.clone(),
            slice: (record.slice, record.slices),
            events: record.events.iter().map(event).collect(),
        }
    }
}

fn body(data: &resit_event_log::EventData) -> Option<Value> {
    let event = resit_command_handler::decode(data).ok()?;
    serde_json::to_value(Body(&event)).ok()
}
