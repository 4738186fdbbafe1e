//! The world did not answer, or was asked something it can't answer. Refusals are not failures.

use resit_clock_guard::Untrusted;
use resit_domain::CommandId;
use resit_event_log::{AppendError, Position, ReadError};
use resit_states::StateError;

/// Why a command got no answer from the rules.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The id was used for another command; send a new id for a new command.
    #[error(
        "command id {id} is on record at position {position} with another body; use a new id for another command"
    )]
    IdReused {
        /// The id.
        id: CommandId,
        /// Where the first command with it stands.
        position: Position,
    },
    /// The command asks for more than an order line, or the named pieces of one, can have.
    #[error(
        "the command would issue {units} vouchers; {max} at most at once: split the order line, or ask for fewer of its \
         pieces"
    )]
    TooLarge {
        /// How many it would make.
        units: usize,
        /// How many are possible.
        max: usize,
    },
    /// The order is taken in parts, whose ids are the command's and the number of a piece.
    #[error(
        "command id {id} is too long for an order that is taken in parts; give it an id of {max} bytes at most"
    )]
    IdTooLong {
        /// The id.
        id: CommandId,
        /// How many bytes leave room for the number of the last part's first piece.
        max: usize,
    },
    /// The id is one that only the ledger gives.
    #[error(
        "command ids like {id} are the ledger's own (`expire:` and anything, `ce-` and 32 hexadecimal digits); \
         give the command another id, such as a UUID"
    )]
    IdOfTheLedger {
        /// The id.
        id: CommandId,
    },
    /// Others kept changing the same streams; nothing was done, and the same command can be sent again.
    #[error("the command lost {tries} races for its streams; send it again with the same id")]
    Busy {
        /// How often it was tried.
        tries: u32,
    },
    /// The clock does not fit the evidence; nothing was judged and nothing recorded.
    #[error(transparent)]
    ClockUntrusted(#[from] Untrusted),
    /// The log did not take the commit.
    #[error("the command was not acknowledged")]
    Append(#[from] AppendError),
    /// The log could not be read, or not be understood.
    #[error("the ledger can't be read")]
    State(#[from] StateError),
    /// No such command is on record.
    #[error("no command {0} is on record")]
    UnknownCommand(CommandId),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        StateError::from(error).into()
    }
}
