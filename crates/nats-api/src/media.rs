//! Bodies in MessagePack, for those who have no JSON at hand: the same fields by the same names.

use axum::body::Bytes;
use resit_api::{FieldError, Problem};
use serde_json::Value;

/// The one media type that is understood beside JSON.
pub(crate) const MSGPACK: &str = "application/msgpack";

/// Whether a media type is MessagePack's.
pub(crate) fn is_msgpack(media: &str) -> bool {
    media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(MSGPACK))
}

/// The JSON of a body in MessagePack.
pub(crate) fn to_json(body: &[u8]) -> Result<Bytes, Problem> {
    let read: Result<Value, _> = rmp_serde::from_slice(body);
    read.map(|value| value.to_string().into()).map_err(|error| {
        let reason = format!("it is no MessagePack: {error}");
        Problem::bad_input(FieldError::new("body", reason, "send one map with the names that the JSON has"))
    })
}

/// The MessagePack of a body in JSON; none if it is no JSON.
pub(crate) fn from_json(body: &[u8]) -> Option<Bytes> {
    let value: Value = serde_json::from_slice(body).ok()?;
    Some(rmp_serde::to_vec_named(&value).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back_as_it_went() {
        let json = br#"{"list":[1,-2,2.5,null,true],"text":"\u00e9"}"#;
        let packed = from_json(json).unwrap();
        assert!(packed.len() < json.len());
        let back: Value = serde_json::from_slice(&to_json(&packed).unwrap()).unwrap();
        assert_eq!(back, serde_json::from_slice::<Value>(json).unwrap());
        assert!(to_json(&[0xc1]).unwrap_err().detail.contains("no MessagePack"));
    }

    #[test]
    fn a_media_type_may_have_parameters() {
        assert!(is_msgpack("Application/MsgPack; v=1"));
        assert!(!is_msgpack("application/json"));
    }
}
