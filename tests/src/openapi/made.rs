//! Makes up requests that the document permits.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::request::escaped;
use super::{Document, Hints, Known, Made, Operation, Request};
use crate::dice::Dice;

/// Makes up requests.
pub struct Maker<'a> {
    /// The document.
    pub document: &'a Document,
    /// What names mean.
    pub hints: &'a Hints,
    /// What was learned so far.
    pub known: Known,
    /// The dice.
    pub dice: Dice,
    /// The server's time, as far as it is known.
    pub now: DateTime<Utc>,
    /// How many unique values were made.
    pub(super) made: u64,
}

impl<'a> Maker<'a> {
    /// A maker that knows nothing yet but the time.
    pub fn new(document: &'a Document, hints: &'a Hints, dice: Dice, now: DateTime<Utc>) -> Self {
        Self { document, hints, known: Known::default(), dice, now, made: 0 }
    }

    /// A request of an operation, as the document permits it.
    pub fn request(&mut self, operation: &Operation) -> Made {
        let verb = operation.verb.clone();
        let mut request = Request {
            verb,
            path: operation.path.clone(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        };
        let mut in_path = Vec::new();
        for parameter in &operation.parameters {
            let name = &parameter.name;
            let needed = parameter.required || self.hints.unique.contains(&name.as_str());
            if !needed && !self.dice.one_in(8) {
                continue;
            }
            let value = plain(&self.value(&parameter.schema, name));
            match parameter.place.as_str() {
                "path" => {
                    request.path = request.path.replace(&format!("{{{name}}}"), &escaped(&value));
                    in_path.push((name.clone(), value));
                }
                "query" => request.query.push(format!("{name}={}", escaped(&value))),
                "header" => request.headers.push((name.clone(), value.into_bytes())),
                place => panic!("{name} stands in {place}, which is not known"),
            }
        }
        let body = operation.body.as_ref().map(|body| self.value(&body.schema, ""));
        if let Some(body) = &body {
            request = request.with_header("content-type", "application/json");
            request.body = Some(body.to_string().into_bytes());
        }
        Made { request, in_path, body }
    }

    /// Takes in what an answer says, and what was said to get it.
    pub fn learn(&mut self, operation: &Operation, sent: &Made, status: u16, media: &str, body: &Value) {
        if let Some(Some(described)) = operation.answers.get(&status).and_then(|answers| answers.get(media)) {
            self.known.learn(self.document, self.hints, &described.schema, body);
        }
        if let (200, Some(described), Some(said)) = (status, &operation.body, &sent.body) {
            self.known.learn(self.document, self.hints, &described.schema, said);
        }
        let told = body[self.hints.time].as_str().and_then(|text| text.parse().ok());
        self.now = told.map_or(self.now, |told: DateTime<Utc>| told.max(self.now));
    }
}

/// A value as it stands in a path, a query or a header.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
