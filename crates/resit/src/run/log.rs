//! The log's files.

use std::fs;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::Path;

use resit_embedded_log::{OpenError, Seed};
use resit_event_log::Position;

use crate::clock;
use crate::desk::{self, Desk};
use crate::exit::{Status, Stopped};
use crate::ledger::{self, FORMAT_FILE};
use crate::output::{Mark, Out, Repaired};

/// Reads every byte of the log, and tells what is wrong. The ledger must be stopped for it.
pub(super) fn check(folder: &Path, out: &mut Out) -> Result<Status, Stopped> {
    ledger::check_marked(folder)?;
    let report = resit_embedded_log::verify_with(folder, Some(desk::read_body)).map_err(open(folder));
    let report = report.map_err(|e| e.of_word("`log check`", "; or have it checked by `resit verify`"))?;
    out.log_check(&report)?;
    Ok(match report.index_faults.is_empty() {
        _ if !report.is_sound() => Status::Damaged,
        true => Status::Done,
        false => Status::Refused,
    })
}

/// Copies the log's files. The ledger may be running.
pub(super) fn copy(
    folder: &Path,
    to: &Path,
    until: Option<NonZeroU64>,
    out: &mut Out,
) -> Result<Status, Stopped> {
    ledger::check_marked(folder)?;
    let not_copied = |source| Stopped::NotCopied { path: folder.to_owned(), source };
    let report = match until {
        None => resit_embedded_log::copy(folder, to),
        Some(until) => resit_embedded_log::copy_until(folder, to, Position(until.get())),
    };
    let report = report.map_err(not_copied)?;
    ledger::copy_mark_of_rehearsal(folder, to)?;
    if until.is_some() {
        ledger::mark_cut(folder, to, &report)?;
    }
    out.log_copied(&report, to)?;
    Ok(Status::Done)
}

/// Sets aside what is damaged, or says what it would do. The ledger must be stopped for it.
pub(super) fn repair(folder: &Path, dry_run: bool, out: &mut Out) -> Result<Status, Stopped> {
    match ledger::check_marked(folder) {
        // That is what it restores.
        Err(Stopped::NoFormat(_)) | Ok(()) => {}
        Err(stopped) => return Err(stopped),
    }
    if !dry_run {
        let seed = clock::random::<16>()?.into();
        let repaired = repaired(folder, seed).map_err(|e| open(folder)(e).of_word("`log repair`", ""))?;
        let aside = ledger::set_aside_mark_ahead_of(folder, repaired.now.sound_up_to)?;
        out.log_repaired(&repaired, aside.as_deref())?;
        return Ok(Status::Done);
    }
    match resit_embedded_log::verify_with(folder, Some(desk::read_body)) {
        Ok(report) => {
            out.would_repair(Some(&report), Mark::Kept)?;
            Ok(if report.is_sound() { Status::Done } else { Status::Damaged })
        }
        Err(OpenError::NoLog { .. }) => {
            out.would_repair(None, Mark::Anew)?;
            Ok(Status::Damaged)
        }
        Err(source) => Err(open(folder)(source)),
    }
}

fn open(folder: &Path) -> impl Fn(OpenError) -> Stopped {
    let path = folder.to_owned();
    move |source| Stopped::Open { path: path.clone(), source }
}

fn repaired(folder: &Path, seed: Seed) -> Result<Repaired, OpenError> {
    let mark = || fs::read(folder.join(FORMAT_FILE)).ok();
    let before = mark();
    let report = resit_embedded_log::repair(folder, seed)?;
    let mark = if before == mark() { Mark::Kept } else { Mark::Anew };
    Ok(Repaired { report, mark, now: resit_embedded_log::verify(folder)? })
}

/// How many records are asked for at a time.
const PAGE: usize = 1_000;

/// Prints records, oldest first: all of them, unless a limit is given.
pub(super) fn dump(
    desk: &dyn Desk,
    mut after: Position,
    limit: Option<NonZeroUsize>,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let mut left = limit.map(NonZeroUsize::get);
    loop {
        let page = desk.records(after, left.map_or(PAGE, |left| left.min(PAGE)))?;
        for record in &page.records {
            out.record(record)?;
        }
        after = page.next;
        left = left.map(|left| left.saturating_sub(page.records.len()));
        if left == Some(0) {
            out.stopped_at(after, page.head)?;
            return Ok(Status::Done);
        }
        if page.records.is_empty() || after == page.head {
            return Ok(Status::Done);
        }
    }
}
