//! Why events can't be taken, or told, now.

use resit_clock_guard::Untrusted;
use resit_command_handler::Failure;
use resit_domain::{Actor, Timestamp};
use resit_event_log::ReadError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why events can't be taken, or told, now.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A stream or its consumer is not there, or can't be read.
    #[error("the stream {stream} can't be read; `resit nats check` says whether all is there")]
    Unread {
        /// The stream.
        stream: String,
        /// What NATS said.
        source: Source,
    },
    /// A message was not acknowledged: whether it is there is unknown.
    #[error("what was sent to {subject} was not acknowledged")]
    Publish {
        /// The subject.
        subject: String,
        /// What NATS said.
        source: Source,
    },
    /// The clock is not trusted, so nothing is judged.
    #[error(transparent)]
    ClockUntrusted(#[from] Untrusted),
    /// The ledger did not answer.
    #[error("the ledger did not answer")]
    Ledger(#[from] Failure),
    /// The log can't be read.
    #[error("the log can't be read")]
    Log(#[from] ReadError),
    /// Nothing is parked under this number.
    #[error("nothing is parked under the number {0}; `resit parked list` shows what is")]
    NotParked(u64),
    /// Something was done about it already.
    #[error("the parked event {number} was {how} already, by {by} at {at}")]
    Settled {
        /// Its number.
        number: u64,
        /// What was done.
        how: &'static str,
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// It is not kept whole.
    #[error(
        "the parked event {0} is not kept whole: codes were blanked out, or its headers were too long; send another in its \
         place with `resit parked fix`"
    )]
    Withheld(u64),
    /// Somebody else announces facts, and was faster.
    #[error("another process announces facts")]
    Outrun,
    /// The last fact that was announced can't be understood, so that nobody knows what comes next.
    #[error(
        "the last message of the stream {stream} is no fact of this ledger; was something else sent there?"
    )]
    NoFact {
        /// The stream.
        stream: String,
    },
}
