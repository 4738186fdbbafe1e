//! Kinds of problems: the one place where each gets its HTTP status.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

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
    /// The body did not come in time.
    RequestTimeout "request-timeout" 408 "the request did not come in time";
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
