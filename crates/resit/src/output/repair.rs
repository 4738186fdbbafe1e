//! Repairs of the log's files.

use std::io;
use std::path::Path;

use resit_embedded_log::{RepairReport, SetAside, VerifyReport};
use serde_json::json;

use super::Out;
use super::log::{checked, damage};

/// What a repair did, and what the log is now.
pub(crate) struct Repaired {
    pub(crate) report: RepairReport,
    pub(crate) mark: Mark,
    pub(crate) now: VerifyReport,
}

/// The file that says that the folder is a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Kept,
    Anew,
}

impl Out {
    /// What a repair would find to do.
    pub(crate) fn would_repair(&mut self, report: Option<&VerifyReport>, mark: Mark) -> io::Result<()> {
        if self.is_json() {
            let mut value = report.map_or_else(|| json!({}), checked);
            value["mark_written_anew"] = (mark == Mark::Anew).into();
            value["dry_run"] = true.into();
            return self.value(&value);
        }
        if mark == Mark::Anew {
            writeln!(self.sink(), "the FORMAT file, which is missing or damaged, would be written anew")?;
        }
        if let Some(report) = report {
            self.log_check(report)?;
        }
        writeln!(self.sink(), "nothing was done: this was a dry run")
    }

    /// What a repair did, and what the log is now.
    pub(crate) fn log_repaired(&mut self, repaired: &Repaired, mark_aside: Option<&Path>) -> io::Result<()> {
        let Repaired { report, mark, now } = repaired;
        if self.is_json() {
            let told = |aside: &SetAside, mended: bool| {
                json!({
                    "segment": aside.segment, "offset": aside.offset, "bytes": aside.bytes,
                    "kept_in": aside.kept_in, "mended": mended,
                })
            };
            let mended = report.mended.iter().map(|aside| told(aside, true));
            let set_aside = mended.chain(report.set_aside.iter().map(|aside| told(aside, false)));
            let value = json!({
                "damages": report.damages.iter().map(damage).collect::<Vec<_>>(),
                "set_aside": set_aside.collect::<Vec<_>>(),
                "mark_written_anew": *mark == Mark::Anew, "now": checked(now),
                "ledger_mark_kept_in": mark_aside,
            });
            return self.value(&value);
        }
        if *mark == Mark::Anew {
            writeln!(self.sink(), "the FORMAT file was missing or damaged, and is written anew")?;
        } else if report.damages.is_empty() {
            return writeln!(self.sink(), "nothing was damaged; nothing was done");
        }
        for damage in &report.damages {
            writeln!(self.sink(), "was damaged: {damage}")?;
        }
        for SetAside { segment, offset, kept_in, .. } in &report.mended {
            let what = if *offset == 0 { "header" } else { "end" };
            writeln!(
                self.sink(),
                "the {what} of {segment} is written anew from its records, of which none is lost; \
                 as it was, it is kept in {}",
                kept_in.display()
            )?;
        }
        for SetAside { segment, offset, bytes, kept_in, .. } in &report.set_aside {
            let kept_in = kept_in.display();
            writeln!(
                self.sink(),
                "{bytes} bytes of {segment} from byte {offset} are taken out, and kept in {kept_in}"
            )?;
        }
        let VerifyReport { records, sound_up_to, .. } = now;
        writeln!(
            self.sink(),
            "the log has {records} records now, and goes on behind position {sound_up_to}"
        )?;
        let Some(aside) = mark_aside else { return Ok(()) };
        writeln!(
            self.sink(),
            "records that were acknowledged are gone; the mark that shows how many there were is kept in {}",
            aside.display()
        )
    }
}
