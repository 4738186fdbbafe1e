//! Bodies that are not what the schema says.

use serde_json::{Value, json};

use super::document::members;
use super::{Document, Expected, Made, Maker, Operation};

/// Longer than what a server takes.
const TOO_LONG: usize = 5 << 20;

/// A place in a body.
struct Node {
    pointer: String,
    field: String,
    schema: Value,
}

/// Breaks one value of the body.
pub(super) fn value(maker: &mut Maker, operation: &Operation, made: &mut Made) -> Option<Expected> {
    let (described, body) = (operation.body.as_ref()?, made.body.as_ref()?);
    let mut nodes = Vec::new();
    collect(maker.document, &described.schema, body, "", "", &mut nodes);
    let node = maker.dice.pick(&nodes);
    let mut broken = body.clone();
    let place = broken.pointer_mut(&node.pointer)?;
    let (fault, field) = match (place, maker.dice.up_to(3)) {
        (Value::Object(members), 0) if node.schema["additionalProperties"] == json!(false) => {
            members.insert("colour".to_owned(), json!("red"));
            ("an unknown field", join(&node.field, "colour"))
        }
        (Value::Object(members), 1) => {
            let required = node.schema["required"].as_array().filter(|names| !names.is_empty())?;
            let name = maker.dice.pick(required).as_str()?.to_owned();
            members.remove(&name);
            ("a field left out", join(&node.field, &name))
        }
        (place, _) => {
            *place = wrong(maker);
            ("another value", node.field.clone())
        }
    };
    made.request.body = Some(broken.to_string().into_bytes());
    let is_invalid = !described.validator.is_valid(&broken);
    made.body = Some(broken);
    let field = if field.is_empty() { "body".to_owned() } else { field };
    Some(if is_invalid {
        Expected::bad_input(fault, field)
    } else {
        Expected::documented("another value that may be")
    })
}

fn wrong(maker: &mut Maker) -> Value {
    let texts = ["", " ", "a b", "\u{c4}\u{1F600}", "\0", "2026-13-45", "2026-02-30", "12:00", "null"];
    match maker.dice.up_to(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!({}),
        4 => json!([[null]]),
        5 => json!(-1),
        6 => json!(1.5),
        7 => json!(1e30),
        8 => json!(u64::MAX),
        9 => json!(4_294_967_296_u64),
        10 => json!("x".repeat(65)),
        11 => json!("x".repeat(100_000)),
        _ => json!(maker.dice.pick(&texts)),
    }
}

fn join(field: &str, name: &str) -> String {
    if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") }
}

fn collect(
    document: &Document,
    schema: &Value,
    value: &Value,
    pointer: &str,
    field: &str,
    nodes: &mut Vec<Node>,
) {
    let (mut schema, _) = document.resolved(schema);
    while let Some(likely) =
        schema["anyOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null"))
    {
        schema = document.resolved(likely).0;
    }
    nodes.push(Node { pointer: pointer.to_owned(), field: field.to_owned(), schema: schema.clone() });
    for (name, schema) in members(&schema["properties"]) {
        if let Some(value) = value.get(name) {
            collect(document, schema, value, &format!("{pointer}/{name}"), &join(field, name), nodes);
        }
    }
    for (at, value) in value.as_array().into_iter().flatten().enumerate() {
        let (pointer, field) = (format!("{pointer}/{at}"), format!("{field}[{at}]"));
        collect(document, &schema["items"], value, &pointer, &field, nodes);
    }
}

/// Breaks the body's bytes.
pub(super) fn bytes(maker: &mut Maker, _: &Operation, made: &mut Made) -> Option<Expected> {
    let text = made.body.as_ref()?.to_string();
    let cut = usize::try_from(maker.dice.up_to(text.len() as u64)).expect("it is an index");
    let (fault, bytes) = match maker.dice.up_to(8) {
        0 => ("a body that is cut off", text.as_bytes()[..cut].to_vec()),
        1 => (
            "a body that is not UTF-8",
            text.replacen('"', "\"\u{1}", 1).replace('\u{1}', "\u{fffd}").into_bytes(),
        ),
        2 => ("no body", Vec::new()),
        3 => ("something behind the body", format!("{text} {text}").into_bytes()),
        4 => ("a body of brackets", "[".repeat(100_000).into_bytes()),
        5 => ("a body with a mark before it", format!("\u{feff}{text}").into_bytes()),
        6 => {
            let wide = format!("{}{text}", " ".repeat(1 << 20)).into_bytes();
            made.request.body = Some(wide);
            return Some(Expected::documented("a wide body"));
        }
        _ => {
            made.request.body = Some(format!("{}{text}", " ".repeat(TOO_LONG)).into_bytes());
            // Asks first, as curl does, so that the answer is not lost behind what nobody reads.
            made.request = made.request.clone().with_header("expect", "100-continue");
            return Some(Expected::problem("a body that is too long", 413, "too-large"));
        }
    };
    let bytes = if fault.ends_with("UTF-8") {
        let at = bytes.windows(3).position(|three| three == "\u{fffd}".as_bytes())?;
        [&bytes[..at], b"\xff\xc3", &bytes[at + 3..]].concat()
    } else {
        bytes
    };
    made.request.body = Some(bytes);
    Some(Expected::bad_input(fault, "body"))
}
