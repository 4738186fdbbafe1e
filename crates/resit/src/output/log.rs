//! The log's files.

use std::io;
use std::path::Path;

use resit_api::{LogRecord, Verified};
use resit_embedded_log::{CopyReport, Damage, VerifyReport};
use resit_event_log::Position;
use serde_json::{Value, json};

use super::table::counted;
use super::{Out, Tone};
use crate::desk::{breaches, unknown_text};

impl Out {
    /// What a check of the log found.
    pub(crate) fn log_check(&mut self, report: &VerifyReport) -> io::Result<()> {
        if self.is_json() {
            return self.value(&checked(report));
        }
        let VerifyReport { segments, records, sound_up_to, digest, .. } = report;
        writeln!(
            self.sink(),
            "{} in {}; sound up to position {sound_up_to}; digest {digest}",
            counted(*records, "record"),
            counted(*segments, "segment")
        )?;
        self.torn(report.torn.as_ref())?;
        if report.unindexed > 0 {
            let what = "segments have no index yet; the next open makes it";
            writeln!(self.sink(), "{} {what}", report.unindexed)?;
        }
        self.index_faults(&report.index_faults)?;
        let unknown: Vec<_> = report.unknown_events.iter().map(unknown_text).collect();
        self.unknown_events(&unknown)?;
        for damage in &report.damages {
            let word = self.tone(Tone::Bad, "damage");
            writeln!(self.sink(), "{word} {damage}")?;
        }
        for breach in breaches(&report.breaches, report.breaches_count) {
            let word = self.tone(Tone::Bad, "damage");
            writeln!(self.sink(), "{word} {}", breach.text)?;
        }
        Ok(())
    }

    /// What was copied, and where to.
    pub(crate) fn log_copied(&mut self, report: &CopyReport, to: &Path) -> io::Result<()> {
        let CopyReport { head, segments, bytes, digest, is_cut } = report;
        if self.is_json() {
            let digest = digest.to_string();
            let value = json!({
                "head": head, "segments": segments, "bytes": bytes, "digest": digest, "is_cut": is_cut,
            });
            return self.value(&value);
        }
        writeln!(
            self.sink(),
            "copied the log up to position {head} into {}: {bytes} bytes in {}; digest {digest}",
            to.display(),
            counted(*segments, "segment")
        )?;
        if *is_cut {
            writeln!(
                self.sink(),
                "the commits after it are not in the copy; the original has them, and stays as it is"
            )?;
        }
        Ok(())
    }

    /// What a check of the log, and of what is derived from it, found.
    pub(crate) fn verified(&mut self, verified: &Verified) -> io::Result<()> {
        if self.is_json() {
            return self.json(verified);
        }
        let Verified { segments, records, sound_up_to, digest, damages, index_faults, torn, gone, .. } =
            verified;
        writeln!(
            self.sink(),
            "{} in {}; sound up to position {sound_up_to}; digest {digest}",
            counted(*records, "record"),
            counted(*segments, "segment")
        )?;
        self.torn(torn.as_ref())?;
        self.unknown_events(&verified.unknown_events)?;
        self.index_faults(index_faults)?;
        for text in damages.iter().map(|damage| &damage.text).chain(gone) {
            let word = self.tone(Tone::Bad, "damage");
            writeln!(self.sink(), "{word} {text}")?;
        }
        let (Some(position), Some(differing)) = (&verified.compared_up_to, &verified.differing) else {
            return Ok(());
        };
        for what in differing {
            writeln!(self.sink(), "{what} differs from the log")?;
        }
        if differing.is_empty() {
            let all = "what is kept beside the log, row by row,";
            return writeln!(self.sink(), "{all} equals it up to position {position}");
        }
        writeln!(self.sink(), "`resit rebuild` makes them anew")
    }

    fn torn(&mut self, torn: Option<&(String, u64)>) -> io::Result<()> {
        let Some((segment, offset)) = torn else { return Ok(()) };
        writeln!(
            self.sink(),
            "{segment} ends inside a record at byte {offset}, as a crash leaves it; the next open sets it aside"
        )
    }

    fn unknown_events(&mut self, unknown: &[String]) -> io::Result<()> {
        unknown.iter().try_for_each(|text| writeln!(self.sink(), "{text}"))
    }

    fn index_faults(&mut self, faults: &[String]) -> io::Result<()> {
        for fault in faults {
            let word = self.tone(Tone::Bad, "index");
            writeln!(self.sink(), "{word} {fault}")?;
        }
        Ok(())
    }

    /// Where the records that were asked for end, if more are there. It is not part of the answer.
    #[expect(clippy::print_stderr, reason = "it is about the answer, which is records alone")]
    pub(crate) fn stopped_at(&mut self, position: Position, head: Position) -> io::Result<()> {
        self.sink().flush()?;
        if position < head {
            eprintln!("up to position {position} of {head}; go on with --after {position}");
        }
        Ok(())
    }

    /// A record as a JSON line.
    pub(crate) fn record(&mut self, record: &LogRecord) -> io::Result<()> {
        self.json(record)
    }
}

pub(super) fn checked(report: &VerifyReport) -> Value {
    let mut damages: Vec<_> = report.damages.iter().map(damage).collect();
    let breaches = breaches(&report.breaches, report.breaches_count);
    damages.extend(
        breaches.into_iter().map(|b| json!({ "segment": b.segment, "offset": b.offset, "text": b.text })),
    );
    let unknown: Vec<_> = report.unknown_events.iter().map(unknown_text).collect();
    json!({
        "segments": report.segments, "records": report.records, "sound_up_to": report.sound_up_to,
        "digest": report.digest.to_string(), "damages": damages, "index_faults": report.index_faults,
        "unindexed": report.unindexed, "unknown_events": unknown, "torn": report.torn,
    })
}

pub(super) fn damage(damage: &Damage) -> Value {
    json!({ "segment": damage.segment, "offset": damage.offset, "text": damage.to_string() })
}
