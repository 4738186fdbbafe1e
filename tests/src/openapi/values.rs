//! Values by their schemas.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::document::members;
use super::pattern::fitting;
use super::{Document, Maker};

const DAY: i64 = 24 * 60;

impl Maker<'_> {
    /// A value that this schema permits. `place` is where it stands: a parameter, or `Schema.property`.
    pub fn value(&mut self, schema: &Value, place: &str) -> Value {
        let document: &Document = self.document;
        let (resolved, name) = document.resolved(schema);
        let property = place.rsplit('.').next().unwrap_or(place);
        let places: Vec<&str> = [Some(place), Some(property), name].into_iter().flatten().collect();
        if let Some(value) = self.hinted(&places, resolved) {
            return value;
        }
        if let Some(like) = places.iter().find_map(|place| self.hints.like.get(place)) {
            let reference = json!({ "$ref": format!("#/components/schemas/{like}") });
            return self.value(&reference, "");
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(choices) = resolved[choice].as_array() {
                let likely = choices.iter().find(|choice| choice["type"] != "null");
                let chosen = if choices.len() == 2 && !self.dice.one_in(3) {
                    likely.unwrap_or(&choices[0])
                } else {
                    self.dice.pick(choices)
                };
                return self.value(chosen, place);
            }
        }
        if let Some(values) = resolved["enum"].as_array() {
            return self.dice.pick(values).clone();
        }
        if let Some(value) = resolved.get("const") {
            return value.clone();
        }
        let kind = match resolved["type"].as_array() {
            Some(kinds) if !self.dice.one_in(4) => &kinds[0],
            Some(kinds) => self.dice.pick(kinds),
            None => &resolved["type"],
        };
        match kind.as_str() {
            Some("object") => self.object(resolved, name.unwrap_or(place)),
            Some("array") => self.array(resolved, place),
            Some("integer" | "number") => self.number(resolved),
            Some("boolean") => json!(self.dice.one_in(2)),
            Some("null") => Value::Null,
            _ => json!(self.text(resolved, &places)),
        }
    }

    /// A value that means something in one of these places.
    fn hinted(&mut self, places: &[&str], schema: &Value) -> Option<Value> {
        for place in places {
            if let Some(only) = self.hints.only.get(place) {
                return Some(self.dice.pick(only).clone());
            }
            if self.hints.unique.contains(place) {
                self.made += 1;
                return Some(json!(format!("k{}", self.made)));
            }
        }
        // A time is made by the clock, or it would run ahead from answer to answer.
        let is_time = matches!(schema["format"].as_str(), Some("date" | "date-time"));
        if is_time || self.dice.one_in(12) {
            return None;
        }
        for place in places {
            let pinned = self.hints.known.get(place);
            let learned = self.known.one(place, &mut self.dice);
            let value = match (pinned, learned) {
                (Some(pinned), Some(learned)) => {
                    if self.dice.one_in(5) {
                        learned
                    } else {
                        self.dice.pick(pinned)
                    }
                }
                (Some(pinned), None) => self.dice.pick(pinned),
                (None, Some(learned)) => learned,
                (None, None) => continue,
            };
            // A place of the same name elsewhere may hold something else.
            if fits(schema, value) {
                return Some(value.clone());
            }
        }
        None
    }

    fn object(&mut self, schema: &Value, name: &str) -> Value {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let mut object = Map::new();
        for (property, schema) in members(&schema["properties"]) {
            let often = self.hints.often.contains(&property.as_str()) && !self.dice.one_in(8);
            if required.contains(&json!(property)) || often || self.dice.one_in(5) {
                object.insert(property.clone(), self.value(schema, &format!("{name}.{property}")));
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Value, place: &str) -> Value {
        let least = schema["minItems"].as_i64().unwrap_or(0);
        let count = self.dice.between(least, least + 2);
        (0..count).map(|_| self.value(&schema["items"], place)).collect()
    }

    fn number(&mut self, schema: &Value) -> Value {
        let least = schema["minimum"].as_i64().unwrap_or(-1_000);
        let most = schema["maximum"].as_i64().unwrap_or(i64::MAX - 1);
        match self.dice.up_to(30) {
            0 => json!(least),
            1 => json!(most),
            2..=5 => json!(self.dice.between(least, most.min(least + 1_000))),
            _ => json!(self.dice.between(least.max(1), most.min(least.max(1) + 3))),
        }
    }

    fn text(&mut self, schema: &Value, places: &[&str]) -> String {
        match schema["format"].as_str() {
            Some("date-time") => self.instant(places).to_rfc3339_opts(SecondsFormat::Millis, true),
            Some("date") => self.instant(places).date_naive().to_string(),
            _ => match schema["pattern"].as_str() {
                Some(pattern) => fitting(pattern, &mut self.dice),
                None => fitting("^[a-z]{1,8}$", &mut self.dice),
            },
        }
    }

    fn instant(&mut self, places: &[&str]) -> DateTime<Utc> {
        let hinted = places.iter().find_map(|place| self.hints.minutes.get(place));
        let (from, to) = *hinted.unwrap_or(&(-30 * DAY, 400 * DAY));
        let instant = self.now + Duration::minutes(self.dice.between(from, to));
        instant - Duration::milliseconds(instant.timestamp_millis() % 60_000)
    }
}

/// Whether a value is of the schema's type.
fn fits(schema: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    };
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    }
}
