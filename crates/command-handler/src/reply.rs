//! What goes into a handler and what comes out of it.

use resit_domain::{
    Actor, Command, CommandId, EntitlementId, Event, Impact, Judgement, Placed, Refusal, Stream, Timestamp,
    UnitNo, Warning,
};
use resit_event_log::Position;
use resit_voucher_code::Code;

use crate::Views;

/// A command, with the id that makes it idempotent and the name of who gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The sender's id of this command. Sent again with the same body, it is answered as the first time.
    pub id: CommandId,
    /// Who gives it.
    pub actor: Actor,
    /// What is asked.
    pub command: Command,
    /// Whether it is confirmed that rights are lost by it. Part of the body: the same id with another word on this is another
    /// command. It matters for publications alone.
    pub confirm: bool,
}

/// The answer to a command that is on record.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The last position that the command wrote: read models at or behind it show what it did.
    pub position: Position,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// Whether the command was on record before, and this is the first answer again.
    pub replayed: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// The entitlements that it is about, as they stand now.
    pub entitlements: Views,
    /// Codes that it made, to be handed to whom they are for, and kept nowhere.
    pub codes: Vec<Minted>,
    /// What a publication does to live rights; none for any other command.
    pub impact: Option<Box<Impact>>,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was done.
    Accepted {
        /// What happened, in order.
        events: Vec<Happened>,
        /// What the giver should know.
        warnings: Vec<Warning>,
    },
    /// The rules said no, and that is on record.
    Refused(Refusal),
}

/// A fact on its stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// The stream.
    pub stream: Stream,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The fact.
    pub event: Event,
}

impl From<Placed> for Happened {
    fn from(placed: Placed) -> Self {
        let Placed { stream, happened_at, event } = placed;
        Self { stream, happened_at, event }
    }
}

/// A code, and the voucher that it opens.
#[derive(Debug, Clone)]
pub struct Minted {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The unit.
    pub unit: UnitNo,
    /// The code.
    pub code: Code,
}

/// What a command would do, judged and not done.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Each rule, with its facts and outcome, in the order of judging.
    pub judgements: Vec<Judgement>,
    /// What would come of it.
    pub outcome: Outcome,
    /// What a publication would do to live rights; none for any other command, and for one that is refused anyway.
    pub impact: Option<Box<Impact>>,
}
