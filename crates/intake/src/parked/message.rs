//! Messages of the parking stream.

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use resit_api::FieldError;
use resit_nats::{Link, Names};
use serde::Serialize;

use super::{Note, Parked, Settled};
use crate::bounded::payload_bytes_max;
use crate::withhold::withheld;
use crate::{IntakeError, Subject};

/// The header that says why an event was parked, as JSON.
const PARKED: &str = "Resit-Parked";
/// The header that says that a parked event was settled, as JSON.
pub(super) const SETTLED: &str = "Resit-Settled";
/// What stands before the name of each header that the event came with.
const ORIGINAL: &str = "Original-";

/// How many bytes of headers a stream takes with a message.
const HEADERS_BYTES_MAX: usize = 64 << 10;
/// How many bytes of the headers that an event came with are kept.
const ORIGINAL_BYTES_MAX: usize = 32 << 10;
/// How many bytes the note beside an event may have. The rest of the headers is for the event's own, with the longer names.
const NOTE_BYTES_MAX: usize = 16 << 10;
/// How many bytes of each text stay in a note that is too long.
const SHORT_TEXT_BYTES_MAX: usize = 200;
/// How many bytes of each part of its subject stand in the subject of what is parked.
const PART_BYTES_MAX: usize = 64;

/// Parks an event, and returns its number there when that is durable.
pub(crate) async fn park(
    link: &Link,
    event: (&HeaderMap, &Bytes),
    mut note: Note,
) -> Result<u64, IntakeError> {
    let sent_as = Subject::of(&link.names, &note.subject);
    let (payload, any) = withheld(event.1, note.poison.reason);
    let original = || event.0.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let bytes: usize = original().map(|(name, value)| name.to_string().len() + value.as_str().len()).sum();
    let longer_names: usize = original().map(|_| ORIGINAL.len() + ": \r\n".len()).sum();
    let has_room = bytes <= ORIGINAL_BYTES_MAX && bytes + longer_names + NOTE_BYTES_MAX <= HEADERS_BYTES_MAX;
    note.withheld = any || !has_room;
    let mut headers = headers_of(&note);
    for (name, value) in original().filter(|_| has_room) {
        headers.append(format!("{ORIGINAL}{name}"), value.clone());
    }
    let mut payload = payload;
    let bytes_max = payload_bytes_max(link, &headers);
    if payload.len() > bytes_max {
        // Its beginning stays, for whoever looks what it was; it can't be sent again.
        note.withheld = true;
        headers = headers_of(&note);
        payload.truncate(payload_bytes_max(link, &headers));
    }
    let part = |text: &str| text[..text.floor_char_boundary(PART_BYTES_MAX)].to_owned();
    let subject = link.names.parked(&part(&sent_as.role), &part(&sent_as.name), &part(&sent_as.kind));
    publish(link, subject, headers, payload).await
}

/// The headers of a parked event. A note that is too long for a header has no refusal and shorter texts. Its subject stays.
fn headers_of(note: &Note) -> HeaderMap {
    let mut text = in_a_header(note);
    if text.len() > NOTE_BYTES_MAX {
        let mut note = note.clone();
        note.poison.refusal = None;
        let FieldError { field, reason, remedy } = &mut note.poison.error;
        for part in [field, reason, remedy] {
            part.truncate(part.floor_char_boundary(SHORT_TEXT_BYTES_MAX));
        }
        text = in_a_header(&note);
    }
    let mut headers = HeaderMap::new();
    headers.insert(PARKED, text);
    headers.insert("Resit-Reason", note.poison.reason.name());
    headers
}

/// Publishes a message, and returns its number in its stream when it is durable.
pub(crate) async fn publish(
    link: &Link,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
) -> Result<u64, IntakeError> {
    let unanswered = |source| IntakeError::Publish { subject: subject.clone(), source: Box::new(source) };
    let sent = link.jetstream.publish_with_headers(subject.clone(), headers, payload).await;
    Ok(sent.map_err(unanswered)?.await.map_err(unanswered)?.sequence)
}

/// JSON of ASCII alone: a header takes no line breaks, and not every client takes more.
pub(super) fn in_a_header(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("its fields have names and its keys are texts");
    let mut text = String::with_capacity(json.len());
    for unit in json.chars() {
        if unit.is_ascii() {
            text.push(unit);
        } else {
            let mut units = [0; 2];
            text.extend(unit.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// What a message of the parking stream says; none for one that this program did not write.
pub(super) enum Entry {
    Parked(Box<Parked>),
    Settled(Settled),
}

impl Entry {
    pub(super) fn of(names: &Names, message: StreamMessage) -> Option<Self> {
        let StreamMessage { sequence, headers, payload, time, .. } = message;
        if let Some(settled) = headers.get(SETTLED) {
            return serde_json::from_str(settled.as_str()).ok().map(Entry::Settled);
        }
        let note: Note = serde_json::from_str(headers.get(PARKED)?.as_str()).ok()?;
        let mut original = HeaderMap::new();
        for (name, values) in headers.iter() {
            let Some(name) = AsRef::<str>::as_ref(name).strip_prefix(ORIGINAL) else { continue };
            for value in values {
                original.append(name, value.clone());
            }
        }
        Some(Entry::Parked(Box::new(Parked {
            number: sequence,
            parked_at: crate::instant(time),
            sent_as: Subject::of(names, &note.subject),
            note,
            headers: original,
            payload,
            settled: None,
        })))
    }
}
