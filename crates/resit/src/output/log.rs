//! The log's files.

use std::io;

use resit_embedded_log::{Damage, RepairReport, VerifyReport};
use resit_event_log::Record;
use serde_json::json;

use super::{Out, Tone};

impl Out {
    /// What a check of the log found.
    pub(crate) fn log_check(&mut self, report: &VerifyReport) -> io::Result<()> {
        if self.is_json() {
            let damages: Vec<_> = report.damages.iter().map(damage).collect();
            let value = json!({
                "segments": report.segments, "records": report.records, "sound_up_to": report.sound_up_to,
                "digest": format!("{:08x}", report.digest), "damages": damages, "index_faults": report.index_faults,
                "torn": report.torn,
            });
            return self.value(&value);
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

    /// What a repair did.
    pub(crate) fn log_repaired(&mut self, report: &RepairReport) -> io::Result<()> {
        if report.damages.is_empty() {
            return self.said("nothing was damaged; nothing was done");
        }
        for damage in &report.damages {
            self.said(&format!("was damaged: {damage}"))?;
        }
        for aside in &report.set_aside {
            let text = format!(
                "{} bytes of {} from byte {} are kept in {}; the log goes on behind position {}",
                aside.bytes,
                aside.segment,
                aside.offset,
                aside.kept_in.display(),
                aside.position_before
            );
            self.said(&text)?;
        }
        Ok(())
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

fn damage(damage: &Damage) -> serde_json::Value {
    json!({ "segment": damage.segment, "offset": damage.offset, "text": damage.to_string() })
}
