//! Requests sent, answers checked and counted.

use std::collections::BTreeMap;
use std::fmt;

use resit_tests::openapi::{Answer, Connection, Expected, Found, Made, Maker, Operation, Request, check};
use serde_json::Value;

/// What came back, counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// By operation and what came of it: a status, or a kind of problem.
    came: BTreeMap<String, BTreeMap<String, u32>>,
    /// By what was broken.
    faults: BTreeMap<&'static str, u32>,
}

impl Counts {
    pub(super) fn of(&self, operation: &str, came: &str) -> u32 {
        self.came.get(operation).and_then(|of| of.get(came)).copied().unwrap_or(0)
    }

    pub(super) fn all(&self, came: &str) -> u32 {
        self.came.values().filter_map(|of| of.get(came)).sum()
    }

    pub(super) fn requests(&self) -> u32 {
        self.faults.values().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: Vec<String>| counts.join(", ");
        for (operation, of) in &self.came {
            let counts = of.iter().map(|(came, count)| format!("{came} {count}")).collect();
            writeln!(f, "{operation:22} {}", list(counts))?;
        }
        let faults = self.faults.iter().map(|(fault, count)| {
            let fault = if fault.is_empty() { "as the document has it" } else { fault };
            format!("{fault}: {count}")
        });
        write!(f, "{}", list(faults.collect()))
    }
}

/// One run.
pub(super) struct Run<'a> {
    pub(super) maker: Maker<'a>,
    connection: Connection,
    pub(super) counts: Counts,
    /// The first wrong answer of each sort.
    pub(super) wrong: BTreeMap<String, String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(maker: Maker<'a>, connection: Connection) -> Self {
        Self { maker, connection, counts: Counts::default(), wrong: BTreeMap::new() }
    }

    /// Makes up a request, breaks every third, and sends it; some of what went on record is sent again. Says whether it
    /// was accepted.
    pub(super) fn one(&mut self, operation: &Operation) -> bool {
        let whole = self.maker.request(operation);
        let mut made = whole.clone();
        let expected = if self.maker.dice.one_in(3) {
            self.maker.break_it(operation, &mut made)
        } else {
            Expected::documented("")
        };
        let Some(found) = self.send(operation, &made, &expected, &whole) else { return false };
        if found.body["replayed"] == Value::Bool(false) && self.maker.dice.one_in(6) {
            self.again(operation, &made, &found.body);
        }
        found.problem.is_none() && found.body["outcome"] == "accepted"
    }

    /// Sends a request, and holds the answer against the document; none if it is wrong. `whole` is the request before it
    /// was broken.
    fn send(
        &mut self,
        operation: &Operation,
        made: &Made,
        expected: &Expected,
        whole: &Made,
    ) -> Option<Found> {
        let request = &made.request;
        *self.counts.faults.entry(expected.fault).or_default() += 1;
        let answer = match self.connection.send(request) {
            Ok(answer) => answer,
            Err(error) => {
                self.note(expected.fault, "no answer", &format!("{error}\n{request}"));
                return None;
            }
        };
        match check(self.maker.document, operation, expected, &answer) {
            Ok(found) => {
                let came = found.problem.clone().unwrap_or_else(|| answer.status.to_string());
                let counts = self.counts.came.entry(operation.id.clone()).or_default();
                *counts.entry(came).or_default() += 1;
                self.maker.learn(operation, made, answer.status, answer.media(), &found.body);
                Some(found)
            }
            // The document can't say all that a body must be; what else is wrong in it may be told first.
            Err(_) if names(&answer).is_some() && self.is_bad_anyway(whole, &answer) => None,
            Err(wrong) => {
                self.note(expected.fault, &wrong, &format!("{answer}\n{request}"));
                None
            }
        }
    }

    fn is_bad_anyway(&mut self, whole: &Made, answer: &Answer) -> bool {
        self.connection.send(&whole.request).is_ok_and(|whole| names(&whole) == names(answer))
    }

    fn note(&mut self, fault: &str, wrong: &str, shown: &str) {
        self.wrong.entry(format!("{fault}: {wrong}")).or_insert_with(|| format!("{fault}: {wrong}: {shown}"));
    }

    /// The same key with the same body, and with another.
    fn again(&mut self, operation: &Operation, made: &Made, first: &Value) {
        if let Some(again) = self.send(operation, made, &Expected::documented("the same again"), made) {
            let same = ["command", "position", "recorded_at", "codes", "events", "rule", "facts"];
            let differs = same.iter().find(|name| again.body[**name] != first[**name]);
            if again.body["replayed"] != Value::Bool(true) || differs.is_some() {
                let shown = format!("{first}\n{}\n{}", again.body, made.request);
                self.note("the same again", "another answer came", &shown);
            }
        }
        let mut other = self.maker.request(operation);
        let headers = made.request.headers.clone();
        other.request = Request { headers, query: Vec::new(), ..other.request };
        if other.body != made.body {
            let expected = Expected::documented("the same key with another body");
            self.send(operation, &other, &expected, &other);
        }
    }
}

/// The field that a problem names.
fn names(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    body.pointer("/errors/0/field")?.as_str().map(ToOwned::to_owned)
}
