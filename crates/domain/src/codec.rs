//! Events as bytes, and every released version of them as it is read today.

use crate::Event;

/// Why stored bytes are not read as an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// A newer program wrote this type or version.
    #[error("event {kind} version {version} is not known to this program; a newer one wrote it")]
    Unknown {
        /// The event's type.
        kind: String,
        /// Its version.
        version: u16,
    },
    /// The bytes are not what this version looks like.
    #[error("event {kind} version {version} can't be read: {reason}")]
    Malformed {
        /// The event's type.
        kind: String,
        /// Its version.
        version: u16,
        /// What the decoder said.
        reason: String,
    },
}

/// The version that a type of event is written with today.
///
/// A change of a body that older programs would misread raises the number here, and gives [`decode`] an upcast.
pub fn version(_kind: &str) -> u16 {
    1
}

/// Named-field MessagePack: fields may be added, but are never told apart by their order.
pub fn to_bytes(body: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    body.serialize(&mut rmp_serde::Serializer::new(&mut bytes).with_struct_map())
        .expect("plain data always has a MessagePack form");
    bytes
}

/// The body of an event: a MessagePack map with named fields.
pub fn encode(event: &Event) -> Vec<u8> {
    event.write()
}

/// Names of facts that refusals were stored with, each with what the same fact is called today.
const FACTS_RENAMED: [(&str, &str); 1] = [("registered-at", "booked-at")];

/// Reads an event of any version that was ever released.
pub fn decode(kind: &str, version: u16, body: &[u8]) -> Result<Event, CodecError> {
    let unknown = || CodecError::Unknown { kind: kind.to_owned(), version };
    if version != self::version(kind) {
        return Err(unknown());
    }
    let read = Event::read(kind, body).ok_or_else(unknown)?;
    read.map(as_called_today).map_err(|e| CodecError::Malformed {
        kind: kind.to_owned(),
        version,
        reason: e.to_string(),
    })
}

/// The event, with each fact under one name: what is judged again is compared with what is on record.
fn as_called_today(mut event: Event) -> Event {
    if let Event::CommandRefused(refused) = &mut event {
        for fact in &mut refused.refusal.facts {
            if let Some((_, today)) = FACTS_RENAMED.iter().find(|(was, _)| *was == fact.name) {
                (*today).clone_into(&mut fact.name);
            }
        }
    }
    event
}
