//! What a message of the log's stream holds: a MessagePack map with named fields, and a checksum behind it (`seal.rs`).
//!
//! ```text
//! record   { v: 1, at: ms, slice: int, slices: int, whole: bool, commit: bin } checksum     on the subject of its stream
//! marker   { v: 1, at: ms, slices: int, token: str, body: bin } checksum                    on the subject of its command
//! ```
//!
//! `commit` is the stored form that every log shares, of the commit as if this slice were its only one. A marker stands
//! right before the first record of its commit. A command that is long is in the marker alone, and `whole` is false.

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_event_log::{Commit, Position, ReadError, Record, Slice, codec};
use serde::{Deserialize, Serialize};

use crate::damage::Place;
use crate::seal;

/// What the fields of either form take beside the bytes in it, and the checksum behind them, at most.
const FORM_BYTES_MAX: usize = 96;

/// The version of both forms.
const VERSION: u32 = 1;

/// A command of more bytes than this is stored once for its commit and not once for each record.
const BODY_INLINE_BYTES_MAX: usize = 1 << 10;

#[derive(Serialize)]
struct RecordForm<'a> {
    v: u32,
    at: Timestamp,
    slice: u16,
    slices: u16,
    whole: bool,
    #[serde(with = "serde_bytes")]
    commit: &'a [u8],
}

#[derive(Serialize)]
struct MarkerForm<'a> {
    v: u32,
    at: Timestamp,
    slices: u16,
    token: &'a str,
    #[serde(with = "serde_bytes")]
    body: &'a [u8],
}

/// Either of them, as it is read.
#[derive(Deserialize)]
struct Form<'a> {
    v: u32,
    at: Timestamp,
    slices: u16,
    slice: Option<u16>,
    whole: Option<bool>,
    commit: Option<&'a serde_bytes::Bytes>,
    token: Option<&'a str>,
    body: Option<&'a serde_bytes::Bytes>,
}

/// That a command is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// When the command was put on record.
    pub(crate) at: Timestamp,
    /// How many records follow it.
    pub(crate) slices: u16,
    /// Of which append it is.
    pub(crate) token: Bytes,
    /// The command, if it is not in the records.
    pub(crate) body: Bytes,
}

/// The contents of a commit's messages: its marker's, then each record's.
pub(crate) fn encode(commit: &Commit, recorded_at: Timestamp, token: &str) -> Vec<Vec<u8>> {
    let whole = commit.command_body.len() <= BODY_INLINE_BYTES_MAX || commit.slices.len() == 1;
    let slices = u16::try_from(commit.slices.len()).expect("checked commits have fewer slices");
    let body: &[u8] = if whole { &[] } else { &commit.command_body };
    let mut contents = Vec::with_capacity(1 + commit.slices.len());
    contents.push(packed(
        &MarkerForm { v: VERSION, at: recorded_at, slices, token, body },
        token.len() + body.len(),
    ));
    let mut alone = Commit {
        command: commit.command.clone(),
        command_body: if whole { commit.command_body.clone() } else { Bytes::new() },
        actor: commit.actor.clone(),
        recorded_at: commit.recorded_at,
        slices: Vec::new(),
    };
    for (slice, n) in commit.slices.iter().zip(0..) {
        alone.slices = vec![slice.clone()];
        let inner = codec::encode(&alone);
        let form = RecordForm { v: VERSION, at: recorded_at, slice: n, slices, whole, commit: &inner };
        contents.push(packed(&form, inner.len()));
    }
    contents
}

fn packed(form: &impl Serialize, bytes: usize) -> Vec<u8> {
    let mut content = Vec::with_capacity(FORM_BYTES_MAX + bytes);
    rmp_serde::encode::write_named(&mut content, form).expect("a buffer takes every byte");
    content
}

/// A record as its message holds it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) record: Record,
    /// Whether the command is in it; else its marker has it.
    pub(crate) whole: bool,
}

/// What a message is.
#[derive(Debug)]
pub(crate) enum Content {
    Record(Stored),
    Marker(Marker),
}

/// Reads the message on a subject, at a sequence, as a record.
pub(crate) fn decode(subject: &str, sequence: u64, payload: &Bytes) -> Result<Stored, ReadError> {
    let place = Place { subject, sequence };
    match content(sequence, &opened(place, payload)?).map_err(|reason| place.damaged(reason))? {
        Content::Record(stored) => Ok(stored),
        Content::Marker(_) => Err(place.damaged("it holds no record".into())),
    }
}

/// Reads the message on a subject, at a sequence, as a marker.
pub(crate) fn decode_marker(subject: &str, sequence: u64, payload: &Bytes) -> Result<Marker, ReadError> {
    let place = Place { subject, sequence };
    match content(sequence, &opened(place, payload)?).map_err(|reason| place.damaged(reason))? {
        Content::Marker(marker) => Ok(marker),
        Content::Record(_) => Err(place.damaged("it holds no marker".into())),
    }
}

fn opened(place: Place<'_>, payload: &Bytes) -> Result<Bytes, ReadError> {
    seal::opened(place.subject, payload).ok_or_else(|| place.other_bytes())
}

/// Reads a message's content, without its checksum: either form. If it can't, tells why.
pub(crate) fn content(sequence: u64, content: &Bytes) -> Result<Content, String> {
    let form: Form<'_> = rmp_serde::from_slice(content).map_err(|e| e.to_string())?;
    let Form { v, at, slices, .. } = form;
    if v != VERSION {
        return Err(format!(
            "it has version {v}, and this release reads {VERSION}; run the release that wrote it, or a newer one"
        ));
    }
    match form {
        Form { slice: Some(slice), whole: Some(whole), commit: Some(commit), .. } => {
            let commit = codec::decode(&content.slice_ref(commit)).map_err(|e| e.to_string())?;
            let Commit { command, command_body, actor, slices: there, .. } = commit;
            let mut there = there.into_iter();
            let (Some(Slice { stream, expected, events }), None) = (there.next(), there.next()) else {
                return Err("it does not hold one slice".into());
            };
            let record = Record {
                position: Position(sequence),
                recorded_at: at,
                stream,
                previous: expected,
                command,
                command_body,
                actor,
                slice,
                slices,
                events,
            };
            Ok(Content::Record(Stored { record, whole }))
        }
        Form { token: Some(token), body: Some(body), .. } => {
            let (token, body) = (content.slice_ref(token.as_bytes()), content.slice_ref(body));
            Ok(Content::Marker(Marker { at, slices, token, body }))
        }
        _ => Err("it is neither a record nor a marker".into()),
    }
}

#[cfg(test)]
mod tests {
    use resit_event_log::contract::given::{at, commit};

    use super::*;

    fn back(commit: &Commit) -> (Marker, Vec<Stored>) {
        let mut payloads = encode(commit, at(7), "t").into_iter().map(|content| seal::sealed("s", content));
        let marker = decode_marker("s", 1, &payloads.next().unwrap()).unwrap();
        (marker, payloads.zip(2..).map(|(p, n)| decode("s", n, &p).unwrap()).collect())
    }

    #[test]
    fn records_come_back_as_they_went_in() {
        let given = commit("c1").on("a/1", 0).on("b/1", 9);
        let (marker, stored) = back(&given);
        assert_eq!(marker, Marker { at: at(7), slices: 2, token: "t".into(), body: Bytes::new() });
        assert!(stored.iter().all(|stored| stored.whole));
        let records: Vec<_> = stored.into_iter().map(|stored| stored.record).collect();
        assert_eq!(records, given.into_records(Position(2), at(7)).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_command_is_stored_once() {
        let mut given = commit("c1").on("a/1", 0).on("b/1", 0);
        given.command_body = vec![1; BODY_INLINE_BYTES_MAX + 1].into();
        let (marker, stored) = back(&given);
        assert_eq!(marker.body, given.command_body);
        assert!(stored.iter().all(|stored| !stored.whole && stored.record.command_body.is_empty()));
    }

    #[test]
    fn bytes_that_nobody_wrote_are_told_with_their_place() {
        let error = decode("l.r.a.1", 41, &Bytes::from_static(b"\x80\0\0\0\0")).unwrap_err().to_string();
        assert!(error.contains("sequence 41 on l.r.a.1") && error.contains("restore that server"), "{error}");
    }
}
