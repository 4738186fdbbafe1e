//! Values that came back, or were accepted: the next request may use them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Document;
use super::document::members;
use super::hints::Hints;
use crate::dice::Dice;

/// How many values are kept of each name.
const KEPT: usize = 60;
/// How many of them count as those just used.
const RECENT: usize = 4;

/// What was learned, by the name of its schema or the place that it can be used in.
#[derive(Debug, Default)]
pub struct Known {
    learned: BTreeMap<String, Vec<Value>>,
}

impl Known {
    /// Takes in all names that stand in a value of this schema.
    pub fn learn(&mut self, document: &Document, hints: &Hints, schema: &Value, value: &Value) {
        let (schema, name) = document.resolved(schema);
        if let Some(name) = name.filter(|_| value.is_string()) {
            self.keep(name, value);
            self.take(hints, name, value);
        }
        for choice in ["anyOf", "oneOf", "allOf"] {
            for choice in schema[choice].as_array().into_iter().flatten() {
                self.learn(document, hints, choice, value);
            }
        }
        for (property, schema) in members(&schema["properties"]) {
            if let Some(value) = value.get(property).filter(|value| !value.is_null()) {
                self.learn(document, hints, schema, value);
                self.take(hints, property, value);
                self.take(hints, &format!("{}.{property}", name.unwrap_or("")), value);
            }
        }
        // The first few of a long list are as good as all.
        for value in value.as_array().into_iter().flatten().take(4) {
            self.learn(document, hints, &schema["items"], value);
        }
    }

    fn take(&mut self, hints: &Hints, place: &str, value: &Value) {
        let uses = hints.used_as.iter().filter(|(from, _)| *from == place).map(|(_, to)| *to);
        for place in uses {
            self.keep(place, value);
        }
    }

    fn keep(&mut self, place: &str, value: &Value) {
        let kept = self.learned.entry(place.to_owned()).or_default();
        kept.retain(|kept| kept != value);
        kept.push(value.clone());
        if kept.len() > KEPT {
            kept.remove(0);
        }
    }

    /// One of what is known of a place; mostly one of the last, so that requests follow each other up.
    pub(super) fn one(&self, place: &str, dice: &mut Dice) -> Option<&Value> {
        let known = self.learned.get(place).filter(|known| !known.is_empty())?;
        let recent = if dice.one_in(3) { 0 } else { known.len().saturating_sub(RECENT) };
        Some(dice.pick(&known[recent..]))
    }
}
