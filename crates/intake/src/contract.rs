//! The contract as documents: JSON Schemas of what is sent, and the AsyncAPI document, made from the types.

mod asyncapi;
mod yaml;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::{ACCEPTED, EventAnswered, EventParked, EventType, Fact, PARKED, REFUSED};

pub use asyncapi::asyncapi;
pub use yaml::to_yaml;

/// The name of the schema of facts.
pub const FACT: &str = "fact-v1";

/// The schema of each message's data, by the name of its file without `.json`.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let mut schemas: Vec<_> = EventType::ALL.iter().map(|kind| (kind.name(), of_event(*kind))).collect();
    schemas.extend([
        (ACCEPTED, whole::<EventAnswered>()),
        (REFUSED, whole::<EventAnswered>()),
        (PARKED, whole::<EventParked>()),
        (FACT, whole::<Fact>()),
    ]);
    schemas
}

fn whole<T: JsonSchema>() -> Value {
    of(|generator| generator.root_schema_for::<T>().into())
}

/// Draft 7: what every tool that reads AsyncAPI understands.
fn of(schema: impl FnOnce(&mut SchemaGenerator) -> Value) -> Value {
    schema(&mut SchemaSettings::draft07().into_generator())
}

/// The schema of an event's data: a command's. A voucher is named by its id alone: a code has no place in a stream.
fn of_event(kind: EventType) -> Value {
    let mut schema = of(|generator| kind.schema(generator).into());
    schema["title"] = kind.name().into();
    schema["description"] = kind.says().into();
    for (field, says) in
        [("voucher", "The voucher, by its id."), ("entitlement", "The entitlement, by its id.")]
    {
        if let Some(field) = schema["properties"].get_mut(field) {
            field["description"] = says.into();
        }
    }
    if let Some(voucher) = schema.pointer_mut("/definitions/Voucher") {
        *voucher = json!({
            "type": "string",
            "description": "A voucher by its id: an entitlement's 26 symbols, with .2 behind them for its second unit. Never \
                            its code; ask where that leads first.",
            "pattern": "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}(\\.[1-9][0-9]{0,4})?$",
            "examples": ["01ARZ3NDEKTSV4RRFFQ69G5FAV.1"],
        });
    }
    schema
}
