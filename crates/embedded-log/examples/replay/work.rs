//! The commits that are appended.

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_event_log::{Commit, EventData, Position, Slice};

/// The stored form of each commit, and so of each record, without the frame's header.
pub(crate) const RECORD_BYTES: usize = 300;
/// What the stored form takes besides the event's body.
const ENVELOPE_BYTES: usize = 176;
/// A stream gets so many records, as an entitlement does.
const RECORDS_PER_STREAM: u64 = 5;

/// The `n`th commit of a writer, whose stream is at `revision`.
pub(crate) fn commit(writer: u64, n: u64, revision: u64) -> Commit {
    static BODY: [u8; RECORD_BYTES - ENVELOPE_BYTES] = [0x5a; RECORD_BYTES - ENVELOPE_BYTES];
    let stream = format!("entitlement/{writer:04}-{:012}", n / RECORDS_PER_STREAM);
    let expected = Position(if n.is_multiple_of(RECORDS_PER_STREAM) { 0 } else { revision });
    let recorded_at = Timestamp::from_millis(1_567_332_000_000).expect("a year of this century");
    let event = EventData {
        kind: "ExamFailed".into(),
        version: 1,
        happened_at: recorded_at,
        body: Bytes::from_static(&BODY),
    };
    Commit {
        command: format!("w{writer:04}-{n:012}").parse().expect("a valid id"),
        command_body: Bytes::from_static(b"\x80"),
        actor: "bench".parse().expect("a valid id"),
        recorded_at,
        slices: vec![Slice { stream: stream.as_str().into(), expected, events: vec![event] }],
    }
}
