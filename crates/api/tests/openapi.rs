//! The OpenAPI document is sound, and is the one that the repository keeps.

use std::collections::BTreeSet;
use std::path::Path;

use resit_api::{Place, ProblemKind, openapi, routes};
use serde_json::Value;

/// Every value in a document, with its own ones.
fn walk<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Object(fields) => fields.values().for_each(|value| walk(value, visit)),
        Value::Array(items) => items.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

#[test]
fn the_kept_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/openapi.json");
    let made = format!("{:#}\n", openapi());
    if std::env::var("RESIT_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == made, "proto/openapi.json differs; RESIT_GOLDEN=write writes it anew");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let mut references = BTreeSet::new();
    walk(&document, &mut |value| {
        references.extend(value.get("$ref").and_then(Value::as_str));
    });
    assert!(references.len() > 20, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_schema_is_a_json_schema() {
    let document = openapi();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.len() > 40);
    for (name, schema) in schemas {
        let checked = jsonschema::draft202012::meta::validate(schema);
        assert!(checked.is_ok(), "{name}: {:?}", checked.err().map(|e| e.to_string()));
    }
    let mut inline = Vec::new();
    walk(&document["paths"], &mut |value| inline.extend(value.get("schema")));
    for schema in inline {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{schema}");
    }
}

#[test]
fn operations_have_names_of_their_own_and_say_their_parameters() {
    let mut ids = BTreeSet::new();
    for route in routes() {
        assert!(ids.insert(route.id), "{}", route.id);
        let named = |name: &str| route.path.contains(&format!("{{{name}}}"));
        let in_path: Vec<_> =
            route.parameters.iter().filter(|parameter| parameter.place == Place::Path).collect();
        assert!(in_path.iter().all(|parameter| named(parameter.name)), "{}", route.path);
        assert_eq!(in_path.len(), route.path.matches('{').count(), "{}", route.path);
        assert!(!route.answers.is_empty(), "{}", route.path);
    }
}

#[test]
fn the_document_says_every_route_and_what_openapi_asks_for() {
    let document = openapi();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let mut operations = 0;
    for (path, verbs) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with('/'));
        for (verb, operation) in verbs.as_object().unwrap() {
            operations += 1;
            assert!(matches!(verb.as_str(), "get" | "post"), "{path} {verb}");
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in responses {
                assert!(status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status)));
                assert!(response.get("$ref").is_some() || response["description"].is_string(), "{path}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(matches!(parameter["in"].as_str(), Some("path" | "query" | "header")));
                assert!(parameter["schema"].is_object() && parameter["name"].is_string());
            }
        }
    }
    assert_eq!(operations, routes().len());
}

#[test]
fn every_kind_of_problem_is_in_the_reference() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/http.md")).unwrap();
    for kind in ProblemKind::ALL {
        let (when, remedy) = (kind.when(), kind.remedy());
        let row = format!("\n| `{}` | {} | {when} | {remedy} |\n", kind.name(), kind.status());
        assert!(page.contains(&row), "docs/http.md has no row {row}");
        assert!(when.len() > 15 && remedy.len() >= 8 && !remedy.ends_with('.'), "{kind:?}");
    }
}
