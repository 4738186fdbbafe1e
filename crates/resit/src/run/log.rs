//! The log's files.

use resit_event_log::Position;

use crate::cli::{Global, LogWords};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;

pub(super) fn run(words: &LogWords, global: &Global, out: &mut Out) -> Result<Status, Stopped> {
    let folder = &global.ledger;
    if !folder.join("FORMAT").exists() {
        return Err(Stopped::NoLedger(folder.clone()));
    }
    let open = |source| Stopped::Open { path: folder.clone(), source };
    match words {
        LogWords::Check => {
            let report = resit_embedded_log::verify(folder).map_err(open)?;
            out.log_check(&report)?;
            Ok(if report.is_sound() { Status::Done } else { Status::Damaged })
        }
        LogWords::Repair if global.dry_run => run(&LogWords::Check, global, out),
        LogWords::Repair => {
            let report = resit_embedded_log::repair(folder).map_err(open)?;
            out.log_repaired(&report)?;
            Ok(Status::Done)
        }
        LogWords::Dump { after, limit } => {
            super::wait(dump(&Ledger::open(folder)?, Position(*after), *limit, out))
        }
    }
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
