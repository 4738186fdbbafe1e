//! Why a request was not answered as it hoped: RFC 9457 problems, and the one place where they get a status.

use std::error::Error;
use std::fmt::Write as _;

use resit_command_handler::Failure;
use resit_domain::{CommandId, Fact, Layer, Refusal, Rule, Timestamp};
use resit_event_log::{AppendError, Position, ReadError};
use resit_projector::ProjectionError;
use resit_states::StateError;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Entitlement, FieldError, Outcome, Reply};

macro_rules! problems {
    ($($(#[$doc:meta])* $kind:ident $name:literal $status:literal $title:literal;)*) => {
        /// A kind of problem. Its URI is `/problems/` and its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* $kind,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$kind),*];

            /// Its name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(ProblemKind::$kind => $name),* }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(ProblemKind::$kind => $status),* }
            }

            /// What it is, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(ProblemKind::$kind => $title),* }
            }
        }
    };
}

problems! {
    /// What was sent can't be read; `errors` names each field.
    BadInput "bad-input" 400 "what was sent can't be used";
    /// A command came without `Idempotency-Key`.
    KeyRequired "key-required" 400 "a command needs an Idempotency-Key";
    /// `Resit-Clock` on a ledger that is no rehearsal.
    ClockFixed "clock-fixed" 400 "the clock of this ledger can't be set";
    /// No token, or one that is worth nothing.
    Unauthenticated "unauthenticated" 401 "a valid token is needed";
    /// The token's role does not have the right.
    Forbidden "forbidden" 403 "this token may not do that";
    /// An open server was asked through a browser or under another name.
    NotLocal "not-local" 403 "an open server answers programs on its own machine only";
    /// Nothing is there.
    NotFound "not-found" 404 "there is nothing here";
    /// The path is there for another method.
    MethodNotAllowed "method-not-allowed" 405 "the method is not allowed here";
    /// The key is on record with another body.
    IdReused "id-reused" 409 "the key was used for another command";
    /// The body is too long.
    TooLarge "too-large" 413 "the request is too large";
    /// The body is no JSON.
    UnsupportedMediaType "unsupported-media-type" 415 "the body must be JSON";
    /// The rules say no, and that is on record.
    Refused "refused" 422 "the rules say no";
    /// Too many unknown codes from one caller.
    SlowDown "slow-down" 429 "too many unknown codes; wait";
    /// Something here is wrong; the server's log says what.
    Bug "bug" 500 "the server made a mistake";
    /// Stored bytes are not what was written.
    Damaged "damaged" 500 "the ledger is damaged";
    /// The read models did not come so far in time.
    Behind "behind" 503 "the read models are not there yet";
    /// Too many requests are at work.
    Overloaded "overloaded" 503 "too many requests at a time";
    /// The log can't be used now.
    Unavailable "unavailable" 503 "the ledger can't be used now";
}

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
        let Reply { command, position, recorded_at, replayed, entitlements, .. } = reply;
        let refused = Refused { rule, layer, clause, facts, remedy, recorded_at, replayed, entitlements };
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
        let Refused { rule, layer, clause, facts, remedy, recorded_at, replayed, entitlements } =
            *self.refused?;
        let refusal = Refusal { rule, layer, clause, facts, remedy };
        Some(Reply {
            command,
            position,
            recorded_at,
            replayed,
            entitlements,
            codes: Vec::new(),
            codes_under_another_key: 0,
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

    fn of(kind: ProblemKind, error: &dyn Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            write!(detail, ": {error}").expect("writing to a string does not fail");
            cause = error.source();
        }
        let problem = Self::new(kind, detail);
        if kind.status() == 503 { problem.retry_after(1) } else { problem }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let kind = match &failure {
            Failure::IdReused { .. } => ProblemKind::IdReused,
            Failure::TooLarge { .. } | Failure::IdTooLong { .. } => ProblemKind::BadInput,
            Failure::Append(AppendError::Invalid { .. }) => ProblemKind::TooLarge,
            Failure::UnknownCommand(_) => ProblemKind::NotFound,
            Failure::State(state) => of_state(state),
            Failure::Busy { .. } | Failure::Append(_) => ProblemKind::Unavailable,
        };
        let problem = Self::of(kind, &failure);
        match failure {
            Failure::IdReused { id, position } => problem.about(id, position),
            Failure::TooLarge { .. } => {
                let reason = problem.detail.clone();
                let error = FieldError::new("quantity", reason, "split the line");
                Self { errors: Box::new([error]), ..problem }
            }
            Failure::IdTooLong { max, .. } => {
                let reason = problem.detail.clone();
                let remedy = format!("{max} bytes at most for so large an order");
                let error = FieldError::new("Idempotency-Key", reason, remedy);
                Self { errors: Box::new([error]), ..problem }
            }
            _ => problem,
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::of(of_read(&error), &error)
    }
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        Self::of(of_state(&error), &error)
    }
}

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        let kind = match &error {
            ProjectionError::Read(read) => of_read(read),
            ProjectionError::State(state) => of_state(state),
            ProjectionError::Store(_) | ProjectionError::Row(_) => ProblemKind::Unavailable,
        };
        Self::of(kind, &error)
    }
}

fn of_read(error: &ReadError) -> ProblemKind {
    match error {
        ReadError::Corrupt { .. } => ProblemKind::Damaged,
        ReadError::Unavailable { .. } => ProblemKind::Unavailable,
    }
}

fn of_state(error: &StateError) -> ProblemKind {
    match error {
        StateError::Read(read) => of_read(read),
        StateError::Codec(_) | StateError::Stream(_) | StateError::StreamId(_) => ProblemKind::Damaged,
    }
}

const PREFIX: &str = "/problems/";

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{PREFIX}{}", self.name()))
    }
}

impl<'de> Deserialize<'de> for ProblemKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(from)?;
        let named = |kind: &&ProblemKind| uri.strip_prefix(PREFIX) == Some(kind.name());
        let kind = ProblemKind::ALL.iter().find(named);
        kind.copied().ok_or_else(|| D::Error::custom(format!("`{uri}` is no kind of problem")))
    }
}

impl JsonSchema for ProblemKind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProblemKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let uris: Vec<_> = ProblemKind::ALL.iter().map(|kind| format!("{PREFIX}{}", kind.name())).collect();
        json_schema!({ "type": "string", "format": "uri-reference", "enum": uris })
    }
}
