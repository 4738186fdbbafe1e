//! What a check of the log asks of those who know more than the log, and how it is shown.

use resit_api::Damage;
use resit_domain::codec::CodecError;
use resit_event_log::audit::{Body, Breach};
use resit_event_log::{EventData, StreamId};
use resit_states::{StateError, decode, stream_of};

/// Tries to read an event, and the name of the stream that it is on.
pub(crate) fn read_body(stream: &StreamId, event: &EventData) -> Body {
    let read = stream_of(stream).and_then(|_| decode(event));
    match read {
        Ok(_) => Body::Read,
        Err(StateError::Stream(_) | StateError::Codec(CodecError::Unknown { .. })) => Body::Unknown,
        Err(StateError::Codec(error)) => Body::Malformed(error.to_string()),
        Err(error @ (StateError::StreamId(_) | StateError::Read(_))) => Body::Malformed(error.to_string()),
    }
}

/// Breaches of the log's contract, as damages are shown: the first ones, and how many there are.
pub(crate) fn breaches(found: &[Breach], count: u64) -> Vec<Damage> {
    let mut damages: Vec<_> = found
        .iter()
        .map(|breach| Damage { segment: "log".to_owned(), offset: 0, text: breach_text(breach) })
        .collect();
    let more = count - found.len() as u64;
    if more > 0 {
        damages.push(Damage {
            segment: "log".to_owned(),
            offset: 0,
            text: format!("and {more} more records break the log's contract"),
        });
    }
    damages
}

/// A breach, with what to do about it.
pub(crate) fn breach_text(breach: &Breach) -> String {
    format!("{breach}; no repair mends it: restore the log from a copy that is sound up to there")
}

/// Events that this program does not know, for people to read.
pub(crate) fn unknown_text((kind, version, count): &(String, u16, u64)) -> String {
    format!("{count} events {kind} version {version} are not known to this program; a newer one wrote them")
}
