//! Why a command was answered as it was.

use resit_command_handler as handler;
use resit_domain::{Actor, Command, CommandId, Judgement, Timestamp};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{EventOnStream, UnitId};

/// Why a command was answered as it was: its judgement, made again by what was known then.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// The command.
    pub command: CommandId,
    /// Its position: its first record.
    #[schemars(with = "u64")]
    pub position: Position,
    /// The instant it was judged by.
    pub judged_at: Timestamp,
    /// Who gave it.
    pub actor: Actor,
    /// What was asked: the command's name, and its fields. A code stands here as its fingerprint.
    #[schemars(with = "Map<String, Value>")]
    pub asked: Command,
    /// The voucher that it names; none if it names none, or none that it could be about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<UnitId>,
    /// Each rule, with its inputs and outcome.
    pub judgements: Vec<Judgement>,
    /// What is on record as its outcome.
    pub events: Vec<EventOnStream>,
    /// The number of the law that it was judged by. The judgements are made again by the law of the program that answers.
    #[serde(default = "first_law")]
    pub law: u16,
    /// Whether the judgement made again agrees with the record: by the same law in every fact, by another law in its answer.
    pub agrees_with_record: bool,
    /// Only if it was judged while what it read was changed: what was put on record from this position on had not been seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u64>")]
    pub unseen_from: Option<Position>,
}

impl Explanation {
    /// The explanation of the command with this id.
    pub fn of(command: CommandId, explanation: handler::Explanation) -> Self {
        Self {
            command,
            position: explanation.position,
            judged_at: explanation.judged_at,
            actor: explanation.actor,
            asked: explanation.command,
            voucher: explanation.voucher.map(|(entitlement, unit)| UnitId(entitlement, unit)),
            judgements: explanation.judgements,
            events: explanation.events.into_iter().map(EventOnStream).collect(),
            law: explanation.law,
            agrees_with_record: explanation.agrees,
            unseen_from: explanation.unseen_from,
        }
    }
}

impl From<Explanation> for handler::Explanation {
    fn from(explanation: Explanation) -> Self {
        Self {
            position: explanation.position,
            judged_at: explanation.judged_at,
            actor: explanation.actor,
            command: explanation.asked,
            voucher: explanation.voucher.map(|UnitId(entitlement, unit)| (entitlement, unit)),
            judgements: explanation.judgements,
            events: explanation.events.into_iter().map(|event| event.0).collect(),
            law: explanation.law,
            agrees: explanation.agrees_with_record,
            unseen_from: explanation.unseen_from,
        }
    }
}

/// A server that tells no number judged by the first law.
fn first_law() -> u16 {
    1
}
