//! What came of an event, and the event that tells it to its sender.

mod within;

use resit_command_handler::{self as handler, Reply};
use resit_domain::{CommandId, EntitlementId, Refusal, Timestamp, Warning};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asked::AskedCommand;
use crate::{CloudEvent, Encoding, Poison, Truncated};

/// The type of the event that says that all of it was done.
pub const ACCEPTED: &str = "event-accepted-v1";
/// The type of the event that says that the rules said no, to all of it or to some lines of an order.
pub const REFUSED: &str = "event-refused-v1";
/// The type of the event that says that it was parked.
pub const PARKED: &str = "event-parked-v1";

/// What came of taking an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    /// The ledger answered, line by line.
    Answered(Vec<Answered>),
    /// What it is about is not there yet.
    Waits(Refusal),
    /// Its time is still to come, by a little.
    Ahead,
    /// It can't be taken.
    Poisoned(Poison),
}

/// Which event an outcome is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// Its id; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its source; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its type; that of the subject if it had none.
    pub r#type: String,
}

/// The data of an outcome that the ledger answered: what came of each command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventAnswered {
    /// The event.
    pub event: About,
    /// What came of each of its commands: one, or one for each line of an order.
    pub commands: Vec<Answered>,
    /// Which commands `commands` lacks because the message would be longer than the servers take; absent if it has all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<TruncatedOrder>,
}

/// How much of an order an outcome leaves out because it would be longer than the servers take. The first lines are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TruncatedOrder {
    /// How many commands the event had.
    pub commands: u64,
    /// How many of them the rules refused.
    pub refused: u64,
    /// The request of the API that answers with one of them, by its id: that of the first in `commands`, with the number
    /// of the line at its end.
    pub read: String,
}

/// What came of a command. A code never stands here: whoever ordered asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// The command's id.
    pub command: CommandId,
    /// The order line that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The last position that it wrote.
    #[schemars(with = "u64")]
    pub position: Position,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// The entitlements that it is about; none if the rules said no.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<EntitlementId>,
    /// What the sender should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Why the rules said no, with the clause, the facts and the remedy; absent if they said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// What is left out here because the message would be longer than the servers take; absent if nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// The data of an outcome of an event that was parked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventParked {
    /// The event.
    pub event: About,
    /// Its number in the parking stream, for the support desk.
    pub parked: u64,
    /// Why, and what to do.
    #[serde(flatten)]
    pub poison: Poison,
}

impl Answered {
    pub(crate) fn of(asked: &AskedCommand, reply: Reply) -> Self {
        let (entitlements, warnings, refusal) = match reply.outcome {
            handler::Outcome::Accepted { warnings, .. } => {
                (reply.entitlements.iter().map(|view| view.id).collect(), warnings, None)
            }
            handler::Outcome::Refused(refusal) => (Vec::new(), Vec::new(), Some(refusal)),
        };
        Self {
            command: asked.request.id.clone(),
            line: asked.line,
            position: reply.position,
            recorded_at: reply.recorded_at,
            entitlements,
            warnings,
            refusal,
            truncated: None,
        }
    }
}

impl About {
    /// An event that was read; `kind` is what its subject says.
    pub(crate) fn of(event: Option<&CloudEvent>, kind: &str) -> Self {
        match event {
            Some(event) => Self {
                id: Some(event.id.clone()),
                source: Some(event.source.clone()),
                r#type: event.kind.clone(),
            },
            None => Self { id: None, source: None, r#type: kind.to_owned() },
        }
    }
}

impl EventAnswered {
    /// The type of the event that tells it.
    pub fn kind(&self) -> &'static str {
        let left_out = self.truncated.as_ref().is_some_and(|truncated| truncated.refused > 0);
        let refused = left_out || self.commands.iter().any(|command| command.refusal.is_some());
        if refused { REFUSED } else { ACCEPTED }
    }

    /// The event that tells it. Its id is the same however often it is told.
    pub fn told(&self, key: &CommandId, ledger: &str) -> CloudEvent {
        let time = self.commands.iter().map(|command| command.recorded_at).max();
        event(format!("{key}.answer"), self.kind(), ledger, self.event.id.clone(), time, self)
    }
}

impl EventParked {
    /// The event that tells it.
    pub fn told(&self, ledger: &str, now: Timestamp) -> CloudEvent {
        let id = format!("parked-{}", self.parked);
        event(id, PARKED, ledger, self.event.id.clone(), Some(now), self)
    }
}

fn event(
    id: String,
    kind: &str,
    ledger: &str,
    subject: Option<String>,
    time: Option<Timestamp>,
    data: &impl Serialize,
) -> CloudEvent {
    CloudEvent {
        id,
        source: ledger.to_owned(),
        kind: kind.to_owned(),
        subject,
        time,
        extensions: std::collections::BTreeMap::new(),
        encoding: Encoding::Json,
        data: serde_json::to_vec(data).expect("its fields have names and its keys are texts").into(),
    }
}
