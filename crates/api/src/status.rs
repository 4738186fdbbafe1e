//! How a ledger is.

use resit_domain::Timestamp;
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a ledger is: of a running server, or of a stopped folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// What runs here: `command-handler`, `projector`, `expiry-scheduler`, `gateway`; empty for a stopped ledger.
    pub roles: Vec<String>,
    /// Where the server listens.
    pub address: Option<String>,
    /// How callers show who they are: `open` or `tokens`.
    pub auth: Option<String>,
    /// Whether it is a ledger for rehearsals, whose clock can be set.
    pub rehearsal: bool,
    /// When the server started.
    pub started_at: Option<Timestamp>,
    /// Its clock.
    pub now: Timestamp,
    /// Why the clock is not trusted, and what to do; absent while it is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_fault: Option<String>,
    /// What an acknowledgement promises, such as `fdatasync`.
    pub durability: String,
    /// The log.
    pub log: LogStatus,
    /// The read models.
    pub read_models: ReadModelStatus,
    /// What falls due; absent while the agenda can't be used, as on a full disk.
    pub agenda: Option<AgendaStatus>,
    /// Bytes that are free on its disk.
    pub free_disk_bytes: Option<u64>,
}

/// How the log is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogStatus {
    /// The position of the last record.
    #[schemars(with = "u64")]
    pub head: Position,
    /// How many segments it has.
    pub segments: Option<u64>,
    /// How many bytes they take.
    pub bytes: Option<u64>,
}

/// How far the read models are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadModelStatus {
    /// How far they have come.
    #[schemars(with = "u64")]
    pub position: Position,
    /// How many records they are behind.
    pub lag: u64,
}

/// What falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgendaStatus {
    /// When the next thing falls due.
    pub next_due_at: Option<Timestamp>,
    /// How many things are due and not on record.
    pub overdue: u64,
}

/// Whether a server is there, or ready for work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// `live` or `ready`; `not-ready` otherwise.
    pub health: String,
    /// Why it is not ready.
    pub reasons: Vec<String>,
}

/// A rule, as `GET /v1/rules` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleText {
    /// Its name.
    pub rule: String,
    /// The clause it stands under where the offer names none; `own` for the offer's name with the rule's.
    pub clause: String,
    /// What it asks.
    pub asks: String,
    /// Whether goodwill can set it aside.
    pub may_be_waived: bool,
}

impl RuleText {
    /// Every rule, in order of precedence.
    pub fn all() -> Vec<RuleText> {
        let text = |rule: &resit_domain::Rule| RuleText {
            rule: rule.name().to_owned(),
            clause: rule.default_clause().to_owned(),
            asks: rule.asks().to_owned(),
            may_be_waived: rule.may_be_waived(),
        };
        resit_domain::Rule::ALL.iter().map(text).collect()
    }
}
