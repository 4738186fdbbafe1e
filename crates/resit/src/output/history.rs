//! What happened, in both times; and why.

use std::io;

use resit_api::{EventOnStream, Explanation, HistoryEvent};
use resit_domain::{Command, Event};
use serde_json::Value;

use super::{Out, Tone};

impl Out {
    /// A timeline in both times.
    pub(crate) fn history(&mut self, entries: &[HistoryEvent]) -> io::Result<()> {
        if self.is_json() {
            return self.json(&entries);
        }
        let head = ["position", "happened at", "recorded at", "unit", "what", "details", "by", "command"];
        let row = |HistoryEvent(entry): &HistoryEvent| {
            [
                entry.position.to_string(),
                entry.happened_at.to_string(),
                entry.recorded_at.to_string(),
                entry.event.unit().map_or_else(|| "-".to_owned(), |unit| unit.to_string()),
                entry.event.kind().to_owned(),
                details(&entry.event),
                entry.actor.to_string(),
                entry.command.to_string(),
            ]
        };
        self.table(head, entries.iter().map(row))
    }

    /// Why a command was answered as it was.
    pub(crate) fn why(&mut self, explanation: &Explanation) -> io::Result<()> {
        if self.is_json() {
            return self.json(explanation);
        }
        let Explanation { command, position, judged_at, actor, asked: order, judgements, events, .. } =
            explanation;
        writeln!(
            self.sink(),
            "command {command} by {actor}, judged at {judged_at}, on record at position {position}"
        )?;
        writeln!(self.sink(), "asked: {}", asked(order))?;
        let refusal = events.iter().find_map(|event| match &event.0.event {
            Event::CommandRefused(e) => Some(&e.refusal),
            _ => None,
        });
        if let Some(refusal) = refusal {
            self.refusal(refusal)?;
        } else {
            let yes = self.tone(Tone::Good, "yes");
            writeln!(self.sink(), "{yes}")?;
            for EventOnStream(happened) in events {
                let words = details(&happened.event);
                writeln!(self.sink(), "  {} on {}: {words}", happened.event.kind(), happened.stream)?;
            }
        }
        writeln!(self.sink(), "\nEvery rule that was asked, in order:")?;
        self.judgements(judgements)?;
        let proof = if explanation.agrees_with_record {
            self.tone(Tone::Good, "judged again by what was known then, the answer is the same as on record")
        } else {
            self.tone(Tone::Bad, "judged again by what was known then, the answer differs from the record: this program has other rules, or the ledger another code key, than then")
        };
        writeln!(self.sink(), "{proof}")?;
        match explanation.unseen_from {
            Some(position) => writeln!(
                self.sink(),
                "it was judged while what it rests on was changed: by what was on record before position {position}"
            ),
            None => Ok(()),
        }
    }
}

/// A command on one line: its name, then its fields.
fn asked(command: &Command) -> String {
    let fields = match serde_json::to_value(command) {
        Ok(Value::Object(named)) => named.into_iter().next(),
        _ => None,
    };
    fields.map_or_else(|| command.name().to_owned(), |(name, fields)| format!("{name} {}", flat(&fields)))
}

/// What a fact says, on one line.
fn details(event: &Event) -> String {
    if let Event::CommandRefused(e) = event {
        return format!("{} ({}): {}", e.refusal.clause, e.refusal.rule, e.refusal.remedy);
    }
    resit_story::fact_in_words(event)
}

fn flat(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}={}", flat(value)))
            .collect::<Vec<_>>()
            .join(" "),
        Value::Array(items) if items.len() > 4 => format!("[{} items]", items.len()),
        Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.len() > 80 => {
            format!("{}…", text.chars().take(60).collect::<String>().replace('\n', " "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
