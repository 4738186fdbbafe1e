//! The OpenAPI document, made from the table of routes and the types that they send.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::{Answer, Parameter, Place, Problem, ProblemKind, Route, Verb, routes};

/// Problems that every route may answer.
const EVERYWHERE: &[ProblemKind] = &[
    ProblemKind::BadInput,
    ProblemKind::Unauthenticated,
    ProblemKind::Forbidden,
    ProblemKind::Bug,
    ProblemKind::Overloaded,
    ProblemKind::ClockUntrusted,
    ProblemKind::Unavailable,
];

/// The OpenAPI 3.1 document of the HTTP API.
pub fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings.transforms.push(Box::new(RecursiveTransform(bounded)));
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in routes() {
        let verb = match route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
        };
        let operation = operation(&route, &mut generator);
        paths.entry(route.path).or_default().insert(verb.to_owned(), operation);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Resit",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A ledger of entitlements to certification exams.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "Why not, and what to do.",
                    "content": { "application/problem+json": { "schema": problem } },
                },
            },
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "responses": responses(route, generator),
    });
    if !route.parameters.is_empty() {
        let parameters: Vec<_> = route.parameters.iter().map(|of| parameter(of, generator)).collect();
        operation["parameters"] = json!(parameters);
    }
    if let Some(schema) = route.body {
        let content = json!({ "application/json": { "schema": schema(generator) } });
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    // A server that answers its own machine alone asks for no token.
    if let Some(right) = route.right {
        operation["security"] = json!([{ "token": [] }, {}]);
        let roles: Vec<_> = right.roles().iter().map(|role| role.name()).collect();
        operation["description"] = format!("Needs the right `{right}`: {}.", roles.join(", ")).into();
    }
    operation
}

fn parameter(parameter: &Parameter, generator: &mut SchemaGenerator) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "description": parameter.says,
        "required": parameter.required,
        "schema": (parameter.schema)(generator),
    })
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> BTreeMap<String, Value> {
    let mut responses = BTreeMap::new();
    let mut titles: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for kind in EVERYWHERE.iter().chain(&route.problems) {
        titles.entry(kind.status()).or_default().push(kind.name());
    }
    for status in titles.keys() {
        responses.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    for Answer { status, media, schema } in &route.answers {
        let content = match schema {
            Some(schema) => json!({ "schema": schema(generator) }),
            None => json!({}),
        };
        let entry = responses.entry(status.to_string()).or_insert_with(|| json!({}));
        if entry.get("$ref").is_some() {
            let problem = generator.subschema_for::<Problem>();
            *entry = json!({ "content": { "application/problem+json": { "schema": problem } } });
        }
        entry["description"] = described(*status).into();
        entry["content"][*media] = content;
    }
    responses
}

/// Says where a number ends that its format names; the schemas of the wider ones come without.
fn bounded(schema: &mut Schema) {
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uint32") => u64::from(u32::MAX),
        Some("uint64") => u64::MAX,
        _ => return,
    };
    schema.ensure_object().entry("maximum").or_insert_with(|| most.into());
}

fn described(status: u16) -> &'static str {
    match status {
        200 => "The answer.",
        207 => "The answer; not every line was accepted.",
        _ => "Not now.",
    }
}
