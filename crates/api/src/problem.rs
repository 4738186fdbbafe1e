//! Problems, as RFC 9457 has them: why a request was not answered as it hoped.

use resit_domain::{CommandId, Fact, Impact, Layer, Refusal, Rule, Timestamp};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Entitlement, FieldError, Outcome, ProblemKind, Reply};

/// A problem, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The kind, as a URI.
    pub r#type: ProblemKind,
    /// What it is, in a few words; the same for all of the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do.
    pub detail: String,
    /// What is wrong with what was sent.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub errors: Box<[FieldError]>,
    /// The command in question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// Its position in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u64>")]
    pub position: Option<Position>,
    /// Seconds to wait before the next try; also in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// The refusal, where the rules said no.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Box<Refused>>,
}

/// What a refusal says, beside what every problem says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// The first rule that failed.
    pub rule: Rule,
    /// Whose law refused.
    pub layer: Layer,
    /// The clause to cite.
    pub clause: String,
    /// The facts used.
    pub facts: Vec<Fact>,
    /// What would make it yes.
    pub remedy: String,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// Whether it was on record before.
    pub replayed: bool,
    /// The entitlements that the command is about, as they stand now.
    pub entitlements: Vec<Entitlement>,
    /// What a publication would have done to live rights. Absent for any other command, and for one that was refused anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Box<Impact>>,
}

impl Problem {
    /// A problem of a kind, with what happened this time and what to do.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            r#type: kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            errors: Box::default(),
            command: None,
            position: None,
            retry_after_s: None,
            refused: None,
        }
    }

    /// What was sent can't be used, for this field.
    pub fn bad_input(error: FieldError) -> Self {
        let FieldError { field, reason, remedy } = &error;
        let detail = format!("{field}: {reason}; {remedy}");
        Self { errors: Box::new([error]), ..Self::new(ProblemKind::BadInput, detail) }
    }

    /// A refusal; none if the command was accepted.
    pub fn refused(reply: Reply) -> Option<Self> {
        let Outcome::Refused { refusal } = reply.outcome else { return None };
        let detail = format!("{refusal}; what would make it yes: {}", refusal.remedy);
        let Refusal { rule, layer, clause, facts, remedy } = refusal;
        let Reply { command, position, recorded_at, replayed, entitlements, impact, .. } = reply;
        let refused =
            Refused { rule, layer, clause, facts, remedy, recorded_at, replayed, entitlements, impact };
        Some(Self {
            command: Some(command),
            position: Some(position),
            refused: Some(Box::new(refused)),
            ..Self::new(ProblemKind::Refused, detail)
        })
    }

    /// The reply that a refusal is, for programs that think in replies; none for any other kind.
    pub fn into_reply(self) -> Option<Reply> {
        let (command, position) = (self.command?, self.position?);
        let Refused { rule, layer, clause, facts, remedy, recorded_at, replayed, entitlements, impact } =
            *self.refused?;
        let refusal = Refusal { rule, layer, clause, facts, remedy };
        Some(Reply {
            command,
            position,
            recorded_at,
            replayed,
            entitlements,
            offer: None,
            codes: Vec::new(),
            codes_under_another_key: 0,
            impact,
            outcome: Outcome::Refused { refusal },
        })
    }

    /// The same, with the seconds to wait.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The same, about a command.
    #[must_use]
    pub fn about(self, command: CommandId, position: Position) -> Self {
        Self { command: Some(command), position: Some(position), ..self }
    }
}
