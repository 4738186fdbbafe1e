//! Data as JSON, whatever they were written in: what is wrong with them is then told in one way.

use std::io::Cursor;

use bytes::Bytes;
use resit_api::FieldError;
use serde::Deserialize as _;
use serde_json::Value;

use crate::{CloudEvent, Encoding, Poison, Reason};

/// The data of an event as JSON.
pub(crate) fn json(event: &CloudEvent) -> Result<Bytes, Poison> {
    match event.encoding {
        Encoding::Json => Ok(event.data.clone()),
        Encoding::MessagePack => {
            let wrong = |what: String| {
                let remedy =
                    "encode the JSON form as MessagePack: names and instants as text, no extension types";
                Poison::new(Reason::BadData, "data", what, remedy)
            };
            let mut from = rmp_serde::Deserializer::new(Cursor::new(event.data.as_ref()));
            let value = Value::deserialize(&mut from).map_err(|e| wrong(format!("no MessagePack: {e}")))?;
            let read = from.position();
            if read != event.data.len() as u64 {
                return Err(wrong(format!("there is more behind its end at byte {read}")));
            }
            Ok(value.to_string().into())
        }
    }
}

/// What is wrong with data, with where to look it up.
pub(crate) fn bad(error: FieldError, kind: &str) -> Poison {
    let remedy = error.remedy.replace("/openapi.json says", &format!("the schema {kind}.json says"));
    Poison { reason: Reason::BadData, error: FieldError { remedy, ..error }, refusal: None }
}
