//! Requests made up from the OpenAPI document, valid and broken. None meets a bug, and every answer is as documented.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::documented::document;
use crate::world::{Ask, World, offer};

const REQUESTS: u32 = 10_000;

/// A number out of a sequence that is the same each time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Makes up values by their schemas, out of names that mean something here as far as there are any.
struct Maker {
    dice: Dice,
    known: BTreeMap<&'static str, Vec<Value>>,
}

impl Maker {
    fn value(&mut self, schema: &Value) -> Value {
        if self.dice.one_in(50) {
            let long = "x".repeat(300);
            let broken = [
                json!(null),
                json!(-1),
                json!(""),
                json!("a b"),
                json!([]),
                json!({}),
                json!(1.5),
                json!(long),
                json!("ÄÖ\u{1F600}"),
            ];
            return self.dice.pick(&broken).clone();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            if !self.dice.one_in(10)
                && let Some(known) = self.known.get(name)
            {
                return self.dice.pick(known).clone();
            }
            return self.value(document().pointer(&reference[1..]).unwrap());
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let chosen = self.dice.below(choices.len());
                return self.value(&choices[chosen]);
            }
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.dice.pick(values).clone();
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| self.dice.pick(kinds));
        match kind.as_str() {
            Some("object") => self.object(schema),
            Some("array") => {
                let count = self.dice.below(3);
                (0..count).map(|_| self.value(&schema["items"])).collect()
            }
            Some("integer" | "number") => self
                .dice
                .pick(&[json!(0), json!(1), json!(1), json!(2), json!(3), json!(40), json!(70_000)])
                .clone(),
            Some("boolean") => json!(self.dice.one_in(2)),
            Some("null") => json!(null),
            _ if schema["format"] == "date" => {
                self.dice.pick(&[json!("2019-12-31"), json!("2025-02-28"), json!("2019-02-30")]).clone()
            }
            _ => json!(format!("t{}", self.dice.below(50))),
        }
    }

    fn object(&mut self, schema: &Value) -> Value {
        let mut object = Map::new();
        let none = Map::new();
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        for (name, schema) in schema["properties"].as_object().unwrap_or(&none) {
            let is_there =
                if required.contains(&json!(name)) { !self.dice.one_in(40) } else { self.dice.one_in(4) };
            if is_there {
                object.insert(name.clone(), self.value(schema));
            }
        }
        if self.dice.one_in(60) {
            object.insert("colour".to_owned(), json!("red"));
        }
        Value::Object(object)
    }

    /// What was issued can be asked for from now on.
    fn learn(&mut self, reply: &Value) {
        let issued =
            reply["entitlements"].as_array().into_iter().flatten().map(|issued| issued["id"].clone());
        for id in issued.take(2) {
            self.known.entry("Voucher").or_default().push(json!(format!("{}.1", id.as_str().unwrap())));
            self.known.entry("EntitlementId").or_default().push(id);
        }
        if let Some(code) = reply["codes"][0].get("code") {
            self.known.entry("Voucher").or_default().push(code.clone());
        }
        if let Some(command) = reply.get("command") {
            self.known.entry("CommandId").or_default().push(command.clone());
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}

/// A request of an operation, made up.
fn made_up<'a>(
    world: &'a World,
    maker: &mut Maker,
    template: &str,
    verb: &str,
    operation: &Value,
    number: u32,
) -> Ask<'a> {
    let mut path = template.to_owned();
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let value = text(&maker.value(&parameter["schema"]));
        match parameter["in"].as_str() {
            Some("path") => {
                let value = if value.is_empty() { "x".to_owned() } else { escaped(&value) };
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            Some("query") if maker.dice.one_in(5) => query.push(format!("{name}={}", escaped(&value))),
            Some("header") if name == "idempotency-key" && !maker.dice.one_in(30) => {
                headers.push((name, if maker.dice.one_in(20) { value } else { format!("k-{number}") }));
            }
            Some("header") if value.is_ascii() && maker.dice.one_in(20) => headers.push((name, value)),
            _ => {}
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let mut ask = if verb == "get" { world.get(path) } else { world.post(path) };
    for (name, value) in headers {
        ask = ask.header(name, &value);
    }
    match operation.pointer("/requestBody/content/application~1json/schema") {
        None => ask,
        Some(_) if maker.dice.one_in(60) => ask.header("content-type", "application/json").text("{\"a\":"),
        Some(schema) => {
            let body = maker.value(schema);
            ask.body(&body)
        }
    }
}

fn names(list: &[&str]) -> Vec<Value> {
    list.iter().map(|name| json!(name)).collect()
}

#[tokio::test(start_paused = true)]
async fn no_made_up_request_meets_a_bug() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let known = BTreeMap::from([
        ("OfferId", names(&["exam-replay"])),
        ("ExamCode", names(&["AZ-104"])),
        ("CandidateId", names(&["anna", "ben", "cleo"])),
        ("DeliveryMode", names(&["online"])),
        ("ProviderId", names(&["pearson-vue"])),
        ("TermsHash", vec![issued["entitlements"][0]["terms"].clone()]),
        (
            "Timestamp",
            names(&[
                "2019-10-01T09:00:00Z",
                "2019-12-01T09:00:00Z",
                "2019-09-02T00:00:00+02:00",
                "yesterday",
            ]),
        ),
    ]);
    let mut maker = Maker { dice: Dice(0x9e37_79b9_7f4a_7c15), known };
    maker.learn(&issued);
    let mut operations = Vec::new();
    for (path, verbs) in document()["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            // These two read the whole log each time; a few are enough.
            let often = if matches!(path.as_str(), "/v1/verify" | "/v1/rebuild") { 1 } else { 30 };
            operations.extend(std::iter::repeat_n((path, verb, operation), often));
        }
    }
    let mut came: BTreeMap<u16, u32> = BTreeMap::new();
    for number in 0..REQUESTS {
        let (path, verb, operation) = *maker.dice.pick(&operations);
        if number % 20 == 0 {
            world.pass_a_second();
            world.project().await;
        }
        if number % 100 == 0 {
            // Some request may have withdrawn the offer. One that is in force is not published again, which is an answer too.
            world.command("publish-offer", &format!("o-{number}"), &json!({ "source": offer() })).await;
            let order = json!({ "shop": "web", "number": format!("W-{number}"), "line": 1 });
            let body = json!({ "order": order, "offer": "exam-replay" });
            maker.learn(&world.command("issue", &format!("i-{number}"), &body).await.body);
        }
        let answer = made_up(&world, &mut maker, path, verb, operation, number).send().await;
        assert!(answer.status < 500 || answer.status == 503, "{verb} {path}: {:#}", answer.body);
        maker.learn(&answer.body);
        *came.entry(answer.status).or_default() += 1;
    }
    for status in [200, 207, 400, 404, 409, 422, 503] {
        assert!(came.contains_key(&status), "{status}: {came:?}");
    }
    assert!(came[&200] > 2_000 && came[&400] > 2_000 && came[&422] > 200, "{came:?}");
}
