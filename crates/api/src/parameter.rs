//! What a request says beside its body.

use resit_domain::{Actor, CommandId, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::header;

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// In a header.
    Header,
}

/// Makes the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Something that a request says beside its body.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub name: &'static str,
    /// Whether every request must have it.
    pub required: bool,
    /// What it says.
    pub says: &'static str,
    /// What it may be.
    pub schema: SchemaOf,
}

pub(crate) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

pub(crate) const fn path<T: JsonSchema>(name: &'static str, says: &'static str) -> Parameter {
    Parameter { place: Place::Path, name, required: true, says, schema: of::<T> }
}

pub(crate) const fn query<T: JsonSchema>(name: &'static str, says: &'static str) -> Parameter {
    Parameter { place: Place::Query, name, required: false, says, schema: of::<T> }
}

pub(crate) const fn required_query<T: JsonSchema>(name: &'static str, says: &'static str) -> Parameter {
    Parameter { required: true, ..query::<T>(name, says) }
}

pub(crate) const KEY: Parameter = Parameter {
    place: Place::Header,
    name: header::IDEMPOTENCY_KEY,
    required: false,
    says: "The command's id. Needed, but for a dry run: the same key with the same body is answered as the first time. \
           Not one of the ledger's own: `expire:…`, `ce-` and 32 hexadecimal digits, or anything that ends in a colon and a number.",
    schema: of::<CommandId>,
};
pub(crate) const PREFER: Parameter = Parameter {
    place: Place::Header,
    name: header::PREFER,
    required: false,
    says: "`return=minimal` leaves events and entitlements out of an accepted answer; any other preference is passed over.",
    schema: of::<String>,
};
pub(crate) const ACTOR: Parameter = Parameter {
    place: Place::Header,
    name: header::ACTOR,
    required: false,
    says: "Who asks, on an open server; `http` if absent. Where tokens are asked for, the token's name is the actor.",
    schema: of::<Actor>,
};
pub(crate) const CLOCK: Parameter = Parameter {
    place: Place::Header,
    name: header::CLOCK,
    required: false,
    says: "The instant to look or judge from. Where something is done, the server's clock is set to it: for rehearsals only.",
    schema: of::<Timestamp>,
};
pub(crate) const DRY_RUN: Parameter =
    query::<bool>("dry_run", "Judge only: nothing is done, and nothing goes on record.");
pub(crate) const CONFIRM: Parameter = query::<bool>(
    "confirm",
    "Publish although rights are lost by it. Look at the impact by a dry run first.",
);
pub(crate) const AT_LEAST: Parameter =
    query::<u64>("at_least", "Wait until the read models show this position; also as a header.");
pub(crate) const AT_LEAST_HEADER: Parameter = Parameter {
    place: Place::Header,
    name: header::AT_LEAST,
    required: false,
    says: "Wait until the read models show this position.",
    schema: of::<u64>,
};
pub(crate) const AFTER: Parameter = query::<String>("after", "The `next` of the page before.");
pub(crate) const LIMIT: Parameter = Parameter {
    place: Place::Query,
    name: "limit",
    required: false,
    says: "How many items at most; 100 if absent.",
    schema: |_| schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000 }),
};
