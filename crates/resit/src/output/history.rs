//! What happened, in both times; and why.

use std::io;

use resit_api::{EventOnStream, Explanation, HistoryEvent};
use resit_command_handler::{EndMoved, HistoryEntry};
use resit_domain::{Event, LAW, Timestamp};

use super::asked::{in_brief, in_full};
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
                entry.unit.map_or_else(|| "-".to_owned(), |unit| unit.to_string()),
                entry.event.kind().to_owned(),
                told(entry),
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
        let Explanation { command, position, judged_at, actor, asked, voucher, judgements, events, .. } =
            explanation;
        writeln!(
            self.sink(),
            "command {command} by {actor}, judged at {judged_at}, on record at position {position}"
        )?;
        writeln!(self.sink(), "asked: {}", in_full(asked, *voucher))?;
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
                let words = resit_story::fact_in_words(&happened.event);
                writeln!(self.sink(), "  {} on {}: {words}", happened.event.kind(), happened.stream)?;
            }
        }
        writeln!(self.sink(), "\nEvery rule that was asked, in order:")?;
        self.judgements(judgements)?;
        let other_law = explanation.law != LAW;
        let proof = if explanation.agrees_with_record && other_law {
            let text = format!(
                "it was decided by law {}; by law {LAW}, that of this program, the answer is the same",
                explanation.law
            );
            self.tone(Tone::Good, &text)
        } else if other_law {
            let text = format!(
                "it was decided by law {}, and stays so; by law {LAW}, that of this program, the answer would be another one: see the rules above",
                explanation.law
            );
            self.tone(Tone::Bad, &text)
        } else if explanation.agrees_with_record {
            self.tone(Tone::Good, "judged again by what was known then, the answer is the same as on record")
        } else {
            self.tone(Tone::Bad, "judged again by what was known then, the answer differs from the record: this program has other rules, the ledger has another code key, or the clock was wrong then and was corrected")
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

/// What an entry of a history says, on one line: of a refusal, what was asked, and why it was not done.
fn told(entry: &HistoryEntry) -> String {
    let Event::CommandRefused(e) = &entry.event else {
        let moved = entry.end_moved.map_or_else(String::new, |end| format!("; {}", moved_in_words(end)));
        return format!("{}{moved}", resit_story::fact_in_words(&entry.event));
    };
    let asked = entry.asked.as_ref().map_or_else(String::new, |asked| format!("{}: ", in_brief(asked)));
    format!("{asked}no, {}: {}", e.refusal.cites(), e.refusal.remedy)
}

fn moved_in_words(EndMoved { before, after }: EndMoved) -> String {
    let end = |at: Option<Timestamp>| at.map_or_else(|| "no end".to_owned(), |at| at.to_string());
    format!("the right's end moves: {} → {}", end(before), end(after))
}
