//! Messages as they travel, byte by byte: a golden file, once released, is never changed.

use std::collections::BTreeMap;
use std::fs;

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_domain::Timestamp;
use resit_intake::contract::schemas;
use resit_intake::{CloudEvent, Encoding, EventAnswered, EventParked, EventType, Fact};
use serde_json::{Value, json};

use crate::{proto, writes};

const VOUCHER: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV.1";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// An example of each type's data.
fn data(kind: EventType) -> Value {
    match kind {
        EventType::OrderPlaced => json!({
            "shop": "web", "number": "PO-1001", "channel": "online-shop", "region": "europe", "buyer": ["student"],
            "lines": [
                { "line": 1, "offer": "exam-replay", "quantity": 2, "holder": "anna" },
                { "line": 2, "offer": "student-exam", "exam": "EX-1", "tier": "gold" },
            ],
        }),
        EventType::OrderRefunded => json!({ "entitlement": &VOUCHER[..26], "reason": "refund" }),
        EventType::DisputeWon => json!({ "entitlement": &VOUCHER[..26], "reason": "dispute-won" }),
        EventType::OrderStepTaken => json!({ "entitlement": &VOUCHER[..26], "step": "codes-sent" }),
        EventType::ExamBooked => json!({
            "voucher": VOUCHER, "candidate": "anna", "exam": "EX-1", "sit_at": "2026-09-01T10:00:00Z",
            "delivery": "online", "provider": "pearson-vue",
        }),
        EventType::BookingMoved => json!({ "voucher": VOUCHER, "sit_at": "2026-09-08T10:00:00Z" }),
        EventType::BookingCancelled => json!({ "voucher": VOUCHER, "by": "candidate" }),
        EventType::ExamResult => {
            json!({ "voucher": VOUCHER, "result": "fail", "sat_at": "2026-09-01T10:05:00Z" })
        }
        EventType::ExamResultCorrected => json!({ "voucher": VOUCHER, "attempt": 1, "result": "pass" }),
        EventType::BenefitActivated => json!({ "voucher": VOUCHER, "candidate": "anna", "test": "PT-1" }),
    }
}

fn at() -> Timestamp {
    "2026-08-20T09:30:00.250Z".parse().unwrap()
}

fn event(kind: EventType, encoding: Encoding) -> CloudEvent {
    let data = data(kind);
    CloudEvent {
        id: "e 1/ä".to_owned(),
        source: "web/checkout".to_owned(),
        kind: kind.name().to_owned(),
        subject: Some("PO-1001".to_owned()),
        time: Some(at()),
        extensions: BTreeMap::from([("traceparent".to_owned(), TRACE.to_owned())]),
        encoding,
        data: match encoding {
            Encoding::Json => data.to_string().into(),
            Encoding::MessagePack => rmp_serde::to_vec_named(&data).unwrap().into(),
        },
    }
}

/// A message as it goes over the wire: the headers as NATS has them, and the payload behind them.
fn wire(headers: &HeaderMap, payload: &Bytes) -> Vec<u8> {
    let mut lines: Vec<String> = headers
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}: {}\r\n", value.as_str())))
        .collect();
    lines.sort();
    let mut bytes = format!("NATS/1.0\r\n{}\r\n", lines.concat()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

fn unwired(bytes: &[u8]) -> (HeaderMap, Bytes) {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let mut headers = HeaderMap::new();
    for line in std::str::from_utf8(&bytes[..end]).unwrap().split("\r\n").skip(1) {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(name, value);
    }
    (headers, Bytes::copy_from_slice(&bytes[end + 4..]))
}

fn in_structured_mode(event: &CloudEvent) -> Vec<u8> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/cloudevents+json");
    wire(&headers, &event.structured().unwrap())
}

fn in_binary_mode(event: &CloudEvent) -> Vec<u8> {
    let (headers, payload) = event.binary();
    wire(&headers, &payload)
}

/// What a message says, whatever its mode and encoding.
fn said(event: &CloudEvent) -> Value {
    let data: Value = match event.encoding {
        Encoding::Json => serde_json::from_slice(&event.data).unwrap(),
        Encoding::MessagePack => rmp_serde::from_slice(&event.data).unwrap(),
    };
    json!({
        "id": event.id, "source": event.source, "type": event.kind, "subject": event.subject, "time": event.time,
        "traceparent": event.extensions.get("traceparent"), "data": data,
    })
}

/// Asks that a file is as it was released; a missing one is written if that is asked for.
#[track_caller]
fn golden(name: &str, present: &[u8]) -> Vec<u8> {
    let path = proto("golden/events/messages").join(name);
    if writes() && !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, present).unwrap();
    }
    let kept =
        fs::read(&path).unwrap_or_else(|e| panic!("{name}: {e}; RESIT_GOLDEN=write adds missing files"));
    assert!(kept == present, "{name}: its form has changed");
    kept
}

fn validator(name: &str) -> jsonschema::Validator {
    let (_, schema) = schemas().into_iter().find(|(known, _)| *known == name).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn is_valid(name: &str, data: &Value) {
    let errors: Vec<_> = validator(name).iter_errors(data).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:?}");
}

#[test]
fn events_are_read_as_they_were_in_both_modes_and_both_encodings() {
    for kind in EventType::ALL.iter().copied() {
        let name = kind.name();
        let meant = said(&event(kind, Encoding::Json));
        golden(&format!("{name}.json"), format!("{meant:#}\n").as_bytes());
        for (encoding, called) in [(Encoding::Json, "json"), (Encoding::MessagePack, "msgpack")] {
            let sent = event(kind, encoding);
            for (mode, bytes) in
                [("binary", in_binary_mode(&sent)), ("structured", in_structured_mode(&sent))]
            {
                let (headers, payload) = unwired(&golden(&format!("{name}.{mode}.{called}.msg"), &bytes));
                let read = CloudEvent::read(&headers, &payload).unwrap();
                assert_eq!(said(&read), meant, "{name} {mode} {called}");
                is_valid(name, &said(&read)["data"]);
            }
        }
    }
}

#[test]
fn schemas_refuse_what_is_refused() {
    for kind in EventType::ALL {
        let mut more = data(*kind);
        more["unheard_of"] = json!(1);
        assert!(!validator(kind.name()).is_valid(&more), "{kind:?}");
        assert!(!validator(kind.name()).is_valid(&json!({})), "{kind:?}");
    }
    let mut by_code = data(EventType::ExamResult);
    by_code["voucher"] = json!("0123-4567-89AB-CDEF-GHJK-MNP3");
    assert!(!validator("exam-result-v1").is_valid(&by_code));
}

fn answered(refusal: Value) -> EventAnswered {
    let mut command = json!({
        "command": "ce-00112233445566778899aabbccddeeff.1", "line": 1, "position": 12, "recorded_at": at(),
    });
    if refusal.is_null() {
        command["entitlements"] = json!([&VOUCHER[..26]]);
        command["warnings"] = json!([{ "clause": "S0-6", "text": "soon" }]);
    } else {
        command["refusal"] = refusal;
    }
    let about = json!({ "id": "e-1", "source": "web", "type": "order-placed-v1" });
    serde_json::from_value(json!({ "event": about, "commands": [command] })).unwrap()
}

#[test]
fn outcomes_and_facts_are_told_as_they_were() {
    let refusal = json!({
        "rule": "payment", "layer": "offer", "clause": "S0-1", "facts": [{ "name": "paid", "value": "no" }],
        "remedy": "pay for it",
    });
    let key = "ce-00112233445566778899aabbccddeeff".parse().unwrap();
    let parked: EventParked = serde_json::from_value(json!({
        "event": { "id": "e-1", "source": "web", "type": "order-placed-v1" }, "parked": 7, "reason": "bad-data",
        "error": { "field": "lines", "reason": "it has 0 lines", "remedy": "send 1 to 1000 lines" },
    }))
    .unwrap();
    let fact = Fact {
        position: resit_event_log::Position(12),
        index: 0,
        stream: format!("entitlement/{}", &VOUCHER[..26]),
        r#type: "ExamFailed".to_owned(),
        version: 1,
        happened_at: at(),
        recorded_at: at(),
        command: "c-1".parse().unwrap(),
        actor: "pearson-vue".parse().unwrap(),
        body: json!({ "unit": 1, "sat_at": at(), "retake": "granted" }),
        truncated: None,
    };
    // What is too long says what it lacks, in a form that the schemas know.
    let long = Fact { body: json!({ "unit": 1, "note": "n".repeat(5_000) }), ..fact.clone() }.within(1_000);
    assert_eq!(long.truncated.as_ref().unwrap().omitted, ["note"]);
    is_valid("fact-v1", &serde_json::to_value(&long).unwrap());
    for bytes_max in [0, 100] {
        let short = answered(Value::Null).within(bytes_max);
        assert!(short.commands.is_empty() && short.truncated.is_some());
        is_valid("event-accepted-v1", &serde_json::to_value(&short).unwrap());
    }
    for (schema, event) in [
        ("event-accepted-v1", answered(Value::Null).told(&key, "resit")),
        ("event-refused-v1", answered(refusal).told(&key, "resit")),
        ("event-parked-v1", parked.told("resit", at())),
        ("fact-v1", fact.told("resit")),
    ] {
        golden(&format!("{schema}.json"), format!("{:#}\n", said(&event)).as_bytes());
        let (headers, payload) =
            unwired(&golden(&format!("{schema}.binary.json.msg"), &in_binary_mode(&event)));
        let read = CloudEvent::read(&headers, &payload).unwrap();
        assert_eq!(said(&read), said(&event));
        is_valid(schema, &said(&read)["data"]);
    }
}
