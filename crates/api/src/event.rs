//! Facts on their streams.

use std::borrow::Cow;

use resit_command_handler::{EndMoved, Happened, HistoryEntry};
use resit_domain::{Actor, Command, CommandId, Event, Stream, Timestamp, UnitNo};
use resit_event_log::Position;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

/// A fact on its stream.
#[derive(Debug, Clone, PartialEq)]
pub struct EventOnStream(pub Happened);

/// A fact of an entitlement's history, in both times.
#[derive(Debug, Clone)]
pub struct HistoryEvent(pub HistoryEntry);

/// An event's body as it is, without a detour over a tree of values.
pub(crate) struct Body<'a>(pub(crate) &'a Event);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_body(to)
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct EventText<'a, B> {
    /// The stream that it stands on: a kind, a slash, an id.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    stream: &'a Stream,
    /// Its type, such as `ExamFailed`.
    r#type: &'a str,
    /// When it happened.
    happened_at: Timestamp,
    /// What it says.
    #[schemars(with = "Map<String, Value>")]
    body: B,
}

fn as_text<S: Serializer>(stream: &Stream, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(stream)
}

#[derive(Deserialize)]
struct ReadEvent {
    stream: String,
    r#type: String,
    happened_at: Timestamp,
    body: Value,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HistoryEvent")]
struct HistoryText<'a, B> {
    /// Its position in the log.
    #[schemars(with = "u64")]
    position: Position,
    /// When it happened.
    happened_at: Timestamp,
    /// When it was put on record.
    recorded_at: Timestamp,
    /// The command that caused it.
    command: &'a CommandId,
    /// Who gave that.
    actor: &'a Actor,
    /// The unit that it is about; none for the whole entitlement.
    unit: Option<UnitNo>,
    /// What was asked, if a rule said no to it: the command's name, and its fields. A code stands here as its fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    asked: Option<&'a Command>,
    /// Its type.
    r#type: &'a str,
    /// What it says. Of a publication, the text of its file is left out.
    #[schemars(with = "Map<String, Value>")]
    body: B,
    /// For a publication: the end that it moved, of this unit, or of every live one if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_moved: Option<EndText>,
}

/// An end before a publication and after it; none if nothing ended the right by itself, or the end cannot be computed yet.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EndMoved")]
struct EndText {
    /// Before.
    before: Option<Timestamp>,
    /// After.
    after: Option<Timestamp>,
}

impl From<EndMoved> for EndText {
    fn from(EndMoved { before, after }: EndMoved) -> Self {
        Self { before, after }
    }
}

impl From<EndText> for EndMoved {
    fn from(EndText { before, after }: EndText) -> Self {
        Self { before, after }
    }
}

#[derive(Deserialize)]
struct ReadHistory {
    position: Position,
    happened_at: Timestamp,
    recorded_at: Timestamp,
    command: CommandId,
    actor: Actor,
    unit: Option<UnitNo>,
    asked: Option<Command>,
    r#type: String,
    body: Value,
    end_moved: Option<EndText>,
}

/// The event of a type, from its body.
pub(crate) fn event<E: serde::de::Error>(kind: &str, body: Value) -> Result<Event, E> {
    let read = Event::deserialize_body(kind, body);
    let read = read.ok_or_else(|| E::custom(format!("event {kind} is not known to this program")))?;
    read.map_err(E::custom)
}

impl Serialize for EventOnStream {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Happened { stream, happened_at, event } = &self.0;
        let text = EventText { stream, r#type: event.kind(), happened_at: *happened_at, body: Body(event) };
        text.serialize(to)
    }
}

impl<'de> Deserialize<'de> for EventOnStream {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = ReadEvent::deserialize(from)?;
        let (kind, id) = read.stream.split_once('/').unwrap_or((&read.stream, ""));
        let stream = Stream::parse(kind, id);
        let unknown = || D::Error::custom(format!("stream `{}` is not known to this program", read.stream));
        let stream = stream.ok_or_else(unknown)?.map_err(D::Error::custom)?;
        Ok(Self(Happened { stream, happened_at: read.happened_at, event: event(&read.r#type, read.body)? }))
    }
}

impl Serialize for HistoryEvent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let HistoryEntry {
            position,
            recorded_at,
            happened_at,
            command,
            actor,
            unit,
            asked,
            event,
            end_moved,
        } = &self.0;
        let text = HistoryText {
            position: *position,
            happened_at: *happened_at,
            recorded_at: *recorded_at,
            command,
            actor,
            unit: *unit,
            asked: asked.as_ref(),
            r#type: event.kind(),
            body: Body(event),
            end_moved: end_moved.map(EndText::from),
        };
        text.serialize(to)
    }
}

impl<'de> Deserialize<'de> for HistoryEvent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = ReadHistory::deserialize(from)?;
        Ok(Self(HistoryEntry {
            position: read.position,
            recorded_at: read.recorded_at,
            happened_at: read.happened_at,
            command: read.command,
            actor: read.actor,
            unit: read.unit,
            asked: read.asked,
            event: event(&read.r#type, read.body)?,
            end_moved: read.end_moved.map(EndMoved::from),
        }))
    }
}

macro_rules! schema_of {
    ($($name:ident as $text:ident)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                <$text<'static, Value>>::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$text<'static, Value>>::json_schema(generator)
            }
        }
    )*};
}

schema_of! { EventOnStream as EventText HistoryEvent as HistoryText }
