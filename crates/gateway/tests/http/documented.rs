//! Holds answers against the OpenAPI document.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::Validator;
use resit_api::openapi;
use serde_json::Value;

type Known = Mutex<HashMap<String, Option<Arc<Validator>>>>;

pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(openapi)
}

/// Checks that an answer is one that the document knows for this method and path.
#[track_caller]
pub(crate) fn check(verb: &str, path: &str, status: u16, media: &str, body: &Value) {
    // What is under no path, or under another method, is a problem whatever the document says.
    let documented = operation(verb, path);
    let pointer = match &documented {
        Some(pointer) => response(pointer, status, media),
        None if matches!(status, 404 | 405) => {
            "/components/responses/Problem/content/application~1problem+json".to_owned()
        }
        None => panic!("{verb} {path} is not documented"),
    };
    let Some(validator) = validator(&pointer) else { return };
    let errors: Vec<_> =
        validator.iter_errors(body).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{verb} {path} {status}: {errors:#?}\n{body:#}");
}

fn response(operation: &str, status: u16, media: &str) -> String {
    let document = document();
    let mut pointer = format!("{operation}/responses/{status}");
    let response = document.pointer(&pointer).unwrap_or_else(|| panic!("{pointer} is not documented"));
    if let Some(reference) = response["$ref"].as_str() {
        pointer = reference.trim_start_matches('#').to_owned();
    }
    let media = media.split(';').next().unwrap();
    let pointer = format!("{pointer}/content/{}", media.replace('/', "~1"));
    assert!(document.pointer(&pointer).is_some(), "{pointer} is not documented");
    pointer
}

/// The validator of a media type's schema; none if it has none.
fn validator(pointer: &str) -> Option<Arc<Validator>> {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Known::default).lock().unwrap();
    let make = || {
        let mut schema = document().pointer(pointer)?.get("schema")?.clone();
        schema["components"] = document()["components"].clone();
        Some(Arc::new(jsonschema::draft202012::new(&schema).unwrap()))
    };
    known.entry(pointer.to_owned()).or_insert_with(make).clone()
}

/// Where the document has an operation: under the path itself, or under one with parameters.
fn operation(verb: &str, path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap();
    let given: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<_> = template.split('/').collect();
        parts.len() == given.len()
            && parts.iter().zip(&given).all(|(part, given)| part.starts_with('{') || part == given)
    };
    let paths = document()["paths"].as_object().unwrap();
    let mut found: Vec<_> = paths
        .iter()
        .filter(|(template, verbs)| fits(template) && verbs.get(verb.to_lowercase()).is_some())
        .map(|(template, _)| template)
        .collect();
    found.sort_by_key(|template| template.contains('{'));
    let template = found.first()?.replace('~', "~0").replace('/', "~1");
    Some(format!("/paths/{template}/{}", verb.to_lowercase()))
}

#[test]
#[should_panic(expected = "is not of type")]
fn an_answer_that_is_not_as_documented_is_found() {
    check("GET", "/v1/rules", 200, "application/json", &serde_json::json!(3));
}

#[test]
#[should_panic(expected = "is not documented")]
fn a_status_that_is_not_documented_is_found() {
    check("GET", "/v1/rules", 422, "application/problem+json", &serde_json::json!({}));
}
