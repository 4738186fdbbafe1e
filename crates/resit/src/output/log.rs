//! The log's files.

use std::io;

use resit_embedded_log::{Damage, VerifyReport};
use resit_event_log::{Position, Record};
use serde_json::{Value, json};

use super::{Out, Tone};

impl Out {
    /// What a check of the log found.
    pub(crate) fn log_check(&mut self, report: &VerifyReport) -> io::Result<()> {
        if self.is_json() {
            return self.value(&checked(report));
        }
        let VerifyReport { segments, records, sound_up_to, digest, .. } = report;
        writeln!(
            self.sink(),
            "{records} records in {segments} segments; sound up to position {sound_up_to}; digest {digest:08x}"
        )?;
        if let Some((segment, offset)) = &report.torn {
            writeln!(
                self.sink(),
                "{segment} ends inside a record at byte {offset}: a crash cut it; the next open sets it aside"
            )?;
        }
        for fault in &report.index_faults {
            writeln!(self.sink(), "index of {fault}: to be made anew, which the next open does")?;
        }
        for damage in &report.damages {
            let word = self.tone(Tone::Bad, "damage");
            writeln!(self.sink(), "{word} {damage}")?;
        }
        Ok(())
    }

    /// What a check of the log found, and what of that is derived from it differs: up to which position it was compared,
    /// and the differing rows. A damaged log is compared with nothing.
    pub(crate) fn verified(
        &mut self,
        report: &VerifyReport,
        derived: Option<(Position, &[String])>,
    ) -> io::Result<()> {
        if self.is_json() {
            let mut value = checked(report);
            value["sound"] = report.is_sound().into();
            value["compared_up_to"] = json!(derived.map(|(position, _)| position));
            value["differing"] = json!(derived.map(|(_, differing)| differing));
            return self.value(&value);
        }
        self.log_check(report)?;
        let Some((position, differing)) = derived else { return Ok(()) };
        for what in differing {
            writeln!(self.sink(), "{what} differs from the log")?;
        }
        if differing.is_empty() {
            let all = "the read models, row by row, and the agenda";
            return writeln!(self.sink(), "{all} equal {position} records of the log");
        }
        writeln!(self.sink(), "`resit rebuild` makes them anew")
    }

    /// A record as a JSON line.
    pub(crate) fn record(&mut self, record: &Record) -> io::Result<()> {
        let events = record.events.iter().map(|data| {
            let event = resit_command_handler::decode(data).map(|event| super::json::body(&event));
            json!({ "type": data.kind, "version": data.version, "happened_at": data.happened_at, "body": event.unwrap_or_default() })
        });
        let value = json!({
            "position": record.position, "recorded_at": record.recorded_at, "stream": record.stream.to_string(),
            "command": record.command, "actor": record.actor, "slice": [record.slice, record.slices],
            "events": events.collect::<Vec<_>>(),
        });
        self.value(&value)
    }
}

pub(super) fn checked(report: &VerifyReport) -> Value {
    let damages: Vec<_> = report.damages.iter().map(damage).collect();
    json!({
        "segments": report.segments, "records": report.records, "sound_up_to": report.sound_up_to,
        "digest": format!("{:08x}", report.digest), "damages": damages, "index_faults": report.index_faults,
        "torn": report.torn,
    })
}

pub(super) fn damage(damage: &Damage) -> Value {
    json!({ "segment": damage.segment, "offset": damage.offset, "text": damage.to_string() })
}
