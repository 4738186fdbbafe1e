//! Opening: the stream must be as the log needs it.

use async_nats::jetstream::context::GetStreamError;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use resit_event_log::ReadError;

/// Why the log can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The stream is not there, or can't be seen.
    #[error(
        "the stream {stream} can't be used; `resit nats apply` makes it, `resit nats check` says what is wrong"
    )]
    Stream {
        /// Its name.
        stream: String,
        /// What the server said.
        source: GetStreamError,
    },
    /// The stream could lose or change what is on record.
    #[error(
        "the stream {stream} is not fit to be a log: {reason}; `resit nats check` says all that is wrong"
    )]
    Unfit {
        /// Its name.
        stream: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It can't be read.
    #[error("the log can't be read")]
    Read(#[from] ReadError),
}

/// What makes a stream unfit to be a log; none if it is fit.
pub(crate) fn unfit(config: &Config) -> Option<&'static str> {
    let faults = [
        (config.storage != StorageType::File, "its storage must be file"),
        (config.retention != RetentionPolicy::Limits, "its retention must be limits"),
        (config.discard != DiscardPolicy::New, "it must discard new messages when it is full, not old ones"),
        (!config.max_age.is_zero(), "its messages must not have a greatest age"),
        (config.max_messages_per_subject > 0, "a subject must be able to have any number of messages"),
        (!config.deny_delete, "deleting messages must be denied"),
        (!config.deny_purge, "purging must be denied"),
        (config.allow_rollup, "roll-ups must not be allowed"),
        (config.allow_message_ttl, "messages must not be allowed an end of their own"),
        (!config.allow_atomic_publish, "atomic batches must be allowed"),
        (!config.allow_direct, "direct gets must be allowed"),
        (config.no_ack, "it must acknowledge"),
    ];
    faults.into_iter().find_map(|(wrong, says)| wrong.then_some(says))
}
