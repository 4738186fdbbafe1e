//! The log's files.

use std::fs;
use std::path::Path;

use resit_embedded_log::OpenError;
use resit_event_log::Position;

use crate::cli::{Global, LogWords};
use crate::exit::{Status, Stopped};
use crate::ledger::{self, FORMAT_FILE, Home, Ledger};
use crate::output::{Mark, Out, Repaired};

pub(super) fn run(words: &LogWords, home: &Home, global: &Global, out: &mut Out) -> Result<Status, Stopped> {
    let folder = &home.folder;
    match (ledger::check_marked(folder), words) {
        // That is what it restores.
        (Err(Stopped::NoFormat(_)), LogWords::Repair) | (Ok(()), _) => {}
        (Err(stopped), _) => return Err(stopped),
    }
    let open = |source| Stopped::Open { path: folder.clone(), source };
    match words {
        LogWords::Check => {
            let report = resit_embedded_log::verify(folder).map_err(open)?;
            out.log_check(&report)?;
            Ok(if report.is_sound() { Status::Done } else { Status::Damaged })
        }
        LogWords::Repair if global.dry_run => match resit_embedded_log::verify(folder) {
            Ok(report) => {
                out.would_repair(Some(&report), Mark::Kept)?;
                Ok(if report.is_sound() { Status::Done } else { Status::Damaged })
            }
            Err(OpenError::NoLog { .. }) => {
                out.would_repair(None, Mark::Anew)?;
                Ok(Status::Damaged)
            }
            Err(source) => Err(open(source)),
        },
        LogWords::Repair => {
            out.log_repaired(&repair(folder).map_err(open)?)?;
            Ok(Status::Done)
        }
        LogWords::Dump { after, limit } => {
            super::wait(dump(&Ledger::open_to_look(home)?, Position(*after), *limit, out))
        }
    }
}

fn repair(folder: &Path) -> Result<Repaired, OpenError> {
    let mark = || fs::read(folder.join(FORMAT_FILE)).ok();
    let before = mark();
    let report = resit_embedded_log::repair(folder)?;
    // What was taken out is gone from its segment; what was mended is longer than the place of its damage.
    let mended = report.set_aside.iter().filter(|aside| {
        let segment = fs::metadata(folder.join("log").join(&aside.segment));
        segment.is_ok_and(|segment| segment.len() > aside.offset)
    });
    let mended = mended.map(|aside| aside.kept_in.clone()).collect();
    let mark = if before == mark() { Mark::Kept } else { Mark::Anew };
    Ok(Repaired { report, mended, mark, now: resit_embedded_log::verify(folder)? })
}

async fn dump(ledger: &Ledger, mut after: Position, limit: usize, out: &mut Out) -> Result<Status, Stopped> {
    let mut left = limit;
    while left > 0 {
        let records = ledger.log.read(after, left.min(1_000)).await?;
        let Some(last) = records.last() else { break };
        after = last.position;
        left = left.saturating_sub(records.len());
        for record in &records {
            out.record(record)?;
        }
    }
    Ok(Status::Done)
}
