//! Kinds of problems: the one place where each gets its HTTP status, and the page that its URI leads to.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

macro_rules! problems {
    ($($(#[$doc:meta])* $kind:ident $name:literal $status:literal $title:literal $when:literal $remedy:literal;)*) => {
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

            /// When it comes.
            pub fn when(self) -> &'static str {
                match self { $(ProblemKind::$kind => $when),* }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(ProblemKind::$kind => $remedy),* }
            }
        }
    };
}

problems! {
    /// What was sent can't be read; `errors` names each field.
    BadInput "bad-input" 400 "what was sent can't be used"
        "a field, a header or a parameter can't be read, or is not known here; nothing was done"
        "correct what `errors` names, each with a remedy; the key can be used again";
    /// A command came without `Idempotency-Key`.
    KeyRequired "key-required" 400 "a command needs an Idempotency-Key"
        "a command came without `Idempotency-Key`"
        "send an id of your own, and the same one whenever you send the command again";
    /// `Resit-Clock` on a ledger that is no rehearsal.
    ClockFixed "clock-fixed" 400 "the clock of this ledger can't be set"
        "`Resit-Clock` came with a command to a real ledger, which keeps the system's time"
        "leave it out; a dry run, or a ledger made with `resit init --rehearsal`, may have it";
    /// No token, or one that is worth nothing.
    Unauthenticated "unauthenticated" 401 "a valid token is needed"
        "no token came, or one that is unknown, revoked or expired"
        "send `Authorization: Bearer …`; `resit token make` makes a token";
    /// The token's role does not have the right.
    Forbidden "forbidden" 403 "this token may not do that"
        "the token's role lacks the right, or the token is bound to another shop"
        "use a token that has the right; `detail` names it and the roles that have it";
    /// An open server was asked through a browser or under another name.
    NotLocal "not-local" 403 "an open server answers programs on its own machine only"
        "an open server was asked by a browser for a page, or under another host name"
        "ask for 127.0.0.1 or localhost from a program on that machine, or make tokens";
    /// Nothing is there.
    NotFound "not-found" 404 "there is nothing here"
        "there is nothing under this path, id or code, or it is not the caller's to know"
        "check it for typing mistakes; `GET /openapi.json` lists all paths";
    /// The path is there for another method.
    MethodNotAllowed "method-not-allowed" 405 "the method is not allowed here"
        "the path is there for another method"
        "take the method that `GET /openapi.json` tells";
    /// The body did not come in time.
    RequestTimeout "request-timeout" 408 "the request did not come in time"
        "the body did not come within 30 seconds"
        "send the request again, with the same key";
    /// The key is on record with another body.
    IdReused "id-reused" 409 "the key was used for another command"
        "the key is on record with another body"
        "use a new key for another command; `GET /v1/commands/{id}` tells what the first was answered";
    /// The body is too long.
    TooLarge "too-large" 413 "the request is too large"
        "the body is over 4 MiB, or the command is more than one commit holds"
        "split it";
    /// The body is no JSON.
    UnsupportedMediaType "unsupported-media-type" 415 "the body must be JSON"
        "the body is not sent as JSON"
        "send JSON, and `Content-Type: application/json`";
    /// The rules say no, and that is on record.
    Refused "refused" 422 "the rules say no"
        "a rule said no; that is on record, and the same key is answered so for ever"
        "do what `remedy` says, and send it again under a new key; `GET /v1/commands/{id}/why` tells each rule";
    /// Too many unknown codes from one caller.
    SlowDown "slow-down" 429 "too many unknown codes; wait"
        "one caller named too many unknown codes"
        "wait as long as `Retry-After` says, and check the codes";
    /// Something here is wrong; the server's log says what.
    Bug "bug" 500 "the server made a mistake"
        "the server made a mistake, and its log says which"
        "send a command again with the same key; report what the log says";
    /// Stored bytes are not what was written.
    Damaged "damaged" 500 "the ledger is damaged"
        "stored bytes are not what was written"
        "do what `detail` says, which names the place; `resit verify` reads all of the log";
    /// The read models did not come so far in time.
    Behind "behind" 503 "the read models are not there yet"
        "the read models did not come as far as was asked for, in time"
        "ask again in a moment; `GET /v1/status` tells how far they are";
    /// The server's clock does not fit the evidence.
    ClockUntrusted "clock-untrusted" 503 "the server's clock is not trusted"
        "the server's clock is too far from the last record, from its uptime or from the NATS servers' time; the command was not judged, and nothing was recorded"
        "send it again with the same key after `Retry-After`; an operator sets the clock right, or confirms it with `resit clock confirm`";
    /// Too many requests are at work.
    Overloaded "overloaded" 503 "too many requests at a time"
        "too many requests are at work"
        "send it again after `Retry-After`, with the same key";
    /// The log can't be used now.
    Unavailable "unavailable" 503 "the ledger can't be used now"
        "the log can't be used now: a disk is full, or servers are away"
        "send it again with the same key; `GET /health/ready` says why";
}

const PREFIX: &str = "/problems/";

impl ProblemKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// What its URI leads to: a short text for people.
    pub fn page(self) -> String {
        let (name, status, title) = (self.name(), self.status(), self.title());
        format!("{name} ({status}): {title}\n\nWhen: {}.\nWhat to do: {}.\n", self.when(), self.remedy())
    }
}

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{PREFIX}{}", self.name()))
    }
}

impl<'de> Deserialize<'de> for ProblemKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(from)?;
        let kind = uri.strip_prefix(PREFIX).and_then(ProblemKind::named);
        kind.ok_or_else(|| D::Error::custom(format!("`{uri}` is no kind of problem")))
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
