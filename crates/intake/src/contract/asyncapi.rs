//! The AsyncAPI 3.0 document.

use resit_access::Role;
use serde_json::{Map, Value, json};

use super::FACT;
use crate::{ACCEPTED, EventType, PARKED, REFUSED, Reason};

const SCHEMA_FORMAT: &str = "application/schema+json;version=draft-07";

/// The document of what goes over NATS: events in, outcomes and facts out.
pub fn asyncapi() -> Value {
    let mut messages = Map::new();
    for kind in EventType::ALL {
        messages.insert(kind.name().to_owned(), message(kind.name(), kind.says(), kind.name()));
    }
    let reasons = Reason::ALL.iter().map(|reason| format!("`{reason}`: {}", reason.says()));
    let parked = format!("The event was parked. Reasons: {}", reasons.collect::<Vec<_>>().join(" "));
    for (name, says, schema) in [
        (ACCEPTED, "All that the event asks for was done.", ACCEPTED),
        (REFUSED, "The rules said no, to all of it or to some lines of an order.", REFUSED),
        (PARKED, &parked, PARKED),
        (
            FACT,
            "A fact is on record. Its type is the fact's, in kebab case, with its version: `exam-failed-v1`.",
            FACT,
        ),
    ] {
        messages.insert(name.to_owned(), message(name, says, schema));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Resit",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A ledger of entitlements to certification exams: what other systems tell it, and what it tells \
                            them. Every message is a CloudEvent 1.0; GUIDE.md beside this file says how to begin.",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {
                "host": "nats.example.org:4222",
                "protocol": "nats",
                "description": "NATS with JetStream.",
            },
        },
        "channels": channels(),
        "operations": operations(),
        "components": { "messages": messages, "schemas": { "attributes": attributes() } },
    })
}

fn channels() -> Value {
    let mut channels = Map::new();
    for kind in EventType::ALL {
        let name = kind.name();
        // Others that have the right give the command itself.
        let senders = [Role::Purchase, Role::Delivery].into_iter().filter(|role| role.has(kind.right()));
        let roles: Vec<_> = senders.map(Role::name).collect();
        let says = format!("{} Sent by the role {}.", kind.says(), roles.join(", "));
        let parameters = json!({
            "ledger": ledger(),
            "role": { "description": "The sender's role.", "enum": roles },
            "name": { "description": "The sender's name, which the event's source begins with. A purchase system is called after its shop, \
                                      here and where it asks the API." },
        });
        let address = format!("{{ledger}}.intake.{{role}}.{{name}}.{name}");
        channels.insert(name.to_owned(), channel(&address, &says, &parameters, &[name]));
    }
    let outcome = json!({
        "ledger": ledger(),
        "name": { "description": "Who sent the event." },
        "type": { "description": "The type of the outcome.", "enum": [ACCEPTED, REFUSED, PARKED] },
    });
    let says = "What came of each event, at least once; the same outcome has the same id. Read it by the durable consumer \
                `outcomes-NAME`.";
    channels.insert(
        "outcomes".to_owned(),
        channel("{ledger}.outcome.{name}.{type}", says, &outcome, &[ACCEPTED, REFUSED, PARKED]),
    );
    let facts = json!({
        "ledger": ledger(),
        "kind": { "description": "What the fact is about, such as `entitlement`." },
        "type": { "description": "The type of the fact, such as `exam-failed-v1`." },
    });
    let says =
        "Every fact of the ledger, once, in the order of the log, without codes and their fingerprints.";
    channels.insert("facts".to_owned(), channel("{ledger}.facts.{kind}.{type}", says, &facts, &[FACT]));
    Value::Object(channels)
}

fn ledger() -> Value {
    json!({ "description": "The ledger's name.", "default": "resit" })
}

fn channel(address: &str, says: &str, parameters: &Value, messages: &[&str]) -> Value {
    let messages: Map<_, _> = messages
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/messages/{name}") })))
        .collect();
    json!({ "address": address, "description": says, "parameters": parameters, "messages": messages })
}

fn operations() -> Value {
    let channel = |name: &str| json!({ "$ref": format!("#/channels/{name}") });
    let mut operations = Map::new();
    for kind in EventType::ALL {
        let name = kind.name();
        let taken = json!({ "action": "receive", "channel": channel(name), "summary": kind.says() });
        operations.insert(format!("take-{name}"), taken);
    }
    let told = json!({ "action": "send", "channel": channel("outcomes"), "summary": "Tells what came of an event." });
    operations.insert("tell-outcomes".to_owned(), told);
    let told =
        json!({ "action": "send", "channel": channel("facts"), "summary": "Announces what is on record." });
    operations.insert("announce-facts".to_owned(), told);
    Value::Object(operations)
}

fn message(name: &str, says: &str, schema: &str) -> Value {
    json!({
        "name": name,
        "title": name,
        "summary": says,
        "contentType": "application/json",
        "headers": { "$ref": "#/components/schemas/attributes" },
        "payload": { "schemaFormat": SCHEMA_FORMAT, "schema": { "$ref": format!("./schemas/{schema}.json") } },
    })
}

/// The headers of binary mode.
fn attributes() -> Value {
    let text = |says: &str| json!({ "type": "string", "minLength": 1, "description": says });
    json!({
        "type": "object",
        "description": "Binary mode. In structured mode the payload is the whole event, as application/cloudevents+json. \
                        Values are percent-encoded where they hold blanks, quotes, percent signs or more than ASCII.",
        "required": ["ce-specversion", "ce-id", "ce-source", "ce-type"],
        "properties": {
            "ce-specversion": { "type": "string", "const": "1.0" },
            "ce-id": text("The event's id: with its source, it is the event's for ever."),
            "ce-source": text("Who says so: the sender's name, alone or with something behind a slash."),
            "ce-type": text("The event's type, with its version; also the last part of the subject."),
            "ce-time": { "type": "string", "format": "date-time", "description": "When it happened. What is late is judged by it." },
            "ce-subject": text("What it is about."),
            "ce-traceparent": text("The trace that it is part of (W3C Trace Context); also as the header `traceparent`."),
            "content-type": { "type": "string", "enum": ["application/json", "application/msgpack"] },
        },
    })
}
