//! What is wrong with a body: the field, the reason, and what to do.

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// Where: a path such as `order.shop`, a header, a query parameter; `body` for all of it.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl FieldError {
    /// Names what is wrong with a field, and the remedy.
    pub fn new(field: impl Into<String>, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into(), remedy: remedy.into() }
    }
}

/// Reads a JSON body.
///
/// # Errors
///
/// The field that is wrong. Only then is the body read a second time, to know where.
pub fn read_json<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<T, FieldError> {
    let read: T = serde_json::from_slice(body).map_err(|error| located::<T>(body, &error))?;
    // Fields in a list, by their order, would be read as an object; nothing of that is documented.
    if body.contains(&b'[')
        && let (Ok(said), Ok(meant)) = (serde_json::from_slice(body), serde_json::to_value(&read))
        && let Some(field) = listed(&said, &meant, "")
    {
        let field = if field.is_empty() { "body".to_owned() } else { field };
        let remedy = "write it as {…}, each field with its name; /openapi.json says what they are";
        return Err(FieldError::new(field, "it is a list, and an object belongs here", remedy));
    }
    Ok(read)
}

/// Where a list was said, and an object is meant.
fn listed(said: &Value, meant: &Value, field: &str) -> Option<String> {
    match (said, meant) {
        (Value::Array(_), Value::Object(_)) => Some(field.to_owned()),
        (Value::Array(said), Value::Array(meant)) => {
            let mut both = said.iter().zip(meant).enumerate();
            both.find_map(|(at, (said, meant))| listed(said, meant, &format!("{field}[{at}]")))
        }
        (Value::Object(said), Value::Object(meant)) => said.iter().find_map(|(name, said)| {
            let inside = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
            listed(said, meant.get(name)?, &inside)
        }),
        _ => None,
    }
}

fn located<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> FieldError {
    let at = format!("at line {}, column {}", error.line(), error.column());
    if body.is_empty() {
        return FieldError::new("body", "it is empty", "send a JSON object");
    }
    // A number where a word belongs is told as if it were no JSON.
    let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
    if !is_json {
        return FieldError::new("body", format!("it is no JSON: {error}"), format!("mend the JSON {at}"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => String::new(),
        Err(error) => error.path().to_string(),
    };
    let text = if error.is_syntax() {
        "it is another kind of value than belongs here".to_owned()
    } else {
        error.to_string()
    };
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let inside = |name: &str| match path.as_str() {
        "." | "" => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    if let Some(name) = quoted(reason, "missing field `") {
        return FieldError::new(inside(name), "it is missing", "add it");
    }
    if let Some(name) = quoted(reason, "unknown field `") {
        let known = reason.split_once(", ").map_or("", |(_, known)| known);
        return FieldError::new(inside(name), "there is no such field", format!("take it out; {known}"));
    }
    if let Some(name) = quoted(reason, "duplicate field `") {
        return FieldError::new(inside(name), "it stands there twice", "say it once");
    }
    let field = if path.is_empty() || path == "." { "body".to_owned() } else { path };
    FieldError::new(field, bounded(reason), format!("correct it {at}; /openapi.json says what it may be"))
}

/// Names the bounds of a number where it was told by the name of its type.
fn bounded(reason: &str) -> String {
    let told = reason.rsplit_once("expected ").and_then(|(said, name)| {
        let belongs = crate::said_of(name)?;
        let said = said
            .trim_end_matches(", ")
            .trim_start_matches("invalid value: ")
            .trim_start_matches("invalid type: ");
        Some(format!("{said} is not {belongs}"))
    });
    told.unwrap_or_else(|| reason.to_owned())
}

fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.split('`').next()
}

#[cfg(test)]
mod tests {
    use resit_domain::Issue;

    use super::*;
    use crate::command::RecordResult;

    #[track_caller]
    fn check(body: &str, field: &str, says: &str) {
        let error = read_json::<Issue>(body.as_bytes()).unwrap_err();
        assert_eq!(error.field, field, "{error:?}");
        assert!(format!("{} {}", error.reason, error.remedy).contains(says), "{error:?}");
    }

    #[test]
    fn the_field_and_the_remedy_are_named() {
        check("", "body", "empty");
        check("{", "body", "no JSON");
        check("[]", "body", "invalid");
        check(r#"{"order":{"shop":"web","number":"1","line":1}}"#, "offer", "add it");
        check(r#"{"order":{"shop":"web","line":1},"offer":"x"}"#, "order.number", "add it");
        check(r#"{"order":{"shop":"a b","number":"1","line":1},"offer":"x"}"#, "order.shop", "letters");
        check(r#"{"ordr":1,"offer":"x"}"#, "ordr", "take it out; expected one of `order`");
        check(r#"{"order":{"shop":"web","number":"1","line":-1},"offer":"x"}"#, "order.line", "-1");
        check(r#"{"offer":"x","offer":"y"}"#, "offer", "once");
    }

    #[test]
    fn a_number_is_told_by_its_bounds() {
        let of = |quantity| {
            format!(r#"{{"order":{{"shop":"web","number":"1","line":1}},"offer":"x","quantity":{quantity}}}"#)
        };
        check(&of("100000"), "quantity", "integer `100000` is not a whole number from 0 to 65535");
        check(&of("\"two\""), "quantity", "is not a whole number from 0 to 65535");
        check(&of("1.5"), "quantity", "is not a whole number from 0 to 65535");
    }

    #[test]
    fn a_list_is_no_object() {
        check(r#"{"order":["web","1",1],"offer":"x"}"#, "order", "{…}");
        check(r#"[["web","1",1],"x"]"#, "body", "{…}");
        let error = read_json::<resit_domain::DefineExam>(br#"{"exam":"EX-1","facts":[]}"#).unwrap_err();
        assert_eq!(error.field, "facts", "{error:?}");
    }

    #[test]
    fn a_number_where_a_word_belongs_is_told_by_its_field() {
        for result in ["7", "[]", "null", "true"] {
            let body = format!(r#"{{"voucher":"01ARZ3NDEKTSV4RRFFQ69G5FAV.1","result":{result}}}"#);
            let error = read_json::<RecordResult>(body.as_bytes()).unwrap_err();
            assert_eq!(error.field, "result", "{error:?}");
            assert!(!error.reason.contains("JSON"), "{error:?}");
        }
    }
}
