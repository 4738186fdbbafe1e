//! Answers as JSON.

use resit_command_handler::{Explanation, Happened, HistoryEntry, Judged, Outcome, Reply, Request};
use resit_domain::{CommandId, EntitlementView, Event, Timestamp};
use serde_json::{Value, json};

use super::reply::codes_under_another_key;

/// An event's body.
pub(super) fn body(event: &Event) -> Value {
    event.serialize_body(serde_json::value::Serializer).unwrap_or(Value::Null)
}

fn happened(happened: &Happened) -> Value {
    let Happened { stream, happened_at, event } = happened;
    json!({ "stream": stream.to_string(), "type": event.kind(), "happened_at": happened_at, "body": body(event) })
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Accepted { events, warnings } => {
            json!({ "outcome": "accepted", "events": events.iter().map(happened).collect::<Vec<_>>(), "warnings": warnings })
        }
        Outcome::Refused(refusal) => json!({ "outcome": "refused", "refusal": refusal }),
    }
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

/// Entitlements, each unit with how it stands at `now`: its stage alone does not say that its end has come.
pub(super) fn views(views: &[EntitlementView], now: Timestamp) -> Value {
    let shown = views.iter().map(|view| {
        let units = view.units.iter().map(|unit| with(json!(unit), json!({ "stands": unit.stands(now) })));
        with(json!(view), json!({ "units": units.collect::<Vec<_>>() }))
    });
    Value::Array(shown.collect())
}

pub(super) fn reply(request: &Request, reply: &Reply, now: Timestamp) -> Value {
    let codes = reply.codes.iter().map(|c| json!({ "voucher": format!("{}.{}", c.entitlement, c.unit), "code": c.code.expose().to_string() }));
    let head = json!({
        "command": request.id,
        "position": reply.position,
        "recorded_at": reply.recorded_at,
        "replayed": reply.replayed,
        "entitlements": views(&reply.entitlements, now),
        "codes": codes.collect::<Vec<_>>(),
        "codes_under_another_key": codes_under_another_key(request, reply),
    });
    with(head, outcome(&reply.outcome))
}

pub(super) fn judged(judged: &Judged) -> Value {
    with(json!({ "dry_run": true, "judgements": judged.judgements }), outcome(&judged.outcome))
}

pub(super) fn history(entry: &HistoryEntry) -> Value {
    json!({
        "position": entry.position,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "command": entry.command,
        "actor": entry.actor,
        "unit": entry.event.unit(),
        "type": entry.event.kind(),
        "body": body(&entry.event),
    })
}

pub(super) fn why(id: &CommandId, explanation: &Explanation) -> Value {
    json!({
        "command": id,
        "position": explanation.position,
        "judged_at": explanation.judged_at,
        "actor": explanation.actor,
        "asked": explanation.command,
        "judgements": explanation.judgements,
        "events": explanation.events.iter().map(happened).collect::<Vec<_>>(),
        "agrees_with_record": explanation.agrees,
    })
}
