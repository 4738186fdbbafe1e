//! Why a state can't be had.

use resit_domain::{InvalidId, codec::CodecError};
use resit_event_log::ReadError;

/// Why a state can't be had.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StateError {
    /// The log could not be read.
    #[error("the ledger can't be read")]
    Read(#[from] ReadError),
    /// A record is not readable by this program.
    #[error("a record can't be understood")]
    Codec(#[from] CodecError),
    /// A record stands on a stream that this program does not know.
    #[error("stream `{0}` is not known to this program; a newer one wrote it")]
    Stream(String),
    /// A stream's name is damaged.
    #[error("a stream's name can't be read")]
    StreamId(#[from] InvalidId),
}
