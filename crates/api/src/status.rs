//! How a ledger is.

use std::fmt;

use resit_domain::Timestamp;
use resit_domain::calendar_time::{Zone, Zones};
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
    /// The rules of time zones; absent while they can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_rules: Option<ZoneRulesStatus>,
    /// What falls due; absent while the agenda can't be used, as on a full disk, or was not opened yet.
    pub agenda: Option<AgendaStatus>,
    /// Bytes that are free on its disk, as they were measured a few seconds ago.
    pub free_disk_bytes: Option<u64>,
    /// Long work that is under way, such as a large tick or a rebuild.
    #[serde(default)]
    pub under_way: Vec<WorkUnderWay>,
}

/// The rules of time zones: those in force, and those that the program ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneRulesStatus {
    /// The newest version in force; absent while none was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<String>,
    /// The version that the program ships; `publish-zone-rules` puts it in force.
    pub shipped: String,
    /// Each zone that rules were published of, with the version in force; at most a few hundred.
    #[serde(default)]
    pub zones: Vec<ZoneVersion>,
}

/// The version of a zone's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneVersion {
    /// The zone, by its IANA name.
    pub zone: String,
    /// The version in force.
    pub version: String,
}

impl ZoneRulesStatus {
    /// The rules on record, and the version that the program ships.
    pub fn of(zones: &Zones, shipped: &str) -> Self {
        let in_force = |(zone, version): (Zone, &str)| ZoneVersion {
            zone: zone.name().to_owned(),
            version: version.to_owned(),
        };
        Self {
            in_force: zones.version().map(str::to_owned),
            shipped: shipped.to_owned(),
            zones: zones.in_force().map(in_force).collect(),
        }
    }
}

/// Long work, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkUnderWay {
    /// Which: `expire`, `agenda`, `read-models` or `verify`.
    pub work: String,
    /// How much of it is done.
    pub done: u64,
    /// How much there is of it, as far as is known.
    pub total: u64,
    /// What is counted: `records` or `entitlements`.
    pub unit: String,
    /// When it began.
    pub since: Timestamp,
}

impl fmt::Display for WorkUnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { work, done, total, unit, since } = self;
        write!(f, "{work}: {done} of {total} {unit} since {since}")
    }
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

/// What falls due, as far as the agenda has taken in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgendaStatus {
    /// When the next thing falls due.
    pub next_due_at: Option<Timestamp>,
    /// How many entitlements are due and not on record, as the scheduler last counted.
    pub overdue: u64,
    /// How far the agenda has come.
    #[serde(default)]
    #[schemars(with = "u64")]
    pub position: Position,
    /// How many records it is behind.
    #[serde(default)]
    pub lag: u64,
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
