//! Parked events.

use std::io;

use resit_intake::parked::{How, Parked, Settled};
use serde_json::{Value, json};

use super::Out;

impl Out {
    /// Parked events, one in a line.
    pub(crate) fn parked<'a>(&mut self, events: impl Iterator<Item = &'a Parked>) -> io::Result<()> {
        if self.is_json() {
            return self.value(&events.map(short).collect());
        }
        let row = |parked: &Parked| {
            let settled = parked.settled.as_ref().map_or("", |settled| settled.how.word());
            let sender = format!("{} {}", parked.sent_as.role, parked.sent_as.name);
            let what = &parked.note.poison.error;
            let reason = parked.note.poison.reason.to_string();
            let error = format!("{}: {}", what.field, what.reason);
            let number = parked.number.to_string();
            [
                number,
                parked.parked_at.to_string(),
                sender,
                parked.sent_as.kind.clone(),
                reason,
                error,
                settled.to_owned(),
            ]
        };
        self.table(
            ["number", "parked at", "sender", "type", "reason", "what is wrong", "done"],
            events.map(row),
        )
    }

    /// One parked event, whole.
    pub(crate) fn parked_event(&mut self, parked: &Parked) -> io::Result<()> {
        let mut headers: Vec<(String, String)> = (parked.headers.iter())
            .flat_map(|(name, values)| values.iter().map(move |value| (name.to_string(), value.to_string())))
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&parked.payload);
        if self.is_json() {
            let mut whole = short(parked);
            whole["headers"] = headers.iter().map(|(name, value)| json!([name, value])).collect();
            whole["body"] = json!(body);
            whole["body_is_text"] = json!(std::str::from_utf8(&parked.payload).is_ok());
            whole["withheld"] = json!(parked.note.withheld);
            return self.value(&whole);
        }
        let error = &parked.note.poison.error;
        let mut rows = vec![
            ["number", &parked.number.to_string()].map(str::to_owned),
            ["parked at", &parked.parked_at.to_string()].map(str::to_owned),
            ["sent at", &parked.note.sent_at.to_string()].map(str::to_owned),
            ["sent to", &parked.note.subject].map(str::to_owned),
            ["reason", parked.note.poison.reason.says()].map(str::to_owned),
            ["where", &error.field].map(str::to_owned),
            ["what is wrong", &error.reason].map(str::to_owned),
            ["what to do", &error.remedy].map(str::to_owned),
        ];
        if parked.note.withheld {
            rows.push(
                ["withheld", "codes, or headers that were too long; it can't be sent again as it is"]
                    .map(str::to_owned),
            );
        }
        if let Some(settled) = &parked.settled {
            rows.push(["done".to_owned(), done(settled)]);
        }
        self.table(["of", "is"], rows)?;
        for (name, value) in headers {
            writeln!(self.sink(), "{name}: {value}")?;
        }
        writeln!(self.sink(), "\n{body}")
    }

    /// What was done about a parked event.
    pub(crate) fn settled(&mut self, settled: &Settled) -> io::Result<()> {
        if self.is_json() {
            return self.json(settled);
        }
        self.said(&format!("the parked event {}: {}", settled.parked, done(settled)))
    }
}

fn short(parked: &Parked) -> Value {
    json!({
        "number": parked.number, "parked_at": parked.parked_at, "role": parked.sent_as.role,
        "name": parked.sent_as.name, "type": parked.sent_as.kind, "subject": parked.note.subject,
        "sent_at": parked.note.sent_at, "reason": parked.note.poison.reason, "error": parked.note.poison.error,
        "refusal": parked.note.poison.refusal, "settled": parked.settled,
    })
}

fn done(settled: &Settled) -> String {
    let Settled { how, by, at, .. } = settled;
    let what = match how {
        How::Retried => "sent in again as it came".to_owned(),
        How::Fixed { id } => format!("another was sent in its place, with the id {id}"),
        How::Discarded { reason } => format!("discarded ({reason})"),
    };
    format!("{what}, by {by} at {at}")
}
